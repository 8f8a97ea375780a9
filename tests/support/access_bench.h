/*
 * access_bench.h - a hart on a bench, with pages and a device for it to reach: what tests of
 * access.c share.
 *
 *   page 0  RAM              page 4  the device           page 8   page 0 again
 *        1  RAM elsewhere         5  RAM                       9   code: R and X
 *        2  not mapped            6  nothing answers          10   code elsewhere
 *        3  RAM                   7  RAM, read-only           11   not mapped
 *
 * The pages follow each other from BENCH_VA on; they belong to S-mode and have A and D set.
 */
#ifndef TESTS_SUPPORT_ACCESS_BENCH_H
#define TESTS_SUPPORT_ACCESS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/device.h"
#include "tests/support/bench_hart.h"

enum access_page {
    PAGE_RAM,
    PAGE_RAM_NEXT,
    PAGE_HOLE,
    PAGE_BEFORE_DEVICE,
    PAGE_DEVICE,
    PAGE_BEFORE_NOTHING,
    PAGE_NOTHING,
    PAGE_READ_ONLY,
    PAGE_ALIAS,
    PAGE_CODE,
    PAGE_CODE_NEXT,
    PAGE_AFTER_CODE,
    ACCESS_PAGES,
};

#define ACCESS_DEVICE_BASE UINT64_C(0x10000000)
#define ACCESS_NOTHING_BASE UINT64_C(0x40000000)

/* Reads of the device give this plus the offset; it refuses offset 8. */
#define ACCESS_DEVICE_VALUE UINT64_C(0x5500)

struct access_bench {
    struct bench_hart bench;
    struct device device;
    unsigned device_reads;
    unsigned device_writes;
    uint64_t device_value; /* of the last write */
};

void access_bench_init(struct access_bench *access);
void access_bench_finish(struct access_bench *access);

/* The hart as after reset, its exceptions counted anew, with Sv39 on and at this privilege. */
void access_bench_enter(struct access_bench *access, enum mmu_privilege privilege);

/* Where byte offset of a page is. Offsets may be negative. */
uint64_t page_va(enum access_page page, int64_t offset);
uint64_t page_pa(enum access_page page, int64_t offset);

/* The physical address of the page's PTE. */
uint64_t page_pte_pa(enum access_page page);

/* PMP: length bytes (a power of two, 8 or more) at pa have only these permissions, all else has
 * all. */
void access_bench_protect(struct access_bench *access, uint64_t pa, uint64_t length, uint8_t cfg);

/* Translations counted so far. */
uint64_t access_bench_count(const struct access_bench *access, enum mmu_access kind);

/* Expects that just one exception was taken since access_bench_enter, and that it was this one. */
void access_bench_expect_fault(const struct access_bench *access, enum trap_cause cause,
                               uint64_t tval, bool by_pmp, const char *why);

void access_bench_expect_no_fault(const struct access_bench *access, const char *why);

#endif

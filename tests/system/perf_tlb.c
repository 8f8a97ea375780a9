/*
 * perf_tlb.c - a program that asks Linux for the TLB misses of what it does, and does what misses.
 *
 * It counts dTLB-load-misses and iTLB-load-misses with perf_event_open: those of the whole hart, in
 * all modes, for the kernel cannot tell the modes apart here. One read(2) gives both. It reads,
 * puts pagewalk's markers around loops that miss, and reads again: what pagewalk counts between the
 * markers, the kernel has counted too, and besides only what lies between a marker and the
 * counters' CSRs, half a system call at each end. How much that is shows the same with nothing
 * between.
 *
 *   empty data=N instructions=N     the differences of an empty window, without markers
 *   full data=N instructions=N      those of the window with the loops, whose markers count
 *   touched pages=N rounds=N        what the loops did: in each round, two loads from each page of
 *                                   one array, a store to each of a second, a call into each of a
 *                                   third
 */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest/include/pagewalk.h"

enum { PAGES = 1024, ROUNDS = 4, PAGE_BYTES = 4096 };

enum { DATA, INSTRUCTIONS, EVENTS };

/* What read(2) gives: PERF_FORMAT_GROUP. */
struct counts {
    uint64_t number_of;
    uint64_t count[EVENTS];
};

static int open_event(uint64_t cache, int leader)
{
    struct perf_event_attr attributes;
    long file;

    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HW_CACHE;
    attributes.config =
        cache | PERF_COUNT_HW_CACHE_OP_READ << 8 | PERF_COUNT_HW_CACHE_RESULT_MISS << 16;
    attributes.read_format = PERF_FORMAT_GROUP;
    file = syscall(SYS_perf_event_open, &attributes, -1, 0, leader, 0);
    if (file < 0) {
        perror("perf_event_open");
        exit(1);
    }
    return (int)file;
}

static void read_counts(int group, struct counts *counts)
{
    if (read(group, counts, sizeof *counts) != (ssize_t)sizeof *counts) {
        perror("read of the events");
        exit(1);
    }
}

static void print(const char *name, const struct counts *before, const struct counts *after)
{
    printf("%s data=%llu instructions=%llu\n", name,
           (unsigned long long)(after->count[DATA] - before->count[DATA]),
           (unsigned long long)(after->count[INSTRUCTIONS] - before->count[INSTRUCTIONS]));
}

static volatile uint8_t *map(int protection)
{
    volatile uint8_t *pages =
        mmap(NULL, PAGES * PAGE_BYTES, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    if (madvise((void *)(uintptr_t)pages, PAGES * PAGE_BYTES, MADV_NOHUGEPAGE) != 0) {
        perror("madvise");
        exit(1);
    }
    return pages;
}

/* A function that only returns, on each page. */
static void write_functions(volatile uint8_t *pages)
{
    static const uint16_t ret = 0x8082; /* c.jr ra */

    for (size_t i = 0; i < PAGES; i++) {
        *(volatile uint16_t *)(pages + i * PAGE_BYTES) = ret;
    }
    __builtin___clear_cache((char *)(uintptr_t)pages,
                            (char *)(uintptr_t)pages + PAGES * PAGE_BYTES);
}

static void load_all(const volatile uint8_t *pages)
{
    for (size_t i = 0; i < PAGES; i++) {
        (void)pages[i * PAGE_BYTES];
        (void)pages[i * PAGE_BYTES + 1];
    }
}

static void store_all(volatile uint8_t *pages)
{
    for (size_t i = 0; i < PAGES; i++) {
        pages[i * PAGE_BYTES] = 1;
    }
}

static void call_all(const volatile uint8_t *pages)
{
    for (size_t i = 0; i < PAGES; i++) {
        __asm__ volatile("jalr %0" : : "r"(pages + i * PAGE_BYTES) : "ra", "memory");
    }
}

int main(void)
{
    volatile uint8_t *data = map(PROT_READ | PROT_WRITE);
    volatile uint8_t *more = map(PROT_READ | PROT_WRITE);
    volatile uint8_t *code = map(PROT_READ | PROT_WRITE | PROT_EXEC);
    int group = open_event(PERF_COUNT_HW_CACHE_DTLB, -1);
    struct counts counts[4];

    open_event(PERF_COUNT_HW_CACHE_ITLB, group);
    store_all(data); /* so that each page is there */
    store_all(more);
    write_functions(code);
    read_counts(group, &counts[0]); /* the way is warm then */

    read_counts(group, &counts[0]);
    read_counts(group, &counts[1]);

    read_counts(group, &counts[2]);
    pagewalk_begin();
    for (unsigned round = 0; round < ROUNDS; round++) {
        load_all(data);
        store_all(more);
        call_all(code);
    }
    pagewalk_end();
    read_counts(group, &counts[3]);

    print("empty", &counts[0], &counts[1]);
    print("full", &counts[2], &counts[3]);
    printf("touched pages=%u rounds=%u\n", PAGES, ROUNDS);
    return 0;
}

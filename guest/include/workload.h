/*
 * workload.h - what the workloads share: memory or a refusal, random numbers, a checksum, a report.
 *
 * A workload is a loop whose every memory access is known, between pagewalk_begin and pagewalk_end.
 * Its sizes are global variables, 8 bytes each and in the file, so that a loader can set them
 * before the start (`--set=chase_pages=4096`). They are read first, then the data is set up: the
 * last accesses before the region are to the same pages, and warm up the TLB. Sizes that cannot be
 * are refused with exit code 2; a result that is not what it must be ends with exit code 1.
 */
#ifndef GUEST_WORKLOAD_H
#define GUEST_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/include/sv39.h"
#include "guest/include/user.h"

enum { EXIT_WRONG_RESULT = 1, EXIT_REFUSED = 2 };

enum { ELEMENTS_PER_PAGE = 512 }; /* of 8 bytes */

__attribute__((noreturn)) static inline void workload_refuse(const char *name, const char *why)
{
    user_print(name);
    user_print(": ");
    user_print(why);
    user_print("\n");
    user_exit(EXIT_REFUSED);
}

/* The pages that so many elements of 8 bytes need. */
static inline uint64_t workload_pages(uint64_t elements)
{
    return elements / ELEMENTS_PER_PAGE + (elements % ELEMENTS_PER_PAGE != 0);
}

/* So many pages in a row, not cleared. Refuses the size if they are none or too many. */
static inline uint64_t *workload_arena(const char *name, uint64_t pages)
{
    if (pages == 0) {
        workload_refuse(name, "the size must not be 0");
    }

    uint64_t start = user_arena(pages);

    if (start == 0) {
        workload_refuse(name, "does not fit into memory");
    }
    return (uint64_t *)start;
}

/* Marsaglia's xorshift: the number after last. All but 0 come, once in 2^64 - 1. */
static inline uint64_t workload_random(uint64_t last)
{
    last ^= last << 13;
    last ^= last >> 7;
    return last ^ last << 17;
}

#define WORKLOAD_SEED UINT64_C(0x9e3779b97f4a7c15)

/* A number below limit (at most 2^32) from a random one, by its upper half: no division. */
static inline uint64_t workload_below(uint64_t random, uint64_t limit)
{
    return (random >> 32) * limit >> 32;
}

/* The checksum of a sequence so far, and the next value of it. */
static inline uint64_t workload_checksum(uint64_t checksum, uint64_t value)
{
    return checksum * 31 + value;
}

/* Prints the one line that a workload prints: "NAME: checksum 0x...", and returns the exit code. */
static inline int workload_report(const char *name, uint64_t checksum, bool is_right)
{
    user_print(name);
    user_print(": checksum ");
    user_print_hex(checksum);
    user_print(is_right ? "\n" : ", WRONG\n");
    return is_right ? 0 : EXIT_WRONG_RESULT;
}

#endif

/*
 * reflush.c - reads a page after a page, each time after everything cached about them was fenced
 * away: what a program loses when its address space is changed by a kernel that takes no care.
 *
 *   reflush_pages    pages, one element read in each
 *   reflush_rounds   times they are fenced away and read again
 *
 * The fence is that of the system call which maps one more page; the page is not touched. Each
 * round is a region of its own, begun after the fence, which holds reflush_pages loads, no stores,
 * no other access. Two rounds without a fence before the first region are the warm-up. So a TLB
 * that holds all pages misses reflush_pages * reflush_rounds times, and each miss is the fence's
 * fault.
 */
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

enum { WARM_UP_ROUNDS = 2 };

volatile uint64_t reflush_pages = 16;
volatile uint64_t reflush_rounds = 1024;

__attribute__((always_inline)) static inline uint64_t read_pages(const volatile uint64_t *arena,
                                                                 uint64_t pages)
{
    uint64_t sum = 0;

    for (uint64_t page = 0; page < pages; page++) {
        sum += *arena;
        arena += ELEMENTS_PER_PAGE;
    }
    return sum;
}

int user_main(void)
{
    uint64_t pages = reflush_pages;
    uint64_t rounds = reflush_rounds;
    uint64_t *arena = workload_arena("reflush", pages);
    uint64_t expected = 0;
    uint64_t sum = 0;

    for (uint64_t page = 0; page < pages; page++) {
        arena[page * ELEMENTS_PER_PAGE] = page * page;
        expected += page * page;
    }
    for (uint64_t round = 0; round < WARM_UP_ROUNDS; round++) {
        sum += read_pages(arena, pages);
    }
    for (uint64_t round = 0; round < rounds; round++) {
        (void)workload_arena("reflush", 1);
        pagewalk_begin();
        sum += read_pages(arena, pages);
        pagewalk_end();
    }
    return workload_report("reflush", sum, sum == expected * (rounds + WARM_UP_ROUNDS));
}

/*
 * stride.c - reads one element every so many bytes, from the first to the last, again and again.
 *
 * With a stride of a page or more every access is to another page. A power of two above the page
 * size makes all pages fall into few sets of a set-associative TLB.
 *
 *   stride_bytes    from one element to the next: a multiple of 8
 *   stride_count    elements in a round
 *   stride_rounds   rounds
 *
 * The region holds stride_count * stride_rounds loads, no stores. Writing the elements before it is
 * the warm-up, in the same order.
 */
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

volatile uint64_t stride_bytes = 4096;
volatile uint64_t stride_count = 1024;
volatile uint64_t stride_rounds = 2048;

static uint64_t read_rounds(const volatile uint64_t *array, uint64_t step, uint64_t count,
                            uint64_t rounds)
{
    uint64_t sum = 0;

    for (uint64_t round = 0; round < rounds; round++) {
        const volatile uint64_t *element = array;

        for (uint64_t i = 0; i < count; i++) {
            sum += *element;
            element += step;
        }
    }
    return sum;
}

/* The elements that the array spans, the last one included. Refuses what it cannot be. */
static uint64_t span(uint64_t step, uint64_t count)
{
    uint64_t elements;

    if (count == 0) {
        workload_refuse("stride", "the count must not be 0");
    }
    if (__builtin_mul_overflow(step, count - 1, &elements) || elements == UINT64_MAX) {
        workload_refuse("stride", "does not fit into memory");
    }
    return elements + 1;
}

int user_main(void)
{
    uint64_t step = stride_bytes / sizeof(uint64_t);
    uint64_t count = stride_count;
    uint64_t rounds = stride_rounds;

    if (step == 0 || stride_bytes % sizeof(uint64_t) != 0) {
        workload_refuse("stride", "the stride must be a multiple of 8 bytes, and not 0");
    }

    uint64_t *array = workload_arena("stride", workload_pages(span(step, count)));
    uint64_t expected = 0;

    for (uint64_t i = 0; i < count; i++) {
        array[i * step] = i * i;
        expected += i * i;
    }

    pagewalk_begin();
    uint64_t sum = read_rounds(array, step, count, rounds);
    pagewalk_end();

    return workload_report("stride", sum, sum == expected * rounds);
}

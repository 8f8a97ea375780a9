/*
 * sequential.c - reads an array from its first element to its last, again and again.
 *
 * The friendliest pattern: 512 accesses to a page before the next one is needed.
 *
 *   sequential_length   elements of 8 bytes
 *   sequential_rounds   times the array is read
 *
 * The region holds sequential_length * sequential_rounds loads, no stores. Writing the array before
 * it is the warm-up: the last pages written are in the TLB.
 */
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

volatile uint64_t sequential_length = 524288; /* 1024 pages */
volatile uint64_t sequential_rounds = 8;

static uint64_t read_rounds(const volatile uint64_t *array, uint64_t length, uint64_t rounds)
{
    uint64_t sum = 0;

    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t i = 0; i < length; i++) {
            sum += array[i];
        }
    }
    return sum;
}

int user_main(void)
{
    uint64_t length = sequential_length;
    uint64_t rounds = sequential_rounds;
    uint64_t *array = workload_arena("sequential", workload_pages(length));
    uint64_t expected = 0;

    for (uint64_t i = 0; i < length; i++) {
        array[i] = i * i;
        expected += i * i;
    }

    pagewalk_begin();
    uint64_t sum = read_rounds(array, length, rounds);
    pagewalk_end();

    return workload_report("sequential", sum, sum == expected * rounds);
}

/*
 * sieve.c - strikes multiples out of an array of bytes, then follows a branch that nobody can
 * foresee: from each number, n/2 if it is even and 3n + 1 if it is odd, until 1.
 *
 *   sieve_length    numbers in the sieve, a byte each
 *   sieve_rounds    times they are all struck out anew
 *   sieve_numbers   numbers that are followed to 1, from 1 up
 */
#include <stdbool.h>
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

volatile uint64_t sieve_length = 65536;
volatile uint64_t sieve_rounds = 1;
volatile uint64_t sieve_numbers = 1000;

/* Afterwards the byte of a prime is 0, that of every other number 1. */
static void strike_out(uint8_t *is_struck, uint64_t length)
{
    for (uint64_t i = 0; i < length; i++) {
        is_struck[i] = i < 2;
    }
    for (uint64_t factor = 2; factor * factor < length; factor++) {
        if (is_struck[factor] != 0) {
            continue;
        }
        for (uint64_t i = factor * factor; i < length; i += factor) {
            is_struck[i] = 1;
        }
    }
}

static uint64_t count_steps(uint64_t numbers)
{
    uint64_t steps = 0;

    for (uint64_t start = 1; start <= numbers; start++) {
        for (uint64_t n = start; n != 1; steps++) {
            if (n % 2 == 0) {
                n /= 2;
            } else {
                n = 3 * n + 1;
            }
        }
    }
    return steps;
}

static bool is_prime(uint64_t n)
{
    for (uint64_t factor = 2; factor * factor <= n; factor++) {
        if (n % factor == 0) {
            return false;
        }
    }
    return n >= 2;
}

static bool is_right_at_the_ends(const uint8_t *is_struck, uint64_t length)
{
    enum { SOME = 100 };

    for (uint64_t i = 0; i < SOME && i < length; i++) {
        if (is_prime(i) == is_struck[i] || is_prime(length - 1 - i) == is_struck[length - 1 - i]) {
            return false;
        }
    }
    return true;
}

int user_main(void)
{
    uint64_t length = sieve_length;
    uint64_t rounds = sieve_rounds;
    uint64_t numbers = sieve_numbers;
    uint8_t *is_struck = (uint8_t *)workload_arena("sieve", workload_pages(length / 8 + 1));

    pagewalk_begin();
    for (uint64_t round = 0; round < rounds; round++) {
        strike_out(is_struck, length);
        __asm__ volatile("" : : : "memory"); /* each round is done */
    }
    uint64_t checksum = count_steps(numbers);
    pagewalk_end();

    for (uint64_t i = 0; i < length; i++) {
        checksum = is_struck[i] != 0 ? checksum : workload_checksum(checksum, i);
    }
    return workload_report("sieve", checksum,
                           rounds == 0 || is_right_at_the_ends(is_struck, length));
}

/*
 * matmul_float.c - multiplies two matrices of doubles, row by column, several times.
 *
 *   matmul_float_n        rows and columns
 *   matmul_float_rounds   products, each of the same two matrices
 *
 * The elements are small integers, so that every sum is exact and comes out the same whether
 * multiplication and addition are one instruction or two.
 */
#include <stdbool.h>
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

enum { ELEMENT_BITS = 10, MAX_N = 1 << 16 };

volatile uint64_t matmul_float_n = 128;
volatile uint64_t matmul_float_rounds = 1;

static void make_elements(double *a, double *b, uint64_t count)
{
    uint64_t random = WORKLOAD_SEED;

    for (uint64_t i = 0; i < count; i++) {
        random = workload_random(random);
        a[i] = (double)(random >> (64 - ELEMENT_BITS));
        b[i] = (double)(random & ((1 << ELEMENT_BITS) - 1));
    }
}

static void multiply(double *c, const double *a, const double *b, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        for (uint64_t j = 0; j < n; j++) {
            double sum = 0;

            for (uint64_t k = 0; k < n; k++) {
                sum += a[i * n + k] * b[k * n + j];
            }
            c[i * n + j] = sum;
        }
    }
}

/* The sum of all elements of c is the sum over k of the k-th column of a times the k-th row of b.
 */
static bool is_product(const double *c, const double *a, const double *b, uint64_t n)
{
    uint64_t difference = 0;

    for (uint64_t k = 0; k < n; k++) {
        uint64_t column = 0;
        uint64_t row = 0;

        for (uint64_t i = 0; i < n; i++) {
            column += (uint64_t)a[i * n + k];
            row += (uint64_t)b[k * n + i];
            difference -= (uint64_t)c[k * n + i];
        }
        difference += column * row;
    }
    return difference == 0;
}

int user_main(void)
{
    uint64_t n = matmul_float_n;
    uint64_t rounds = matmul_float_rounds;

    if (n > MAX_N) {
        workload_refuse("matmul_float", "does not fit into memory");
    }

    uint64_t pages = workload_pages(n * n);
    double *a = (double *)workload_arena("matmul_float", 3 * pages);
    double *b = a + pages * ELEMENTS_PER_PAGE;
    double *c = b + pages * ELEMENTS_PER_PAGE;

    make_elements(a, b, n * n);
    pagewalk_begin();
    for (uint64_t round = 0; round < rounds; round++) {
        multiply(c, a, b, n);
        __asm__ volatile("" : : : "memory"); /* each round is done */
    }
    pagewalk_end();

    uint64_t checksum = 0;

    for (uint64_t i = 0; i < n * n; i++) {
        checksum = workload_checksum(checksum, (uint64_t)c[i]);
    }
    return workload_report("matmul_float", checksum, rounds == 0 || is_product(c, a, b, n));
}

/*
 * matrix.h - square matrices of 64-bit integers, row by row: made, and checked after a product.
 */
#ifndef GUEST_MATRIX_H
#define GUEST_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/include/workload.h"

enum { MATRIX_MAX_N = 1 << 16 };

/* c = a * b, each of n rows and columns and at the start of a page. */
struct matrix_product {
    uint64_t n;
    uint64_t *a;
    uint64_t *b;
    uint64_t *c;
};

/* Makes a and b from random numbers and c of zeros. Refuses an n that does not fit. */
static inline struct matrix_product matrix_prepare(const char *name, uint64_t n)
{
    if (n > MATRIX_MAX_N) {
        workload_refuse(name, "does not fit into memory");
    }

    uint64_t pages = workload_pages(n * n);
    uint64_t *a = workload_arena(name, 3 * pages);
    uint64_t *b = a + pages * ELEMENTS_PER_PAGE;
    uint64_t *c = b + pages * ELEMENTS_PER_PAGE;
    uint64_t random = WORKLOAD_SEED;

    for (uint64_t i = 0; i < n * n; i++) {
        random = workload_random(random);
        a[i] = random >> 32;
        b[i] = random & UINT32_MAX;
        c[i] = 0;
    }
    return (struct matrix_product){.n = n, .a = a, .b = b, .c = c};
}

/* The sum of count elements of a row, each times its partner in a column: two loads each, no other
 * access. n is the length of a whole row, so it leads from one element of a column to the next. */
__attribute__((always_inline)) static inline uint64_t matrix_dot(const volatile uint64_t *row,
                                                                 const volatile uint64_t *column,
                                                                 uint64_t n, uint64_t count)
{
    uint64_t sum = 0;

    for (uint64_t k = 0; k < count; k++) {
        sum += row[k] * column[k * n];
    }
    return sum;
}

/* Is the sum of all elements of c what a and b make it? It is the sum over k of the k-th column of
 * a, summed, times the k-th row of b, summed. */
static inline bool matrix_sum_is_right(const struct matrix_product *product)
{
    uint64_t n = product->n;
    uint64_t difference = 0;

    for (uint64_t k = 0; k < n; k++) {
        uint64_t column = 0;
        uint64_t row = 0;

        for (uint64_t i = 0; i < n; i++) {
            column += product->a[i * n + k];
            row += product->b[k * n + i];
            difference -= product->c[k * n + i];
        }
        difference += column * row;
    }
    return difference == 0;
}

/* Prints the line of the workload; returns its exit code. */
static inline int matrix_report(const char *name, const struct matrix_product *product)
{
    uint64_t checksum = 0;

    for (uint64_t i = 0; i < product->n * product->n; i++) {
        checksum = workload_checksum(checksum, product->c[i]);
    }
    return workload_report(name, checksum, matrix_sum_is_right(product));
}

#endif

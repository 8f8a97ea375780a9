/*
 * matmul_blocked.c - the same product as matmul, in square blocks that are small enough to stay.
 *
 * One block each of A, B and C is worked on until it is done with, so of a column of B only `block`
 * rows, and so at most `block` pages of it, are needed at a time.
 *
 *   matmul_blocked_n       rows and columns, of 8-byte integers
 *   matmul_blocked_block   rows and columns of a block; must divide n
 *
 * The region holds 2 * n^3 + n^3 / block loads and n^3 / block stores. Writing the matrices before
 * it is the warm-up.
 */

/* Six loops have few variables, but GCC would add one for each sum and product of two of them: more
 * than there are registers, and the region would hold loads and stores of the stack. This stands
 * ahead of everything that is inlined. */
#pragma GCC optimize("no-ivopts")

#include <stdint.h>

#include "guest/include/matrix.h"
#include "guest/include/pagewalk.h"

volatile uint64_t matmul_blocked_n = 128;
volatile uint64_t matmul_blocked_block = 16;

#define INLINE __attribute__((always_inline)) static inline

/* Blocks are given by their first element; n is the length of a whole row of the matrix. */

/* Adds the product of one block of A and one of B to one block of C. */
INLINE void multiply_block(volatile uint64_t *c, const volatile uint64_t *a,
                           const volatile uint64_t *b, uint64_t n, uint64_t block)
{
    for (uint64_t i = 0; i < block; i++) {
        for (uint64_t j = 0; j < block; j++) {
            c[i * n + j] += matrix_dot(a + i * n, b + j, n, block);
        }
    }
}

/* Makes one block of C: a row of blocks of A by a column of blocks of B. */
INLINE void multiply_row_by_column(volatile uint64_t *c, const volatile uint64_t *a,
                                   const volatile uint64_t *b, uint64_t n, uint64_t block)
{
    for (uint64_t k = 0; k < n; k += block) {
        multiply_block(c, a + k, b + k * n, n, block);
    }
}

INLINE void multiply(volatile uint64_t *c, const volatile uint64_t *a, const volatile uint64_t *b,
                     uint64_t n, uint64_t block)
{
    for (uint64_t i = 0; i < n; i += block) {
        for (uint64_t j = 0; j < n; j += block) {
            multiply_row_by_column(c + i * n + j, a + i * n, b + j, n, block);
        }
    }
}

int user_main(void)
{
    uint64_t block = matmul_blocked_block;
    uint64_t n = matmul_blocked_n;

    if (block == 0 || n % block != 0) {
        workload_refuse("matmul_blocked", "the block must divide n");
    }

    struct matrix_product product = matrix_prepare("matmul_blocked", n);
    uint64_t *a = product.a;
    uint64_t *b = product.b;
    uint64_t *c = product.c;

    pagewalk_begin();
    multiply(c, a, b, n, block);
    pagewalk_end();

    return matrix_report("matmul_blocked", &product);
}

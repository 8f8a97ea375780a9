/*
 * matmul.c - multiplies two matrices as the definition says: row by column.
 *
 * The rows of A are read along, the columns of B across: with n elements in a row, each step down a
 * column is 8 * n bytes further. Compare with matmul_blocked.
 *
 *   matmul_n   rows and columns, of 8-byte integers
 *
 * The region holds 2 * n^3 loads and n^2 stores. Writing the matrices before it is the warm-up.
 */
#include <stdint.h>

#include "guest/include/matrix.h"
#include "guest/include/pagewalk.h"

volatile uint64_t matmul_n = 128;

static void multiply(volatile uint64_t *c, const volatile uint64_t *a, const volatile uint64_t *b,
                     uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        for (uint64_t j = 0; j < n; j++) {
            c[i * n + j] = matrix_dot(a + i * n, b + j, n, n);
        }
    }
}

int user_main(void)
{
    struct matrix_product product = matrix_prepare("matmul", matmul_n);
    uint64_t n = product.n;
    uint64_t *a = product.a;
    uint64_t *b = product.b;
    uint64_t *c = product.c;

    pagewalk_begin();
    multiply(c, a, b, n);
    pagewalk_end();

    return matrix_report("matmul", &product);
}

/* memory.c - malloc in small and big pieces, and the break itself. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SMALL_ONES = 5000, BIG = 3 << 20 };

static uint64_t sum_of(const unsigned char *bytes, size_t length)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < length; i++) {
        sum = sum * 31 + bytes[i];
    }
    return sum;
}

static void use_small(void)
{
    static char *blocks[SMALL_ONES];
    uint64_t sum = 0;

    for (int i = 0; i < SMALL_ONES; i++) {
        blocks[i] = malloc(i % 97 + 9);
        sprintf(blocks[i], "%d", i);
    }
    for (int i = 0; i < SMALL_ONES; i += 2) {
        free(blocks[i]);
    }
    for (int i = 1; i < SMALL_ONES; i += 2) {
        sum += atoi(blocks[i]);
        free(blocks[i]);
    }
    printf("small: %lu\n", (unsigned long)sum);
}

static void use_big(void)
{
    unsigned char *block = calloc(BIG, 1);

    printf("zeroes: %lu\n", (unsigned long)sum_of(block, BIG));
    for (size_t i = 0; i < BIG; i++) {
        block[i] = (unsigned char)(i * i >> 7);
    }
    uint64_t before = sum_of(block, BIG);

    block = realloc(block, 2 * BIG);
    printf("moved: %d\n", sum_of(block, BIG) == before);
    printf("big: %016lx\n", (unsigned long)before);
    free(block);
}

static void use_break(void)
{
    char *old = sbrk(0);

    printf("grown: %d\n", sbrk(10000) == old);
    memset(old, 7, 10000);
    printf("shrunk: %d\n", sbrk(-10000) != (void *)-1 && sbrk(0) == old);
    printf("again: %d\n", sbrk(10000) == old);
}

int main(void)
{
    use_small();
    use_big();
    use_break();
    void *volatile too_much = malloc((size_t)1 << 46); /* or clang leaves the call out */

    printf("too much: %d\n", too_much == NULL);
    return 0;
}

/*
 * translate.c - one address to translate by hand, with another number at each level of the tables.
 */
#include "guest/include/linux.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

enum { INDEX_BITS = 9, OFFSET_BITS = 12, PAGE_SIZE = 4096, LEVELS = 3 };

#define WORD_VA UINT64_C(0x40403458)

/* A place for pagewalk to look. */
__attribute__((noipa)) static void page_is_mapped(void)
{
    __asm__ volatile("");
}

static uint64_t index_at(uint64_t va, unsigned level)
{
    return va >> (OFFSET_BITS + INDEX_BITS * level) & ((1 << INDEX_BITS) - 1);
}

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    volatile uint64_t *word = (volatile uint64_t *)WORD_VA;

    if (linux_map(WORD_VA & ~(uint64_t)(PAGE_SIZE - 1), PAGE_SIZE) < 0) {
        return 1;
    }
    *word = 42;
    print("va 0x%lx: entry %lu of the root, %lu of the next table, %lu of the last, byte 0x%lx\n",
          WORD_VA, index_at(WORD_VA, 2), index_at(WORD_VA, 1), index_at(WORD_VA, 0),
          WORD_VA % PAGE_SIZE);
    page_is_mapped();
    print("there is %lu\n", *word);
    return 0;
}

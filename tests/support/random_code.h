/*
 * random_code.h - instructions of every kind in random order, that go on for long.
 *
 * Registers: loads, stores and jumps go through x8 to x15, x16 to x19 hold instructions that are
 * stored into code, x20 counts loops, x21 to x23 hold PTEs, x24 is scratch, x25 to x27 hold values
 * for CSRs. x28 to x31 are left to handlers. Whoever starts the code sets them; of what the code
 * itself does to them some is wild.
 */
#ifndef TESTS_SUPPORT_RANDOM_CODE_H
#define TESTS_SUPPORT_RANDOM_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/support/chooser.h"

/* What stands in the upper bits of lui for an address that is worth having. */
struct random_code_places {
    const uint32_t *page; /* numbers of virtual pages below 2^19, for loads, stores and jumps */
    size_t page_count;
    uint32_t tables; /* the page where page tables are written to; PTEs 0 to 63 matter */
};

/* Fills length bytes, a multiple of 4096, with instructions. Each page has its own share of those
 * that go through CSRs, fences and traps, many have none. */
void random_code(struct chooser *chooser, const struct random_code_places *places, uint8_t *bytes,
                 size_t length);

/* One instruction that does no more than compute: two compressed ones, or a whole one. */
uint32_t random_code_word(struct chooser *chooser);

#endif

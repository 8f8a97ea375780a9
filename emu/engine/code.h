/*
 * code.h - decoded instructions, kept by physical page until the page is written.
 *
 * A page has a struct insn for every two bytes of it: the one at a place holds the instruction that
 * begins there, once somebody has gone there. A place nobody went to holds a handler that decodes
 * from there straight on. So a jump needs no table, and code that runs into the middle of other
 * code's instructions is right.
 *
 * Instructions that may change how the machine goes on (CSRs, traps, fences, atomics) are slow: in
 * their place stands a handler that stops before them. So does one at the last place, where the
 * page ends, or an instruction crosses its end.
 */
#ifndef EMU_ENGINE_CODE_H
#define EMU_ENGINE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/bus.h"
#include "emu/hart/insn.h"

enum { CODE_PAGE_BYTES = 4096, CODE_PLACES = CODE_PAGE_BYTES / 2 };

struct code_page {
    struct insn insn[CODE_PLACES + 1];
    uint16_t run[CODE_PLACES + 1]; /* instructions from here until one that is slow, or a jump */
    const uint8_t *bytes;
};

struct code_slot {
    struct code_page *page; /* NULL: nothing is decoded there */
};

struct code {
    struct bus *bus;
    struct code_slot *slot; /* by page of RAM */
    uint8_t *marked;        /* the same, for the bus */
    size_t count;           /* pages that are there */
};

/* Returns false if there is not enough memory. The bus, which must outlive it, tells it of writes
 * from then on. */
bool code_init(struct code *code, struct bus *bus);

/* Safe for one that is all zero. */
void code_finish(struct code *code);

/* The decoded page at pa, which must be a whole page of RAM; NULL if there is no memory. May throw
 * away every other one: none of them may be in use. */
struct code_page *code_at(struct code *code, uint64_t pa);

/* True if nothing of the page at pa, which is RAM, has been decoded. */
static inline bool code_is_data(const struct code *code, uint64_t pa)
{
    return code->marked[(pa - code->bus->ram_base) / CODE_PAGE_BYTES] == 0;
}

/* Decodes from a place, in bytes, on. */
void code_decode(struct code_page *page, unsigned place);

/* True if the instruction at a place is slow, or nothing is decoded there. */
bool code_is_slow(const struct code_page *page, unsigned place);

#endif

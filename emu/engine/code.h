/*
 * code.h - decoded instructions, kept by physical page until the page is written.
 *
 * A page has an array of decoded instructions, and a table that finds the one that begins at a
 * place, once somebody has gone there. Decoding goes from there straight on, past branches, to a
 * jump, to an instruction that is slow, or until the run is long enough; the next element then
 * stops, or goes on elsewhere in the array. So code that runs into the middle of other code's
 * instructions is right. Element 0 is none.
 *
 * A slow instruction (a marker, or one that the end of the page cuts) has an element that stops
 * before it.
 */
#ifndef EMU_ENGINE_CODE_H
#define EMU_ENGINE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/bus.h"
#include "emu/hart/insn.h"

enum {
    CODE_PAGE_BYTES = 4096,
    CODE_PLACES = CODE_PAGE_BYTES / 2,
    CODE_MOST_RUN = 128, /* instructions that follow each other in the array */
    CODE_COPIES = 1024,  /* elements that may be decoded before copies become joins */
    /* From then on each place has one more element at most, and each run one at its end. */
    CODE_ELEMENTS = CODE_COPIES + CODE_MOST_RUN + 2 * CODE_PLACES + 2,
};

struct code_page {
    const uint8_t *bytes;
    unsigned count;                  /* elements in use */
    uint16_t index[CODE_PLACES + 1]; /* by place / 2, the page's end too: 0: not decoded */
    uint16_t place[CODE_ELEMENTS];   /* by element: in bytes from the beginning of the page */
    uint8_t run[CODE_ELEMENTS]; /* instructions from here until one that jumps, or stops before;
                                   0: it stops here */
    struct insn insn[CODE_ELEMENTS];
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

/* code_find for a place where nobody has been. */
unsigned code_decode(struct code_page *page, unsigned place);

/* The element for a place, in bytes; decodes from there on if need be. */
static inline unsigned code_find(struct code_page *page, unsigned place)
{
    unsigned element = page->index[place / 2];

    return element != 0 ? element : code_decode(page, place);
}

/* Notes in a branch or JAL of the page where its target, a place in the same page, is. */
void code_bind(struct code_page *page, const struct insn *insn, unsigned target);

#endif

/*
 * symbols.h - the symbols of a program: from name to address, and from address to the function.
 */
#ifndef EMU_MACHINE_SYMBOLS_H
#define EMU_MACHINE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
    char *name;
    uint64_t address;
    uint64_t size; /* 0: up to the next symbol */
    bool is_function;
    bool is_code;   /* what can be executed: a function, or a label in code */
    unsigned modes; /* of the hart that may execute it: bits (1 << privilege); 0: any */
    uint64_t reach; /* set by symbols_sort: where this and earlier symbols with a size last end */
};

struct symbols {
    struct symbol *all; /* sorted by address */
    size_t count;
    bool is_system; /* of firmware and kernel, under which runs what has no symbols here */
};

/* True if a hart with that privilege may execute what the symbol names. */
static inline bool symbol_is_of(const struct symbol *symbol, unsigned privilege)
{
    return symbol->modes == 0 || (symbol->modes >> privilege & 1) != 0;
}

/* Adds a copy of one symbol; returns false if there is no memory. symbols_sort before looking up.
 */
bool symbols_add(struct symbols *symbols, const struct symbol *symbol);

/* Which symbols symbols_add_range takes over, and how. */
struct symbol_range {
    uint64_t first; /* address: those in [first, last] */
    uint64_t last;
    uint64_t base;      /* is added to their addresses */
    const char *prefix; /* stands before their names */
    unsigned modes;     /* become theirs */
};

/* Adds copies of the sorted symbols of from that begin in the range. None reaches beyond its end:
 * one without a size that nothing ends gets one. Returns false if there is no memory. symbols_sort
 * before looking up. */
bool symbols_add_range(struct symbols *symbols, const struct symbols *from,
                       const struct symbol_range *range);

/* Sorts by address, and by name where addresses are equal, so that look-ups are repeatable. */
void symbols_sort(struct symbols *symbols);

void symbols_finish(struct symbols *symbols);

/* The symbol with this name, or NULL. */
const struct symbol *symbols_find(const struct symbols *symbols, const char *name);

/* The symbol that covers the address: the nearest at or below it whose size reaches it (or has
 * none), functions before others; NULL if none does. */
const struct symbol *symbols_at(const struct symbols *symbols, uint64_t address);

/* The same. *last is set to an address at or above this one: symbols_at gives the same answer for
 * every address from one to the other. */
const struct symbol *symbols_span(const struct symbols *symbols, uint64_t address, uint64_t *last);

#endif

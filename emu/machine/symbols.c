#include "emu/machine/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The array always has room for a power of two of symbols, so it is full when count is one (or 0).
 */
static bool make_room(struct symbols *symbols)
{
    size_t count = symbols->count;
    if ((count & (count - 1)) != 0) {
        return true;
    }
    size_t capacity = count == 0 ? 1 : 2 * count;
    struct symbol *all = reallocarray(symbols->all, capacity, sizeof *all);
    if (all == NULL) {
        return false;
    }
    symbols->all = all;
    return true;
}

bool symbols_add(struct symbols *symbols, const struct symbol *symbol)
{
    if (!make_room(symbols)) {
        return false;
    }
    char *name = strdup(symbol->name);
    if (name == NULL) {
        return false;
    }
    symbols->all[symbols->count] = *symbol;
    symbols->all[symbols->count].name = name;
    symbols->count++;
    return true;
}

static bool add_renamed(struct symbols *symbols, struct symbol symbol, const char *prefix)
{
    bool is_added;

    if (asprintf(&symbol.name, "%s%s", prefix, symbol.name) < 0) {
        return false;
    }
    is_added = symbols_add(symbols, &symbol);
    free(symbol.name);
    return is_added;
}

bool symbols_add_range(struct symbols *symbols, const struct symbols *from,
                       const struct symbol_range *range)
{
    uint64_t highest = range->first; /* where the last symbol of the range begins */

    for (size_t i = 0; i < from->count && from->all[i].address <= range->last; i++) {
        highest = from->all[i].address;
    }
    for (size_t i = 0; i < from->count; i++) {
        struct symbol symbol = from->all[i];
        bool is_endless = symbol.size == 0 && symbol.address == highest;

        if (symbol.address < range->first || symbol.address > range->last) {
            continue;
        }
        if (is_endless || symbol.size > range->last - symbol.address) {
            symbol.size = range->last - symbol.address + 1;
        }
        symbol.address += range->base;
        symbol.modes = range->modes;
        if (!add_renamed(symbols, symbol, range->prefix)) {
            return false;
        }
    }
    return true;
}

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

/* Size and kind only decide between symbols that share address and name. */
static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left;
    const struct symbol *b = right;

    int order = compare_numbers(a->address, b->address);
    if (order == 0) {
        order = strcmp(a->name, b->name);
    }
    if (order == 0) {
        order = compare_numbers(a->size, b->size);
    }
    if (order == 0) {
        order = a->is_function - b->is_function;
    }
    return order;
}

/* The last byte of a symbol whose size is not 0; the end of the address space if it would wrap. */
static uint64_t last_byte(const struct symbol *symbol)
{
    uint64_t beyond_first = symbol->size - 1;
    if (beyond_first > UINT64_MAX - symbol->address) {
        return UINT64_MAX;
    }
    return symbol->address + beyond_first;
}

void symbols_sort(struct symbols *symbols)
{
    if (symbols->count == 0) {
        return;
    }
    qsort(symbols->all, symbols->count, sizeof *symbols->all, compare_symbols);

    uint64_t reach = 0;
    for (size_t i = 0; i < symbols->count; i++) {
        struct symbol *symbol = &symbols->all[i];
        if (symbol->size != 0 && last_byte(symbol) > reach) {
            reach = last_byte(symbol);
        }
        symbol->reach = reach;
    }
}

void symbols_finish(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        free(symbols->all[i].name);
    }
    free(symbols->all);
    *symbols = (struct symbols){0};
}

/* Linear: names are looked up a handful of times per run. Of several symbols with the name, the one
 * with the lowest address answers. */
const struct symbol *symbols_find(const struct symbols *symbols, const char *name)
{
    for (size_t i = 0; i < symbols->count; i++) {
        if (strcmp(symbols->all[i].name, name) == 0) {
            return &symbols->all[i];
        }
    }
    return NULL;
}

/* How many symbols begin at or below the address. */
static size_t count_at_or_below(const struct symbols *symbols, uint64_t address)
{
    size_t low = 0;
    size_t high = symbols->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (symbols->all[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* nearest is where the last symbol at or below the address begins: one without a size ends there
 * unless it begins there itself. */
static bool covers(const struct symbol *symbol, uint64_t address, uint64_t nearest)
{
    if (symbol->size == 0) {
        return symbol->address == nearest;
    }
    return address - symbol->address < symbol->size;
}

/* A symbol found later begins no higher: it is better if only it is a function, or if it begins at
 * the same address and is code too, or instead, so that the first in the order of names wins. */
static bool is_better(const struct symbol *symbol, const struct symbol *best)
{
    if (best == NULL || symbol->is_function != best->is_function) {
        return best == NULL || symbol->is_function;
    }
    return symbol->address == best->address && symbol->is_code >= best->is_code;
}

/* The best of the symbols that cover the address; count of them begin at or below it.
 *
 * Choice: a function answers before a label or an object inside it, however near: people want to
 * read "main", not the name of a loop in it. */
static const struct symbol *find_best(const struct symbols *symbols, size_t count, uint64_t address)
{
    if (count == 0) {
        return NULL;
    }
    uint64_t nearest = symbols->all[count - 1].address;
    const struct symbol *best = NULL;

    for (size_t i = count; i-- > 0;) {
        const struct symbol *symbol = &symbols->all[i];

        if (symbol->address != nearest && symbol->reach < address) {
            break; /* neither this one nor one before it covers the address */
        }
        if (best != NULL && best->is_function && symbol->address != best->address) {
            break;
        }
        if (covers(symbol, address, nearest) && is_better(symbol, best)) {
            best = symbol;
        }
    }
    return best;
}

const struct symbol *symbols_at(const struct symbols *symbols, uint64_t address)
{
    return find_best(symbols, count_at_or_below(symbols, address), address);
}

/* Up to where the next symbol begins, fewer symbols cover an address the higher it is, so the best
 * stays the best until it ends. */
const struct symbol *symbols_span(const struct symbols *symbols, uint64_t address, uint64_t *last)
{
    size_t count = count_at_or_below(symbols, address);
    const struct symbol *best = find_best(symbols, count, address);

    *last = count < symbols->count ? symbols->all[count].address - 1 : UINT64_MAX;
    if (best != NULL && best->size != 0 && last_byte(best) < *last) {
        *last = last_byte(best);
    }
    return best;
}

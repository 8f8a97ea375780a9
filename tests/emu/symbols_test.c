#include "emu/machine/symbols.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* In no order: symbols_sort must make one. */
static const struct symbol program[] = {
    {.name = "table", .address = 0x3000, .size = 0x100},
    {.name = "main", .address = 0x1100, .size = 0x80, .is_function = true},
    {.name = "_start", .address = 0x1000},
    {.name = "loop", .address = 0x1110},
    {.name = "spin", .address = 0x1200, .is_function = true},
    {.name = "alias_of_main", .address = 0x1100, .size = 0x80, .is_function = true},
    {.name = "main_begin", .address = 0x1100},
    {.name = "big", .address = 0x4000, .size = 0x1000},
    {.name = "inner", .address = 0x4100, .size = 0x10},
    {.name = "outer", .address = 0x6000, .size = 0x300, .is_function = true},
    {.name = "nested", .address = 0x6100, .size = 0x100, .is_function = true},
    {.name = "literals", .address = 0x6110, .size = 0x20},
    {.name = "top", .address = UINT64_MAX - 0xf, .size = 0x1000, .is_function = true},
    {.name = "last_byte", .address = UINT64_MAX, .size = 1},
};

static struct symbols symbols;

static void make_symbols(void)
{
    for (size_t i = 0; i < sizeof program / sizeof *program; i++) {
        cr_assert(symbols_add(&symbols, &program[i]));
    }
    symbols_sort(&symbols);
}

static void remove_symbols(void)
{
    symbols_finish(&symbols);
}

TestSuite(symbols, .init = make_symbols, .fini = remove_symbols);

Test(symbols, are_sorted_by_address_then_by_name)
{
    cr_assert(eq(sz, symbols.count, sizeof program / sizeof *program));
    for (size_t i = 1; i < symbols.count; i++) {
        const struct symbol *before = &symbols.all[i - 1];
        const struct symbol *symbol = &symbols.all[i];
        bool is_sorted =
            before->address < symbol->address ||
            (before->address == symbol->address && strcmp(before->name, symbol->name) < 0);
        cr_expect(is_sorted, "%s before %s", before->name, symbol->name);
    }
}

Test(symbols, the_order_of_adding_does_not_matter)
{
    struct symbols other = {0};

    for (size_t i = sizeof program / sizeof *program; i-- > 0;) {
        cr_assert(symbols_add(&other, &program[i]));
    }
    symbols_sort(&other);
    for (size_t i = 0; i < other.count; i++) {
        cr_expect(eq(str, other.all[i].name, symbols.all[i].name));
    }
    symbols_finish(&other);
}

Test(symbols, names_are_copied)
{
    char name[] = "volatile_name";
    struct symbols other = {0};

    cr_assert(symbols_add(&other, &(struct symbol){.name = name, .address = 4}));
    name[0] = 'X';
    cr_expect(eq(str, other.all[0].name, "volatile_name"));
    symbols_finish(&other);
    cr_expect(eq(sz, other.count, 0));
    cr_expect(eq(ptr, other.all, NULL));
}

Test(symbols, are_found_by_their_whole_name)
{
    const struct symbol *main_symbol = symbols_find(&symbols, "main");

    cr_assert(ne(ptr, (void *)main_symbol, NULL));
    cr_expect(eq(u64, main_symbol->address, 0x1100));
    cr_expect(eq(ptr, (void *)symbols_find(&symbols, "mai"), NULL));
    cr_expect(eq(ptr, (void *)symbols_find(&symbols, "main2"), NULL));
    cr_expect(eq(ptr, (void *)symbols_find(&symbols, ""), NULL));
}

Test(symbols, of_one_name_the_lowest_address_is_found)
{
    struct symbols other = {0};

    for (uint64_t address = 0x30; address > 0; address -= 0x10) {
        cr_assert(symbols_add(&other, &(struct symbol){.name = "buffer", .address = address}));
    }
    symbols_sort(&other);
    cr_expect(eq(u64, symbols_find(&other, "buffer")->address, 0x10));
    symbols_finish(&other);
}

Test(symbols, an_address_belongs_to_the_symbol_that_covers_it)
{
    static const struct {
        uint64_t address;
        const char *want; /* NULL: nobody's */
        const char *why;
    } rows[] = {
        {0x0, NULL, "before everything"},
        {0xfff, NULL, "one byte before the first"},
        {0x1000, "_start", "the first byte"},
        {0x10ff, "_start", "no size: up to the next symbol"},
        {0x1100, "alias_of_main", "of several functions the first name; labels come after them"},
        {0x1110, "alias_of_main", "a function before the label inside it"},
        {0x117f, "alias_of_main", "the last byte of a function"},
        {0x1180, "loop", "behind the function only the label reaches on"},
        {0x1200, "spin", "a function without a size"},
        {0x2fff, "spin", "also up to the next symbol"},
        {0x3000, "table", "an object"},
        {0x30ff, "table", "its last byte"},
        {0x3100, NULL, "a gap behind a symbol with a size"},
        {0x3fff, NULL, "the end of the gap"},
        {0x40ff, "big", "before the one inside"},
        {0x4100, "inner", "the nearest of two objects"},
        {0x410f, "inner", "its last byte"},
        {0x4110, "big", "behind the one inside, still in the one around it"},
        {0x4fff, "big", "the last byte of the one around"},
        {0x5000, NULL, "behind both"},
        {0x60ff, "outer", "a function around another"},
        {0x6100, "nested", "the nearest of two functions"},
        {0x6110, "nested", "a function before the object inside it, though that is nearer"},
        {0x6200, "outer", "behind the inner function"},
        {0x6300, NULL, "behind the outer function"},
        {UINT64_MAX - 0x10, NULL, "just before the last"},
        {UINT64_MAX - 0xf, "top", "a symbol whose end wraps"},
        {UINT64_MAX, "top", "still the function, at the last address of all"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct symbol *symbol = symbols_at(&symbols, rows[i].address);
        const char *got = symbol != NULL ? symbol->name : "nobody";
        const char *want = rows[i].want != NULL ? rows[i].want : "nobody";
        cr_expect(eq(str, (char *)got, (char *)want), "0x%llx: %s",
                  (unsigned long long)rows[i].address, rows[i].why);
    }
}

/* What symbols_at promises, said without cleverness. */
static const struct symbol *search_all(const struct symbols *all, uint64_t address)
{
    const struct symbol *best = NULL;

    for (size_t i = 0; i < all->count; i++) {
        const struct symbol *symbol = &all->all[i];
        bool covers = symbol->address <= address && address - symbol->address < symbol->size;
        if (symbol->size == 0) {
            size_t next = i + 1;
            while (next < all->count && all->all[next].address == symbol->address) {
                next++;
            }
            covers = symbol->address <= address &&
                     (next == all->count || address < all->all[next].address);
        }
        if (covers &&
            (best == NULL || symbol->is_function > best->is_function ||
             (symbol->is_function == best->is_function && symbol->address > best->address))) {
            best = symbol;
        }
    }
    return best;
}

Test(symbols, the_fast_search_agrees_with_a_plain_one)
{
    uint64_t random = 1;

    for (unsigned round = 0; round < 300; round++) {
        struct symbols many = {0};
        for (unsigned i = 0; i < 24; i++) {
            char name[16];
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            snprintf(name, sizeof name, "s%u", i);
            cr_assert(symbols_add(
                &many, &(struct symbol){.name = name,
                                        .address = (random >> 33) % 64,
                                        .size = (random >> 40) % 4 == 0 ? 0 : (random >> 45) % 24,
                                        .is_function = (random >> 60) % 3 == 0}));
        }
        symbols_sort(&many);
        for (uint64_t address = 0; address < 100; address++) {
            cr_assert(
                eq(ptr, (void *)symbols_at(&many, address), (void *)search_all(&many, address)),
                "round %u, address %llu", round, (unsigned long long)address);
        }
        symbols_finish(&many);
    }
}

Test(symbols, a_span_is_the_range_of_one_answer)
{
    uint64_t random = 7;

    for (unsigned round = 0; round < 300; round++) {
        struct symbols many = {0};
        for (unsigned i = 0; i < 12; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            cr_assert(symbols_add(
                &many, &(struct symbol){.name = "name",
                                        .address = (random >> 33) % 64,
                                        .size = (random >> 40) % 4 == 0 ? 0 : (random >> 45) % 24,
                                        .is_function = (random >> 60) % 3 == 0}));
        }
        symbols_sort(&many);
        for (uint64_t address = 0; address < 100; address++) {
            uint64_t last = 0;
            const struct symbol *symbol = symbols_span(&many, address, &last);

            cr_assert(ge(u64, last, address));
            for (uint64_t inside = address; inside <= last && inside < 100; inside++) {
                cr_assert(eq(ptr, (void *)symbols_at(&many, inside), (void *)symbol),
                          "round %u: %llu to %llu", round, (unsigned long long)address,
                          (unsigned long long)last);
            }
        }
        symbols_finish(&many);
    }
}

Test(symbols, a_span_is_as_long_as_symbols_allow)
{
    static const struct {
        uint64_t address;
        uint64_t last;
        const char *why;
    } rows[] = {
        {0x0, 0xfff, "up to the first symbol"},
        {0x1000, 0x10ff, "a label reaches to the next symbol"},
        {0x1110, 0x117f, "a function to its end"},
        {0x3100, 0x3fff, "a gap to the next symbol"},
        {0x6300, UINT64_MAX - 0x10, "also the last"},
        {UINT64_MAX - 1, UINT64_MAX - 1, "a symbol begins at the last address"},
        {UINT64_MAX, UINT64_MAX, "which is the end"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t last = 0;

        (void)symbols_span(&symbols, rows[i].address, &last);
        cr_expect(eq(u64, last, rows[i].last), "%s", rows[i].why);
    }
}

Test(symbols, of_labels_at_one_address_one_in_code_answers)
{
    struct symbols other = {0};

    cr_assert(symbols_add(&other, &(struct symbol){.name = "RAM", .address = 8}));
    cr_assert(
        symbols_add(&other, &(struct symbol){.name = "start", .address = 8, .is_code = true}));
    cr_assert(
        symbols_add(&other, &(struct symbol){.name = "entry", .address = 8, .is_code = true}));
    cr_assert(symbols_add(&other, &(struct symbol){.name = "text", .address = 8}));
    symbols_sort(&other);
    cr_expect(eq(str, symbols_at(&other, 9)->name, "entry"));
    symbols_finish(&other);
}

Test(symbols, of_a_range_can_be_taken_over)
{
    static const struct {
        struct symbol_range range;
        size_t count;
        const char *name; /* of one of them */
        uint64_t address;
        uint64_t size;
        const char *why;
    } rows[] = {
        {{0x1100, 0x3000, 0, "", 0}, 6, "main", 0x1100, 0x80, "both ends belong to it"},
        {{0x1101, 0x2fff, 0, "", 0}, 2, "spin", 0x1200, 0x1e00, "one without a size ends with it"},
        {{0x1101, 0x2fff, 0, "", 0},
         2,
         "loop",
         0x1110,
         0,
         "one that another ends does not need to"},
        {{0x3000, 0x300f, 0, "", 0}, 1, "table", 0x3000, 0x10, "one with a size is cut, too"},
        {{0x3000, 0x30ff, 0, "", 0}, 1, "table", 0x3000, 0x100, "one that just fits is not"},
        {{0x4000, 0x40ff, 0x90000, "", 0}, 1, "big", 0x94000, 0x100, "the base moves all"},
        {{0x4100, 0x4200, 0, "kernel:", 0},
         1,
         "kernel:inner",
         0x4100,
         0x10,
         "names get the prefix"},
        {{0x6000, UINT64_MAX, 0, "", 0}, 5, "last_byte", UINT64_MAX, 1, "up to the last address"},
        {{0x6000, UINT64_MAX, 0, "", 0}, 5, "top", UINT64_MAX - 0xf, 0x10, "nothing goes round"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct symbols taken = {0};
        const struct symbol *symbol;

        cr_assert(symbols_add_range(&taken, &symbols, &rows[i].range));
        symbols_sort(&taken);
        cr_expect(eq(sz, taken.count, rows[i].count), "%s", rows[i].why);
        symbol = symbols_find(&taken, rows[i].name);
        cr_assert(symbol != NULL, "%s", rows[i].why);
        cr_expect(eq(u64, symbol->address, rows[i].address), "%s", rows[i].why);
        cr_expect(eq(u64, symbol->size, rows[i].size), "%s", rows[i].why);
        symbols_finish(&taken);
    }
}

Test(symbols, without_symbols_nothing_is_found)
{
    struct symbols none = {0};
    uint64_t last = 0;

    symbols_sort(&none);
    cr_expect(eq(ptr, (void *)symbols_find(&none, "main"), NULL));
    cr_expect(eq(ptr, (void *)symbols_at(&none, 0), NULL));
    cr_expect(eq(ptr, (void *)symbols_span(&none, 0, &last), NULL));
    cr_expect(eq(u64, last, UINT64_MAX));
    symbols_finish(&none);
}

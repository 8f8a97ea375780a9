#include "emu/machine/system_symbols.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "mmu/mmu.h"

enum { S = 1 << MMU_SUPERVISOR, M = 1 << MMU_MACHINE };

static struct symbols firmware;
static struct symbols kernel;
static struct symbols both;
static struct error error;

static void add(struct symbols *symbols, const char *name, uint64_t address)
{
    const struct symbol symbol = {
        .name = (char *)name, .address = address, .is_function = true, .is_code = true};

    cr_assert(symbols_add(symbols, &symbol));
    symbols_sort(symbols);
}

static void set_up(void)
{
    add(&firmware, "_start", 0x80000000);
    add(&firmware, "trap", 0x80001000);
    add(&firmware, "payload", 0x80200000);
}

static void finish(void)
{
    symbols_finish(&both);
    symbols_finish(&kernel);
    symbols_finish(&firmware);
}

TestSuite(system_symbols, .init = set_up, .fini = finish);

/* What is called so at an address, in some modes; NULL: nothing. */
struct want {
    uint64_t address;
    const char *name;
    unsigned modes;
};

static void expect(const struct want *rows, size_t count)
{
    cr_expect(both.is_system);
    for (size_t i = 0; i < count; i++) {
        const struct symbol *symbol = symbols_at(&both, rows[i].address);

        cr_assert(eq(int, symbol != NULL, rows[i].name != NULL), "%lx", rows[i].address);
        if (symbol != NULL) {
            cr_expect(eq(str, symbol->name, (char *)rows[i].name), "%lx", rows[i].address);
            cr_expect(eq(u32, symbol->modes, rows[i].modes), "%lx", rows[i].address);
        }
    }
}

Test(system_symbols, a_kernel_of_the_upper_half_and_its_firmware)
{
    static const struct want rows[] = {
        {0x10000, NULL, 0},
        {0x80000004, "firmware:_start", S | M},
        {0x801fffff, "firmware:trap", S | M},
        {0x80200000, NULL, 0},
        {0xffffffff7fffffff, NULL, 0},
        {0xffffffff80000000, "_start", S},
        {0xffffffff80001234, "schedule", S},
    };

    add(&kernel, "_start", 0xffffffff80000000);
    add(&kernel, "schedule", 0xffffffff80001000);
    cr_assert(system_symbols_make(&both, &firmware, &kernel, &error));
    expect(rows, sizeof rows / sizeof *rows);
}

Test(system_symbols, a_kernel_where_it_was_loaded)
{
    static const struct want rows[] = {
        {0x1000, "low", S},
        {0x80001000, "firmware:trap", S | M},
        {0x80200000, "entry", S},
        {0x80300000, "entry", S},
    };

    add(&kernel, "low", 0x1000);
    add(&kernel, "entry", 0x80200000);
    add(&kernel, "lies", 0x80001000); /* where the firmware is */
    cr_assert(system_symbols_make(&both, &firmware, &kernel, &error));
    expect(rows, sizeof rows / sizeof *rows);
    cr_expect(eq(ptr, (void *)symbols_find(&both, "lies"), NULL));
    cr_expect(eq(ptr, (void *)symbols_find(&both, "firmware:payload"), NULL));
}

Test(system_symbols, firmware_alone_has_all_of_its_half)
{
    static const struct want rows[] = {
        {0x80001000, "firmware:trap", S | M},
        {0x80200004, "firmware:payload", S | M},
        {0x7fffffffffffffff, "firmware:payload", S | M},
        {0xffffffff80000000, NULL, 0},
        {0xffffffff90000000, "firmware:upper", S | M},
    };

    add(&firmware, "upper", 0xffffffff90000000);
    cr_assert(system_symbols_make(&both, &firmware, NULL, &error));
    expect(rows, sizeof rows / sizeof *rows);
}

Test(system_symbols, a_kernel_without_symbols_gets_none_of_the_firmware)
{
    static const struct want rows[] = {
        {0x80001000, "firmware:trap", S | M},
        {0x801fffff, "firmware:trap", S | M},
        {0x80200004, NULL, 0},
        {0xffffffff80000000, NULL, 0},
    };

    cr_assert(system_symbols_make(&both, &firmware, &kernel, &error));
    expect(rows, sizeof rows / sizeof *rows);
}

Test(system_symbols, what_has_no_size_ends_with_its_half)
{
    static const struct want rows[] = {
        {0x80300000, "entry", S},        {0x7fffffffffffffff, "entry", S},
        {0x8000000000000000, NULL, 0},   {0xffffffff7fffffff, NULL, 0},
        {0xffffffff80000004, "high", S},
    };

    add(&kernel, "entry", 0x80200000);
    add(&kernel, "high", 0xffffffff80000000);
    cr_assert(system_symbols_make(&both, NULL, &kernel, &error));
    expect(rows, sizeof rows / sizeof *rows);
}

Test(system_symbols, without_any_it_is_a_system_still)
{
    cr_assert(system_symbols_make(&both, NULL, NULL, &error));
    cr_expect(both.is_system);
    cr_expect(eq(sz, both.count, 0));
}

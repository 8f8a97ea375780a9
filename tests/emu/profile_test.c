#include "emu/machine/profile.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* As symbols_sort leaves them. */
enum { START, LOOP, MAIN, TABLE, INNER, NEXT, SYMBOLS };

static struct symbols symbols;
static struct profile profile;

static void make_profile(void)
{
    static const struct symbol all[SYMBOLS] = {
        [START] = {.name = "_start", .address = 0x1000, .is_code = true},
        [LOOP] = {.name = "loop", .address = 0x1010, .is_code = true},
        [MAIN] =
            {.name = "main", .address = 0x1100, .size = 0x80, .is_function = true, .is_code = true},
        [TABLE] = {.name = "table", .address = 0x2000, .size = 0x100},
        [INNER] = {.name = "inner", .address = 0x2080, .is_code = true},
        [NEXT] = {.name = "next",
                  .address = 0x3000,
                  .size = 0x1000,
                  .is_function = true,
                  .is_code = true},
    };

    for (size_t i = 0; i < SYMBOLS; i++) {
        cr_assert(symbols_add(&symbols, &all[i]));
    }
    symbols_sort(&symbols);
    cr_assert(profile_init(&profile, &symbols));
}

static void remove_profile(void)
{
    profile_finish(&profile);
    symbols_finish(&symbols);
}

TestSuite(profile, .init = make_profile, .fini = remove_profile);

static void miss_at(uint64_t pc, enum mmu_event event, bool is_in_region)
{
    const struct profile_miss miss = {
        .pc = pc, .privilege = MMU_SUPERVISOR, .events = 1u << event, .is_in_region = is_in_region};

    profile_count(&profile, &miss);
}

/* The row that one event at pc is counted in: exactly one, by one. */
static size_t row_of(uint64_t pc, enum mmu_event event)
{
    struct profile_counts counts = profile_of_run(&profile);
    struct profile_share before[SYMBOLS + 1];
    size_t found = SYMBOLS + 1;

    for (size_t row = 0; row <= SYMBOLS; row++) {
        before[row] = counts.share[row];
    }
    miss_at(pc, event, false);
    counts = profile_of_run(&profile);
    for (size_t row = 0; row <= SYMBOLS; row++) {
        for (size_t other = 0; other < PROFILE_EVENTS; other++) {
            uint64_t more = counts.share[row].count[other] - before[row].count[other];

            if (more != 0) {
                cr_assert(eq(u64, more, 1));
                cr_assert(eq(sz, other, event));
                cr_assert(eq(sz, found, SYMBOLS + 1), "it is counted twice");
                found = row;
            }
        }
    }
    return found;
}

static const struct {
    uint64_t pc;
    size_t row;
    const char *why;
} rows[] = {
    {0xffe, SYMBOLS, "before every symbol"},
    {0x1000, START, "a label in code"},
    {0x100e, START, "up to the next symbol"},
    {0x1010, LOOP, "which is another label"},
    {0x10fe, LOOP, "its last instruction"},
    {0x1100, MAIN, "a function"},
    {0x117e, MAIN, "its last instruction"},
    {0x1180, SYMBOLS, "behind it"},
    {0x2000, SYMBOLS, "code in an object belongs to nobody"},
    {0x2080, INNER, "but to a label of code inside it"},
    {0x3000, NEXT, "a function far behind"},
    {0x3ffe, NEXT, "its last instruction"},
    {0x4000, SYMBOLS, "behind all"},
    {UINT64_MAX, SYMBOLS, "the last address"},
    {0, SYMBOLS, "the first"},
};

enum { ROWS = sizeof rows / sizeof *rows };

Test(profile, an_event_belongs_to_the_function_that_the_pc_lies_in)
{
    for (size_t i = 0; i < ROWS; i++) {
        cr_expect(eq(sz, row_of(rows[i].pc, MMU_L1D_MISS), rows[i].row), "%s", rows[i].why);
    }
}

Test(profile, the_first_event_may_be_at_the_first_address)
{
    cr_expect(eq(sz, row_of(0, MMU_L1I_MISS), SYMBOLS));
}

Test(profile, the_answer_does_not_depend_on_the_one_before)
{
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < ROWS; j++) {
            (void)row_of(rows[i].pc, MMU_L1I_MISS);
            cr_expect(eq(sz, row_of(rows[j].pc, MMU_L1I_MISS), rows[j].row), "%s, after %s",
                      rows[j].why, rows[i].why);
        }
    }
}

Test(profile, every_event_has_a_count_of_its_own)
{
    static const enum mmu_event events[] = {MMU_L1I_MISS, MMU_L1D_MISS, MMU_L2_MISS, MMU_WALK_MADE};

    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        cr_expect(eq(sz, row_of(0x1104, events[i]), MAIN));
    }
}

Test(profile, regions_have_shares_of_their_own)
{
    miss_at(0x1100, MMU_WALK_MADE, false);
    miss_at(0x1104, MMU_WALK_MADE, true);
    miss_at(0x5000, MMU_L2_MISS, true);
    cr_expect(eq(u64, profile_of_run(&profile).share[MAIN].count[MMU_WALK_MADE], 2));
    cr_expect(eq(u64, profile_of_region(&profile).share[MAIN].count[MMU_WALK_MADE], 1));
    cr_expect(eq(u64, profile_of_region(&profile).share[SYMBOLS].count[MMU_L2_MISS], 1));
    profile_forget_region(&profile);
    cr_expect(eq(u64, profile_of_run(&profile).share[MAIN].count[MMU_WALK_MADE], 2));
    cr_expect(eq(u64, profile_of_region(&profile).share[MAIN].count[MMU_WALK_MADE], 0));
    cr_expect(eq(u64, profile_of_region(&profile).share[SYMBOLS].count[MMU_L2_MISS], 0));
}

Test(profile, without_symbols_everything_is_nobodys)
{
    static const enum mmu_privilege privileges[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};

    for (unsigned is_system = 0; is_system < 2; is_system++) {
        struct symbols none = {.count = 0, .is_system = is_system != 0};
        struct profile empty;

        cr_expect(eq(sz, profile_rows(&none), is_system ? 4 : 1));
        cr_assert(profile_init(&empty, &none));
        for (size_t i = 0; i < 3; i++) {
            const struct profile_miss first = {
                .pc = 0, .privilege = privileges[i], .events = 1u << MMU_L2_MISS};
            const struct profile_miss last = {
                .pc = UINT64_MAX, .privilege = privileges[i], .events = 1u << MMU_L2_MISS};

            profile_count(&empty, &first);
            profile_count(&empty, &last);
            cr_expect(eq(
                u64, profile_of_run(&empty).share[is_system ? privileges[i] : 0].count[MMU_L2_MISS],
                is_system ? 2 : 2 * i + 2));
        }
        profile_finish(&empty);
    }
}

Test(profile, symbols_of_a_system_count_in_their_modes_only)
{
    static const struct symbol all[] = {
        {.name = "sbi", .address = 0x1000, .is_code = true, .modes = 1u << MMU_MACHINE},
        {.name = "any", .address = 0x2000, .is_code = true},
        {.name = "kernel", .address = 0xffffffff80000000, .is_code = true, .modes = 2},
    };
    static const struct {
        uint64_t pc;
        enum mmu_privilege privilege;
        size_t row;
        const char *why;
    } turns[] = {
        {0x1004, MMU_MACHINE, 0, "firmware"},
        {0x1004, MMU_USER, 3 + MMU_USER, "a program at the same address"},
        {0x1004, MMU_MACHINE, 0, "firmware again"},
        {0x1004, MMU_SUPERVISOR, 3 + MMU_SUPERVISOR, "or a kernel"},
        {0x2004, MMU_USER, 1, "what may be anyone's"},
        {0x2004, MMU_MACHINE, 1, "is"},
        {0xffffffff80000004, MMU_SUPERVISOR, 2, "a kernel"},
        {0xffffffff80000004, MMU_USER, 3 + MMU_USER, "a jump there of a program, which faults"},
        {0x500, MMU_SUPERVISOR, 3 + MMU_SUPERVISOR, "nothing lies there"},
        {0x500, MMU_MACHINE, 3 + MMU_MACHINE, "nor in this mode"},
    };
    struct symbols system = {.is_system = true};
    struct profile split;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_assert(symbols_add(&system, &all[i]));
    }
    symbols_sort(&system);
    cr_assert(profile_init(&split, &system));
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        const struct profile_miss miss = {
            .pc = turns[i].pc, .privilege = turns[i].privilege, .events = 1u << MMU_L1D_MISS};
        uint64_t before = profile_of_run(&split).share[turns[i].row].count[MMU_L1D_MISS];

        profile_count(&split, &miss);
        cr_expect(
            eq(u64, profile_of_run(&split).share[turns[i].row].count[MMU_L1D_MISS], before + 1),
            "%s", turns[i].why);
    }
    profile_finish(&split);
    symbols_finish(&system);
}

Test(profile, one_of_zeroes_can_be_finished_and_forgotten)
{
    struct profile zero = {.symbols = NULL};

    profile_forget_region(&zero);
    profile_finish(&zero);
    cr_expect(eq(ptr, (void *)profile_of_run(&zero).share, NULL));
}

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

/* The row that one event at pc is counted in: exactly one, by one. */
static size_t row_of(uint64_t pc, enum mmu_event event)
{
    struct profile_counts counts = profile_of_run(&profile);
    struct profile_share before[SYMBOLS + 1];
    size_t found = SYMBOLS + 1;

    for (size_t row = 0; row <= SYMBOLS; row++) {
        before[row] = counts.share[row];
    }
    profile_count(&profile, pc, 1u << event, false);
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
    profile_count(&profile, 0x1100, 1u << MMU_WALK_MADE, false);
    profile_count(&profile, 0x1104, 1u << MMU_WALK_MADE, true);
    profile_count(&profile, 0x5000, 1u << MMU_L2_MISS, true);
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
    struct symbols none = {.count = 0};
    struct profile empty;

    cr_assert(profile_init(&empty, &none));
    profile_count(&empty, 0, 1u << MMU_L2_MISS, false);
    profile_count(&empty, UINT64_MAX, 1u << MMU_L2_MISS, false);
    cr_expect(eq(u64, profile_of_run(&empty).share[0].count[MMU_L2_MISS], 2));
    profile_finish(&empty);
}

Test(profile, one_of_zeroes_can_be_finished_and_forgotten)
{
    struct profile zero = {.symbols = NULL};

    profile_forget_region(&zero);
    profile_finish(&zero);
    cr_expect(eq(ptr, (void *)profile_of_run(&zero).share, NULL));
}

#include "devices/clint.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { MSIP = 0x0, MTIMECMP = 0x4000, MTIME = 0xbff8, LENGTH = 0x10000 };

struct wire {
    bool level;
    unsigned sets;
};

/* The owner of time. level_when_rearmed is the timer wire as it was when rearmed was called. */
struct owner {
    uint64_t ticks;
    unsigned rearmed;
    bool level_when_rearmed;
};

static struct clint clint;
static struct owner owner;
static struct wire software;
static struct wire timer;

static void wire_set(void *ctx, bool level)
{
    struct wire *wire = ctx;

    wire->level = level;
    wire->sets++;
}

static uint64_t owner_ticks(void *ctx)
{
    return ((struct owner *)ctx)->ticks;
}

static void owner_rearmed(void *ctx)
{
    struct owner *told = ctx;

    told->rearmed++;
    told->level_when_rearmed = timer.level;
}

static void set_up(void)
{
    const struct clint_host host = {owner_ticks, owner_rearmed, &owner};
    const struct irq_line software_line = {wire_set, &software};
    const struct irq_line timer_line = {wire_set, &timer};

    owner = (struct owner){0};
    software = (struct wire){0};
    timer = (struct wire){0};
    clint_init(&clint, &host, &software_line, &timer_line);
}

static uint64_t get(uint64_t offset, unsigned size)
{
    uint64_t value = UINT64_C(0xbadbadbadbadbad0);

    cr_assert(clint.device.ops->read(&clint.device, offset, size, &value));
    return value;
}

static void put(uint64_t offset, unsigned size, uint64_t value)
{
    cr_assert(clint.device.ops->write(&clint.device, offset, size, value));
}

TestSuite(clint, .init = set_up);

Test(clint, starts_without_interrupts_at_time_zero)
{
    cr_expect(eq(u64, clint.device.ops->length, LENGTH));
    cr_expect(eq(u64, get(MSIP, 4), 0));
    cr_expect(eq(u64, get(MTIMECMP, 8), UINT64_MAX));
    cr_expect(eq(u64, get(MTIME, 8), 0));
    clint_update(&clint);
    cr_expect(not(timer.level));
    cr_expect(not(software.level));
    cr_expect(eq(u64, clint_next_event(&clint), UINT64_MAX));
}

Test(clint, only_bit_0_of_msip_exists_and_drives_the_software_line)
{
    static const struct {
        unsigned size;
        uint64_t value;
        uint64_t want;
        const char *why;
    } rows[] = {
        {4, 1, 1, "set"},
        {4, 0, 0, "cleared"},
        {4, 0xffffffff, 1, "the other bits do not exist"},
        {4, 0xfffffffe, 0, "none of them raises the line"},
        {8, UINT64_MAX, 1, "the upper word belongs to no hart"},
        {8, UINT64_C(0xffffffff00000000), 0, "nor does it raise the line"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(MSIP, rows[i].size, rows[i].value);
        cr_expect(eq(u64, get(MSIP, 4), rows[i].want), "%s", rows[i].why);
        cr_expect(eq(u64, get(MSIP, 8), rows[i].want), "%s", rows[i].why);
        cr_expect(eq(int, software.level, rows[i].want), "%s", rows[i].why);
    }
    put(MSIP, 4, 1);
    put(MSIP + 4, 4, 0);
    cr_expect(software.level, "the word beside it is another hart's");
    cr_expect(zero(u32, timer.sets));
    cr_expect(zero(u32, owner.rearmed), "msip is not the timer");
}

/* Both 64-bit registers, while time stands still. */
Test(clint, the_64_bit_registers_are_written_whole_or_by_halves)
{
    static const struct {
        unsigned at;
        unsigned size;
        uint64_t value;
        uint64_t want;
        const char *why;
    } rows[] = {
        {0, 8, UINT64_C(0x1122334455667788), UINT64_C(0x1122334455667788), "the whole"},
        {0, 4, 0xaaaaaaaa, UINT64_C(0x11223344aaaaaaaa), "the lower half keeps the upper"},
        {4, 4, 0xbbbbbbbb, UINT64_C(0xbbbbbbbbaaaaaaaa), "the upper half keeps the lower"},
        {0, 4, UINT64_C(0xffffffff00000001), UINT64_C(0xbbbbbbbb00000001), "4 bytes of the value"},
        {4, 4, UINT64_C(0xffffffff00000002), UINT64_C(0x0000000200000001), "4 bytes, upper half"},
    };
    static const unsigned bases[] = {MTIMECMP, MTIME};

    owner.ticks = 1000;
    for (size_t r = 0; r < sizeof bases / sizeof *bases; r++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            put(bases[r] + rows[i].at, rows[i].size, rows[i].value);
            cr_expect(eq(u64, get(bases[r], 8), rows[i].want), "%s", rows[i].why);
            cr_expect(eq(u64, get(bases[r], 4), rows[i].want & 0xffffffff), "%s", rows[i].why);
            cr_expect(eq(u64, get(bases[r] + 4, 4), rows[i].want >> 32), "%s", rows[i].why);
        }
    }
}

Test(clint, mtime_follows_the_ticks_from_what_was_written)
{
    owner.ticks = 500;
    cr_expect(eq(u64, get(MTIME, 8), 500));
    put(MTIME, 8, 100);
    cr_expect(eq(u64, get(MTIME, 8), 100));
    owner.ticks += 7;
    cr_expect(eq(u64, get(MTIME, 8), 107));
    cr_expect(eq(u64, clint_mtime(&clint), 107));
    put(MTIME, 8, UINT64_MAX);
    owner.ticks += 2;
    cr_expect(eq(u64, clint_mtime(&clint), 1), "mtime wraps round");
}

Test(clint, the_timer_line_is_high_while_mtime_is_at_least_mtimecmp)
{
    static const struct {
        uint64_t mtime;
        uint64_t mtimecmp;
        bool want;
        const char *why;
    } rows[] = {
        {0, 0, true, "equal"},
        {9, 10, false, "one tick early"},
        {10, 10, true, "just now"},
        {11, 10, true, "past"},
        {0, UINT64_MAX, false, "never"},
        {UINT64_MAX, UINT64_MAX, true, "at the end of time"},
        {UINT64_MAX - 1, UINT64_MAX, false, "just before it"},
        {UINT64_C(0x8000000000000000), 1, true, "unsigned: a high bit is large"},
        {1, UINT64_C(0x8000000000000000), false, "unsigned, the other way"},
        {0, 1, false, "after a wrap the timer is not due"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(MTIMECMP, 8, rows[i].mtimecmp);
        put(MTIME, 8, rows[i].mtime);
        cr_expect(eq(int, timer.level, rows[i].want), "after mtime: %s", rows[i].why);
        timer.level = !rows[i].want;
        put(MTIMECMP, 8, rows[i].mtimecmp);
        cr_expect(eq(int, timer.level, rows[i].want), "after mtimecmp: %s", rows[i].why);
        timer.level = !rows[i].want;
        clint_update(&clint);
        cr_expect(eq(int, timer.level, rows[i].want), "by update: %s", rows[i].why);
    }
}

Test(clint, passing_time_moves_the_line_only_at_an_update)
{
    put(MTIMECMP, 8, 100);
    owner.ticks = 100;
    cr_expect(not(timer.level));
    cr_expect(eq(u64, get(MTIME, 8), 100));
    cr_expect(not(timer.level), "a read drives nothing");
    clint_update(&clint);
    cr_expect(timer.level);
}

Test(clint, tells_its_owner_after_each_write_of_the_timer)
{
    put(MTIMECMP, 8, 0);
    cr_expect(eq(u32, owner.rearmed, 1));
    cr_expect(owner.level_when_rearmed, "the line is right by then");
    put(MTIMECMP + 4, 4, 1);
    cr_expect(eq(u32, owner.rearmed, 2));
    cr_expect(not(owner.level_when_rearmed));
    put(MTIME, 8, UINT64_MAX);
    cr_expect(eq(u32, owner.rearmed, 3));
    cr_expect(owner.level_when_rearmed);
    put(MTIME + 4, 4, 0);
    cr_expect(eq(u32, owner.rearmed, 4));
    (void)get(MTIME, 8);
    clint_update(&clint);
    cr_expect(eq(u32, owner.rearmed, 4));
}

Test(clint, the_next_event_is_the_tick_that_reaches_mtimecmp)
{
    static const struct {
        uint64_t ticks;
        uint64_t mtime;
        uint64_t mtimecmp;
        uint64_t want;
        const char *why;
    } rows[] = {
        {0, 0, 100, 100, "no offset"},
        {50, 50, 100, 100, "time has passed"},
        {50, 0, 100, 150, "mtime was set back"},
        {50, 90, 100, 60, "mtime was set forward"},
        {50, 100, 100, 50, "due now"},
        {50, 500, 100, 50, "overdue"},
        {50, 50, UINT64_MAX, UINT64_MAX, "the end of time"},
        {50, 0, UINT64_MAX, UINT64_MAX, "past the last tick"},
        {50, 0, UINT64_MAX - 50, UINT64_MAX, "on the last tick"},
        {50, 0, UINT64_MAX - 51, UINT64_MAX - 1, "just before the last tick"},
        {50, 0, UINT64_MAX - 49, UINT64_MAX, "one past the last tick, which would wrap to 0"},
        {50, UINT64_MAX - 4, UINT64_MAX, 54, "mtime near its end"},
        {UINT64_MAX - 1, 0, 1, UINT64_MAX, "ticks near their end"},
        {UINT64_MAX - 1, 0, 3, UINT64_MAX, "ticks end first"},
        {UINT64_MAX, 5, 5, UINT64_MAX, "due at the last tick"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        owner.ticks = rows[i].ticks;
        put(MTIME, 8, rows[i].mtime);
        cr_expect(eq(u64, clint_tick_of(&clint, rows[i].mtimecmp), rows[i].want), "%s",
                  rows[i].why);
        put(MTIMECMP, 8, rows[i].mtimecmp);
        cr_expect(eq(u64, clint_next_event(&clint), rows[i].want), "%s", rows[i].why);
    }
}

Test(clint, the_line_rises_exactly_at_the_next_event)
{
    put(MTIME, 8, UINT64_MAX - 1000);
    put(MTIMECMP, 8, UINT64_MAX - 10);
    owner.ticks = clint_next_event(&clint) - 1;
    clint_update(&clint);
    cr_expect(not(timer.level));
    owner.ticks++;
    clint_update(&clint);
    cr_expect(timer.level);
}

Test(clint, where_there_is_no_register_reads_give_0_and_writes_are_ignored)
{
    static const uint64_t offsets[] = {0x8, 0x3ff8, 0x4008, 0xbff0, 0xc000, 0xfff8};

    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        put(offsets[i], 8, UINT64_MAX);
        put(offsets[i] + 4, 4, UINT64_MAX);
        cr_expect(eq(u64, get(offsets[i], 8), 0));
        cr_expect(eq(u64, get(offsets[i] + 4, 4), 0));
    }
    cr_expect(zero(u32, software.sets + timer.sets + owner.rearmed));
    cr_expect(eq(u64, get(MTIMECMP, 8), UINT64_MAX));
    cr_expect(eq(u64, get(MTIME, 8), 0));
}

Test(clint, accesses_of_1_and_2_bytes_are_refused)
{
    static const uint64_t offsets[] = {MSIP, MTIMECMP, MTIME, 0x8};

    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        for (unsigned size = 1; size <= 2; size++) {
            uint64_t value = 0x77;

            cr_expect(not(clint.device.ops->read(&clint.device, offsets[i], size, &value)));
            cr_expect(eq(u64, value, 0x77));
            cr_expect(not(clint.device.ops->write(&clint.device, offsets[i], size, 0)));
        }
    }
    cr_expect(eq(u64, get(MTIMECMP, 8), UINT64_MAX));
    cr_expect(zero(u32, software.sets + timer.sets + owner.rearmed));
}

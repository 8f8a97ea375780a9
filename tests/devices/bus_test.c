#include "devices/bus.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>
#include <string.h>

enum { RAM_LENGTH = 64, PAGE = 0x1000 };

#define RAM_BASE UINT64_C(0x80000000)
#define LOW_BASE UINT64_C(0x10000000)
#define TOP_BASE (UINT64_MAX - 15) /* a device whose last byte is the last address there is */

/* A device that remembers the last access and refuses when told to. */
struct probe {
    struct device device;
    bool refuses;
    unsigned reads;
    unsigned writes;
    uint64_t offset;
    unsigned size;
    uint64_t value;
};

static bool probe_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    struct probe *probe = (struct probe *)device;

    probe->reads++;
    probe->offset = offset;
    probe->size = size;
    if (!probe->refuses) {
        *value = 0xc0ffee;
    }
    return !probe->refuses;
}

static bool probe_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct probe *probe = (struct probe *)device;

    probe->writes++;
    probe->offset = offset;
    probe->size = size;
    probe->value = value;
    return !probe->refuses;
}

static const struct device_ops low_ops = {"low", 32, probe_read, probe_write};
static const struct device_ops top_ops = {"top", 16, probe_read, probe_write};
static const struct device_ops page_ops = {"page", PAGE, probe_read, probe_write};
static const struct device_ops odd_ops = {"odd", 12, probe_read, probe_write};

static uint8_t ram[RAM_LENGTH];
static struct bus bus;
static struct probe low;
static struct probe top;

static void set_up(void)
{
    for (unsigned i = 0; i < RAM_LENGTH; i++) {
        ram[i] = (uint8_t)(0x80 + i);
    }
    low = (struct probe){.device = {&low_ops}};
    top = (struct probe){.device = {&top_ops}};
    bus_init(&bus, ram, RAM_BASE, RAM_LENGTH);
    bus_attach(&bus, LOW_BASE, &low.device);
    bus_attach(&bus, TOP_BASE, &top.device);
}

TestSuite(bus, .init = set_up);

Test(bus, ram_is_little_endian_at_any_alignment)
{
    static const struct {
        unsigned offset;
        unsigned size;
        uint64_t want;
        const char *why;
    } rows[] = {
        {0, 1, 0x80, "a byte is zero-extended"},
        {63, 1, 0xbf, "the last byte"},
        {0, 2, 0x8180, "two bytes, low one first"},
        {1, 2, 0x8281, "a misaligned half"},
        {4, 4, 0x87868584, "four bytes are zero-extended"},
        {7, 4, 0x8a898887, "a misaligned word"},
        {8, 8, UINT64_C(0x8f8e8d8c8b8a8988), "eight bytes"},
        {9, 8, UINT64_C(0x908f8e8d8c8b8a89), "a misaligned doubleword"},
        {56, 8, UINT64_C(0xbfbebdbcbbbab9b8), "the last eight bytes"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = UINT64_MAX;

        cr_expect(bus_read(&bus, RAM_BASE + rows[i].offset, rows[i].size, &value), "%s",
                  rows[i].why);
        cr_expect(eq(u64, value, rows[i].want), "%s", rows[i].why);
    }
}

Test(bus, a_write_changes_its_bytes_and_no_others)
{
    static const unsigned sizes[] = {1, 2, 4, 8};
    const uint64_t value = UINT64_C(0x1122334455667788);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (unsigned offset = 0; offset + sizes[i] <= RAM_LENGTH; offset++) {
            uint8_t want[RAM_LENGTH];

            memset(ram, 0xaa, sizeof ram);
            memset(want, 0xaa, sizeof want);
            for (unsigned byte = 0; byte < sizes[i]; byte++) {
                want[offset + byte] = (uint8_t)(value >> (8 * byte));
            }
            cr_assert(bus_write(&bus, RAM_BASE + offset, sizes[i], value));
            cr_assert(eq(int, memcmp(ram, want, sizeof want), 0), "size %u at %u", sizes[i],
                      offset);
        }
    }
}

Test(bus, accesses_that_nothing_answers_are_refused)
{
    static const struct {
        uint64_t pa;
        unsigned size;
        const char *why;
    } rows[] = {
        {0, 8, "nothing lives at 0"},
        {RAM_BASE - 1, 1, "just below RAM"},
        {RAM_BASE - 1, 2, "starts below RAM and runs into it"},
        {RAM_BASE - 8, 8, "ends where RAM starts"},
        {RAM_BASE + RAM_LENGTH, 1, "just past RAM"},
        {RAM_BASE + RAM_LENGTH - 1, 2, "runs over the end of RAM by a byte"},
        {RAM_BASE + RAM_LENGTH - 4, 8, "runs over the end of RAM by four"},
        {RAM_BASE + RAM_LENGTH - 7, 8, "runs over the end of RAM, misaligned"},
        {UINT64_MAX, 8, "wraps round the end of the address space"},
        {UINT64_MAX, 2, "wraps round by a byte"},
        {LOW_BASE - 1, 1, "just below a device"},
        {LOW_BASE - 8, 8, "ends where a device starts"},
        {LOW_BASE + 32, 1, "just past a device"},
        {LOW_BASE + 1, 2, "a misaligned half on a device"},
        {LOW_BASE + 2, 4, "a misaligned word on a device"},
        {LOW_BASE + 4, 8, "a misaligned doubleword on a device"},
        {LOW_BASE + 31, 8, "a misaligned access over the end of a device"},
        {TOP_BASE - 1, 1, "just below the last device"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = 0x5a;

        cr_expect(not(bus_read(&bus, rows[i].pa, rows[i].size, &value)), "%s", rows[i].why);
        cr_expect(eq(u64, value, 0x5a), "value is left alone: %s", rows[i].why);
        cr_expect(not(bus_write(&bus, rows[i].pa, rows[i].size, 0)), "%s", rows[i].why);
    }
    cr_expect(zero(u32, low.reads + low.writes + top.reads + top.writes));
    for (unsigned i = 0; i < RAM_LENGTH; i++) {
        cr_expect(eq(u8, ram[i], (uint8_t)(0x80 + i)), "a refused write changes no RAM");
    }
}

Test(bus, an_aligned_access_that_runs_over_the_end_of_a_device_is_refused)
{
    struct probe odd = {.device = {&odd_ops}};
    uint64_t value;

    bus_attach(&bus, PAGE, &odd.device);
    cr_expect(bus_read(&bus, PAGE + 8, 4, &value));
    cr_expect(not(bus_read(&bus, PAGE + 8, 8, &value)));
    cr_expect(not(bus_write(&bus, PAGE + 8, 8, 0)));
    cr_expect(eq(u32, odd.reads, 1));
    cr_expect(zero(u32, odd.writes));
}

Test(bus, a_device_gets_its_offset_and_size)
{
    static const struct {
        uint64_t pa;
        unsigned size;
        struct probe *probe;
        uint64_t want;
    } rows[] = {
        {LOW_BASE, 4, &low, 0},     {LOW_BASE + 31, 1, &low, 31}, {LOW_BASE + 24, 8, &low, 24},
        {LOW_BASE + 6, 2, &low, 6}, {TOP_BASE, 8, &top, 0},       {UINT64_MAX - 7, 8, &top, 8},
        {UINT64_MAX, 1, &top, 15},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = 0;

        cr_assert(bus_read(&bus, rows[i].pa, rows[i].size, &value));
        cr_expect(eq(u64, value, 0xc0ffee));
        cr_expect(eq(u64, rows[i].probe->offset, rows[i].want));
        cr_expect(eq(u32, rows[i].probe->size, rows[i].size));
        rows[i].probe->offset = UINT64_MAX;
        cr_assert(bus_write(&bus, rows[i].pa, rows[i].size, 100 + i));
        cr_expect(eq(u64, rows[i].probe->offset, rows[i].want));
        cr_expect(eq(u32, rows[i].probe->size, rows[i].size));
        cr_expect(eq(u64, rows[i].probe->value, 100 + i));
    }
}

Test(bus, a_refusal_of_the_device_is_passed_on)
{
    uint64_t value = 7;

    low.refuses = true;
    cr_expect(not(bus_read(&bus, LOW_BASE, 4, &value)));
    cr_expect(eq(u64, value, 7));
    cr_expect(not(bus_write(&bus, LOW_BASE, 4, 0)));
    cr_expect(eq(u32, low.reads + low.writes, 2));
}

Test(bus, ranges_of_ram_are_known_without_wrapping)
{
    static const struct {
        uint64_t pa;
        uint64_t length;
        bool want;
        const char *why;
    } rows[] = {
        {RAM_BASE, RAM_LENGTH, true, "all of it"},
        {RAM_BASE, RAM_LENGTH + 1, false, "one byte too many"},
        {RAM_BASE + 1, RAM_LENGTH, false, "moved by one"},
        {RAM_BASE + RAM_LENGTH - 1, 1, true, "the last byte"},
        {RAM_BASE + RAM_LENGTH, 0, true, "nothing, at the end"},
        {RAM_BASE + RAM_LENGTH, 1, false, "the byte after"},
        {RAM_BASE - 1, 1, false, "the byte before"},
        {RAM_BASE - 1, 2, false, "from the byte before"},
        {RAM_BASE + 1, UINT64_MAX, false, "pa + length wraps to pa - 1"},
        {RAM_BASE + 8, UINT64_MAX - 7, false, "pa + length wraps into RAM"},
        {UINT64_MAX, 1, false, "the last address"},
        {0, RAM_BASE + RAM_LENGTH, false, "everything below the end"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t *want = rows[i].want ? ram + (rows[i].pa - RAM_BASE) : NULL;

        cr_expect(eq(int, bus_is_ram(&bus, rows[i].pa, rows[i].length), rows[i].want), "%s",
                  rows[i].why);
        cr_expect(eq(ptr, bus_ram(&bus, rows[i].pa, rows[i].length), want), "%s", rows[i].why);
    }
}

Test(bus, one_device_or_ram_must_answer_for_a_whole_range)
{
    static const struct {
        uint64_t pa;
        uint64_t length;
        bool want;
        const char *why;
    } rows[] = {
        {RAM_BASE, RAM_LENGTH, true, "RAM"},
        {RAM_BASE + 3, 5, true, "RAM, misaligned"},
        {RAM_BASE - 1, 2, false, "RAM and what is before it"},
        {LOW_BASE, 32, true, "all of a device"},
        {LOW_BASE + 1, 3, true, "some of a device, misaligned"},
        {LOW_BASE + 1, 32, false, "a device and what is behind it"},
        {LOW_BASE - 1, 2, false, "a device and what is before it"},
        {TOP_BASE, 16, true, "a device at the end of memory"},
        {TOP_BASE + 1, UINT64_MAX, false, "pa + length wraps"},
        {0, 8, false, "nothing"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(eq(int, bus_answers(&bus, rows[i].pa, rows[i].length), rows[i].want), "%s",
                  rows[i].why);
    }
    cr_expect(zero(u32, low.reads + low.writes + top.reads + top.writes), "nobody is asked");
}

/* Counts, and looks whether the write has been done already. */
struct watcher {
    unsigned calls;
    uint8_t seen;
};

static void watched(void *ctx)
{
    struct watcher *watcher = ctx;

    watcher->calls++;
    watcher->seen = ram[16];
}

Test(bus, the_watch_fires_after_every_write_that_touches_it)
{
    static const struct {
        unsigned offset;
        unsigned size;
        unsigned want;
        const char *why;
    } rows[] = {
        {16, 8, 1, "the whole of it"},
        {16, 4, 1, "its first half"},
        {20, 4, 1, "its second half"},
        {23, 1, 1, "its last byte"},
        {15, 2, 1, "runs into it"},
        {9, 8, 1, "runs into it by one byte"},
        {23, 8, 1, "starts at its last byte"},
        {15, 1, 0, "the byte before"},
        {8, 8, 0, "ends where it starts"},
        {24, 8, 0, "starts where it ends"},
        {56, 8, 0, "elsewhere"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct watcher watcher = {0};

        bus.watch = (struct bus_watch){RAM_BASE + 16, 8, watched, &watcher};
        cr_assert(bus_write(&bus, RAM_BASE + rows[i].offset, rows[i].size, 0));
        cr_expect(eq(u32, watcher.calls, rows[i].want), "%s", rows[i].why);
    }
}

Test(bus, the_watch_sees_the_new_bytes)
{
    struct watcher watcher = {0};

    bus.watch = (struct bus_watch){RAM_BASE + 16, 8, watched, &watcher};
    cr_assert(bus_write(&bus, RAM_BASE + 16, 1, 0x42));
    cr_expect(eq(u8, watcher.seen, 0x42));
}

Test(bus, reads_refused_writes_and_device_writes_do_not_fire_the_watch)
{
    struct watcher watcher = {0};
    uint64_t value;

    bus.watch = (struct bus_watch){RAM_BASE + RAM_LENGTH - 8, 8, watched, &watcher};
    cr_expect(bus_read(&bus, RAM_BASE + RAM_LENGTH - 8, 8, &value));
    cr_expect(not(bus_write(&bus, RAM_BASE + RAM_LENGTH - 4, 8, 0)));
    bus.watch.pa = LOW_BASE;
    cr_expect(bus_write(&bus, LOW_BASE, 8, 0));
    cr_expect(zero(u32, watcher.calls));
}

Test(bus, an_empty_watch_never_fires)
{
    struct watcher watcher = {0};

    bus.watch = (struct bus_watch){RAM_BASE + 16, 0, watched, &watcher};
    for (unsigned offset = 8; offset <= 24; offset++) {
        cr_assert(bus_write(&bus, RAM_BASE + offset, 8, 0));
    }
    cr_expect(zero(u32, watcher.calls));
}

Test(bus, holds_as_many_devices_as_it_says)
{
    struct probe probes[BUS_MAX_DEVICES] = {0};
    uint64_t value;

    bus_init(&bus, ram, RAM_BASE, RAM_LENGTH);
    for (unsigned i = 0; i < BUS_MAX_DEVICES; i++) {
        probes[i].device.ops = &page_ops;
        bus_attach(&bus, i * UINT64_C(0x1000), &probes[i].device);
    }
    for (unsigned i = 0; i < BUS_MAX_DEVICES; i++) {
        cr_expect(bus_read(&bus, i * UINT64_C(0x1000) + 0xff8, 8, &value));
        cr_expect(eq(u32, probes[i].reads, 1));
    }
}

Test(bus, overlapping_ram_is_a_mistake_of_ours, .signal = SIGABRT)
{
    struct probe probe = {.device = {&page_ops}};

    bus_attach(&bus, RAM_BASE - PAGE + 8, &probe.device);
}

Test(bus, overlapping_a_device_is_a_mistake_of_ours, .signal = SIGABRT)
{
    struct probe probe = {.device = {&page_ops}};

    bus_attach(&bus, LOW_BASE + 24, &probe.device);
}

Test(bus, a_device_that_wraps_is_a_mistake_of_ours, .signal = SIGABRT)
{
    struct probe probe = {.device = {&page_ops}};

    bus_init(&bus, ram, RAM_BASE, RAM_LENGTH);
    bus_attach(&bus, UINT64_MAX - 7, &probe.device);
}

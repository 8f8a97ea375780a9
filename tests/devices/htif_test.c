#include "devices/htif.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

enum { MEMORY = 0x4000, BLOCK = 0x200, TEXT = 0x400, DWORDS = 8 };
enum { TOHOST = 0x100, FROMHOST = 0x140 };
enum { WRITE = 64, EXIT = 93 };

#define BASE UINT64_C(0x80000000)
#define PUT UINT64_C(0x0101000000000000)
#define EBADF_ANSWER ((uint64_t)-9)
#define EFAULT_ANSWER ((uint64_t)-14)
#define ENOSYS_ANSWER ((uint64_t)-38)

/* A machine of memory and HTIF only: every write that touches tohost is looked at, also HTIF's own,
 * as the bus does it. */
struct machine {
    uint64_t base; /* of memory */
    uint8_t memory[MEMORY];
    unsigned reads;
    uint8_t output[MEMORY];
    size_t output_length;
    unsigned exits;
    uint64_t code;
};

static struct htif htif;
static struct machine machine;

static bool is_memory(uint64_t pa, size_t length)
{
    uint64_t offset = pa - machine.base;

    return offset <= MEMORY && length <= MEMORY - offset;
}

static bool machine_read(void *ctx, uint64_t pa, void *bytes, size_t length)
{
    struct machine *it = ctx;

    it->reads++;
    if (!is_memory(pa, length)) {
        return false;
    }
    memcpy(bytes, it->memory + (pa - it->base), length);
    return true;
}

static bool machine_write(void *ctx, uint64_t pa, const void *bytes, size_t length)
{
    struct machine *it = ctx;

    if (!is_memory(pa, length)) {
        return false;
    }
    memcpy(it->memory + (pa - it->base), bytes, length);
    if (pa < htif.tohost_pa + 8 && htif.tohost_pa < pa + length) {
        htif_tohost_written(&htif);
    }
    return true;
}

static void machine_put(void *ctx, uint8_t character)
{
    struct machine *it = ctx;

    cr_assert(lt(sz, it->output_length, sizeof it->output - 1));
    it->output[it->output_length++] = character;
}

static void machine_exit(void *ctx, uint64_t code)
{
    struct machine *it = ctx;

    it->exits++;
    it->code = code;
}

static void set_up(void)
{
    const struct htif_host host = {machine_read, machine_write, machine_put, machine_exit,
                                   &machine};

    machine = (struct machine){.base = BASE};
    htif_init(&htif, &host, BASE + TOHOST, BASE + FROMHOST);
}

static uint64_t peek(unsigned offset)
{
    uint64_t value = 0;

    for (unsigned i = 8; i-- > 0;) {
        value = value << 8 | machine.memory[offset + i];
    }
    return value;
}

/* A store of the guest. */
static void store(unsigned offset, unsigned size, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    cr_assert(machine_write(&machine, machine.base + offset, bytes, size));
}

static uint64_t call(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2)
{
    store(BLOCK, 8, number);
    store(BLOCK + 8, 8, a0);
    store(BLOCK + 16, 8, a1);
    store(BLOCK + 24, 8, a2);
    store(TOHOST, 8, BASE + BLOCK);
    return peek(BLOCK);
}

static char *output(void)
{
    return (char *)machine.output;
}

TestSuite(htif, .init = set_up);

Test(htif, an_odd_payload_ends_the_run)
{
    static const struct {
        uint64_t tohost;
        uint64_t code;
        const char *why;
    } rows[] = {
        {1, 0, "pass"},
        {3, 1, "fail with 1"},
        {2 * 1337 + 1, 1337, "fail with 1337"},
        {UINT64_C(0xffffffffffff), UINT64_C(0x7fffffffffff), "all 48 bits of the payload"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        machine.exits = 0;
        store(TOHOST, 8, rows[i].tohost);
        cr_expect(eq(u32, machine.exits, 1), "%s", rows[i].why);
        cr_expect(eq(u64, machine.code, rows[i].code), "%s", rows[i].why);
        cr_expect(eq(u64, peek(TOHOST), 0), "%s", rows[i].why);
        cr_expect(eq(u64, peek(FROMHOST), 0), "no answer to that: %s", rows[i].why);
    }
}

Test(htif, zero_is_no_command)
{
    const struct htif_host host = htif.host;

    machine.base = 0; /* so that 0 could be the address of a block */
    htif_init(&htif, &host, TOHOST, FROMHOST);
    store(TOHOST, 8, 0);
    cr_expect(eq(u64, peek(0), 0));
    cr_expect(eq(u64, peek(FROMHOST), 0));
}

Test(htif, the_console_takes_one_character)
{
    store(TOHOST, 8, PUT | 'A');
    cr_expect(eq(str, output(), "A"));
    cr_expect(eq(u64, peek(TOHOST), 0));
    cr_expect(eq(u64, peek(FROMHOST), 0), "a character is not answered");
    store(TOHOST, 8, PUT | 0x123456789a42);
    cr_expect(eq(str, output(), "AB"), "the low byte is the character");
}

Test(htif, unknown_devices_and_commands_are_cleared_and_ignored)
{
    static const struct {
        uint64_t tohost;
        const char *why;
    } rows[] = {
        {UINT64_C(0x0001000000000001), "system, command 1, odd"},
        {UINT64_C(0x00ff000080000200), "system, identify"},
        {UINT64_C(0x0100000000000000), "console, read"},
        {UINT64_C(0x0102000000000041), "console, command 2"},
        {UINT64_C(0x0201000000000041), "device 2"},
        {UINT64_MAX, "all ones: -1 is no exit code"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        store(TOHOST, 8, rows[i].tohost);
        cr_expect(eq(u64, peek(TOHOST), 0), "%s", rows[i].why);
        cr_expect(eq(u64, peek(FROMHOST), 0), "%s", rows[i].why);
        cr_expect(zero(u32, machine.exits), "%s", rows[i].why);
        cr_expect(zero(sz, machine.output_length), "%s", rows[i].why);
    }
}

Test(htif, a_system_call_is_answered_in_its_block_and_in_fromhost)
{
    memcpy(machine.memory + TEXT, "hi there", 8);
    store(BLOCK + 32, 8, UINT64_C(0x1234567812345678));
    cr_expect(eq(u64, call(WRITE, 1, BASE + TEXT, 8), 8));
    cr_expect(eq(str, output(), "hi there"));
    cr_expect(eq(u64, peek(TOHOST), 0));
    cr_expect(eq(u64, peek(FROMHOST), 1));
    cr_expect(eq(u64, peek(BLOCK + 8), 1), "the arguments stay");
    cr_expect(eq(u64, peek(BLOCK + 16), BASE + TEXT), "the arguments stay");
    cr_expect(eq(u64, peek(BLOCK + 32), UINT64_C(0x1234567812345678)), "the arguments stay");
}

Test(htif, system_calls_answer_like_linux)
{
    static const struct {
        uint64_t number, a0, a1, a2;
        uint64_t want;
        size_t written;
        const char *why;
    } rows[] = {
        {WRITE, 1, BASE + TEXT, 4, 4, 4, "standard output"},
        {WRITE, 2, BASE + TEXT, 5, 5, 5, "standard error"},
        {WRITE, 1, BASE + TEXT, 0, 0, 0, "nothing"},
        {WRITE, 1, 0x1000, 0, 0, 0, "nothing, from nowhere"},
        {WRITE, 1, BASE + TEXT, 1000, 1000, 1000, "more than one chunk"},
        {WRITE, 1, BASE + MEMORY - 9, 9, 9, 9, "up to the end of memory"},
        {WRITE, 0, BASE + TEXT, 4, EBADF_ANSWER, 0, "standard input"},
        {WRITE, 3, BASE + TEXT, 4, EBADF_ANSWER, 0, "no such file"},
        {WRITE, (uint64_t)-1, BASE + TEXT, 4, EBADF_ANSWER, 0, "fd -1"},
        {WRITE, UINT64_C(0x100000001), BASE + TEXT, 4, EBADF_ANSWER, 0, "a large fd"},
        {WRITE, 1, 0x1000, 4, EFAULT_ANSWER, 0, "no memory there"},
        {WRITE, 1, BASE + MEMORY - 9, 10, EFAULT_ANSWER, 0, "over the end by one"},
        {WRITE, 1, BASE + MEMORY - 1000, 1001, EFAULT_ANSWER, 0, "over the end in a later chunk"},
        {WRITE, 1, BASE, UINT64_C(1) << 63, EFAULT_ANSWER, 0, "an absurd length"},
        {WRITE, 1, BASE, UINT64_MAX, EFAULT_ANSWER, 0, "the largest length, which wraps"},
        {WRITE, 1, UINT64_MAX, 2, EFAULT_ANSWER, 0, "from the last address, which wraps"},
        {63, 0, BASE + TEXT, 4, ENOSYS_ANSWER, 0, "read"},
        {0, 0, 0, 0, ENOSYS_ANSWER, 0, "number 0"},
        {94, 0, 0, 0, ENOSYS_ANSWER, 0, "exit_group"},
        {UINT64_C(0x100000040), 1, BASE + TEXT, 4, ENOSYS_ANSWER, 0, "64 in the low half only"},
        {UINT64_MAX, 0, 0, 0, ENOSYS_ANSWER, 0, "number -1"},
    };

    memset(machine.memory + TEXT, 'x', MEMORY - TEXT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        machine.output_length = 0;
        machine.reads = 0;
        store(FROMHOST, 8, 0);
        cr_expect(eq(u64, call(rows[i].number, rows[i].a0, rows[i].a1, rows[i].a2), rows[i].want),
                  "%s", rows[i].why);
        cr_expect(eq(sz, machine.output_length, rows[i].written), "%s", rows[i].why);
        cr_expect(eq(u64, peek(TOHOST), 0), "%s", rows[i].why);
        cr_expect(eq(u64, peek(FROMHOST), 1), "%s", rows[i].why);
        cr_expect(lt(u32, machine.reads, MEMORY), "bounded by memory: %s", rows[i].why);
    }
    cr_expect(zero(u32, machine.exits));
}

Test(htif, long_output_keeps_its_order)
{
    for (unsigned i = 0; i < 3000; i++) {
        machine.memory[TEXT + i] = (uint8_t)(i * 7 + i / 256);
    }
    cr_expect(eq(u64, call(WRITE, 1, BASE + TEXT, 3000), 3000));
    cr_expect(eq(sz, machine.output_length, 3000));
    cr_expect(eq(int, memcmp(machine.output, machine.memory + TEXT, 3000), 0));
}

Test(htif, the_exit_call_ends_the_run)
{
    cr_expect(eq(u64, call(EXIT, 42, 7, 7), 0));
    cr_expect(eq(u32, machine.exits, 1));
    cr_expect(eq(u64, machine.code, 42));
    cr_expect(eq(u64, peek(TOHOST), 0));
}

Test(htif, tohost_may_be_written_by_halves)
{
    static const struct {
        unsigned first; /* the half stored first: 0 or 4 */
        uint64_t tohost;
        char *want;
        uint64_t number;
        const char *why;
    } rows[] = {
        {0, PUT | 'B', "B", 0, "a character, low half first"},
        {0, BASE + BLOCK, "", ENOSYS_ANSWER, "a system call, low half first"},
        {4, BASE + BLOCK, "", ENOSYS_ANSWER, "a system call, high half first"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        for (unsigned half = 0; half < 2; half++) {
            unsigned at = half == 0 ? rows[i].first : 4 - rows[i].first;

            store(TOHOST + at, 4, rows[i].tohost >> (8 * at));
        }
        cr_expect(eq(str, output(), rows[i].want), "%s", rows[i].why);
        cr_expect(eq(u64, peek(BLOCK), rows[i].number), "%s", rows[i].why);
        cr_expect(eq(u64, peek(TOHOST), 0), "%s", rows[i].why);
        cr_expect(zero(u32, machine.exits), "%s", rows[i].why);
    }
}

Test(htif, an_address_of_no_memory_is_left_alone)
{
    static const uint64_t addresses[] = {
        0x42,
        BASE - 2,
        BASE - 64,
        BASE + MEMORY,
        BASE + MEMORY - 8 * DWORDS + 2, /* the block does not fit */
        UINT64_C(0xfffffffffffe),
    };

    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        store(TOHOST, 8, addresses[i]);
        cr_expect(eq(u64, peek(TOHOST), addresses[i]));
        cr_expect(eq(u64, peek(FROMHOST), 0));
    }
    store(TOHOST, 8, BASE + MEMORY - 8 * DWORDS);
    cr_expect(eq(u64, peek(TOHOST), 0), "the last block that fits");
    cr_expect(eq(u64, peek(MEMORY - 8 * DWORDS), ENOSYS_ANSWER));
}

Test(htif, works_without_fromhost)
{
    htif.fromhost_pa = 0;
    memcpy(machine.memory + TEXT, "quiet", 5);
    cr_expect(eq(u64, call(WRITE, 1, BASE + TEXT, 5), 5));
    cr_expect(eq(str, output(), "quiet"));
    cr_expect(eq(u64, peek(TOHOST), 0));
    cr_expect(eq(u64, peek(FROMHOST), 0));
}

Test(htif, an_unreadable_tohost_does_nothing)
{
    const struct htif_host host = htif.host;

    htif_init(&htif, &host, BASE + MEMORY, 0);
    htif_tohost_written(&htif);
    cr_expect(zero(u32, machine.exits));
    cr_expect(zero(sz, machine.output_length));
}

/* What HTIF itself writes over tohost is no command, however the guest arranges it. */
Test(htif, its_own_writes_are_not_obeyed)
{
    static const int distances[] = {0, -2, -4, -6, 2, 4, 6};

    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
        set_up();
        store(TOHOST, 8, BASE + TOHOST + (uint64_t)distances[i]);
        cr_expect(zero(u32, machine.exits), "block at tohost %+d", distances[i]);
        cr_expect(zero(sz, machine.output_length), "block at tohost %+d", distances[i]);
        cr_expect(eq(u64, peek(TOHOST), 0), "block at tohost %+d", distances[i]);
        store(TOHOST, 8, PUT | '!');
        cr_expect(eq(str, output(), "!"), "it still listens");
    }
}

/* Memory starts at 0 and tohost lies at 64, so that tohost = 64 names itself as a block, whose
 * number is write; the answer to a write of 64 bytes is 64 again. */
Test(htif, a_call_that_answers_with_itself_is_done_once)
{
    const struct htif_host host = htif.host;

    machine.base = 0;
    htif_init(&htif, &host, 64, 0);
    store(64 + 8, 8, 1);
    store(64 + 16, 8, TEXT);
    store(64 + 24, 8, 64);
    store(64, 8, 64);
    cr_expect(eq(sz, machine.output_length, 64));
    cr_expect(eq(u64, peek(64), 0));
    cr_expect(eq(u64, peek(0), 0), "0 is not the address of fromhost");
}

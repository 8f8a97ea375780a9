/*
 * When a machine asks for input, and how it sleeps where the host's time counts.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "tests/support/encode.h"
#include "tests/support/machine_box.h"

enum { CSR_MIE = 0x304, CSR_MCYCLE = 0xb00, CSR_TIME = 0xc01, MIE_MTIE = 128, MIE_SEIE = 512 };
enum { MOST_ASKED = 8 };

/* Ticks, for lui. */
enum { HALF_A_SECOND = 0x4c5000, THREE_SECONDS = 0x1c9c000 };

/* A machine whose host is this test. */
struct world {
    struct machine *machine;
    struct elf_segment segment;
    struct elf_program program;
    const char *input;
    unsigned asked;            /* how often */
    uint64_t when[MOST_ASKED]; /* in the machine's ticks */
    uint64_t ticks;            /* of the host */
    unsigned slept;            /* how often */
    uint64_t nanoseconds;      /* the last time */
    bool wanted_input;         /* then */
};

static struct world world;

static uint64_t cycles(void)
{
    struct counts counts;

    machine_count(world.machine, &counts);
    return counts.hart.cycles;
}

static void put(void *ctx, uint8_t character)
{
    (void)ctx;
    (void)character;
}

static bool get(void *ctx, uint8_t *character)
{
    (void)ctx;
    cr_assert(lt(u32, world.asked, MOST_ASKED));
    world.when[world.asked++] = cycles() / HART_CYCLES_PER_TICK;
    *character = (uint8_t)*world.input;
    return *world.input != '\0' && *world.input++ != '\0';
}

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return false;
}

static uint64_t host_ticks(void *ctx)
{
    (void)ctx;
    return world.ticks;
}

static uint64_t host_date(void *ctx)
{
    (void)ctx;
    return UINT64_C(0x1122334455667788);
}

static bool host_sleep(void *ctx, uint64_t nanoseconds, bool wants_input)
{
    (void)ctx;
    world.slept++;
    world.nanoseconds = nanoseconds;
    world.wanted_input = wants_input;
    if (nanoseconds == UINT64_MAX) {
        return false;
    }
    world.ticks += nanoseconds / PLATFORM_NANOSECONDS_PER_TICK;
    return true;
}

static void start(bool follows_host, const uint32_t *words, size_t count)
{
    struct machine_config config = {
        .ram_length = BOX_MEMORY,
        .console = {.put = put,
                    .get = get,
                    .is_interrupted = is_interrupted,
                    .is_live = follows_host,
                    .sleep = host_sleep},
        .time = {.ticks = follows_host ? host_ticks : NULL, .date = host_date},
    };
    struct mmu_geometry_error geometry_error;
    struct error error;

    world = (struct world){.input = ""};
    cr_assert(mmu_geometry_parse("default", &config.geometry, &geometry_error));
    world.segment = (struct elf_segment){.pa = PLATFORM_RAM_BASE,
                                         .memory_length = count * 4,
                                         .bytes = (const uint8_t *)words,
                                         .file_length = count * 4};
    world.program = (struct elf_program){
        .entry = PLATFORM_RAM_BASE, .segment = &world.segment, .segment_count = 1};
    world.machine = machine_create(&config, &error);
    cr_assert(ne(ptr, world.machine, NULL));
    cr_assert(machine_load(world.machine, &world.program, "test", &error), "%s", error.text);
}

#define START_WORLD(follows_host, ...)                                                             \
    start((follows_host), (const uint32_t[]){__VA_ARGS__},                                         \
          sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static enum machine_reason run(uint64_t attempts)
{
    const struct engine_goal goal = {.attempts = attempts};

    return machine_run(world.machine, &goal, NULL).reason;
}

static void teardown(void)
{
    machine_destroy(world.machine);
}

TestSuite(machine_input, .fini = teardown);

/* The receive interrupt on, all the way but for the PLIC: what comes wakes nobody. */
#define LISTEN                                                                                     \
    lui(T0, PLATFORM_UART_BASE), addi(T1, 0, 1), store(BYTE, T0, T1, 1), addi(T1, 0, MIE_SEIE),    \
        encode_csr(CSRRS, 0, CSR_MIE, T1)

#define SET_TIMER(ticks)                                                                           \
    lui(T0, PLATFORM_CLINT_BASE + 0x4000), lui(T1, ticks), store(DWORD, T0, T1, 0),                \
        addi(T1, 0, MIE_MTIE), encode_csr(CSRRS, 0, CSR_MIE, T1)

#define TIMER_OFF encode_csr(CSRRC, 0, CSR_MIE, T1)

Test(machine_input, is_asked_for_when_the_guest_sleeps)
{
    START_WORLD(false, LISTEN, INSN_NOP, INSN_NOP, INSN_WFI);
    world.input = "a";
    cr_expect(eq(int, run(7), MACHINE_LIMIT));
    cr_expect(zero(u32, world.asked), "not before");
    cr_expect(eq(int, run(100), MACHINE_IDLE));
    cr_expect(eq(u32, world.asked, 1), "one waits, so there is no room for another");
    cr_expect(eq(u64, cycles(), 8), "and no time has passed");
}

Test(machine_input, is_not_asked_for_where_it_could_not_wake)
{
    START_WORLD(false, LISTEN, encode_csr(CSRRC, 0, CSR_MIE, T1), INSN_WFI);
    world.input = "a";
    cr_expect(eq(int, run(100), MACHINE_IDLE));
    cr_expect(zero(u32, world.asked));
}

Test(machine_input, at_its_end_wakes_nobody)
{
    START_WORLD(false, LISTEN, INSN_WFI);
    cr_expect(eq(int, run(100), MACHINE_IDLE));
    cr_expect(eq(u32, world.asked, 1));
}

Test(machine_input, comes_before_what_is_far_away)
{
    START_WORLD(false, LISTEN, SET_TIMER(THREE_SECONDS), INSN_WFI, INSN_NOP);
    world.input = "a";
    cr_expect(eq(int, run(12), MACHINE_LIMIT));
    cr_expect(eq(u32, world.asked, 1));
    cr_expect(zero(u64, world.when[0]));
    cr_expect(eq(u64, cycles(), UINT64_C(100) * THREE_SECONDS + 1), "then the timer");
}

Test(machine_input, waits_for_what_is_near)
{
    START_WORLD(false, LISTEN, SET_TIMER(HALF_A_SECOND), INSN_WFI, TIMER_OFF, INSN_WFI);
    world.input = "a";
    cr_expect(eq(int, run(100), MACHINE_IDLE));
    cr_expect(eq(u32, world.asked, 1));
    cr_expect(eq(u64, world.when[0], HALF_A_SECOND));
}

Test(machine_input, waits_until_the_console_was_quiet_for_a_second)
{
    START_WORLD(false, LISTEN, SET_TIMER(HALF_A_SECOND), INSN_WFI, lui(T0, PLATFORM_UART_BASE),
                store(BYTE, T0, T1, 0), SET_TIMER(2 * HALF_A_SECOND), INSN_WFI, TIMER_OFF,
                INSN_WFI);
    world.input = "a";
    cr_expect(eq(int, run(100), MACHINE_IDLE));
    cr_expect(eq(u32, world.asked, 1));
    cr_expect(eq(u64, world.when[0], 2 * HALF_A_SECOND), "half a second after it sent something");
}

Test(machine_input, the_rest_of_a_line_is_asked_for_when_it_is_read)
{
    START_WORLD(false, LISTEN, SET_TIMER(THREE_SECONDS), INSN_WFI, lui(T0, PLATFORM_UART_BASE),
                encode_i(OPCODE_LOAD, 4, A0, T0, 0), encode_i(OPCODE_LOAD, 4, A0, T0, 0), INSN_NOP);
    world.input = "a\nb";
    cr_expect(eq(int, run(15), MACHINE_LIMIT));
    cr_expect(eq(u64, machine_hart(world.machine)->x[A0], '\n'));
    cr_expect(eq(u32, world.asked, 2), "and no more");
}

Test(machine_input, the_date_is_a_fixed_one_plus_the_time)
{
    START_WORLD(false, lui(T0, PLATFORM_RTC_BASE), encode_i(OPCODE_LOAD, 6, A0, T0, 0),
                encode_i(OPCODE_LOAD, 6, T1, T0, 4), INSN_NOP);
    cr_expect(eq(int, run(3), MACHINE_LIMIT));
    const uint64_t *x = machine_hart(world.machine)->x;

    cr_expect(eq(u64, x[T1] << 32 | x[A0], PLATFORM_FIRST_DATE));
}

/* Sets the RTC's alarm to a second after the run begins. */
#define SET_ALARM                                                                                  \
    lui(T0, PLATFORM_RTC_BASE), addi(T1, 0, 1), store(WORD, T0, T1, 0x10),                         \
        encode_i(OPCODE_LOAD, 6, A0, T0, 0), encode_i(OPCODE_LOAD, 6, T1, T0, 4),                  \
        store(WORD, T0, T1, 0xc), lui(T1, 0x3b9ad000), addi(T1, T1, -0x600),                       \
        encode_r(OPCODE_OP, 0, 0, T1, T1, A0), store(WORD, T0, T1, 8)

Test(machine_input, an_alarm_ends_a_sleep)
{
    START_WORLD(false, SET_ALARM, INSN_WFI);
    cr_expect(eq(int, run(100), MACHINE_IDLE), "the PLIC keeps it to itself");
    cr_expect(eq(u64, cycles(), UINT64_C(100) * PLATFORM_TIMEBASE_HZ));
}

Test(machine_input, the_hosts_time_is_slept_through)
{
    START_WORLD(true, SET_TIMER(0x1000), INSN_WFI, encode_csr(CSRRS, A0, CSR_TIME, 0),
                encode_csr(CSRRS, T2, CSR_MCYCLE, 0), INSN_NOP);
    world.ticks = 0x800;
    cr_expect(eq(int, run(8), MACHINE_LIMIT));
    cr_expect(eq(u32, world.slept, 1));
    cr_expect(eq(u64, world.nanoseconds, 0x800 * 100));
    cr_expect(not(world.wanted_input));
    cr_expect(eq(u64, machine_hart(world.machine)->x[A0], 0x1000));
    cr_expect(le(u64, machine_hart(world.machine)->x[T2], 8), "mcycle counts what was executed");
    cr_expect(eq(u64, cycles(), 0x1000 * 100), "the report tells ticks of the host");
}

Test(machine_input, the_hosts_sleep_ends_with_input_if_that_is_wanted)
{
    START_WORLD(true, LISTEN, SET_TIMER(0x1000), INSN_WFI, INSN_NOP);
    cr_expect(eq(int, run(12), MACHINE_LIMIT));
    cr_expect(eq(u32, world.slept, 1));
    cr_expect(world.wanted_input);
}

Test(machine_input, where_nothing_can_come_the_hosts_time_does_not_help)
{
    START_WORLD(true, INSN_WFI);
    cr_expect(eq(int, run(100), MACHINE_IDLE));
    cr_expect(eq(u32, world.slept, 1));
    cr_expect(eq(u64, world.nanoseconds, UINT64_MAX));
}

Test(machine_input, the_date_may_be_the_hosts)
{
    START_WORLD(true, lui(T0, PLATFORM_RTC_BASE), encode_i(OPCODE_LOAD, 6, A0, T0, 0),
                encode_i(OPCODE_LOAD, 6, T1, T0, 4), INSN_NOP);
    cr_expect(eq(int, run(3), MACHINE_LIMIT));
    const uint64_t *x = machine_hart(world.machine)->x;

    cr_expect(eq(u64, x[T1] << 32 | x[A0], host_date(NULL)));
}

/* The timer is seen soon although nobody knows how many cycles the host's time is. */
Test(machine_input, the_hosts_time_is_looked_at_in_time)
{
    START_WORLD(true, SET_TIMER(0x1000), encode_j(0, 0));
    world.ticks = 0xff0;
    cr_expect(eq(int, run(100), MACHINE_LIMIT));
    cr_expect(zero(u64, csr_mip(machine_hart(world.machine)) & MIE_MTIE));
    world.ticks = 0x1000;
    cr_expect(eq(int, run(500), MACHINE_LIMIT));
    cr_expect(eq(u64, csr_mip(machine_hart(world.machine)) & MIE_MTIE, MIE_MTIE));
}

/* Three seconds pass in a sleep, then the guest resets the machine, and has not slept since. */
Test(machine_input, is_asked_for_where_the_guest_never_sleeps)
{
    START_WORLD(false, LISTEN, SET_TIMER(THREE_SECONDS), INSN_WFI, lui(T0, PLATFORM_FINISHER_BASE),
                lui(T1, 0x7000), addi(T1, T1, 0x777), store(WORD, T0, T1, 0));
    world.input = "\n\n";
    cr_expect(eq(int, run(15), MACHINE_LIMIT));
    cr_expect(eq(u32, world.asked, 1));
    cr_expect(eq(int, run(25), MACHINE_LIMIT));
    cr_expect(eq(u32, world.asked, 2));
    cr_expect(eq(u64, world.when[1], THREE_SECONDS));
}

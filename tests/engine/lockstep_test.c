/*
 * Random guests on both engines, stopped and compared after every few instructions or every few
 * thousand: registers, CSRs, every count, and memory.
 *
 * Each round has a TLB, page tables, code and a state of its own (see random_guest.h). If the
 * engines come to differ the round is run again, and again up to there, to find the instruction
 * after which they first do.
 *
 * PAGEWALK_SEED and PAGEWALK_STEPS, from the environment, choose the run and its length in
 * instructions; PAGEWALK_FULL makes it a thousand times longer.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/platform.h"
#include "mmu/presets.h"
#include "tests/support/chooser.h"
#include "tests/support/encode.h"
#include "tests/support/random_geometry.h"
#include "tests/support/random_guest.h"
#include "tests/support/twin_machines.h"

enum {
    ROUND = 10000, /* attempts of a round */
    SLICES = 4000, /* of a round, at most */
    DEFAULT_STEPS = 10000000,
    FULL_FACTOR = 1000,
    ENOUGH = 4000000, /* steps, for everything to happen */
};

#define DEFAULT_SEED UINT64_C(0x10c45)

/* One stretch of a round. */
struct slice {
    uint64_t attempts;
    bool restarts; /* the hart begins at some entry */
    bool has_break;
    uint64_t break_after; /* bytes behind the pc that it begins at */
    bool is_counted;      /* the counts are compared after it */
};

/* A round, as often as it is run. */
struct round {
    uint64_t seed;
    char geometry[RANDOM_GEOMETRY_LENGTH];
    struct machine_config config;
    struct chooser chooser; /* after everything is made: it cuts the slices */
    struct twin_machines twins;
    bool goes_on;   /* from a break */
    uint64_t begun; /* slices */
};

/* What happened, in all rounds, on the reference machine. */
struct coverage {
    struct mmu_counters mmu;
    struct hart_counters hart;
    uint64_t direct;      /* loads and stores that the fast engine did directly, at least */
    uint64_t satp_writes; /* retired */
    uint64_t pmp_writes;
    uint64_t changed; /* instructions executed in M-mode that had been stored to */
    uint64_t ends[MACHINE_BREAK + 1];
    uint64_t by_privilege[MMU_MACHINE + 1];
    uint64_t last_pc; /* of the instruction that retired last */
    uint32_t last_bits;
};

static struct coverage coverage;

static uint8_t image[GUEST_BYTES];

/* Whether an instruction has changed since the round began, as far as the pc tells where it is. */
static bool has_changed(uint64_t pc, uint32_t bits)
{
    uint64_t place = pc - PLATFORM_RAM_BASE;
    uint32_t before = 0;

    if (place > sizeof image - sizeof before) {
        return false;
    }
    memcpy(&before, image + place, (bits & 3) == 3 ? 4 : 2);
    return before != bits;
}

static void retired(void *ctx, const struct hart *hart, const struct insn *insn, uint64_t pc,
                    unsigned privilege)
{
    enum { SYSTEM = 0x73, SATP = 0x180, PMPCFG0 = 0x3a0, PMPADDR15 = 0x3bf };
    unsigned number = hart->insn_bits >> 20;

    (void)ctx;
    (void)insn;
    coverage.last_pc = pc;
    coverage.last_bits = hart->insn_bits;
    coverage.by_privilege[privilege]++;
    coverage.changed += privilege == MMU_MACHINE && has_changed(pc, hart->insn_bits);
    if ((hart->insn_bits & 0x7f) == SYSTEM && (hart->insn_bits >> 12 & 7) != 0) {
        coverage.satp_writes += number == SATP;
        coverage.pmp_writes += number >= PMPCFG0 && number <= PMPADDR15;
    }
}

static const struct engine_observer observer = {.retired = retired};

static unsigned below(struct round *round, unsigned limit)
{
    return chooser_below(&round->chooser, limit);
}

static bool percent(struct round *round, unsigned chance)
{
    return chooser_percent(&round->chooser, chance);
}

static void choose_geometry(struct round *round)
{
    size_t count = 0;
    const struct mmu_preset *preset = mmu_presets(&count);
    struct mmu_geometry *geometry = &round->config.geometry;
    struct mmu_geometry_error error;

    if (percent(round, 75)) {
        random_geometry(&round->chooser, round->geometry);
    } else {
        (void)snprintf(round->geometry, sizeof round->geometry, "%s",
                       preset[below(round, (unsigned)count)].name);
    }
    cr_assert(mmu_geometry_parse(round->geometry, geometry, &error), "%s", round->geometry);
    geometry->levels = SV39_LEVELS + below(round, 3);
    geometry->has_classes = percent(round, 20);
    geometry->seed = below(round, 100);
    round->config.ad = (enum hart_ad)below(round, 3);
    round->config.ram_length = GUEST_MEMORY;
}

/* Puts the hart of one machine, or of the other, in the state that rounds begin with. */
static void begin(struct chooser chooser, struct machine *machine)
{
    random_guest_begin(&chooser, machine_hart(machine));
}

/* From the seed to before the first slice. */
static void start_round(struct round *round)
{
    round->chooser = chooser_from_seed(round->seed);
    round->goes_on = false;
    round->begun = 0;
    choose_geometry(round);
    random_guest(&round->chooser, round->config.geometry.levels, image);
    uint64_t tohost = percent(round, 20) ? GUEST_TOHOST : GUEST_MEMORY - 8;

    twins_init(&round->twins, &round->config, image, sizeof image, PLATFORM_RAM_BASE + tohost);
    begin(round->chooser, round->twins.fast.machine);
    begin(round->chooser, round->twins.reference.machine);
}

static uint64_t slice_length(struct round *round)
{
    static const unsigned lengths[] = {1, 7, 100, 1000, 5000};

    return percent(round, 50) ? lengths[below(round, 5)] : 1 + below(round, 300);
}

static struct slice cut_slice(struct round *round)
{
    struct slice slice = {
        .attempts = slice_length(round),
        .restarts = round->begun > 0 && percent(round, 4),
        .has_break = percent(round, 10),
        .is_counted = percent(round, 40),
    };

    slice.break_after = 2 * below(round, 40);
    round->begun++;
    return slice;
}

static void run_slice(struct round *round, const struct slice *slice)
{
    struct hart *reference = machine_hart(round->twins.reference.machine);
    struct engine_goal goal = {.attempts = reference->counters.attempts + slice->attempts,
                               .goes_on = round->goes_on,
                               .break_count = slice->has_break,
                               .break_pc = {reference->pc + slice->break_after}};

    if (slice->restarts) {
        random_guest_restart(reference);
        random_guest_restart(machine_hart(round->twins.fast.machine));
        goal.goes_on = false;
    }
    twins_run(&round->twins, &goal, &observer);
    round->goes_on = round->twins.reference.exit.reason == MACHINE_BREAK;
    if (round->twins.reference.exit.reason == MACHINE_IDLE) {
        random_guest_restart(reference);
        random_guest_restart(machine_hart(round->twins.fast.machine));
    }
}

static bool is_same(struct round *round, bool with_counts)
{
    return twins_same_harts(&round->twins) && (!with_counts || twins_same_counts(&round->twins));
}

/* Says what differs after so many attempts of a slice, and what the last of them was. */
static void tell(struct round *round, uint64_t attempts)
{
    const struct hart *hart = machine_hart(round->twins.reference.machine);
    const struct hart_exception *exception = &hart->last_exception;

    (void)fprintf(stderr, "after %" PRIu64 " attempts: %s\n", attempts, round->twins.difference);
    (void)fprintf(stderr,
                  "  retired last: %08" PRIx32 " at %#" PRIx64
                  "; trapped last: cause %d at %#" PRIx64 "; now at %#" PRIx64
                  ", privilege %d, satp %#" PRIx64 ", attempt %" PRIu64 "\n",
                  coverage.last_bits, coverage.last_pc, (int)exception->cause, exception->pc,
                  hart->pc, (int)hart->privilege, hart->csr.satp, hart->counters.attempts);
}

/* Runs the round again: these slices, then a last one. Returns whether all is the same then. */
static bool is_same_again(struct round *round, uint64_t slices, uint64_t attempts)
{
    start_round(round);
    for (uint64_t i = 0; i < slices; i++) {
        struct slice slice = cut_slice(round);

        run_slice(round, &slice);
        if (slice.is_counted) {
            (void)twins_same_counts(&round->twins); /* to look is to count what was not yet */
        }
    }
    struct slice last = cut_slice(round);

    last.attempts = attempts;
    run_slice(round, &last);
    bool same = is_same(round, true) && twins_same_memory(&round->twins);

    if (!same) {
        tell(round, attempts);
    }
    twins_finish(&round->twins);
    return same;
}

/* Finds the first attempt of a slice after which there is a difference. The last line that it
 * writes is about that. */
static void narrow_down(struct round *round, uint64_t slices, uint64_t attempts)
{
    uint64_t good = 0;
    uint64_t bad = attempts;

    while (bad - good > 1) {
        uint64_t middle = good + (bad - good) / 2;

        if (is_same_again(round, slices, middle)) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    (void)is_same_again(round, slices, bad);
}

static void add(uint64_t *sum, const void *counts, size_t size)
{
    const uint64_t *addend = counts;

    for (size_t i = 0; i < size / sizeof *addend; i++) {
        sum[i] += addend[i];
    }
}

/* Adds up what happened in a round. */
static void cover(struct round *round)
{
    struct machine *machine = round->twins.reference.machine;
    const struct mmu_counters *mmu = mmu_counters(machine_mmu(machine));
    const struct hart *hart = machine_hart(machine);

    add((uint64_t *)&coverage.mmu, mmu, sizeof *mmu);
    add((uint64_t *)&coverage.hart, &hart->counters, sizeof hart->counters);
}

/* Runs a round. Returns false if the engines came to differ, all said. */
static bool run_round(struct round *round)
{
    struct hart *reference = NULL;
    bool same = true;
    uint64_t slices = 0;
    struct slice slice = {.attempts = 0};

    start_round(round);
    reference = machine_hart(round->twins.reference.machine);
    while (same && slices < SLICES && reference->counters.attempts < ROUND &&
           !reference->is_stopping) {
        slice = cut_slice(round);
        run_slice(round, &slice);
        coverage.direct += twins_uncounted(&round->twins);
        coverage.ends[round->twins.reference.exit.reason]++;
        slices++;
        same = is_same(round, slice.is_counted);
    }
    same = same && twins_same_memory(&round->twins) && twins_same_counts(&round->twins);
    cover(round);
    if (!same) {
        (void)fprintf(stderr, "slice %" PRIu64 " of %" PRIu64 " attempts: %s\n", slices,
                      slice.attempts, round->twins.difference);
    }
    twins_finish(&round->twins);
    if (!same) {
        narrow_down(round, slices - 1, slice.attempts);
    }
    return same;
}

static uint64_t total(const uint64_t *counts, size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += counts[i];
    }
    return sum;
}

static uint64_t fences_that_killed(void)
{
    uint64_t count = 0;

    for (unsigned form = 0; form < MMU_FENCE_FORMS; form++) {
        count += coverage.mmu.fence[form].count - coverage.mmu.fence[form].useless;
    }
    return count;
}

/* What did not happen has not been compared. */
static void check_coverage(uint64_t steps)
{
    const struct mmu_array_counters *l1d = &coverage.mmu.array[MMU_L1D];
    const struct {
        const char *what;
        uint64_t count;
        uint64_t one_in; /* so many steps */
    } rows[] = {
        {"instructions in U-mode", coverage.by_privilege[MMU_USER], 20},
        {"instructions in S-mode", coverage.by_privilege[MMU_SUPERVISOR], 20},
        {"instructions in M-mode", coverage.by_privilege[MMU_MACHINE], 20},
        {"direct loads and stores", coverage.direct, 50},
        {"hits of loads", l1d->hits[MMU_LOAD], 50},
        {"hits of stores", l1d->hits[MMU_STORE], 50},
        {"misses", total(l1d->misses, MMU_ACCESSES), 1000},
        {"interrupts", coverage.hart.interrupts, 1000},
        {"fetch page faults", coverage.hart.faults[TRAP_FETCH_PAGE_FAULT], 5000},
        {"load page faults", coverage.hart.faults[TRAP_LOAD_PAGE_FAULT], 1000},
        {"store page faults", coverage.hart.faults[TRAP_STORE_PAGE_FAULT], 1000},
        {"load access faults", coverage.hart.faults[TRAP_LOAD_ACCESS_FAULT], 5000},
        {"store access faults", coverage.hart.faults[TRAP_STORE_ACCESS_FAULT], 5000},
        {"fetch access faults", coverage.hart.faults[TRAP_FETCH_ACCESS_FAULT], 100000},
        {"illegal instructions", coverage.hart.faults[TRAP_ILLEGAL_INSTRUCTION], 2000},
        {"fences that killed", fences_that_killed(), 2000},
        {"writes of satp", coverage.satp_writes, 1000},
        {"writes of PMP registers", coverage.pmp_writes, 1000},
        {"executed code that had changed", coverage.changed, 2000},
        {"D bits set", coverage.mmu.walk.d_updates, 20000},
        {"back invalidations", l1d->back_invalidations, 50000},
        {"moves from the L2", coverage.mmu.array[MMU_L2].moves, 50000},
        {"negative hits", l1d->negative_hits, 20000},
        {"breaks", coverage.ends[MACHINE_BREAK], 100000},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(rows[i].count >= steps / rows[i].one_in, "%s: %" PRIu64 " in %" PRIu64,
                  rows[i].what, rows[i].count, steps);
    }
}

/* Code on more pages than an engine may keep, all of which change again and again: on each page x5
 * is counted by an instruction that the page before has just stored, and a page that stays is
 * called.
 */
Test(lockstep, code_on_thousands_of_pages)
{
    enum { PAGES = 3000, PAGE = 4096, LAPS = 3, X1 = 1, X5 = 5, X6 = 6, X7 = 7, X9 = 9, X28 = 28 };
    static uint8_t code[(PAGES + 1) * PAGE];
    static struct twin_machines twins;
    struct machine_config config = {.ram_length = (PAGES + 100) * PAGE};
    struct mmu_geometry_error error;
    const uint32_t words[] = {
        encode_i(OPCODE_LOAD, 2, X7, X6, 0), /* the first word of the next page: addi x5, x5, n */
        encode_u(OPCODE_LUI, X28, 0x100),
        encode_r(OPCODE_OP, 0, 0, X7, X7, X28), /* n + 1 */
        encode_s(2, X6, X7, 0),
        encode_u(OPCODE_LUI, X28, 1),
        encode_r(OPCODE_OP, 0, 0, X6, X6, X28),
        encode_i(OPCODE_JALR, 0, X1, X9, 0),
        encode_j(0, PAGE - 32),
    };
    const uint32_t first = encode_i(OPCODE_OP_IMM, 0, X5, X5, 1);
    const uint32_t last[] = {
        encode_u(OPCODE_AUIPC, X6, (uint32_t) - (PAGES - 2) & 0xfffff),
        encode_i(OPCODE_OP_IMM, 0, X6, X6, -4), /* the second page */
        encode_u(OPCODE_AUIPC, X7, (uint32_t) - (PAGES - 1) & 0xfffff),
        encode_i(OPCODE_JALR, 0, 0, X7, -12), /* to the first */
    };

    const uint32_t called[] = {encode_i(OPCODE_OP_IMM, 0, X5, X5, 1),
                               encode_i(OPCODE_JALR, 0, 0, X1, 0)};

    memcpy(code + PAGES * PAGE, called, sizeof called);
    for (unsigned page = 0; page < PAGES; page++) {
        memcpy(code + page * PAGE, &first, sizeof first);
        memcpy(code + page * PAGE + sizeof first, words, sizeof words);
    }
    memcpy(code + (PAGES - 1) * PAGE + sizeof first, last, sizeof last);
    cr_assert(mmu_geometry_parse("default", &config.geometry, &error));
    twins_init(&twins, &config, code, sizeof code, PLATFORM_RAM_BASE + sizeof code);
    for (unsigned i = 0; i < 2; i++) {
        struct hart *hart = machine_hart(i == 0 ? twins.fast.machine : twins.reference.machine);

        hart->x[X6] = PLATFORM_RAM_BASE + PAGE;
        hart->x[X9] = PLATFORM_RAM_BASE + PAGES * PAGE;
    }
    for (uint64_t attempts = 7; attempts < (uint64_t)PAGES * 11 * LAPS; attempts += 5003) {
        const struct engine_goal goal = {.attempts = attempts};

        twins_run(&twins, &goal, NULL);
        cr_assert(twins_same_harts(&twins) && twins_same_counts(&twins), "%s", twins.difference);
    }
    cr_expect(twins_same_memory(&twins), "%s", twins.difference);
    cr_expect(gt(u64, machine_hart(twins.fast.machine)->x[X5], 3 * PAGES)); /* a second lap */
    cr_expect(eq(u64, machine_hart(twins.fast.machine)->counters.exceptions, 0));
    twins_finish(&twins);
}

/* Stores beside tohost, which may be done directly, then one to it. */
Test(lockstep, a_store_to_tohost_ends_the_run_whatever_was_stored_beside_it)
{
    enum { X5 = 5, X6 = 6, TOHOST = 4096 + 64 };
    static uint8_t code[2 * 4096];
    static struct twin_machines twins;
    struct machine_config config = {.ram_length = GUEST_MEMORY};
    const struct engine_goal goal = {.attempts = 1000};
    struct mmu_geometry_error error;
    const uint32_t words[] = {
        encode_u(OPCODE_AUIPC, X6, 1),          encode_i(OPCODE_OP_IMM, 0, X6, X6, 64 + 16),
        encode_i(OPCODE_OP_IMM, 0, X5, 0, 15),  encode_s(3, X6, X5, 0),
        encode_i(OPCODE_OP_IMM, 0, X5, X5, -2), encode_s(3, X6, X5, 8),
        encode_i(OPCODE_OP_IMM, 0, X6, X6, -8), encode_j(0, -16),
    };

    memcpy(code, words, sizeof words);
    cr_assert(mmu_geometry_parse("default", &config.geometry, &error));
    twins_init(&twins, &config, code, sizeof code, PLATFORM_RAM_BASE + TOHOST);
    twins_run(&twins, &goal, NULL);
    cr_expect(twins_same_harts(&twins) && twins_same_memory(&twins), "%s", twins.difference);
    cr_expect(eq(int, twins.fast.exit.reason, MACHINE_GUEST));
    cr_expect(eq(u64, twins.fast.exit.code, 5), "11, of which bit 0 says that it is one");
    twins_finish(&twins);
}

Test(lockstep, both_engines_do_the_same_on_random_guests, .timeout = 36000)
{
    static struct round round;
    uint64_t seed = chooser_setting("PAGEWALK_SEED", DEFAULT_SEED);
    uint64_t usual =
        getenv("PAGEWALK_FULL") == NULL ? DEFAULT_STEPS : (uint64_t)DEFAULT_STEPS * FULL_FACTOR;
    uint64_t steps = chooser_setting("PAGEWALK_STEPS", usual);
    bool same = true;

    (void)fprintf(stderr, "PAGEWALK_SEED=%#" PRIx64 "\n", seed);
    while (same && coverage.hart.attempts < steps) {
        round = (struct round){.seed = seed};
        same = run_round(&round);
        cr_expect(same, "PAGEWALK_SEED=%#" PRIx64 " begins with this round; its TLB is %s",
                  round.seed, round.geometry);
        seed++;
    }
    if (same && steps >= ENOUGH) {
        check_coverage(steps);
    }
}

#include "emu/engine/reference.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/insn.h"
#include "tests/support/bench_hart.h"
#include "tests/support/encode.h"

enum { A0 = 10 };

static struct bench_hart bench;

/* Three additions, an illegal instruction, then a jump to itself. */
static void start(void)
{
    bench_init(&bench);
    bench_reset(&bench);
    for (unsigned i = 0; i < 3; i++) {
        bench_poke(&bench, BENCH_CODE + 4 * i, 4, encode_i(OPCODE_OP_IMM, 0, A0, A0, 1));
    }
    bench_poke(&bench, BENCH_CODE + 12, 4, 0);
    bench_poke(&bench, BENCH_VECTOR, 4, encode_j(0, 0));
    bench.hart.x[A0] = 0;
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(reference, .init = start, .fini = finish);

static uint64_t begun(void)
{
    return bench.hart.counters.attempts;
}

Test(reference, the_goal_is_a_number_of_attempts_since_the_beginning)
{
    const struct engine_goal goal = {.attempts = begun() + 2};

    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_ATTEMPTS));
    cr_expect(eq(u64, bench.hart.x[A0], 2));
    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_ATTEMPTS));
    cr_expect(eq(u64, bench.hart.x[A0], 2), "it is reached already");
}

Test(reference, it_comes_back_before_the_instruction_at_the_break)
{
    const struct engine_goal goal = {
        .attempts = begun() + 100, .break_count = 1, .break_pc = {BENCH_CODE + 4}};

    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_BREAK));
    cr_expect(eq(u64, bench.hart.x[A0], 1));
    cr_expect(eq(u64, bench.hart.pc, BENCH_CODE + 4));
}

Test(reference, it_goes_on_from_a_break)
{
    struct engine_goal goal = {.attempts = begun() + 100,
                               .break_count = 3,
                               .break_pc = {BENCH_CODE + 8, BENCH_VECTOR, BENCH_CODE}};
    static const uint64_t wanted[] = {BENCH_CODE, BENCH_CODE + 8, BENCH_VECTOR, BENCH_VECTOR};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_BREAK));
        cr_expect(eq(u64, bench.hart.pc, wanted[i]));
        goal.goes_on = true;
    }
    cr_expect(eq(u64, bench.hart.x[A0], 3), "every instruction was executed once");
    goal.goes_on = false;
    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_BREAK));
    cr_expect(eq(u64, begun(), bench.before.counters.attempts + 5), "nothing more is executed");
}

Test(reference, an_interrupt_comes_before_the_break_and_not_again_after_it)
{
    struct engine_goal goal = {
        .attempts = begun() + 100, .break_count = 2, .break_pc = {BENCH_CODE, BENCH_VECTOR}};

    bench.hart.csr.mstatus |= MSTATUS_MIE;
    bench.hart.csr.mie = UINT64_C(1) << TRAP_MSI;
    hart_set_interrupt(&bench.hart, TRAP_MSI, true);
    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_BREAK));
    cr_expect(eq(u64, bench.hart.pc, BENCH_VECTOR), "the break at the interrupted pc waits");
    cr_expect(eq(u64, bench.hart.csr.mepc, BENCH_CODE));
    bench.hart.csr.mstatus |= MSTATUS_MIE; /* as nothing between two instructions can */
    goal.goes_on = true;
    goal.attempts = begun() + 1;
    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_ATTEMPTS));
    cr_expect(eq(u64, bench.hart.counters.interrupts, 1), "the handler's first instruction is due");
}

Test(reference, it_stops_where_it_is_told_to)
{
    const struct engine_goal goal = {.attempts = begun() + 100};

    bench.hart.is_stopping = true;
    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_STOPPED));
    cr_expect(eq(u64, bench.hart.x[A0], 0));
}

struct seen {
    uint64_t pc[8];
    unsigned privilege;
    unsigned count;
};

static void retired(void *ctx, const struct hart *hart, const struct insn *insn, uint64_t pc,
                    unsigned privilege)
{
    struct seen *seen = ctx;

    cr_expect(eq(u64, hart->x[A0], seen->count + 1), "it is told after the instruction");
    cr_expect(eq(u8, insn->rd, A0));
    seen->pc[seen->count++ % 8] = pc;
    seen->privilege = privilege;
}

Test(reference, the_observer_hears_of_what_retires_and_of_nothing_else)
{
    struct seen seen = {.count = 0};
    const struct engine_observer observer = {.retired = retired, .ctx = &seen};
    const struct engine_goal goal = {.attempts = begun() + 4};
    uint64_t before = bench.hart.counters.retired;

    cr_expect(eq(int, reference_run(&bench.hart, &goal, &observer), ENGINE_ATTEMPTS));
    cr_expect(eq(u32, seen.count, 3), "the fourth attempt ends in an exception");
    cr_expect(eq(u64, seen.pc[2], BENCH_CODE + 8));
    cr_expect(eq(u32, seen.privilege, MMU_MACHINE));
    cr_expect(eq(u64, bench.hart.counters.retired - before, 3));
    cr_expect(eq(u64, bench.hart.pc, BENCH_VECTOR));
}

static void event(void *ctx)
{
    struct bench_hart *at = ctx;

    at->hart.next_event = UINT64_MAX;
    at->hart.x[A0] += 100;
}

Test(reference, an_event_is_due_at_its_cycle)
{
    const struct engine_goal goal = {.attempts = begun() + 3};

    bench.hart.host.event = event;
    bench.hart.host.ctx = &bench;
    bench.hart.next_event = bench.hart.counters.cycles + 2;
    cr_expect(eq(int, reference_run(&bench.hart, &goal, NULL), ENGINE_ATTEMPTS));
    cr_expect(eq(u64, bench.hart.x[A0], 103));
    cr_expect(eq(u64, bench.hart.next_event, UINT64_MAX));
}

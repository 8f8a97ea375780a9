/*
 * The performance counters as instructions see them: what a read includes, what counts and what
 * does not, and who may read. Programs run through the reference engine, in S-mode under Sv39
 * unless a test says otherwise.
 */
#include "emu/hart/csr_counters.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/bits.h"
#include "emu/hart/csr.h"
#include "mmu/pte.h"
#include "tests/support/bench_hart.h"
#include "tests/support/csr_bench.h"
#include "tests/support/encode.h"

/* Two pages of code, which U-mode may have instead, and two of data; the next is not mapped. */
#define CODE_VA BENCH_VA
#define DATA_VA (BENCH_VA + UINT64_C(0x2000))

enum { DATA = 5, RESULT = 10 };

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(csr_hpm, .init = start, .fini = finish);

/* A hart in S-mode at CODE_VA with an empty TLB, x5 = DATA_VA, and hpmcounter3 counting an event
 * from 0, open to all. */
static void prepare(uint64_t event, uint64_t flags)
{
    static const uint64_t pages[] = {BENCH_CODE, BENCH_CODE + PAGE_SIZE, BENCH_DATA,
                                     BENCH_DATA + PAGE_SIZE};

    bench_reset(&bench);
    for (unsigned i = 0; i < 4; i++) {
        bench_map(&bench, BENCH_VA + i * PAGE_SIZE, pages[i], PTE_R | PTE_W | PTE_X | flags);
    }
    csr_bench_set(hart, MHPMEVENT3, event);
    csr_bench_set(hart, MHPMCOUNTER3, 0);
    csr_bench_set(hart, MCOUNTEREN, 8);
    csr_bench_set(hart, SCOUNTEREN, 8);
    bench_enter_sv39(&bench);
    hart->pc = CODE_VA;
    hart->x[DATA] = DATA_VA;
}

static uint32_t read_counter(unsigned rd)
{
    return encode_csr(CSRRS, rd, HPMCOUNTER3, 0);
}

Test(csr_hpm, a_read_includes_its_own_fetch)
{
    static const struct {
        uint64_t event;
        uint64_t want[3];
        const char *why;
    } rows[] = {
        {0x10020, {1, 2, 4}, "each fetch"},
        {0x10021, {1, 1, 1}, "the first misses"},
        {0x100020, {1, 1, 1}, "and asks the L2"},
        {0x100030, {1, 1, 1}, "and walks"},
        {0x100031, {3, 3, 3}, "through three tables"},
        {0x100010, {0, 0, 0}, "no data"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        prepare(rows[i].event, 0);
        bench_poke(&bench, BENCH_CODE, 4, read_counter(RESULT));
        bench_poke(&bench, BENCH_CODE + 4, 4, read_counter(RESULT + 1));
        bench_poke(&bench, BENCH_CODE + 8, 4, INSN_NOP);
        bench_poke(&bench, BENCH_CODE + 12, 4, read_counter(RESULT + 2));
        bench_run(&bench, 4);
        for (unsigned r = 0; r < 3; r++) {
            cr_expect(eq(u64, hart->x[RESULT + r], rows[i].want[r]), "%s, read %u", rows[i].why, r);
        }
    }
}

Test(csr_hpm, a_fetch_across_pages_is_two)
{
    prepare(0x10020, 0);
    hart->pc = CODE_VA + 0xffe;
    bench_poke(&bench, BENCH_CODE + 0xffe, 4, read_counter(RESULT));
    bench_run(&bench, 1);
    cr_expect(eq(u64, hart->x[RESULT], 2));
}

Test(csr_hpm, a_read_includes_what_the_instruction_before_did)
{
    const uint32_t load = encode_i(OPCODE_LOAD, 3, 6, DATA, 0);
    const uint32_t store = encode_s(3, DATA, 6, 0);
    const uint32_t amo = encode_atomic(AMOADD, 8, 6, DATA, 7);
    const uint32_t reserve = encode_atomic(LR, 8, 6, DATA, 0);
    const uint32_t conditional = encode_atomic(SC, 8, 6, DATA, 7);
    const struct {
        uint64_t event;
        uint32_t insn;
        uint64_t want;
        const char *why;
    } rows[] = {
        {0x10018, load, 1, "a load"},
        {0x10019, load, 1, "a load that misses"},
        {0x1001a, load, 0, "a load is no store"},
        {0x1001b, load, 0, "a load is no store"},
        {0x10018, store, 0, "a store is no load"},
        {0x1001a, store, 1, "a store"},
        {0x1001b, store, 1, "a store that misses"},
        {0x100010, store, 1, "a store is data"},
        {0x10018, amo, 0, "an AMO is no load"},
        {0x1001a, amo, 1, "but a store"},
        {0x10018, reserve, 1, "LR is a load"},
        {0x1001a, conditional, 1, "SC is a store, also if it fails"},
        {0x100030, load, 2, "walks for code and data"},
        {0x100031, load, 6, "with three PTEs each"},
        {0x100011, load, 1, "one data miss"},
        {0x100020, load, 2, "two misses ask the L2"},
        {0x100021, load, 2, "which has neither"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        prepare(rows[i].event, 0);
        bench_poke(&bench, BENCH_CODE, 4, rows[i].insn);
        bench_poke(&bench, BENCH_CODE + 4, 4, read_counter(RESULT));
        bench_run(&bench, 2);
        cr_expect(eq(u64, hart->x[RESULT], rows[i].want), "%s", rows[i].why);
    }
}

Test(csr_hpm, a_load_across_pages_is_two)
{
    prepare(0x10018, 0);
    hart->x[DATA] = DATA_VA + 0xffc;
    bench_poke(&bench, BENCH_CODE, 4, encode_i(OPCODE_LOAD, 3, 6, DATA, 0));
    bench_poke(&bench, BENCH_CODE + 4, 4, read_counter(RESULT));
    bench_run(&bench, 2);
    cr_expect(eq(u64, hart->x[RESULT], 2));
}

/* Events are counted when they happen, whether the instruction retires or not. */
Test(csr_hpm, an_access_that_faults_counts)
{
    static const struct {
        uint64_t event;
        uint64_t want;
    } rows[] = {{0x10018, 1}, {0x10019, 1}, {0x10020, 1}, {0x100030, 2}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        prepare(rows[i].event, 0);
        hart->x[DATA] = DATA_VA + 0x2000;
        bench_poke(&bench, BENCH_CODE, 4, encode_i(OPCODE_LOAD, 3, 6, DATA, 0));
        bench_run(&bench, 1);
        cr_assert(eq(int, hart->privilege, MMU_MACHINE));
        bench_step(&bench, encode_csr(CSRRS, RESULT, MHPMCOUNTER3, 0));
        cr_expect(eq(u64, hart->x[RESULT], rows[i].want), "event 0x%x", (unsigned)rows[i].event);
    }
}

/* M-mode makes accesses only through MPRV. So the instructions that may write a counter, its event
 * or mcountinhibit are never events themselves. */
Test(csr_hpm, machine_mode_counts_only_what_mprv_makes_it_translate)
{
    static const struct {
        uint64_t event;
        uint64_t mstatus;
        uint64_t want;
        const char *why;
    } rows[] = {
        {0x10020, 0, 500, "fetches"},
        {0x100010, 0, 500, "loads"},
        {0x10020, MSTATUS_MPRV | 0x800, 500, "MPRV changes no fetch"},
        {0x100010, MSTATUS_MPRV | 0x800, 501, "a load as S-mode's"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        prepare(rows[i].event, 0);
        hart->privilege = MMU_MACHINE;
        hart->pc = BENCH_CODE;
        hart->csr.mstatus |= rows[i].mstatus;
        hart->x[DATA] = rows[i].mstatus == 0 ? BENCH_DATA : DATA_VA;
        hart->x[11] = 500;
        bench_poke(&bench, BENCH_CODE, 4, encode_csr(CSRRW, 0, MHPMCOUNTER3, 11));
        bench_poke(&bench, BENCH_CODE + 4, 4, encode_csr(CSRRS, 12, MHPMCOUNTER3, 0));
        bench_poke(&bench, BENCH_CODE + 8, 4, encode_i(OPCODE_LOAD, 3, 6, DATA, 0));
        bench_poke(&bench, BENCH_CODE + 12, 4, encode_csr(CSRRS, RESULT, MHPMCOUNTER3, 0));
        bench_run(&bench, 4);
        cr_expect(eq(u64, hart->x[12], 500), "%s: the next instruction", rows[i].why);
        cr_expect(eq(u64, hart->x[RESULT], rows[i].want), "%s", rows[i].why);
    }
}

Test(csr_hpm, set_and_clear_work_on_the_value_read)
{
    prepare(0, 0);
    hart->privilege = MMU_MACHINE;
    hart->pc = BENCH_CODE;
    hart->x[11] = 0xff;
    bench_poke(&bench, BENCH_CODE, 4, encode_csr(CSRRW, 0, MHPMCOUNTER3, 11));
    bench_poke(&bench, BENCH_CODE + 4, 4, encode_csr(CSRRCI, 12, MHPMCOUNTER3, 1));
    bench_poke(&bench, BENCH_CODE + 8, 4, encode_csr(CSRRSI, 13, MHPMCOUNTER3, 1));
    bench_poke(&bench, BENCH_CODE + 12, 4, encode_csr(CSRRS, 14, MHPMCOUNTER3, 0));
    bench_run(&bench, 4);
    cr_expect(eq(u64, hart->x[12], 0xff));
    cr_expect(eq(u64, hart->x[13], 0xfe));
    cr_expect(eq(u64, hart->x[14], 0xff));
}

Test(csr_hpm, user_mode_reads_what_both_enables_open)
{
    for (unsigned row = 0; row < 4; row++) {
        bool is_open = row == 3;
        prepare(0x10020, PTE_U);
        hart->privilege = MMU_USER;
        hart->csr.mcounteren = (row & 1) != 0 ? 8 : ~UINT64_C(8);
        hart->csr.scounteren = (row & 2) != 0 ? 8 : ~UINT64_C(8);
        bench_poke(&bench, BENCH_CODE, 4, read_counter(RESULT));
        bench_run(&bench, 1);
        cr_expect(eq(int, hart->privilege, is_open ? MMU_USER : MMU_MACHINE), "row %u", row);
        if (is_open) {
            cr_expect(eq(u64, hart->x[RESULT], 1));
        } else {
            cr_expect(eq(u64, hart->csr.mcause, TRAP_ILLEGAL_INSTRUCTION));
        }
    }
}

Test(csr_hpm, the_shadow_is_read_only_even_to_machine_mode)
{
    prepare(0x10020, 0);
    hart->privilege = MMU_MACHINE;
    hart->pc = BENCH_CODE;
    bench_step(&bench, encode_csr(CSRRW, 0, HPMCOUNTER3, 11));
    bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, encode_csr(CSRRW, 0, HPMCOUNTER3, 11));
}

/*
 * fflags, frm and fcsr: what they hold, and that they are part of what mstatus.FS is about
 * [Unpriv. fcsr; Priv. norm:mstatus_fs_op].
 */
#include "emu/hart/csr_float.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/csr_bench.h"
#include "tests/support/encode.h"

#define SD (UINT64_C(1) << 63)

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

static void start(void)
{
    bench_init(&bench);
    csr_bench_set(hart, MSTATUS, 0x2000); /* FS = Initial */
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(csr_float, .init = start, .fini = finish);

/* A write to one of them, and what all three read then. */
static const struct {
    unsigned number;
    uint64_t written;
    uint64_t fflags;
    uint64_t frm;
    const char *why;
} rows[] = {
    {FCSR, UINT64_MAX, 0x1f, 7, "8 bits [norm:fcsr_rsv]"},
    {FFLAGS, 0, 0, 7, "fflags alone"},
    {FRM, 0, 0, 0, "frm alone"},
    {FFLAGS, UINT64_MAX, 0x1f, 0, "5 bits"},
    {FRM, UINT64_C(0xfffffffffffffffc), 0x1f, 4, "3 bits"},
    {FCSR, 0xaa, 0x0a, 5, "reserved modes are held"},
    {FRM, 6, 0x0a, 6, "reserved modes are held"},
    {FCSR, 0xff00, 0, 0, "what is above is ignored"},
};

Test(csr_float, fflags_and_frm_are_parts_of_fcsr)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        csr_bench_set(hart, rows[i].number, rows[i].written);
        cr_expect(eq(u64, csr_bench_get(hart, FFLAGS), rows[i].fflags), "%s", rows[i].why);
        cr_expect(eq(u64, csr_bench_get(hart, FRM), rows[i].frm), "%s", rows[i].why);
        cr_expect(eq(u64, csr_bench_get(hart, FCSR), rows[i].frm << 5 | rows[i].fflags), "%s",
                  rows[i].why);
    }
}

/* In every mode, to read and to write. */
Test(csr_float, they_are_illegal_while_fs_is_off)
{
    static const enum mmu_privilege privileges[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};

    for (unsigned i = 0; i < 3 * 3 * 4; i++) {
        unsigned number = FFLAGS + i % 3;
        unsigned fs = i / 9;
        hart->privilege = MMU_MACHINE;
        csr_bench_set(hart, MSTATUS, fs << 13);
        hart->privilege = privileges[i / 3 % 3];
        cr_expect(eq(int, csr_check(hart, number, false), fs != 0), "%u, FS = %u", number, fs);
        cr_expect(eq(int, csr_check(hart, number, true), fs != 0), "%u, FS = %u", number, fs);
    }
}

Test(csr_float, other_csrs_do_not_care_about_fs)
{
    csr_bench_set(hart, MSTATUS, 0);
    cr_expect(csr_check(hart, SSCRATCH, true));
    cr_expect(not(csr_check(hart, 0, true)), "below fflags");
    cr_expect(not(csr_check(hart, 4, true)), "above fcsr");
}

Test(csr_float, a_write_makes_fs_dirty_and_a_read_does_not)
{
    for (unsigned number = FFLAGS; number <= FCSR; number++) {
        csr_bench_set(hart, MSTATUS, 0x4000); /* Clean */
        (void)csr_bench_get(hart, number);
        cr_expect(eq(u64, csr_bench_get(hart, MSTATUS) & (SD | 0x6000), 0x4000), "%u", number);
        csr_bench_set(hart, number, 0);
        cr_expect(eq(u64, csr_bench_get(hart, MSTATUS) & (SD | 0x6000), SD | 0x6000), "%u", number);
        cr_expect(eq(u64, csr_bench_get(hart, SSTATUS) & (SD | 0x6000), SD | 0x6000), "%u", number);
    }
}

/* FSFLAGS, FSRM and FSCSR swap, FRFLAGS and the like only read. */
Test(csr_float, csr_instructions_reach_them)
{
    bench_reset(&bench);
    hart->csr.mstatus |= 0x4000;
    hart->x[6] = 0xffff;
    bench_step(&bench, encode_csr(CSRRW, 5, FCSR, 6));
    bench_expect_result(&bench, 5, 0);
    bench_step(&bench, encode_csr(CSRRS, 5, FRM, 0));
    bench_expect_result(&bench, 5, 7);
    bench_step(&bench, encode_csr(CSRRCI, 5, FFLAGS, 3));
    bench_expect_result(&bench, 5, 0x1f);
    bench_step(&bench, encode_csr(CSRRS, 5, FCSR, 0));
    bench_expect_result(&bench, 5, 0xfc);

    hart->csr.mstatus &= ~(uint64_t)0x6000;
    bench_step(&bench, encode_csr(CSRRS, 5, FRM, 0));
    bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, encode_csr(CSRRS, 5, FRM, 0));
}

/* Changing FS changes nothing else [norm:mstatus_fs_wr]. */
Test(csr_float, the_state_outlives_fs)
{
    csr_bench_set(hart, FCSR, 0x9f);
    hart->f[7] = 7;
    csr_bench_set(hart, MSTATUS, 0);
    csr_bench_set(hart, MSTATUS, 0x2000);
    cr_expect(eq(u64, csr_bench_get(hart, FCSR), 0x9f));
    cr_expect(eq(u64, hart->f[7], 7));
}

/* Choice: all of it is zero at reset, and FS is Off. */
Test(csr_float, reset_turns_the_unit_off)
{
    csr_bench_set(hart, FCSR, 0xff);
    hart->f[7] = 7;
    hart_reset(hart, BENCH_CODE);
    cr_expect(eq(u64, csr_bench_get(hart, MSTATUS) & (SD | 0x6000), 0));
    cr_expect(zero(u64, hart->f[7]));
    csr_bench_set(hart, MSTATUS, 0x2000);
    cr_expect(zero(u64, csr_bench_get(hart, FCSR)));
}

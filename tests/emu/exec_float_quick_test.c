/*
 * Floating-point instructions that follow each other: after many of the common kind, what one does
 * must still depend on mstatus.FS, frm and fflags as they are now, however they were changed.
 *
 * Spec: Unpriv. [fcsr], [norm:roundingmode_dynamic]; Priv. [norm:mstatus_fs_op].
 */
#include "emu/hart/csr_float.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/exec.h"
#include "tests/support/bench_hart.h"
#include "tests/support/csr_bench.h"
#include "tests/support/encode.h"

/* mstatus.FS. */
enum { OFF, INITIAL, CLEAN, DIRTY };

enum { NX = 1, NV = 16 };
enum { RNE, RTZ, RDN, RUP, RMM, RESERVED, DYN = 7 };
enum { FS_SHIFT = 13, ALL_FLAGS = 0x1f };

#define ONE UINT64_C(0x3ff0000000000000)
#define THREE UINT64_C(0x4008000000000000)
#define THIRD UINT64_C(0x3fd5555555555555)
#define THIRD_UP UINT64_C(0x3fd5555555555556)
#define BOX UINT64_C(0xffffffff00000000)

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

/* f6 is 1 and f7 is 3; FS is Dirty, NX raised, frm RNE. */
static void prepare(void)
{
    bench_reset(&bench);
    bench_float_unit(&bench, DIRTY, NX);
    hart->f[6] = ONE;
    hart->f[7] = THREE;
}

static void start(void)
{
    bench_init(&bench);
    prepare();
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_float_quick, .init = start, .fini = finish);

static uint32_t divide(unsigned rm)
{
    return encode_float(FDIV, 8, rm, 5, 6, 7);
}

static void expect_third(unsigned rm, uint64_t want)
{
    bench_name(&bench, "1 / 3, rm %u, fcsr %#llx", rm,
               (unsigned long long)(hart->csr.frm << 5 | hart->csr.fflags));
    bench_step(&bench, divide(rm));
    bench_expect_float(&bench, 5, want);
    cr_expect(eq(uint, hart->csr.fflags & NX, NX), "%s", bench.what);
    cr_expect(eq(u64, hart->csr.mstatus >> FS_SHIFT & 3, DIRTY), "%s", bench.what);
}

static void expect_illegal(unsigned rm)
{
    hart->pc = BENCH_CODE;
    bench_step(&bench, divide(rm));
    bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, divide(rm));
    hart->pc = BENCH_CODE;
    hart->privilege = MMU_MACHINE;
}

/* Writes a CSR from x6, by an instruction. */
static void write_csr(unsigned number, uint64_t value)
{
    hart->x[6] = value;
    bench_step(&bench, encode_csr(CSRRW, 0, number, 6));
}

Test(exec_float_quick, a_dynamic_instruction_rounds_as_frm_says_now)
{
    expect_third(DYN, THIRD);
    write_csr(FRM, RUP);
    expect_third(DYN, THIRD_UP);
    expect_third(RNE, THIRD);
    write_csr(FCSR, RTZ << 5 | NX);
    expect_third(DYN, THIRD);
    expect_third(RUP, THIRD_UP);
    write_csr(FCSR, RUP << 5 | NX);
    expect_third(DYN, THIRD_UP);
    write_csr(FRM, RESERVED);
    expect_third(RNE, THIRD);
    expect_illegal(DYN);
    write_csr(FRM, RNE);
    expect_third(DYN, THIRD);
}

Test(exec_float_quick, flags_are_raised_again_after_they_were_cleared)
{
    static const unsigned rms[] = {RNE, DYN};

    for (unsigned i = 0; i < 2 * 2; i++) {
        expect_third(rms[i % 2], THIRD);
        write_csr(i < 2 ? FFLAGS : FCSR, ALL_FLAGS & ~NX);
        bench_step(&bench, divide(rms[i % 2]));
        cr_expect(eq(uint, hart->csr.fflags, ALL_FLAGS), "%u", i);
        write_csr(FFLAGS, 0);
        bench_step(&bench, encode_float(FADD, 8, rms[i % 2], 5, 6, 7));
        cr_expect(eq(uint, hart->csr.fflags, 0), "1 + 3 is exact");
    }
}

/* The same of conversions to integers, which C has towards zero: of 1/3. */
Test(exec_float_quick, conversions_towards_zero_raise_flags_again)
{
    static const unsigned rms[] = {RTZ, DYN};

    for (unsigned i = 0; i < 2 * 4; i++) {
        uint32_t convert = encode_float(FCVT_TO_INTEGER, 8, rms[i % 2], 5, 8, i / 2);
        hart->f[8] = THIRD;
        write_csr(FCSR, RTZ << 5 | NX);
        bench_step(&bench, convert);
        bench_expect_result(&bench, 5, 0);
        write_csr(FFLAGS, 0);
        bench_step(&bench, convert);
        bench_expect_result(&bench, 5, 0);
        cr_expect(eq(uint, hart->csr.fflags, NX), "type %u", i / 2);
        write_csr(FRM, RUP);
        bench_step(&bench, convert);
        bench_expect_result(&bench, 5, rms[i % 2] == DYN);
    }
}

/* By mstatus and by sstatus. */
Test(exec_float_quick, the_unit_obeys_fs_as_it_is_now)
{
    static const unsigned numbers[] = {MSTATUS, SSTATUS};

    for (unsigned i = 0; i < 2; i++) {
        expect_third(DYN, THIRD);
        write_csr(numbers[i], OFF << FS_SHIFT);
        expect_illegal(RNE);
        expect_illegal(DYN);
        for (unsigned fs = INITIAL; fs <= DIRTY; fs++) {
            write_csr(numbers[i], (uint64_t)fs << FS_SHIFT);
            expect_third(RNE, THIRD);
            write_csr(numbers[i], (uint64_t)fs << FS_SHIFT);
            expect_third(DYN, THIRD);
        }
    }
}

/* A flag or a register makes FS Dirty and goes on as if it had always been. */
Test(exec_float_quick, what_makes_fs_dirty_leads_to_the_common_way)
{
    static const struct {
        uint32_t bits;
        const char *why;
    } rows[] = {
        {0xf20302d3, "fmv.d.x"},  {0xf00302d3, "fmv.w.x"},  {0x227302d3, "fsgnj.d"},
        {0x227312d3, "fsgnjn.d"}, {0x227322d3, "fsgnjx.d"}, {0x207302d3, "fsgnj.s"},
        {0x2a7302d3, "fmin.d"},   {0x027302d3, "fadd.d"},   {0x00833287, "fld"},
        {0x00832287, "flw"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_float_unit(&bench, CLEAN, NX);
        hart->x[6] = BENCH_DATA;
        cr_expect(zero(uint, hart->csr.float_quick.to_nearest));
        bench_step(&bench, rows[i].bits);
        cr_expect(eq(u64, hart->csr.mstatus >> FS_SHIFT & 3, DIRTY), "%s", rows[i].why);
        cr_expect(ne(uint, hart->csr.float_quick.to_nearest, 0), "%s", rows[i].why);
        expect_third(DYN, THIRD);
    }
    bench_float_unit(&bench, CLEAN, 0);
    expect_third(RNE, THIRD);
    cr_expect(ne(uint, hart->csr.float_quick.to_nearest, 0), "NX was raised");
}

/* Which values of rm mean a mode, four times over, as struct csr_float_quick has them. */
static uint32_t rms(unsigned fs, unsigned fflags, unsigned frm, unsigned mode)
{
    uint32_t mask = 0;

    for (unsigned bit = 0; bit < 32; bit++) {
        unsigned rm = bit % 8;
        bool means = rm == mode || (rm == DYN && frm == mode);
        mask |= means && fs == DIRTY && (fflags & NX) != 0 ? UINT32_C(1) << bit : 0;
    }
    return mask;
}

static void expect_quick(unsigned fs, unsigned fflags, unsigned frm, const char *why)
{
    const struct csr_float_quick *quick = &hart->csr.float_quick;

    cr_expect(eq(u32, quick->to_nearest, rms(fs, fflags, frm, RNE)), "%s: FS %u, flags %#x, frm %u",
              why, fs, fflags, frm);
    cr_expect(eq(u32, quick->towards_zero, rms(fs, fflags, frm, RTZ)), "%s", why);
    cr_expect(eq(u32, quick->exact_to_nearest, rms(fs, fflags ^ NX, frm, RNE)), "%s", why);
    cr_expect(csr_float_is_fresh(hart), "%s", why);
}

/* Loads and stores of pages that are reached directly, as in the fast engine, must look at FS too.
 */
Test(exec_float_quick, direct_accesses_obey_fs)
{
    static const uint32_t accesses[] = {0x00832287, 0x00833287, 0x00732427, 0x00733427};
    struct l0_entry *entry = &hart->l0.entry[l0_index(BENCH_DATA)];
    uint64_t stamp = 0;

    entry->page.load_tag = entry->page.store_tag = BENCH_DATA | hart->l0.view;
    entry->page.addend = (uint64_t)(uintptr_t)bench.bus.ram - BENCH_RAM;
    entry->stamp = &stamp;
    for (unsigned i = 0; i < 4 * 4; i++) {
        unsigned fs = i % 4;
        bool is_load = i / 4 < 2;
        bench_reset(&bench);
        bench_float_unit(&bench, fs, NX);
        hart->x[6] = BENCH_DATA;
        bench_name(&bench, "access %u with FS = %u", i / 4, fs);
        bench_step(&bench, accesses[i / 4]);
        if (fs == OFF) {
            bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, accesses[i / 4]);
        } else {
            unsigned after = is_load ? DIRTY : fs;
            cr_expect(eq(u64, hart->csr.mstatus >> FS_SHIFT & 3, after), "%s", bench.what);
            expect_quick(after, NX, RNE, bench.what);
        }
    }
    cr_expect(eq(u64, entry->loads, 2), "FS was Dirty");
    cr_expect(eq(u64, entry->stores, 6), "FS was not Off");
}

Test(exec_float_quick, the_masks_follow_every_write)
{
    for (unsigned i = 0; i < 4 * 32 * 8; i++) {
        unsigned fs = i / 256;
        unsigned frm = i / 32 % 8;
        unsigned fflags = i % 32;

        csr_bench_set(hart, MSTATUS, DIRTY << FS_SHIFT);
        csr_bench_set(hart, FFLAGS, fflags);
        csr_bench_set(hart, FRM, frm);
        expect_quick(DIRTY, fflags, frm, "frm");
        csr_bench_set(hart, FFLAGS, fflags ^ ALL_FLAGS);
        expect_quick(DIRTY, fflags ^ ALL_FLAGS, frm, "fflags");
        csr_bench_set(hart, FCSR, (frm ^ 7) << 5 | fflags);
        expect_quick(DIRTY, fflags, frm ^ 7, "fcsr");
        csr_bench_set(hart, MSTATUS, (uint64_t)fs << FS_SHIFT);
        expect_quick(fs, fflags, frm ^ 7, "mstatus");
        csr_bench_set(hart, SSTATUS, (uint64_t)(fs ^ 3) << FS_SHIFT);
        expect_quick(fs ^ 3, fflags, frm ^ 7, "sstatus");
    }
    bench_float_unit(&bench, DIRTY, NX);
    hart_reset(hart, BENCH_CODE);
    expect_quick(OFF, 0, RNE, "reset");
}

/* Traps and returns change mstatus, but not FS. */
Test(exec_float_quick, the_masks_outlive_traps)
{
    bench_step(&bench, 0x00000073); /* ecall */
    expect_quick(DIRTY, NX, RNE, "a trap");
    hart->pc = BENCH_CODE;
    bench_step(&bench, 0x30200073); /* mret */
    expect_quick(DIRTY, NX, RNE, "mret");
}

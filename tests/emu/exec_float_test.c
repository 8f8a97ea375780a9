/*
 * What all floating-point instructions share: when they are illegal, what they do to mstatus.FS and
 * fflags, NaN boxing, and the ways between registers and memory [Unpriv. single-float, chap:d].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdbool.h>

#include "mmu/pte.h"
#include "tests/support/bench_hart.h"
#include "tests/support/encode.h"
#include "tests/support/encode_rvc.h"

/* mstatus.FS. */
enum { OFF, INITIAL, CLEAN, DIRTY };

enum { NX = 1, UF = 2, OF = 4, DZ = 8, NV = 16 };
enum { RNE, RTZ, RDN, RUP, RMM, DYN = 7 };

#define BOX UINT64_C(0xffffffff00000000)
#define ONE32 UINT64_C(0xffffffff3f800000)
#define ONE64 UINT64_C(0x3ff0000000000000)
#define NAN32 UINT64_C(0xffffffff7fc00000)
#define NAN64 UINT64_C(0x7ff8000000000000)
#define UNBOXED UINT64_C(0xfffffffe3f800000) /* 1.0 in the lower half, a bit missing above */

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_float, .init = start, .fini = finish);

/* Every instruction of F and D, assembled elsewhere, with rm = 0 where it has one. */
static const struct form {
    uint32_t bits;
    unsigned size; /* of its operands */
    bool has_rm;
    enum { TO_F, TO_X, TO_NONE } destination; /* f5, x5 or memory */
    const char *why;
} forms[] = {
    {0x00832287, 4, false, TO_F, "flw f5, 8(x6)"},
    {0x00833287, 8, false, TO_F, "fld f5, 8(x6)"},
    {0x00732427, 4, false, TO_NONE, "fsw f7, 8(x6)"},
    {0x00733427, 8, false, TO_NONE, "fsd f7, 8(x6)"},
    {0x407302c3, 4, true, TO_F, "fmadd.s f5, f6, f7, f8"},
    {0x427302c3, 8, true, TO_F, "fmadd.d f5, f6, f7, f8"},
    {0x407302c7, 4, true, TO_F, "fmsub.s f5, f6, f7, f8"},
    {0x427302c7, 8, true, TO_F, "fmsub.d f5, f6, f7, f8"},
    {0x407302cb, 4, true, TO_F, "fnmsub.s f5, f6, f7, f8"},
    {0x427302cb, 8, true, TO_F, "fnmsub.d f5, f6, f7, f8"},
    {0x407302cf, 4, true, TO_F, "fnmadd.s f5, f6, f7, f8"},
    {0x427302cf, 8, true, TO_F, "fnmadd.d f5, f6, f7, f8"},
    {0x007302d3, 4, true, TO_F, "fadd.s f5, f6, f7"},
    {0x087302d3, 4, true, TO_F, "fsub.s f5, f6, f7"},
    {0x107302d3, 4, true, TO_F, "fmul.s f5, f6, f7"},
    {0x187302d3, 4, true, TO_F, "fdiv.s f5, f6, f7"},
    {0x580302d3, 4, true, TO_F, "fsqrt.s f5, f6"},
    {0x207302d3, 4, false, TO_F, "fsgnj.s f5, f6, f7"},
    {0x207312d3, 4, false, TO_F, "fsgnjn.s f5, f6, f7"},
    {0x207322d3, 4, false, TO_F, "fsgnjx.s f5, f6, f7"},
    {0x287302d3, 4, false, TO_F, "fmin.s f5, f6, f7"},
    {0x287312d3, 4, false, TO_F, "fmax.s f5, f6, f7"},
    {0x401302d3, 8, true, TO_F, "fcvt.s.d f5, f6"},
    {0xa07302d3, 4, false, TO_X, "fle.s x5, f6, f7"},
    {0xa07312d3, 4, false, TO_X, "flt.s x5, f6, f7"},
    {0xa07322d3, 4, false, TO_X, "feq.s x5, f6, f7"},
    {0xc00302d3, 4, true, TO_X, "fcvt.w.s x5, f6"},
    {0xc01302d3, 4, true, TO_X, "fcvt.wu.s x5, f6"},
    {0xc02302d3, 4, true, TO_X, "fcvt.l.s x5, f6"},
    {0xc03302d3, 4, true, TO_X, "fcvt.lu.s x5, f6"},
    {0xd00302d3, 4, true, TO_F, "fcvt.s.w f5, x6"},
    {0xd01302d3, 4, true, TO_F, "fcvt.s.wu f5, x6"},
    {0xd02302d3, 4, true, TO_F, "fcvt.s.l f5, x6"},
    {0xd03302d3, 4, true, TO_F, "fcvt.s.lu f5, x6"},
    {0xe00302d3, 4, false, TO_X, "fmv.x.w x5, f6"},
    {0xe00312d3, 4, false, TO_X, "fclass.s x5, f6"},
    {0xf00302d3, 4, false, TO_F, "fmv.w.x f5, x6"},
    {0x027302d3, 8, true, TO_F, "fadd.d f5, f6, f7"},
    {0x0a7302d3, 8, true, TO_F, "fsub.d f5, f6, f7"},
    {0x127302d3, 8, true, TO_F, "fmul.d f5, f6, f7"},
    {0x1a7302d3, 8, true, TO_F, "fdiv.d f5, f6, f7"},
    {0x5a0302d3, 8, true, TO_F, "fsqrt.d f5, f6"},
    {0x227302d3, 8, false, TO_F, "fsgnj.d f5, f6, f7"},
    {0x227312d3, 8, false, TO_F, "fsgnjn.d f5, f6, f7"},
    {0x227322d3, 8, false, TO_F, "fsgnjx.d f5, f6, f7"},
    {0x2a7302d3, 8, false, TO_F, "fmin.d f5, f6, f7"},
    {0x2a7312d3, 8, false, TO_F, "fmax.d f5, f6, f7"},
    {0x420302d3, 4, true, TO_F, "fcvt.d.s f5, f6"},
    {0xa27302d3, 8, false, TO_X, "fle.d x5, f6, f7"},
    {0xa27312d3, 8, false, TO_X, "flt.d x5, f6, f7"},
    {0xa27322d3, 8, false, TO_X, "feq.d x5, f6, f7"},
    {0xc20302d3, 8, true, TO_X, "fcvt.w.d x5, f6"},
    {0xc21302d3, 8, true, TO_X, "fcvt.wu.d x5, f6"},
    {0xc22302d3, 8, true, TO_X, "fcvt.l.d x5, f6"},
    {0xc23302d3, 8, true, TO_X, "fcvt.lu.d x5, f6"},
    {0xd20302d3, 8, true, TO_F, "fcvt.d.w f5, x6"},
    {0xd21302d3, 8, true, TO_F, "fcvt.d.wu f5, x6"},
    {0xd22302d3, 8, true, TO_F, "fcvt.d.l f5, x6"},
    {0xd23302d3, 8, true, TO_F, "fcvt.d.lu f5, x6"},
    {0xe20302d3, 8, false, TO_X, "fmv.x.d x5, f6"},
    {0xe20312d3, 8, false, TO_X, "fclass.d x5, f6"},
    {0xf20302d3, 8, false, TO_F, "fmv.d.x f5, x6"},
};

enum { FORMS = sizeof forms / sizeof *forms };

/* The hart before an instruction: FS and fcsr as given, x6 = BENCH_DATA. */
static void prepare_unit(unsigned fs, unsigned fcsr)
{
    bench_reset(&bench);
    bench_float_unit(&bench, fs, fcsr);
    bench.hart.x[6] = BENCH_DATA;
}

static void prepare(unsigned fs)
{
    prepare_unit(fs, 0);
}

/* The same with 1.0 in f6, f7 and f8: nothing that a form does with these raises a flag but NX. */
static void prepare_form(const struct form *form, unsigned fs, unsigned fcsr)
{
    prepare_unit(fs, fcsr);
    for (unsigned i = 6; i <= 8; i++) {
        bench.hart.f[i] = form->size == 4 ? ONE32 : ONE64;
    }
    bench_name(&bench, "%s with FS = %u, fcsr = %#x", form->why, fs, fcsr);
}

static void expect_state(unsigned fs, unsigned fflags)
{
    uint64_t mstatus = bench.hart.csr.mstatus;

    cr_expect(eq(u64, mstatus >> 13 & 3, fs), "%s", bench.what);
    cr_expect(eq(u64, mstatus >> 63, fs == DIRTY), "%s: SD", bench.what);
    cr_expect(eq(uint, bench.hart.csr.fflags, fflags), "%s", bench.what);
}

/* [norm:mstatus_fs_vs_xs_off_op], in every mode. */
Test(exec_float, everything_is_illegal_while_fs_is_off)
{
    static const enum mmu_privilege privileges[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};

    for (size_t i = 0; i < FORMS * 6; i++) {
        unsigned raised = i / 3 % 2;
        prepare_form(&forms[i / 6], OFF, raised);
        bench.hart.privilege = privileges[i % 3];
        bench_step(&bench, forms[i / 6].bits);
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, forms[i / 6].bits);
        expect_state(OFF, raised);
    }
}

Test(exec_float, an_access_is_illegal_before_it_faults_while_fs_is_off)
{
    for (unsigned size = 4; size <= 8; size += 4) {
        uint32_t load = encode_float_load(size, 5, 6, 0);
        uint32_t store = encode_float_store(size, 6, 5, 0);
        prepare(OFF);
        bench.hart.x[6] = 0;
        bench_step(&bench, load);
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, load);
        prepare(OFF);
        bench.hart.x[6] = 0;
        bench_step(&bench, store);
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, store);
    }
}

/* Those that write an f register make FS Dirty, the others do not as long as no flag is raised
 * [norm:mstatus_fs_vs_xs_dirty_op]. */
Test(exec_float, fs_becomes_dirty_with_the_state)
{
    for (size_t i = 0; i < FORMS * 6; i++) {
        const struct form *form = &forms[i / 6];
        unsigned fs = INITIAL + i % 3;
        unsigned raised = i / 3 % 2;
        prepare_form(form, fs, raised);
        bench_step(&bench, form->bits);
        if (form->destination == TO_F) {
            bench_expect_float(&bench, 5, bench.hart.f[5]);
            expect_state(DIRTY, bench.hart.csr.fflags & NX);
        } else {
            unsigned rd = form->destination == TO_X ? 5 : 0;
            bench_expect_result(&bench, rd, bench.hart.x[rd]);
            expect_state(fs, raised);
        }
    }
}

/* Choice: a flag that was raised before changes nothing [norm:mstatus_fs_no_change_dirty]. */
Test(exec_float, a_new_flag_alone_makes_fs_dirty)
{
    uint32_t flt_s = encode_float(FCMP, 4, 1, 5, 6, 7);
    uint32_t fcvt_w_s = encode_float(FCVT_TO_INTEGER, 4, RNE, 5, 6, TYPE_W);

    for (unsigned fs = INITIAL; fs <= DIRTY; fs++) {
        prepare(fs);
        bench.hart.f[6] = NAN32;
        bench.hart.f[7] = ONE32;
        bench_name(&bench, "flt.s of a NaN with FS = %u", fs);
        bench_step(&bench, flt_s);
        bench_expect_result(&bench, 5, 0);
        expect_state(DIRTY, NV);

        prepare(fs);
        bench.hart.f[6] = BOX | 0x3fc00000;
        bench_name(&bench, "fcvt.w.s of 1.5 with FS = %u", fs);
        bench_step(&bench, fcvt_w_s);
        bench_expect_result(&bench, 5, 2);
        expect_state(DIRTY, NX);

        prepare_unit(fs, NV | OF);
        bench.hart.f[6] = NAN32;
        bench_name(&bench, "flt.s of a NaN with NV raised and FS = %u", fs);
        bench_step(&bench, flt_s);
        expect_state(fs, NV | OF);
    }
}

/* Choice: reserved rounding modes are illegal [norm:roundingmode_rsv]. */
Test(exec_float, reserved_rounding_modes_are_illegal_where_there_is_one)
{
    for (size_t i = 0; i < 2 * FORMS * 8 * 8; i++) {
        const struct form *form = &forms[i / 128];
        unsigned rm = i / 8 % 8;
        unsigned fs = i / 64 % 2 == 0 ? INITIAL : DIRTY;
        unsigned raised = fs == DIRTY ? NX : 0;
        unsigned frm = i % 8;
        unsigned mode = rm == DYN ? frm : rm;
        uint32_t bits = form->bits | (form->has_rm ? rm << 12 : 0);
        prepare_form(form, fs, frm << 5 | raised);
        bench_name(&bench, "%s, rm %u, frm %u", form->why, rm, frm);
        bench_step(&bench, bits);
        if (form->has_rm && mode > RMM) {
            bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
            expect_state(fs, raised);
        } else if (form->destination == TO_F) {
            bench_expect_float(&bench, 5, bench.hart.f[5]);
        } else {
            bench_expect_result(&bench, 5, bench.hart.x[5]);
        }
    }
}

/* 1 / 3 is 0.0101...; 1 + 2^-24 is half way between two numbers. */
Test(exec_float, the_rounding_mode_comes_from_rm_or_from_frm)
{
    static const struct {
        unsigned mode;
        uint32_t third;
        uint32_t minus_third;
        uint32_t half_way;
        const char *why;
    } rows[] = {
        {RNE, 0x3eaaaaab, 0xbeaaaaab, 0x3f800000, "to nearest, ties to even"},
        {RTZ, 0x3eaaaaaa, 0xbeaaaaaa, 0x3f800000, "towards zero"},
        {RDN, 0x3eaaaaaa, 0xbeaaaaab, 0x3f800000, "down"},
        {RUP, 0x3eaaaaab, 0xbeaaaaaa, 0x3f800001, "up"},
        {RMM, 0x3eaaaaab, 0xbeaaaaab, 0x3f800001, "to nearest, ties to max magnitude"},
    };

    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        unsigned mode = rows[i / 2].mode;
        unsigned rm = i % 2 == 0 ? mode : DYN;
        for (unsigned operation = 0; operation < 3; operation++) {
            static const unsigned funct5[] = {FDIV, FDIV, FADD};
            static const uint32_t left[] = {0x3f800000, 0xbf800000, 0x3f800000};
            static const uint32_t right[] = {0x40400000, 0x40400000, 0x33800000};
            const uint32_t want[] = {rows[i / 2].third, rows[i / 2].minus_third,
                                     rows[i / 2].half_way};
            unsigned frm = i % 2 == 0 ? DYN : mode; /* a reserved one does no harm unread */
            prepare_unit(operation == 0 ? DIRTY : CLEAN, frm << 5 | (operation == 0 ? NX : 0));
            bench.hart.f[6] = BOX | left[operation];
            bench.hart.f[7] = BOX | right[operation];
            bench_name(&bench, "%s, rm %u, operation %u", rows[i / 2].why, rm, operation);
            bench_step(&bench, encode_float(funct5[operation], 4, rm, 5, 6, 7));
            bench_expect_float(&bench, 5, BOX | want[operation]);
            expect_state(DIRTY, NX);
        }
    }
}

/* fflags gather what is raised and never lose it. */
Test(exec_float, flags_accrue)
{
    static const struct {
        unsigned funct5;
        uint64_t a;
        uint64_t b;
        unsigned flags;
        const char *why;
    } rows[] = {
        {FADD, ONE64, ONE64, 0, "1 + 1"},
        {FADD, ONE64, UINT64_C(0x3c90000000000000), NX, "1 + 2^-54"},
        {FDIV, ONE64, 0, NX | DZ, "1 / 0"},
        {FMUL, UINT64_C(0x0010000000000000), UINT64_C(0x3fe0000000000001), NX | DZ | UF,
         "half of the smallest normal number, and a bit"},
        {FMUL, UINT64_C(0x7fe0000000000000), UINT64_C(0x4000000000000000), NX | DZ | UF | OF,
         "2^1023 * 2"},
        {FSUB, UINT64_C(0x7ff0000000000000), UINT64_C(0x7ff0000000000000), NX | DZ | UF | OF | NV,
         "infinity - infinity"},
        {FADD, ONE64, ONE64, NX | DZ | UF | OF | NV, "1 + 1 takes nothing away"},
    };

    prepare(INITIAL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench.hart.f[6] = rows[i].a;
        bench.hart.f[7] = rows[i].b;
        bench_name(&bench, "%s", rows[i].why);
        bench_step(&bench, encode_float(rows[i].funct5, 8, RNE, 5, 6, 7));
        bench_expect_float(&bench, 5, bench.hart.f[5]);
        expect_state(DIRTY, rows[i].flags);
    }
}

/* NaN boxing. */

/* What computes with a number of 32 bits takes one that is not boxed for the canonical NaN
 * [norm:FP_nontransfer_instrs_improper_nan-boxed_input]. */
Test(exec_float, numbers_that_are_not_boxed_are_nans)
{
    static const struct {
        uint32_t bits;
        bool to_x;
        uint64_t a; /* f6 */
        uint64_t b; /* f7 */
        uint64_t c; /* f8 */
        uint64_t want;
        unsigned flags;
        const char *why;
    } rows[] = {
        {0x007302d3, false, UNBOXED, ONE32, 0, NAN32, 0, "fadd.s, rs1"},
        {0x007302d3, false, ONE32, UNBOXED, 0, NAN32, 0, "fadd.s, rs2"},
        {0x007302d3, false, ONE32, 0x3f800000, 0, NAN32, 0, "fadd.s, nothing of the box there"},
        {0x580302d3, false, UNBOXED, 0, 0, NAN32, 0, "fsqrt.s"},
        {0x407302c3, false, UNBOXED, ONE32, ONE32, NAN32, 0, "fmadd.s, rs1"},
        {0x407302c3, false, ONE32, UNBOXED, ONE32, NAN32, 0, "fmadd.s, rs2"},
        {0x407302c3, false, ONE32, ONE32, UNBOXED, NAN32, 0, "fmadd.s, rs3"},
        {0x287302d3, false, UNBOXED, ONE32, 0, ONE32, 0, "fmin.s of a quiet NaN and 1"},
        {0x287312d3, false, ONE32, UNBOXED, 0, ONE32, 0, "fmax.s of 1 and a quiet NaN"},
        {0x207302d3, false, UNBOXED, BOX | 0x80000000, 0, BOX | 0xffc00000, 0, "fsgnj.s, rs1"},
        {0x207302d3, false, BOX | 0xbf800000, UINT64_C(0x80000000), 0, ONE32, 0,
         "fsgnj.s, rs2: the canonical NaN is positive"},
        {0x207312d3, false, ONE32, UNBOXED, 0, BOX | 0xbf800000, 0, "fsgnjn.s, rs2"},
        {0x207322d3, false, BOX | 0xbf800000, UINT64_C(0x80000000), 0, BOX | 0xbf800000, 0,
         "fsgnjx.s, rs2"},
        {0x420302d3, false, UNBOXED, 0, 0, NAN64, 0, "fcvt.d.s"},
        {0xa07322d3, true, UNBOXED, UNBOXED, 0, 0, 0, "feq.s"},
        {0xa07312d3, true, UNBOXED, ONE32, 0, 0, NV, "flt.s"},
        {0xa07302d3, true, ONE32, UNBOXED, 0, 0, NV, "fle.s"},
        {0xe00312d3, true, UNBOXED, 0, 0, 0x200, 0, "fclass.s: a quiet NaN"},
        {0xc00302d3, true, UNBOXED, 0, 0, 0x7fffffff, NV, "fcvt.w.s"},
        {0xc03302d3, true, UNBOXED, 0, 0, UINT64_MAX, NV, "fcvt.lu.s"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        prepare(INITIAL);
        bench.hart.f[6] = rows[i].a;
        bench.hart.f[7] = rows[i].b;
        bench.hart.f[8] = rows[i].c;
        bench_name(&bench, "%s", rows[i].why);
        bench_step(&bench, rows[i].bits);
        if (rows[i].to_x) {
            bench_expect_result(&bench, 5, rows[i].want);
        } else {
            bench_expect_float(&bench, 5, rows[i].want);
        }
        cr_expect(eq(uint, bench.hart.csr.fflags, rows[i].flags), "%s", rows[i].why);
    }
}

/* Transfers look at no box, and change no bit of a NaN [norm:fmv-x-w_op], [norm:fmv-w-x_op],
 * [norm:FP_transfer_instrs_narrow_transfer_out], [norm:FP_transfer_instrs_narrow_transfer_in]. */
Test(exec_float, moves_transfer_bits)
{
    static const uint64_t values[] = {
        0,     UINT64_MAX, UINT64_C(0x7ff0000000000001), UNBOXED,    UINT64_C(0x0123456780000000),
        ONE32, ONE64,      UINT64_C(0xffffffff7f800001), 0xffbadbad, UINT64_C(0x800000007fa00000),
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        uint64_t value = values[i];
        uint64_t low = value & 0xffffffff;

        bench_name(&bench, "0x%llx", (unsigned long long)value);
        prepare(INITIAL);
        bench.hart.f[6] = value;
        bench_step(&bench, encode_float(FMV_TO_X, 4, 0, 5, 6, 0));
        bench_expect_result(&bench, 5, low >> 31 != 0 ? BOX | low : low);
        expect_state(INITIAL, 0);

        prepare(INITIAL);
        bench.hart.f[6] = value;
        bench_step(&bench, encode_float(FMV_TO_X, 8, 0, 5, 6, 0));
        bench_expect_result(&bench, 5, value);

        prepare(INITIAL);
        bench.hart.x[6] = value;
        bench_step(&bench, encode_float(FMV_FROM_X, 4, 0, 5, 6, 0));
        bench_expect_float(&bench, 5, BOX | low);
        expect_state(DIRTY, 0);

        prepare(INITIAL);
        bench.hart.x[6] = value;
        bench_step(&bench, encode_float(FMV_FROM_X, 8, 0, 5, 6, 0));
        bench_expect_float(&bench, 5, value);
    }
}

Test(exec_float, f0_is_a_register_like_any_other)
{
    prepare(INITIAL);
    bench.hart.x[6] = 7;
    bench_step(&bench, encode_float(FMV_FROM_X, 8, 0, 0, 6, 0));
    bench_expect_float(&bench, 0, 7);
}

/* Loads and stores. */

Test(exec_float, loads_and_stores_transfer_bits_at_any_alignment)
{
    for (int32_t offset = -9; offset <= 9; offset++) {
        uint64_t va = BENCH_DATA + (uint64_t)(int64_t)offset;

        bench_name(&bench, "offset %d", (int)offset);
        prepare(INITIAL);
        bench_poke(&bench, va, 8, UINT64_C(0x7ff000017f800001));
        bench_step(&bench, encode_float_load(4, 5, 6, offset));
        bench_expect_float(&bench, 5, BOX | 0x7f800001);
        expect_state(DIRTY, 0);

        prepare(INITIAL);
        bench_step(&bench, encode_float_load(8, 5, 6, offset));
        bench_expect_float(&bench, 5, UINT64_C(0x7ff000017f800001));

        prepare(INITIAL);
        bench_poke(&bench, va, 8, UINT64_C(0x1111111111111111));
        bench.hart.f[7] = UINT64_C(0x0123456789abcdef);
        bench_step(&bench, encode_float_store(4, 6, 7, offset));
        bench_expect_result(&bench, 0, 0);
        cr_expect(eq(u64, bench_peek(&bench, va, 8), UINT64_C(0x1111111189abcdef)));
        expect_state(INITIAL, 0);

        prepare(INITIAL);
        bench.hart.f[7] = UINT64_C(0xfff0000000000123);
        bench_step(&bench, encode_float_store(8, 6, 7, offset));
        bench_expect_result(&bench, 0, 0);
        cr_expect(eq(u64, bench_peek(&bench, va, 8), UINT64_C(0xfff0000000000123)));
    }
}

/* Nothing changes: neither the register nor FS nor memory. */
Test(exec_float, accesses_that_fault_leave_the_state_alone)
{
    for (unsigned size = 4; size <= 8; size += 4) {
        prepare(CLEAN);
        bench.hart.x[6] = 0;
        bench_name(&bench, "load of %u from nowhere", size);
        bench_step(&bench, encode_float_load(size, 5, 6, 16));
        bench_expect_trap(&bench, TRAP_LOAD_ACCESS_FAULT, 16);
        expect_state(CLEAN, 0);

        prepare(CLEAN);
        bench.hart.x[6] = 0;
        bench_name(&bench, "store of %u to nowhere", size);
        bench_step(&bench, encode_float_store(size, 6, 5, 16));
        bench_expect_trap(&bench, TRAP_STORE_ACCESS_FAULT, 16);
        expect_state(CLEAN, 0);
    }
}

/* As the loads and stores of integers do, through the page tables. */
Test(exec_float, accesses_are_translated)
{
    uint64_t code = BENCH_VA;
    uint64_t data = BENCH_VA + 0x1000;
    uint32_t load = encode_float_load(8, 5, 6, -4);
    uint32_t store = encode_float_store(8, 6, 7, -4);

    prepare(CLEAN);
    bench_map(&bench, code, BENCH_CODE, PTE_R | PTE_X);
    bench_map(&bench, data, BENCH_DATA, PTE_R);
    bench_poke(&bench, BENCH_CODE, 4, load);
    bench_poke(&bench, BENCH_CODE + 4, 4, store);
    bench_poke(&bench, BENCH_DATA, 8, UINT64_C(0x123456789abcdef0));
    bench_enter_sv39(&bench);
    bench.hart.pc = code;
    bench.hart.x[6] = data + 4;
    bench_run(&bench, 1);
    bench.length = 4;
    bench_expect_float(&bench, 5, UINT64_C(0x123456789abcdef0));
    bench_run(&bench, 1);
    bench_expect_trap(&bench, TRAP_STORE_PAGE_FAULT, data);

    bench.hart.privilege = MMU_SUPERVISOR;
    bench.hart.pc = code;
    bench.hart.x[6] = data + 0x1000; /* the upper half is on a page that is not there */
    bench_run(&bench, 1);
    bench_expect_trap(&bench, TRAP_LOAD_PAGE_FAULT, data + 0x1000);
    cr_expect(eq(u64, bench.hart.f[5], UINT64_C(0x123456789abcdef0)));
}

/* C.FLD, C.FSD, C.FLDSP and C.FSDSP. */
Test(exec_float, compressed_forms_load_and_store_doubles)
{
    const uint64_t value = UINT64_C(0xc0de00d0c0de00d0);

    prepare(CLEAN);
    bench.hart.x[9] = BENCH_DATA;
    bench_poke(&bench, BENCH_DATA + 248, 8, value);
    bench_step(&bench, encode_c_fld(15, 9, 248));
    bench_expect_float(&bench, 15, value);

    prepare(CLEAN);
    bench.hart.x[15] = BENCH_DATA;
    bench.hart.f[8] = value + 1;
    bench_step(&bench, encode_c_fsd(8, 15, 64));
    bench_expect_result(&bench, 0, 0);
    cr_expect(eq(u64, bench_peek(&bench, BENCH_DATA + 64, 8), value + 1));

    prepare(CLEAN);
    bench.hart.x[2] = BENCH_DATA;
    bench_poke(&bench, BENCH_DATA + 504, 8, value + 2);
    bench_step(&bench, encode_c_fldsp(0, 504)); /* f0 is no reserved rd */
    bench_expect_float(&bench, 0, value + 2);

    prepare(CLEAN);
    bench.hart.x[2] = BENCH_DATA;
    bench.hart.f[31] = value + 3;
    bench_step(&bench, encode_c_fsdsp(31, 256));
    bench_expect_result(&bench, 0, 0);
    cr_expect(eq(u64, bench_peek(&bench, BENCH_DATA + 256, 8), value + 3));

    prepare(OFF);
    bench_step(&bench, encode_c_fldsp(1, 0));
    bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, encode_c_fldsp(1, 0));
}

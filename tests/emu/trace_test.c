#include "emu/report/trace.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/hart/access.h"
#include "emu/hart/csr_float.h"
#include "mmu/pte.h"
#include "tests/support/bench_hart.h"

#define VA_DATA BENCH_VA

static struct bench_hart bench;
static struct trace trace;
static struct engine_observer observer;
static FILE *file;
static char *text;
static size_t length;

static void setup(void)
{
    bench_init(&bench);
    bench_reset(&bench);
    file = open_memstream(&text, &length);
}

static void teardown(void)
{
    (void)fclose(file);
    free(text);
    bench_finish(&bench);
}

TestSuite(trace, .init = setup, .fini = teardown);

/* Makes one attempt at an instruction at BENCH_CODE. */
static void attempt(uint32_t bits)
{
    struct engine_goal goal = {.attempts = bench.hart.counters.attempts + 1};

    bench_poke(&bench, BENCH_CODE, sizeof bits, bits);
    bench.hart.pc = BENCH_CODE;
    cr_assert(eq(int, reference_run(&bench.hart, &goal, &observer), ENGINE_ATTEMPTS));
}

/* What the trace holds now; the next take begins behind it. */
static const char *take(void)
{
    static size_t taken;

    (void)fflush(file);
    if (taken > length) {
        taken = 0;
    }
    const char *start = text + taken;

    taken = length;
    return start;
}

Test(trace, instructions_are_told_as_spike_does)
{
    static const struct {
        uint32_t bits;
        const char *line;
        const char *why;
    } rows[] = {
        {0x00000297, "(0x00000297) x5  0x0000000080080000", "auipc x5, 0"},
        {0x00000513, "(0x00000513) x10 0x0000000000000000", "li a0, 0: two digits, no padding"},
        {0x00000013, "(0x00000013)", "nop: x0 is not written"},
        {0x0063b423, "(0x0063b423) mem 0x0000000080010008 0x8877665544332211", "sd x6, 8(x7)"},
        {0x00639023, "(0x00639023) mem 0x0000000080010000 0x2211", "sh x6, 0(x7): 2 bytes"},
        {0x00638023, "(0x00638023) mem 0x0000000080010000 0x11", "sb x6, 0(x7): 1 byte"},
        {0x00c3a403, "(0x00c3a403) x8  0xffffffff88776655 mem 0x000000008001000c",
         "lw x8, 12(x7): a load tells only where"},
        {0x0003a023, "(0x0003a023) mem 0x0000000080010000 0x00000000", "sw x0, 0(x7): 4 bytes"},
        {0x0063a52f,
         "(0x0063a52f) x10 0x0000000000000000 mem 0x0000000080010000 mem 0x0000000080010000 "
         "0x44332211",
         "amoadd.w x10, x6, (x7): load, then store"},
        {0x340314f3, "(0x340314f3) x9  0x0000000000000000 c832_mscratch 0x8877665544332211",
         "csrrw x9, mscratch, x6: the register comes first"},
        {0x34031073, "(0x34031073) c832_mscratch 0x8877665544332211", "csrw mscratch, x6"},
        {0x340024f3, "(0x340024f3) x9  0x8877665544332211", "csrr x9, mscratch writes no CSR"},
        {0x00000463, "(0x00000463)", "beq x0, x0, 8"},
        {0x008000ef, "(0x008000ef) x1  0x0000000080080004", "jal x1, 8"},
        {0x00000585, "(0x0585) x11 0x0000000000000001", "c.addi x11, 1: four digits"},
        {0x0ff0000f, "(0x0ff0000f)", "fence: its rd field is no register"},
        {0x0083b287, "(0x0083b287) f5  0x8877665544332211 mem 0x0000000080010008",
         "fld f5, 8(x7): what the sd stored"},
        {0xf2058053, "(0xf2058053) f0  0x0000000000000001", "fmv.d.x f0, x11: f0 is written"},
        {0xd2058653, "(0xd2058653) f12 0x3ff0000000000000", "fcvt.d.w f12, x11"},
        {0xe20605d3, "(0xe20605d3) x11 0x3ff0000000000000", "fmv.x.d x11, f12"},
        {0x1a0676d3, "(0x1a0676d3) f13 0x7ff0000000000000 c1_fflags 0x0000000000000005",
         "fdiv.d f13, f12, f0: 2^1074 is too large"},
    };

    observer = trace_instructions(&trace, &bench.hart, file);
    bench.hart.x[6] = UINT64_C(0x8877665544332211);
    bench.hart.x[7] = BENCH_DATA;
    bench.hart.x[11] = 0;
    bench.hart.csr.mscratch = 0;
    bench.hart.csr.mstatus |= MSTATUS_FS;
    csr_float_refresh(&bench.hart);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[256];

        attempt(rows[i].bits);
        snprintf(line, sizeof line, "core   0: 3 0x0000000080080000 %s\n", rows[i].line);
        cr_expect(eq(str, (char *)take(), line), "%s", rows[i].why);
    }
}

Test(trace, what_does_not_retire_is_not_told)
{
    observer = trace_instructions(&trace, &bench.hart, file);
    attempt(0x00000000); /* no instruction */
    cr_expect(eq(str, (char *)take(), ""));
    cr_expect(eq(u64, bench.hart.counters.exceptions, 1));
}

Test(trace, privilege_is_the_one_the_instruction_ran_at)
{
    observer = trace_instructions(&trace, &bench.hart, file);
    bench.hart.csr.mstatus = 0; /* MPP = U */
    bench.hart.csr.mepc = BENCH_CODE;
    attempt(0x30200073); /* mret */
    cr_expect(eq(int, bench.hart.privilege, MMU_USER));
    cr_expect(strstr(take(), "core   0: 3 ") != NULL);
    attempt(0x00000013);
    cr_expect(strstr(take(), "core   0: 0 ") != NULL);
}

/* Has the MMU translate, as an instruction at BENCH_CODE would. */
static void translate(uint64_t va, enum mmu_access access, enum mmu_privilege privilege,
                      uint64_t asid)
{
    const struct mmu_mode mode = {
        .satp = (bench.hart.csr.satp & ~SATP_ASID) | asid << SATP_ASID_SHIFT,
        .privilege = privilege,
        .hardware_ad = true,
    };
    uint64_t pa;

    (void)mmu_translate(bench.mmu, &mode, va, access, &pa);
}

Test(trace, walks_are_told_with_every_pte)
{
    char line[256];

    bench_map(&bench, VA_DATA, BENCH_DATA, PTE_R | PTE_W);
    bench_enter_sv39(&bench);
    bench.hart.pc = BENCH_CODE;
    bench.hart.counters.attempts = 16;
    trace_walks(&trace, &bench.hart, file);

    /* The tables of the bench: VPN[2] = 1, VPN[1] = 0, VPN[0] = 0. */
    uint64_t root = (bench.hart.csr.satp & SATP_PPN) << 12;
    uint64_t root_pte = bench_peek(&bench, root + 8, 8);
    uint64_t middle = root_pte >> 10 << 12;
    uint64_t middle_pte = bench_peek(&bench, middle, 8);
    uint64_t leaf = middle_pte >> 10 << 12;
    uint64_t leaf_pte = bench_peek(&bench, leaf, 8);

    translate(VA_DATA + 0x123, MMU_LOAD, MMU_SUPERVISOR, 0);
    snprintf(line, sizeof line,
             "17 0x80080000 0x40000123 load S 0 0x%lx=0x%lx 0x%lx=0x%lx 0x%lx=0x%lx 4K "
             "0x80010123\n",
             root + 8, root_pte, middle, middle_pte, leaf, leaf_pte);
    cr_expect(eq(str, (char *)take(), line));

    translate(VA_DATA + 0x124, MMU_LOAD, MMU_SUPERVISOR, 0);
    cr_expect(eq(str, (char *)take(), ""), "a TLB hit walks nothing");
}

/* Gives the bench an MMU with this TLB. */
static void use_tlb(const char *spec)
{
    const struct mmu_memory memory = access_walker_memory(&bench.hart);
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;

    mmu_destroy(bench.mmu);
    cr_assert(mmu_geometry_parse(spec, &geometry, &error), "%s", error.reason);
    bench.mmu = mmu_create(&geometry, &memory);
    cr_assert(bench.mmu != NULL);
    bench.hart.mmu = bench.mmu;
}

/* The line of a load from the second page that bench_map has mapped. The PTEs above the last level
 * are as given, in the form ADDRESS=VALUE. */
static void expect_walk(const char *pointers, uint64_t leaf, const char *why)
{
    char line[256];

    snprintf(line, sizeof line, "17 0x80080000 0x40001123 load S 0 %s 0x%lx=0x%lx 4K 0x80010123\n",
             pointers, leaf, bench_peek(&bench, leaf, 8));
    cr_expect(eq(str, (char *)take(), line), "%s", why);
}

Test(trace, ptes_that_the_walk_cache_answered_have_a_star)
{
    static const char *const specs[] = {"default,pwc=8:pte", "default,pwc=8:va"};

    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        char by_pte[128];
        char by_va[128];

        use_tlb(specs[i]);
        bench_map(&bench, VA_DATA, BENCH_DATA, PTE_R);
        bench_map(&bench, VA_DATA + 0x1000, BENCH_DATA, PTE_R);
        bench_enter_sv39(&bench);
        bench.hart.pc = BENCH_CODE;
        bench.hart.counters.attempts = 16;

        uint64_t root = ((bench.hart.csr.satp & SATP_PPN) << 12) + 8;
        uint64_t root_pte = bench_peek(&bench, root, 8);
        uint64_t middle = root_pte >> 10 << 12;
        uint64_t middle_pte = bench_peek(&bench, middle, 8);

        snprintf(by_pte, sizeof by_pte, "0x%lx=0x%lx* 0x%lx=0x%lx*", root, root_pte, middle,
                 middle_pte);
        snprintf(by_va, sizeof by_va, "0x0=0x%lx*", middle_pte);
        trace_walks(&trace, &bench.hart, file);
        translate(VA_DATA, MMU_LOAD, MMU_SUPERVISOR, 0);
        cr_expect(strchr(take(), '*') == NULL, "the first walk finds nothing cached");
        translate(VA_DATA + 0x1123, MMU_LOAD, MMU_SUPERVISOR, 0);
        expect_walk(i == 0 ? by_pte : by_va, (middle_pte >> 10 << 12) + 8, specs[i]);
    }
}

Test(trace, walks_that_fault_end_in_the_rule)
{
    const char *line;

    bench_map(&bench, VA_DATA, BENCH_DATA, PTE_R);
    bench_enter_sv39(&bench);
    trace_walks(&trace, &bench.hart, file);
    translate(VA_DATA, MMU_STORE, MMU_USER, 5);
    line = take();
    cr_expect(strstr(line, " store U 5 0x") != NULL, "%s", line);
    cr_expect(strstr(line, " page-fault the page is not for U-mode (U=0)\n") != NULL, "%s", line);
}

Test(trace, a_pte_out_of_reach_is_refused)
{
    const char *line;

    bench_enter_sv39(&bench);
    bench.hart.csr.satp = UINT64_C(8) << 60 | 1; /* the root table where nothing is */
    trace_walks(&trace, &bench.hart, file);
    translate(VA_DATA, MMU_FETCH, MMU_SUPERVISOR, 0);
    line = take();
    cr_expect(strstr(line, " 0x1008=refused access-fault ") != NULL, "%s", line);
}

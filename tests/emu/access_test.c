#include "emu/hart/access.h"

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/bits.h"
#include "emu/hart/hart.h"
#include "mmu/pte.h"
#include "tests/support/access_bench.h"

enum { U = MMU_USER, S = MMU_SUPERVISOR, M = MMU_MACHINE };

static struct access_bench access;
static struct bench_hart *const bench = &access.bench;
static struct hart *const hart = &access.bench.hart;

static void start(void)
{
    access_bench_init(&access);
}

static void finish(void)
{
    access_bench_finish(&access);
}

TestSuite(access, .init = start, .fini = finish);

#define BYTES UINT64_C(0x8877665544332211)

/* The low size bytes. */
static uint64_t low_bytes(uint64_t value, unsigned size)
{
    return value & (UINT64_MAX >> (64 - 8 * size));
}

/* The state that translation depends on. */

Test(access, mprv_lends_loads_and_stores_the_privilege_in_mpp)
{
    static const struct {
        unsigned privilege;
        bool mprv;
        unsigned mpp;
        enum mmu_access kind;
        int want;
    } rows[] = {
        {M, false, U, MMU_LOAD, M},  {M, true, U, MMU_LOAD, U},   {M, true, S, MMU_STORE, S},
        {M, true, M, MMU_LOAD, M},   {M, true, U, MMU_FETCH, M},  {S, false, U, MMU_LOAD, S},
        {U, false, M, MMU_STORE, U}, {S, false, M, MMU_FETCH, S},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        access_bench_enter(&access, rows[i].privilege);
        hart->csr.mstatus = field_set(hart->csr.mstatus, MSTATUS_MPRV, rows[i].mprv);
        hart->csr.mstatus = field_set(hart->csr.mstatus, MSTATUS_MPP, rows[i].mpp);
        cr_expect(eq(int, access_mode(hart, rows[i].kind).privilege, rows[i].want), "row %zu", i);
    }
}

Test(access, the_mode_carries_satp_sum_and_mxr)
{
    struct mmu_mode mode = access_mode(hart, MMU_LOAD);
    cr_expect(eq(u64, mode.satp, hart->csr.satp));
    cr_expect(not(mode.sum));
    cr_expect(not(mode.mxr));
    hart->csr.mstatus |= MSTATUS_SUM;
    cr_expect(access_mode(hart, MMU_LOAD).sum);
    cr_expect(not(access_mode(hart, MMU_LOAD).mxr));
    hart->csr.mstatus |= MSTATUS_MXR;
    cr_expect(access_mode(hart, MMU_LOAD).mxr);
}

Test(access, who_sets_a_and_d_is_as_configured)
{
    static const struct {
        enum hart_ad ad;
        bool adue;
        bool want;
    } rows[] = {
        {HART_AD_HARDWARE, false, true}, {HART_AD_HARDWARE, true, true},
        {HART_AD_SVADE, false, false},   {HART_AD_SVADE, true, false},
        {HART_AD_SVADU, false, false},   {HART_AD_SVADU, true, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hart->ad = rows[i].ad;
        hart->csr.menvcfg = rows[i].adue ? MENVCFG_ADUE : 0;
        cr_expect(eq(int, access_mode(hart, MMU_STORE).hardware_ad, rows[i].want), "row %zu", i);
    }
}

/* Loads and stores. */

Test(access, loads_in_ram_have_any_alignment_even_across_pages)
{
    for (unsigned size = 1; size <= 8; size *= 2) {
        for (int offset = -8; offset <= 0; offset++) {
            bench_poke(bench, page_pa(PAGE_RAM, 0xff8), 8, 0);
            bench_poke(bench, page_pa(PAGE_RAM_NEXT, 0), 8, 0);
            for (unsigned i = 0; i < size; i++) {
                bool is_upper = (int)i + offset >= 0;
                uint64_t pa = page_pa(is_upper ? PAGE_RAM_NEXT : PAGE_RAM,
                                      offset + (int)i + (is_upper ? 0 : 0x1000));
                bench_poke(bench, pa, 1, BYTES >> (8 * i));
            }
            bool crosses = offset < 0 && offset + (int)size > 0;
            uint64_t count = access_bench_count(&access, MMU_LOAD);
            uint64_t value = 0;
            cr_expect(access_load(hart, page_va(PAGE_RAM_NEXT, offset), size, &value));
            cr_expect(eq(u64, value, low_bytes(BYTES, size)), "%u at %d", size, offset);
            cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), count + 1 + crosses),
                      "%u at %d: translations", size, offset);
        }
    }
}

Test(access, stores_in_ram_have_any_alignment_even_across_pages)
{
    for (unsigned size = 1; size <= 8; size *= 2) {
        for (int offset = -8; offset <= 0; offset++) {
            uint8_t want[16];
            memset(want, 0xee, sizeof want);
            bench_poke(bench, page_pa(PAGE_RAM, 0xff8), 8, UINT64_C(0xeeeeeeeeeeeeeeee));
            bench_poke(bench, page_pa(PAGE_RAM_NEXT, 0), 8, UINT64_C(0xeeeeeeeeeeeeeeee));
            for (unsigned i = 0; i < size; i++) {
                want[8 + offset + (int)i] = (uint8_t)(BYTES >> (8 * i));
            }
            bool crosses = offset < 0 && offset + (int)size > 0;
            uint64_t count = access_bench_count(&access, MMU_STORE);
            cr_expect(access_store(hart, page_va(PAGE_RAM_NEXT, offset), size, BYTES));
            cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), count + 1 + crosses),
                      "%u at %d: translations", size, offset);
            for (unsigned i = 0; i < 16; i++) {
                uint64_t pa = i < 8 ? page_pa(PAGE_RAM, 0xff8 + i) : page_pa(PAGE_RAM_NEXT, i - 8);
                cr_expect(eq(u64, bench_peek(bench, pa, 1), want[i]), "%u at %d: byte %u", size,
                          offset, i);
            }
        }
    }
}

Test(access, m_mode_and_bare_are_not_translated)
{
    uint64_t value = 0;
    bench_poke(bench, BENCH_DATA + 0xffc, 8, BYTES);

    access_bench_enter(&access, MMU_MACHINE);
    cr_expect(access_load(hart, BENCH_DATA + 0xffc, 8, &value));
    cr_expect(eq(u64, value, BYTES), "M-mode, across a page");
    access_bench_enter(&access, MMU_SUPERVISOR);
    hart->csr.satp = 0;
    cr_expect(access_load(hart, BENCH_DATA + 0xffc, 8, &value));
    cr_expect(eq(u64, value, BYTES), "Bare, across a page");
    cr_expect(access_store(hart, BENCH_DATA + 0xffe, 4, 0));
    cr_expect(eq(u64, bench_peek(bench, BENCH_DATA + 0xffc, 8), UINT64_C(0x8877000000002211)));
    cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), 0), "nothing to count");
}

/* One faulting load or store. Where nothing else is said, cause is the load's; a store's is 2 more.
 */
struct fault_row {
    enum access_page page;
    int offset;
    unsigned size;
    enum trap_cause cause;
    int fault_offset; /* tval, from the same page */
    unsigned translations;
    const char *why;
};

static const struct fault_row fault_rows[] = {
    {PAGE_HOLE, 8, 8, TRAP_LOAD_PAGE_FAULT, 8, 1, "not mapped"},
    {PAGE_HOLE, 3, 4, TRAP_LOAD_PAGE_FAULT, 3, 1, "not mapped, misaligned"},
    {PAGE_HOLE, -3, 8, TRAP_LOAD_PAGE_FAULT, 0, 2, "upper half not mapped: its own address"},
    {PAGE_HOLE, 0xffd, 4, TRAP_LOAD_PAGE_FAULT, 0xffd, 1, "lower half not mapped"},
    {PAGE_NOTHING, 16, 4, TRAP_LOAD_ACCESS_FAULT, 16, 1, "nothing answers"},
    {PAGE_NOTHING, -1, 2, TRAP_LOAD_ACCESS_FAULT, 0, 2, "upper half: nothing answers"},
    {PAGE_NOTHING, 0xfff, 2, TRAP_LOAD_ACCESS_FAULT, 0xfff, 2, "lower half: nothing answers"},
    {PAGE_DEVICE, 2, 4, TRAP_LOAD_ACCESS_FAULT, 2, 1, "a device, misaligned"},
    {PAGE_DEVICE, 8, 4, TRAP_LOAD_ACCESS_FAULT, 8, 1, "the device refuses"},
    {PAGE_DEVICE, -4, 8, TRAP_LOAD_ACCESS_FAULT, 0, 2, "upper half on a device"},
    {PAGE_DEVICE, 0xffc, 8, TRAP_LOAD_ACCESS_FAULT, 0xffc, 2, "lower half on a device"},
};

enum { FAULT_ROWS = sizeof fault_rows / sizeof *fault_rows };

Test(access, loads_fault_at_the_part_that_cannot_be_had)
{
    for (size_t i = 0; i < FAULT_ROWS; i++) {
        const struct fault_row *row = &fault_rows[i];
        uint64_t value = 7;
        uint64_t count = access_bench_count(&access, MMU_LOAD);
        access_bench_enter(&access, MMU_SUPERVISOR);
        cr_expect(not(access_load(hart, page_va(row->page, row->offset), row->size, &value)));
        access_bench_expect_fault(&access, row->cause, page_va(row->page, row->fault_offset), false,
                                  row->why);
        cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), count + row->translations),
                  "%s: translations", row->why);
    }
    cr_expect(eq(uint, access.device_reads, 1), "the device was asked only where it refused");
}

Test(access, stores_fault_at_the_part_that_cannot_be_had_and_store_nothing)
{
    for (size_t i = 0; i < FAULT_ROWS; i++) {
        const struct fault_row *row = &fault_rows[i];
        uint64_t count = access_bench_count(&access, MMU_STORE);
        access_bench_enter(&access, MMU_SUPERVISOR);
        bench_poke(bench, page_pa(PAGE_RAM_NEXT, 0xff8), 8, BYTES);
        bench_poke(bench, page_pa(PAGE_BEFORE_DEVICE, 0xff8), 8, BYTES);
        bench_poke(bench, page_pa(PAGE_BEFORE_NOTHING, 0), 8, BYTES);
        cr_expect(not(access_store(hart, page_va(row->page, row->offset), row->size, 0)));
        access_bench_expect_fault(&access, row->cause + 2, page_va(row->page, row->fault_offset),
                                  false, row->why);
        cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), count + row->translations),
                  "%s: translations", row->why);
        cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_RAM_NEXT, 0xff8), 8), BYTES));
        cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_BEFORE_DEVICE, 0xff8), 8), BYTES));
        cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_BEFORE_NOTHING, 0), 8), BYTES));
    }
    cr_expect(eq(uint, access.device_writes, 1), "the device was asked only where it refused");
}

Test(access, a_store_to_a_read_only_half_stores_nothing)
{
    uint64_t va = page_va(PAGE_READ_ONLY, 0xffc);
    bench_poke(bench, page_pa(PAGE_ALIAS, 0), 8, BYTES);
    cr_expect(not(access_store(hart, va, 8, 0)));
    access_bench_expect_fault(&access, TRAP_STORE_PAGE_FAULT, va, false, "lower half read-only");
    cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_ALIAS, 0), 8), BYTES));
}

Test(access, what_runs_over_the_end_of_ram_is_refused)
{
    uint64_t value;
    access_bench_enter(&access, MMU_MACHINE);
    cr_expect(access_load(hart, BENCH_RAM_END - 8, 8, &value), "the last bytes");
    cr_expect(not(access_load(hart, BENCH_RAM_END - 4, 8, &value)));
    access_bench_expect_fault(&access, TRAP_LOAD_ACCESS_FAULT, BENCH_RAM_END, false,
                              "RAM ends with a page: the upper half is outside");
    access_bench_enter(&access, MMU_MACHINE);
    cr_expect(not(access_store(hart, UINT64_MAX - 3, 8, 0)));
    access_bench_expect_fault(&access, TRAP_STORE_ACCESS_FAULT, UINT64_MAX - 3, false,
                              "the end of the address space");
}

Test(access, devices_take_aligned_accesses)
{
    uint64_t value = 0;
    cr_expect(access_load(hart, page_va(PAGE_DEVICE, 4), 4, &value));
    cr_expect(eq(u64, value, ACCESS_DEVICE_VALUE + 4));
    cr_expect(access_store(hart, page_va(PAGE_DEVICE, 16), 8, 42));
    cr_expect(eq(u64, access.device_value, 42));
    access_bench_expect_no_fault(&access, "aligned");
}

/* PMP. */

Test(access, pmp_refuses_after_translation)
{
    static const struct {
        enum access_page page; /* that PMP protects */
        uint8_t cfg;
        enum access_page at;
        int offset;
        enum mmu_access kind;
        bool faults;
        enum trap_cause cause;
        int fault_offset;
        bool by_pmp;
        const char *why;
    } rows[] = {
        {PAGE_RAM, 0, PAGE_RAM, 8, MMU_LOAD, true, TRAP_LOAD_ACCESS_FAULT, 8, true, "no R"},
        {PAGE_RAM, PMP_R, PAGE_RAM, 8, MMU_LOAD, false, 0, 0, false, "R"},
        {PAGE_RAM, PMP_R, PAGE_RAM, 8, MMU_STORE, true, TRAP_STORE_ACCESS_FAULT, 8, true, "no W"},
        {PAGE_RAM, 0, PAGE_ALIAS, 8, MMU_LOAD, true, TRAP_LOAD_ACCESS_FAULT, 8, true,
         "PMP looks at physical addresses"},
        {PAGE_RAM_NEXT, 0, PAGE_RAM_NEXT, -4, MMU_LOAD, true, TRAP_LOAD_ACCESS_FAULT, 0, true,
         "upper half refused"},
        {PAGE_RAM_NEXT, PMP_R, PAGE_RAM_NEXT, -4, MMU_STORE, true, TRAP_STORE_ACCESS_FAULT, 0, true,
         "upper half of a store refused"},
        {PAGE_RAM, 0, PAGE_RAM, 0xffc, MMU_LOAD, true, TRAP_LOAD_ACCESS_FAULT, 0xffc, true,
         "lower half refused"},
        {PAGE_RAM_NEXT, 0, PAGE_HOLE, -4, MMU_LOAD, true, TRAP_LOAD_ACCESS_FAULT, -4, true,
         "lower half refused, upper not mapped: the lower one's fault"},
        {PAGE_RAM_NEXT, 0, PAGE_HOLE, -4, MMU_STORE, true, TRAP_STORE_ACCESS_FAULT, -4, true,
         "lower half refused, upper not mapped: the lower one's fault"},
        {PAGE_NOTHING, 0, PAGE_NOTHING, 8, MMU_LOAD, true, TRAP_LOAD_ACCESS_FAULT, 8, true,
         "PMP comes before what is there"},
        {PAGE_NOTHING, 0, PAGE_HOLE, 8, MMU_LOAD, true, TRAP_LOAD_PAGE_FAULT, 8, false,
         "a page fault comes before PMP"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t va = page_va(rows[i].at, rows[i].offset);
        uint64_t value = 0;
        access_bench_enter(&access, MMU_SUPERVISOR);
        access_bench_protect(&access, page_pa(rows[i].page, 0), PAGE_SIZE, rows[i].cfg);
        bool done = rows[i].kind == MMU_LOAD ? access_load(hart, va, 8, &value)
                                             : access_store(hart, va, 8, value);
        cr_expect(eq(int, done, !rows[i].faults), "%s", rows[i].why);
        if (rows[i].faults) {
            access_bench_expect_fault(&access, rows[i].cause,
                                      page_va(rows[i].at, rows[i].fault_offset), rows[i].by_pmp,
                                      rows[i].why);
        }
    }
}

Test(access, both_halves_are_translated_even_if_pmp_refuses_the_lower)
{
    uint64_t value;
    access_bench_protect(&access, page_pa(PAGE_RAM, 0), PAGE_SIZE, 0);
    cr_expect(not(access_load(hart, page_va(PAGE_RAM_NEXT, -4), 8, &value)));
    cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), 2));
}

Test(access, pmp_sees_an_access_within_a_page_as_one)
{
    uint64_t value;
    access_bench_protect(&access, page_pa(PAGE_RAM, 16), 8, PMP_R);
    cr_expect(access_load(hart, page_va(PAGE_RAM, 16), 8, &value), "all of it in one entry");
    cr_expect(not(access_load(hart, page_va(PAGE_RAM, 20), 8, &value)));
    access_bench_expect_fault(&access, TRAP_LOAD_ACCESS_FAULT, page_va(PAGE_RAM, 20), true,
                              "half in one entry, half in another");
}

Test(access, pmp_sees_of_each_half_only_its_own_bytes)
{
    uint64_t value;
    pmp_write_addr(&hart->pmp, 0, page_pa(PAGE_RAM, 0xffc) >> 2);
    pmp_write_addr(&hart->pmp, 1, page_pa(PAGE_RAM_NEXT, 0) >> 2);
    pmp_write_addr(&hart->pmp, 2, UINT64_MAX);
    pmp_write_cfg(&hart->pmp, 0,
                  (PMP_NAPOT | PMP_R) << 16 | (PMP_NA4 | PMP_R) << 8 | PMP_NA4 | PMP_R);
    cr_expect(access_load(hart, page_va(PAGE_RAM_NEXT, -4), 8, &value), "4 bytes and 4 bytes");
    cr_expect(not(access_load(hart, page_va(PAGE_RAM_NEXT, -2), 8, &value)));
    access_bench_expect_fault(&access, TRAP_LOAD_ACCESS_FAULT, page_va(PAGE_RAM_NEXT, 0), true,
                              "2 bytes and 6 bytes: the upper half is in two entries");
}

Test(access, pmp_binds_m_mode_only_under_mprv_or_a_lock)
{
    static const struct {
        uint8_t cfg;
        bool mprv;
        unsigned mpp;
        bool passes;
        const char *why;
    } rows[] = {
        {0, false, M, true, "M-mode, not locked"},
        {PMP_L, false, M, false, "M-mode, locked"},
        {0, true, S, false, "MPRV as S"},
        {0, true, M, true, "MPRV as M"},
        {PMP_R | PMP_W, true, S, true, "MPRV as S, permitted"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        access_bench_enter(&access, MMU_MACHINE);
        hart->csr.satp = 0;
        access_bench_protect(&access, page_pa(PAGE_RAM, 0), PAGE_SIZE, rows[i].cfg);
        hart->csr.mstatus = field_set(hart->csr.mstatus, MSTATUS_MPRV, rows[i].mprv);
        hart->csr.mstatus = field_set(hart->csr.mstatus, MSTATUS_MPP, rows[i].mpp);
        bool done = access_store(hart, page_pa(PAGE_RAM, 8), 8, 0);
        cr_expect(eq(int, done, rows[i].passes), "%s", rows[i].why);
    }
}

Test(access, an_old_refusal_by_pmp_is_not_laid_on_the_next_fault)
{
    uint64_t value;
    hart->pmp_refused = true;
    cr_expect(not(access_load(hart, page_va(PAGE_NOTHING, 0), 8, &value)));
    access_bench_expect_fault(&access, TRAP_LOAD_ACCESS_FAULT, page_va(PAGE_NOTHING, 0), false,
                              "the bus refused");
}

/* MPRV. */

Test(access, mprv_accesses_are_translated_as_mpp)
{
    static const struct {
        unsigned mpp;
        bool sum;
        bool user_page;
        bool passes;
        const char *why;
    } rows[] = {
        {S, false, false, true, "as S, its own page"},
        {U, false, false, false, "as U, S's page"},
        {U, false, true, true, "as U, its own page"},
        {S, false, true, false, "as S, U's page, SUM=0"},
        {S, true, true, true, "as S, U's page, SUM=1"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t va = page_va(PAGE_RAM, 8);
        uint64_t value;
        bench_map(bench, va, page_pa(PAGE_RAM, 0), PTE_R | (rows[i].user_page ? PTE_U : 0));
        access_bench_enter(&access, MMU_MACHINE);
        hart->csr.medeleg = 0xb3ff;
        hart->csr.mstatus |= MSTATUS_MPRV | (rows[i].sum ? MSTATUS_SUM : 0);
        hart->csr.mstatus = field_set(hart->csr.mstatus, MSTATUS_MPP, rows[i].mpp);
        bool done = access_load(hart, va, 8, &value);

        cr_expect(eq(int, done, rows[i].passes), "%s", rows[i].why);
        if (!done) {
            access_bench_expect_fault(&access, TRAP_LOAD_PAGE_FAULT, va, false, rows[i].why);
            cr_expect(eq(int, hart->privilege, M), "taken in M-mode, though delegated");
            cr_expect(eq(u64, hart->csr.mtval, va));
            cr_expect(eq(u64, field_get(hart->csr.mstatus, MSTATUS_MPP), M));
        }
    }
}

/* What a trace is told. */

Test(access, loads_and_stores_are_recorded_whole)
{
    struct hart_commit commit = {.memory_count = 0};
    uint64_t value;

    hart->commit = &commit;
    cr_assert(access_load(hart, page_va(PAGE_RAM_NEXT, -4), 8, &value));
    cr_expect(eq(uint, commit.memory_count, 1));
    cr_expect(eq(u64, commit.memory[0].va, page_va(PAGE_RAM_NEXT, -4)));
    cr_expect(eq(uint, commit.memory[0].size, 8));
    cr_expect(not(commit.memory[0].is_store));

    commit.memory_count = 0;
    cr_assert(access_store(hart, page_va(PAGE_RAM, 2), 2, BYTES));
    cr_expect(eq(uint, commit.memory_count, 1));
    cr_expect(eq(u64, commit.memory[0].va, page_va(PAGE_RAM, 2)));
    cr_expect(eq(uint, commit.memory[0].size, 2));
    cr_expect(commit.memory[0].is_store);
    cr_expect(eq(u64, commit.memory[0].value, 0x2211));

    commit.memory_count = 0;
    cr_assert(not(access_store(hart, page_va(PAGE_HOLE, 0), 8, BYTES)));
    cr_expect(eq(uint, commit.memory_count, 0), "a fault leaves no trace");
}

/*
 * Cache-block operations on their way to memory: what they need, what they fault with, and what
 * they count [Unpriv. cmo].
 */
#include "emu/hart/access.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/hart.h"
#include "mmu/pte.h"
#include "tests/support/access_bench.h"

enum { MANAGE, ZERO, OPERATIONS };

static struct access_bench access;
static struct hart *const hart = &access.bench.hart;

static void start(void)
{
    access_bench_init(&access);
}

static void finish(void)
{
    access_bench_finish(&access);
}

TestSuite(access_cache, .init = start, .fini = finish);

static bool operate(unsigned operation, uint64_t va)
{
    return operation == ZERO ? access_zero_block(hart, va) : access_manage_block(hart, va);
}

/* Two blocks and 8 bytes on each side of them hold no byte that is 0. */
static void fill(uint64_t pa)
{
    for (unsigned i = 0; i < 128 + 16; i++) {
        bench_poke(&access.bench, pa - 8 + i, 1, i + 1);
    }
}

static bool is_filled(uint64_t pa, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) {
        if (bench_peek(&access.bench, pa - 8 + i, 1) != i + 1) {
            return false;
        }
    }
    return true;
}

/* [norm:cbo-zero_op], [norm:cbo-zero_unaligned] */
Test(access_cache, zero_clears_the_aligned_64_bytes_around_the_address)
{
    uint64_t pa = page_pa(PAGE_RAM, 0x100);

    for (unsigned offset = 0; offset < 64; offset++) {
        fill(pa);
        cr_assert(access_zero_block(hart, page_va(PAGE_RAM, 0x100 + offset)));
        for (unsigned i = 0; i < 64; i += 8) {
            cr_expect(zero(u64, bench_peek(&access.bench, pa + i, 8)), "offset %u", offset);
        }
        cr_expect(is_filled(pa, 0, 8), "offset %u: before the block", offset);
        cr_expect(is_filled(pa, 72, 144), "offset %u: behind the block", offset);
    }
    access_bench_expect_no_fault(&access, "never misaligned");
}

Test(access_cache, the_last_block_of_a_page_is_followed_by_no_other)
{
    uint64_t last = page_va(PAGE_BEFORE_NOTHING, 4095); /* no memory behind it */

    cr_expect(access_zero_block(hart, last));
    cr_expect(access_manage_block(hart, last));
    access_bench_expect_no_fault(&access, "within the page");
}

Test(access_cache, management_changes_no_memory)
{
    uint64_t pa = page_pa(PAGE_RAM, 0x100);

    fill(pa);
    for (unsigned offset = 0; offset < 64; offset++) {
        cr_expect(access_manage_block(hart, page_va(PAGE_RAM, 0x100 + offset)));
    }
    cr_expect(is_filled(pa, 0, 144));
    access_bench_expect_no_fault(&access, "never misaligned");
}

Test(access_cache, each_operation_counts_as_one_store)
{
    uint64_t loads = access_bench_count(&access, MMU_LOAD);
    uint64_t stores = access_bench_count(&access, MMU_STORE);

    access_zero_block(hart, page_va(PAGE_RAM, 1));
    cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), loads));
    cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), stores + 1));
    access_manage_block(hart, page_va(PAGE_RAM, 1));
    cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), loads));
    cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), stores + 2));
}

/* Store faults, whatever the operation [norm:cbm_unperm_fault], [norm:cbz_unperm_fault], with the
 * address of rs1 [norm:fault_excep_csr]. */
static const struct {
    unsigned operation;
    enum access_page page;
    enum trap_cause cause; /* 0: none */
    const char *why;
} page_rows[] = {
    {ZERO, PAGE_HOLE, TRAP_STORE_PAGE_FAULT, "zero, not mapped"},
    {ZERO, PAGE_READ_ONLY, TRAP_STORE_PAGE_FAULT, "zero, read-only"},
    {ZERO, PAGE_CODE, TRAP_STORE_PAGE_FAULT, "zero, code"},
    {ZERO, PAGE_DEVICE, TRAP_STORE_ACCESS_FAULT, "zero, a device"},
    {ZERO, PAGE_NOTHING, TRAP_STORE_ACCESS_FAULT, "zero, nothing there"},
    {MANAGE, PAGE_HOLE, TRAP_STORE_PAGE_FAULT, "management, not mapped"},
    {MANAGE, PAGE_READ_ONLY, 0, "management, read-only"},
    {MANAGE, PAGE_CODE, 0, "management, code that may be read"},
    {MANAGE, PAGE_DEVICE, 0, "management, a device"},
    {MANAGE, PAGE_NOTHING, TRAP_STORE_ACCESS_FAULT, "management, nothing there"},
};

Test(access_cache, faults_are_those_of_a_store_and_tell_the_address_given)
{
    for (size_t i = 0; i < sizeof page_rows / sizeof *page_rows; i++) {
        uint64_t va = page_va(page_rows[i].page, 0x1b5);

        access_bench_enter(&access, MMU_SUPERVISOR);
        bool is_done = operate(page_rows[i].operation, va);

        cr_expect(eq(int, is_done, page_rows[i].cause == 0), "%s", page_rows[i].why);
        if (page_rows[i].cause == 0) {
            access_bench_expect_no_fault(&access, page_rows[i].why);
        } else {
            access_bench_expect_fault(&access, page_rows[i].cause, va, false, page_rows[i].why);
        }
    }
    cr_expect(zero(uint, access.device_reads), "no operation reads a device");
    cr_expect(zero(uint, access.device_writes), "or writes it");
}

/* Management may reach what a load may reach, so MXR and SUM count [norm:cbm_access]. */
static const struct {
    unsigned operation;
    uint64_t flags;
    enum mmu_privilege privilege;
    uint64_t mstatus;
    bool is_done;
    const char *why;
} right_rows[] = {
    {MANAGE, PTE_X, MMU_SUPERVISOR, 0, false, "execute-only"},
    {MANAGE, PTE_X, MMU_SUPERVISOR, MSTATUS_MXR, true, "execute-only with MXR"},
    {MANAGE, PTE_R | PTE_U, MMU_SUPERVISOR, 0, false, "a page of U"},
    {MANAGE, PTE_R | PTE_U, MMU_SUPERVISOR, MSTATUS_SUM, true, "a page of U with SUM"},
    {MANAGE, PTE_R | PTE_U, MMU_USER, 0, true, "a page of U from U"},
    {MANAGE, PTE_R | PTE_W, MMU_USER, 0, false, "a page of S from U"},
    {ZERO, PTE_X, MMU_SUPERVISOR, MSTATUS_MXR, false, "zero, execute-only with MXR"},
    {ZERO, PTE_R | PTE_W | PTE_U, MMU_SUPERVISOR, 0, false, "zero, a page of U"},
    {ZERO, PTE_R | PTE_W | PTE_U, MMU_SUPERVISOR, MSTATUS_SUM, true, "zero, with SUM"},
    {ZERO, PTE_R | PTE_W | PTE_U, MMU_USER, 0, true, "zero, a page of U from U"},
    {MANAGE, PTE_R, MMU_MACHINE, MSTATUS_MPRV | 0x800, true, "MPRV as S"},
    {MANAGE, PTE_R, MMU_MACHINE, MSTATUS_MPRV, false, "MPRV as U"},
    {ZERO, PTE_R, MMU_MACHINE, MSTATUS_MPRV | 0x800, false, "zero, MPRV as S, read-only"},
};

Test(access_cache, they_need_what_a_load_or_a_store_needs)
{
    for (size_t i = 0; i < sizeof right_rows / sizeof *right_rows; i++) {
        uint64_t va = page_va(PAGE_RAM, 0x47);

        bench_map(&access.bench, va, page_pa(PAGE_RAM, 0), right_rows[i].flags);
        access_bench_enter(&access, right_rows[i].privilege);
        hart->csr.mstatus |= right_rows[i].mstatus;
        cr_expect(eq(int, operate(right_rows[i].operation, va), right_rows[i].is_done), "%s",
                  right_rows[i].why);
        if (!right_rows[i].is_done) {
            access_bench_expect_fault(&access, TRAP_STORE_PAGE_FAULT, va, false, right_rows[i].why);
        }
    }
}

/* One page, one PTE: which of A and D an operation leaves set there. */
static uint64_t ad_after(unsigned operation, enum hart_ad ad, uint64_t before)
{
    uint64_t va = page_va(PAGE_RAM, 0x47);
    uint64_t pte_pa = page_pte_pa(PAGE_RAM);

    bench_map(&access.bench, va, page_pa(PAGE_RAM, 0), PTE_R | PTE_W);
    bench_poke(&access.bench, pte_pa, 8,
               (bench_peek(&access.bench, pte_pa, 8) & ~(PTE_A | PTE_D)) | before);
    access_bench_enter(&access, MMU_SUPERVISOR);
    hart->ad = ad;
    (void)operate(operation, va);
    return bench_peek(&access.bench, pte_pa, 8) & (PTE_A | PTE_D);
}

/* [norm:cbm_unperm_translate], [norm:cbz_unperm_translate] */
Test(access_cache, management_sets_a_and_never_d_and_zero_sets_both)
{
    cr_expect(eq(u64, ad_after(MANAGE, HART_AD_HARDWARE, 0), PTE_A));
    access_bench_expect_no_fault(&access, "A set by hardware");
    cr_expect(eq(u64, ad_after(ZERO, HART_AD_HARDWARE, 0), PTE_A | PTE_D));
    cr_expect(eq(u64, ad_after(ZERO, HART_AD_HARDWARE, PTE_A), PTE_A | PTE_D));
    cr_expect(eq(u64, ad_after(MANAGE, HART_AD_SVADE, PTE_A), PTE_A));
    access_bench_expect_no_fault(&access, "management does not look at D");
    cr_expect(eq(u64, ad_after(MANAGE, HART_AD_SVADE, 0), 0));
    access_bench_expect_fault(&access, TRAP_STORE_PAGE_FAULT, page_va(PAGE_RAM, 0x47), false,
                              "management with A clear under Svade");
    cr_expect(eq(u64, ad_after(ZERO, HART_AD_SVADE, PTE_A), PTE_A));
    access_bench_expect_fault(&access, TRAP_STORE_PAGE_FAULT, page_va(PAGE_RAM, 0x47), false,
                              "zero with D clear under Svade");
}

Test(access_cache, management_through_a_clean_entry_is_a_hit)
{
    (void)ad_after(MANAGE, HART_AD_HARDWARE, 0);
    const struct mmu_array_counters *l1d = &mmu_counters(access.bench.mmu)->array[MMU_L1D];
    const struct mmu_array_counters before = *l1d;

    cr_expect(access_manage_block(hart, page_va(PAGE_RAM, 0x80)));
    cr_expect(eq(u64, l1d->hits[MMU_STORE], before.hits[MMU_STORE] + 1), "it counts as a store");
    cr_expect(eq(u64, l1d->misses[MMU_STORE], before.misses[MMU_STORE]));
    cr_expect(eq(u64, l1d->accesses[MMU_LOAD], before.accesses[MMU_LOAD]));
}

/* PMP judges the block as a whole, from its first byte on. */
static const struct {
    unsigned operation;
    uint8_t cfg;
    uint64_t offset; /* of the protected bytes from the block's start */
    uint64_t length;
    bool is_done;
    const char *why;
} pmp_rows[] = {
    {MANAGE, PMP_R, 0, 64, true, "R"},
    {MANAGE, 0, 0, 64, false, "nothing"},
    {MANAGE, PMP_X, 0, 64, false, "X"},
    {ZERO, PMP_R, 0, 64, false, "zero, R"},
    {ZERO, PMP_R | PMP_W, 0, 64, true, "zero, R and W"},
    {ZERO, PMP_R | PMP_W, 0, 32, false, "zero, an entry for the lower half"},
    {ZERO, PMP_R | PMP_W, 32, 32, false, "zero, an entry for the upper half"},
    {MANAGE, PMP_R | PMP_W, 0, 8, false, "an entry for the first word"},
    {MANAGE, PMP_R | PMP_W, 56, 8, false, "an entry for the last word"},
    {MANAGE, 0, 64, 64, true, "an entry for the next block"},
    {ZERO, 0, 64, 64, true, "zero, an entry for the next block"},
};

Test(access_cache, pmp_checks_the_whole_block)
{
    for (size_t i = 0; i < sizeof pmp_rows / sizeof *pmp_rows; i++) {
        uint64_t va = page_va(PAGE_RAM, 0x129);

        access_bench_enter(&access, MMU_SUPERVISOR);
        access_bench_protect(&access, page_pa(PAGE_RAM, 0x100) + pmp_rows[i].offset,
                             pmp_rows[i].length, pmp_rows[i].cfg);
        cr_expect(eq(int, operate(pmp_rows[i].operation, va), pmp_rows[i].is_done), "%s",
                  pmp_rows[i].why);
        if (!pmp_rows[i].is_done) {
            access_bench_expect_fault(&access, TRAP_STORE_ACCESS_FAULT, va, true, pmp_rows[i].why);
        }
    }
}

/* Choice: as its own stores do not, its own cache-block operations do not. */
Test(access_cache, the_reservation_outlives_them)
{
    for (unsigned operation = 0; operation < OPERATIONS; operation++) {
        uint64_t value;
        bool stored = false;

        access_bench_enter(&access, MMU_SUPERVISOR);
        cr_assert(access_load_reserved(hart, page_va(PAGE_RAM, 0), 8, &value));
        cr_assert(operate(operation, page_va(PAGE_RAM, 0)));
        cr_assert(access_store_conditional(hart, page_va(PAGE_RAM, 0), 8, 1, &stored));
        cr_expect(stored);
    }
}

Test(access_cache, a_trace_sees_eight_stores_of_zero_or_nothing)
{
    struct hart_commit commit = {.memory_count = 0};

    hart->commit = &commit;
    cr_assert(access_manage_block(hart, page_va(PAGE_RAM, 0x33)));
    cr_expect(eq(uint, commit.memory_count, 0));
    cr_assert(access_zero_block(hart, page_va(PAGE_RAM, 0x73)));
    cr_assert(eq(uint, commit.memory_count, 8));
    for (unsigned i = 0; i < 8; i++) {
        cr_expect(eq(u64, commit.memory[i].va, page_va(PAGE_RAM, 0x40) + 8 * i));
        cr_expect(eq(uint, commit.memory[i].size, 8));
        cr_expect(eq(u64, commit.memory[i].value, 0));
        cr_expect(commit.memory[i].is_store);
    }
}

static void count_call(void *ctx)
{
    ++*(unsigned *)ctx;
}

Test(access_cache, the_watch_of_the_bus_sees_a_zeroed_block)
{
    unsigned writes = 0;

    access.bench.bus.watch = (struct bus_watch){
        .pa = page_pa(PAGE_RAM, 0x60), .length = 8, .written = count_call, .ctx = &writes};
    cr_assert(access_zero_block(hart, page_va(PAGE_RAM, 0x80)));
    cr_expect(eq(uint, writes, 0));
    cr_assert(access_manage_block(hart, page_va(PAGE_RAM, 0x40)));
    cr_expect(eq(uint, writes, 0));
    cr_assert(access_zero_block(hart, page_va(PAGE_RAM, 0x40)));
    cr_expect(eq(uint, writes, 1));
}

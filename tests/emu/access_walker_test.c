/* The walker's way to memory. The rest of access.c: access*_test.c. */
#include "emu/hart/access.h"

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
static unsigned watched;

static void start(void)
{
    access_bench_init(&access);
}

static void finish(void)
{
    access_bench_finish(&access);
}

TestSuite(access_walker, .init = start, .fini = finish);

static void count_watched(void *ctx)
{
    (void)ctx;
    watched++;
}

static uint64_t pte_of(enum access_page page)
{
    return bench_peek(bench, page_pte_pa(page), PTE_SIZE);
}

/* Clears bits of a page's PTE. */
static void clear_in_pte(enum access_page page, uint64_t bits)
{
    bench_poke(bench, page_pte_pa(page), PTE_SIZE, pte_of(page) & ~bits);
}

/* Makes one access of a kind to PAGE_CODE (fetch) or PAGE_RAM. Returns false if it faulted. */
static bool touch(enum mmu_access kind)
{
    uint32_t bits;
    unsigned length;
    uint64_t value;

    switch (kind) {
    case MMU_FETCH: hart->pc = page_va(PAGE_CODE, 0); return access_fetch(hart, &bits, &length);
    case MMU_LOAD: return access_load(hart, page_va(PAGE_RAM, 0), 8, &value);
    case MMU_STORE: return access_store(hart, page_va(PAGE_RAM, 0), 8, 0);
    }
    return false;
}

static uint64_t touched_va(enum mmu_access kind)
{
    return page_va(kind == MMU_FETCH ? PAGE_CODE : PAGE_RAM, 0);
}

static const struct {
    enum mmu_access kind;
    enum trap_cause access_fault;
    enum trap_cause page_fault;
} kinds[] = {
    {MMU_FETCH, TRAP_FETCH_ACCESS_FAULT, TRAP_FETCH_PAGE_FAULT},
    {MMU_LOAD, TRAP_LOAD_ACCESS_FAULT, TRAP_LOAD_PAGE_FAULT},
    {MMU_STORE, TRAP_STORE_ACCESS_FAULT, TRAP_STORE_PAGE_FAULT},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

Test(access_walker, tables_outside_ram_are_an_access_fault_of_the_original_kind)
{
    static const uint64_t roots[] = {ACCESS_NOTHING_BASE, ACCESS_DEVICE_BASE, BENCH_RAM_END};

    for (unsigned i = 0; i < KINDS * 3; i++) {
        unsigned kind = i % KINDS;
        access_bench_enter(&access, MMU_SUPERVISOR);
        hart->csr.satp = field_set(hart->csr.satp, SATP_PPN, roots[i / KINDS] >> PAGE_SHIFT);
        hart->pmp_refused = true; /* something earlier */
        cr_expect(not(touch(kinds[kind].kind)));
        access_bench_expect_fault(&access, kinds[kind].access_fault, touched_va(kinds[kind].kind),
                                  false, "table not in RAM");
    }
    cr_expect(eq(uint, access.device_reads, 0), "a device is not asked for PTEs");
}

Test(access_walker, pmp_keeps_ptes_from_every_privilege)
{
    static const struct {
        unsigned privilege;
        unsigned mpp; /* with MPRV; only in M-mode */
        uint8_t cfg;
        bool passes;
        const char *why;
    } rows[] = {
        {S, U, 0, false, "S"},
        {U, U, 0, false, "U"},
        {M, U, 0, false, "MPRV as U: the entry binds the walker though it does not bind M"},
        {M, S, 0, false, "MPRV as S"},
        {S, U, PMP_X, false, "a PTE is read, not fetched"},
        {S, U, PMP_R, true, "R is enough"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value;
        access_bench_enter(&access, rows[i].privilege);
        mmu_fence(bench->mmu, &(struct mmu_fence){.has_va = false});
        access_bench_protect(&access, page_pte_pa(PAGE_RAM), 8, rows[i].cfg);
        if (rows[i].privilege == M) {
            hart->csr.mstatus =
                field_set(hart->csr.mstatus | MSTATUS_MPRV, MSTATUS_MPP, rows[i].mpp);
        }
        bool done = access_load(hart, page_va(PAGE_RAM, 0), 8, &value);
        cr_expect(eq(int, done, rows[i].passes), "%s", rows[i].why);
        if (!done) {
            access_bench_expect_fault(&access, TRAP_LOAD_ACCESS_FAULT, page_va(PAGE_RAM, 0), true,
                                      rows[i].why);
        }
    }
}

Test(access_walker, a_pte_that_pmp_keeps_is_an_access_fault_of_the_original_kind)
{
    for (unsigned i = 0; i < KINDS; i++) {
        access_bench_enter(&access, MMU_SUPERVISOR);
        access_bench_protect(&access, BENCH_TABLES, PAGE_SIZE, 0);
        cr_expect(not(touch(kinds[i].kind)));
        access_bench_expect_fault(&access, kinds[i].access_fault, touched_va(kinds[i].kind), true,
                                  "root table");
    }
}

Test(access_walker, pmp_wants_to_match_all_of_a_pte)
{
    uint64_t value;
    struct pmp *pmp = &hart->pmp;

    pmp_write_addr(pmp, 0, page_pte_pa(PAGE_RAM) >> 2);
    pmp_write_addr(pmp, 1, UINT64_MAX);
    pmp_write_cfg(pmp, 0, (PMP_NAPOT | PMP_R | PMP_W) << 8 | PMP_NA4 | PMP_R);
    cr_expect(not(access_load(hart, page_va(PAGE_RAM, 0), 8, &value)));
    access_bench_expect_fault(&access, TRAP_LOAD_ACCESS_FAULT, page_va(PAGE_RAM, 0), true,
                              "4 of its 8 bytes");
}

Test(access_walker, hardware_sets_a_and_d_in_memory)
{
    static const struct {
        enum mmu_access kind;
        uint64_t want;
    } rows[] = {{MMU_FETCH, PTE_A}, {MMU_LOAD, PTE_A}, {MMU_STORE, PTE_A | PTE_D}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum access_page page = rows[i].kind == MMU_FETCH ? PAGE_CODE : PAGE_RAM;
        access_bench_enter(&access, MMU_SUPERVISOR);
        mmu_fence(bench->mmu, &(struct mmu_fence){.has_va = false});
        clear_in_pte(page, PTE_A | PTE_D);
        uint64_t before = pte_of(page);
        cr_expect(touch(rows[i].kind));
        cr_expect(eq(u64, pte_of(page), before | rows[i].want));
    }
}

Test(access_walker, software_sets_a_and_d_where_svade_says_so)
{
    static const struct {
        enum hart_ad ad;
        bool adue;
    } rows[] = {{HART_AD_SVADE, true}, {HART_AD_SVADU, false}};

    for (size_t i = 0; i < KINDS * 2; i++) {
        enum mmu_access kind = kinds[i % KINDS].kind;
        enum access_page page = kind == MMU_FETCH ? PAGE_CODE : PAGE_RAM;
        clear_in_pte(page, PTE_A | PTE_D);
        uint64_t before = pte_of(page);
        access_bench_enter(&access, MMU_SUPERVISOR);
        hart->ad = rows[i / KINDS].ad;
        hart->csr.menvcfg = rows[i / KINDS].adue ? MENVCFG_ADUE : 0;
        cr_expect(not(touch(kind)));
        access_bench_expect_fault(&access, kinds[i % KINDS].page_fault, touched_va(kind), false,
                                  "A clear");
        cr_expect(eq(u64, pte_of(page), before));
    }
}

Test(access_walker, a_pte_that_pmp_makes_read_only_stays_as_it_is)
{
    for (unsigned i = 0; i < KINDS; i++) {
        enum access_page page = kinds[i].kind == MMU_FETCH ? PAGE_CODE : PAGE_RAM;
        clear_in_pte(page, PTE_A | PTE_D);
        uint64_t before = pte_of(page);
        access_bench_enter(&access, MMU_SUPERVISOR);
        access_bench_protect(&access, page_pte_pa(page), 8, PMP_R);
        cr_expect(not(touch(kinds[i].kind)));
        access_bench_expect_fault(&access, kinds[i].access_fault, touched_va(kinds[i].kind), true,
                                  "A may not be set");
        cr_expect(eq(u64, pte_of(page), before));
    }
}

Test(access_walker, a_page_fault_is_not_laid_on_pmp)
{
    uint64_t value;
    hart->pmp_refused = true;
    cr_expect(not(access_load(hart, page_va(PAGE_HOLE, 0), 8, &value)));
    access_bench_expect_fault(&access, TRAP_LOAD_PAGE_FAULT, page_va(PAGE_HOLE, 0), false, "hole");
}

Test(access_walker, setting_a_bit_ends_a_reservation_on_the_same_64_bytes)
{
    static const struct {
        enum access_page page; /* whose PTE is reserved */
        bool ends;
        const char *why;
    } rows[] = {
        {PAGE_RAM, true, "the PTE that changes"},
        {PAGE_NOTHING, true, "in the same block"},
        {PAGE_ALIAS, false, "in the next block"},
    };
    uint64_t value;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t table = page_pte_pa(rows[i].page) & ~(PAGE_SIZE - 1);
        bench_map(bench, page_va(PAGE_HOLE, 0), table, PTE_R | PTE_W);
        clear_in_pte(PAGE_RAM, PTE_A | PTE_D);
        cr_assert(access_load_reserved(hart, page_va(PAGE_HOLE, page_pte_pa(rows[i].page) - table),
                                       8, &value));
        cr_assert(touch(MMU_STORE));
        cr_expect(eq(int, hart->reservation.is_valid, !rows[i].ends), "%s", rows[i].why);
    }
}

Test(access_walker, the_watch_sees_what_the_walker_writes)
{
    bench->bus.watch =
        (struct bus_watch){.pa = page_pte_pa(PAGE_RAM), .length = 8, .written = count_watched};
    clear_in_pte(PAGE_RAM, PTE_A | PTE_D);
    watched = 0;
    cr_assert(touch(MMU_LOAD));
    cr_expect(eq(uint, watched, 1));
    cr_assert(touch(MMU_LOAD));
    cr_expect(eq(uint, watched, 1), "nothing to write");
}

Test(access_walker, a_swap_needs_the_expected_value)
{
    struct mmu_memory memory = access_walker_memory(hart);
    uint64_t pa = page_pa(PAGE_RAM, 8);

    bench_poke(bench, pa, 8, 5);
    hart->reservation.is_valid = true;
    hart->reservation.pa = page_pa(PAGE_RAM, 0);
    cr_expect(not(memory.swap_pte(memory.ctx, pa, 4, 6)));
    cr_expect(eq(u64, bench_peek(bench, pa, 8), 5));
    cr_expect(hart->reservation.is_valid, "nothing was stored");
    cr_expect(memory.swap_pte(memory.ctx, pa, 5, 6));
    cr_expect(eq(u64, bench_peek(bench, pa, 8), 6));
    cr_expect(not(hart->reservation.is_valid));
}

Test(access_walker, its_accesses_are_not_the_instructions)
{
    struct hart_commit commit = {.memory_count = 0};

    hart->commit = &commit;
    clear_in_pte(PAGE_RAM, PTE_A | PTE_D);
    cr_assert(touch(MMU_STORE));
    cr_expect(eq(uint, commit.memory_count, 1), "the store alone");
}

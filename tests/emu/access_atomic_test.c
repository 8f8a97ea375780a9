/* LR, SC, AMO and the reservation. The rest of access.c: access*_test.c. */
#include "emu/hart/access.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/hart.h"
#include "mmu/pte.h"
#include "tests/support/access_bench.h"

#define BYTES UINT64_C(0x8877665544332211)

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

TestSuite(access_atomic, .init = start, .fini = finish);

static void reserve(uint64_t va)
{
    uint64_t value;
    cr_assert(access_load_reserved(hart, va, 8, &value));
}

/* Whether an SC of 8 bytes stores; it must not fault. */
static bool sc_stores(uint64_t va)
{
    bool stored;
    cr_assert(access_store_conditional(hart, va, 8, 1, &stored));
    return stored;
}

static uint64_t add(uint64_t old, uint64_t operand)
{
    return old + operand;
}

enum atomic { LR, SC, AMO };

/* Executes one of the three. Returns false if it faulted. */
static bool execute(enum atomic which, uint64_t va, unsigned size)
{
    uint64_t value;
    bool stored;

    switch (which) {
    case LR: return access_load_reserved(hart, va, size, &value);
    case SC: return access_store_conditional(hart, va, size, 1, &stored);
    case AMO: return access_amo(hart, va, size, add, 1, &value);
    }
    return false;
}

Test(access_atomic, lr_loads_zero_extended)
{
    uint64_t value = 0;
    bench_poke(bench, page_pa(PAGE_RAM, 8), 8, BYTES);
    cr_expect(access_load_reserved(hart, page_va(PAGE_RAM, 8), 8, &value));
    cr_expect(eq(u64, value, BYTES));
    cr_expect(access_load_reserved(hart, page_va(PAGE_RAM, 12), 4, &value));
    cr_expect(eq(u64, value, 0x88776655));
}

Test(access_atomic, sc_stores_its_bytes_if_the_reservation_stands)
{
    bool stored = false;
    bench_poke(bench, page_pa(PAGE_RAM, 8), 8, BYTES);
    reserve(page_va(PAGE_RAM, 8));
    cr_expect(access_store_conditional(hart, page_va(PAGE_RAM, 8), 4, 0xffffffff00000042, &stored));
    cr_expect(stored);
    cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_RAM, 8), 8), UINT64_C(0x8877665500000042)));
}

Test(access_atomic, a_failing_sc_stores_nothing)
{
    bench_poke(bench, page_pa(PAGE_RAM, 8), 8, BYTES);
    cr_expect(not(sc_stores(page_va(PAGE_RAM, 8))), "no reservation");
    cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_RAM, 8), 8), BYTES));
    access_bench_expect_no_fault(&access, "failing is no fault");
}

Test(access_atomic, the_reservation_is_the_64_bytes_around_the_physical_address)
{
    static const struct {
        enum access_page page;
        int offset;
        bool want;
        const char *why;
    } rows[] = {
        {PAGE_RAM, 0x88, true, "the same address"},
        {PAGE_RAM, 0x80, true, "the first bytes of the block"},
        {PAGE_RAM, 0xb8, true, "the last bytes of the block"},
        {PAGE_RAM, 0x78, false, "before the block"},
        {PAGE_RAM, 0xc0, false, "behind the block"},
        {PAGE_ALIAS, 0x88, true, "the same memory by another address"},
        {PAGE_RAM_NEXT, 0x88, false, "the same offset of another page"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reserve(page_va(PAGE_RAM, 0x88));
        cr_expect(eq(int, sc_stores(page_va(rows[i].page, rows[i].offset)), rows[i].want), "%s",
                  rows[i].why);
    }
}

Test(access_atomic, any_sc_ends_the_reservation)
{
    uint64_t va = page_va(PAGE_RAM, 0);
    reserve(va);
    cr_expect(sc_stores(va));
    cr_expect(not(sc_stores(va)), "after one that stored");
    reserve(va);
    cr_expect(not(sc_stores(va + 64)));
    cr_expect(not(sc_stores(va)), "after one that failed");
}

Test(access_atomic, the_latest_lr_counts)
{
    reserve(page_va(PAGE_RAM, 0));
    reserve(page_va(PAGE_RAM, 64));
    cr_expect(not(sc_stores(page_va(PAGE_RAM, 0))));
    reserve(page_va(PAGE_RAM, 0));
    reserve(page_va(PAGE_RAM, 64));
    cr_expect(sc_stores(page_va(PAGE_RAM, 64)));
}

Test(access_atomic, the_harts_own_stores_and_amos_leave_the_reservation)
{
    uint64_t old;
    reserve(page_va(PAGE_RAM, 0));
    cr_assert(access_store(hart, page_va(PAGE_RAM, 0), 8, 5));
    cr_assert(access_amo(hart, page_va(PAGE_RAM, 8), 8, add, 1, &old));
    cr_expect(sc_stores(page_va(PAGE_RAM, 0)));
}

Test(access_atomic, a_fault_ends_the_reservation)
{
    uint64_t value;
    reserve(page_va(PAGE_RAM, 0));
    cr_assert(not(access_load(hart, page_va(PAGE_HOLE, 0), 8, &value)));
    cr_expect(not(hart->reservation.is_valid));
}

Test(access_atomic, writes_by_others_end_the_reservation_they_touch)
{
    static const struct {
        int64_t offset; /* from the reserved block */
        uint64_t length;
        bool ends;
        const char *why;
    } rows[] = {
        {0, 1, true, "its first byte"},        {63, 1, true, "its last byte"},
        {64, 8, false, "right behind it"},     {-8, 8, false, "right before it"},
        {-8, 9, true, "up to its first byte"}, {-4096, 8192, true, "all around it"},
        {60, 8, true, "half behind it"},       {8, 0, false, "no byte at all"},
        {0x1000, 64, false, "elsewhere"},
    };
    uint64_t block = page_pa(PAGE_RAM, 0x80);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reserve(page_va(PAGE_RAM, 0x88));
        access_end_reservation(hart, block + (uint64_t)rows[i].offset, rows[i].length);
        cr_expect(eq(int, hart->reservation.is_valid, !rows[i].ends), "%s", rows[i].why);
    }
}

Test(access_atomic, amo_gives_the_old_value_and_stores_the_new)
{
    uint64_t old = 0;
    bench_poke(bench, page_pa(PAGE_RAM, 8), 8, UINT64_C(0x00000007fffffff0));
    cr_expect(access_amo(hart, page_va(PAGE_RAM, 8), 8, add, 0x20, &old));
    cr_expect(eq(u64, old, UINT64_C(0x00000007fffffff0)));
    cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_RAM, 8), 8), UINT64_C(0x0000000800000010)));

    bench_poke(bench, page_pa(PAGE_RAM, 8), 8, UINT64_C(0x00000007fffffff0));
    cr_expect(access_amo(hart, page_va(PAGE_RAM, 8), 4, add, 0x20, &old));
    cr_expect(eq(u64, old, 0xfffffff0), "zero-extended");
    cr_expect(eq(u64, bench_peek(bench, page_pa(PAGE_RAM, 8), 8), UINT64_C(0x0000000700000010)),
              "four bytes stored");
}

Test(access_atomic, a_misaligned_one_faults_before_it_is_translated)
{
    static const struct {
        enum atomic which;
        unsigned size;
        int offset;
        enum trap_cause cause;
    } rows[] = {
        {LR, 8, 4, TRAP_LOAD_MISALIGNED},   {LR, 4, 2, TRAP_LOAD_MISALIGNED},
        {SC, 8, 1, TRAP_STORE_MISALIGNED},  {SC, 4, 3, TRAP_STORE_MISALIGNED},
        {AMO, 8, 4, TRAP_STORE_MISALIGNED}, {AMO, 4, 1, TRAP_STORE_MISALIGNED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        access_bench_enter(&access, MMU_SUPERVISOR);
        uint64_t va = page_va(PAGE_HOLE, rows[i].offset);
        cr_expect(not(execute(rows[i].which, va, rows[i].size)));
        access_bench_expect_fault(&access, rows[i].cause, va, false, "misaligned, not mapped");
    }
    cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), 0));
    cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), 0));
}

Test(access_atomic, faults_are_a_loads_for_lr_and_a_stores_for_sc_and_amo)
{
    static const struct {
        enum atomic which;
        enum access_page page;
        uint8_t cfg; /* PMP of PAGE_RAM */
        enum trap_cause cause;
        bool by_pmp;
        const char *why;
    } rows[] = {
        {LR, PAGE_HOLE, 0, TRAP_LOAD_PAGE_FAULT, false, "LR, not mapped"},
        {SC, PAGE_HOLE, 0, TRAP_STORE_PAGE_FAULT, false, "SC, not mapped, no reservation"},
        {AMO, PAGE_HOLE, 0, TRAP_STORE_PAGE_FAULT, false, "AMO, not mapped"},
        {SC, PAGE_READ_ONLY, 0, TRAP_STORE_PAGE_FAULT, false, "SC, read-only, no reservation"},
        {AMO, PAGE_READ_ONLY, 0, TRAP_STORE_PAGE_FAULT, false, "AMO, read-only"},
        {LR, PAGE_DEVICE, 0, TRAP_LOAD_ACCESS_FAULT, false, "LR on a device"},
        {SC, PAGE_DEVICE, 0, TRAP_STORE_ACCESS_FAULT, false, "SC on a device"},
        {AMO, PAGE_DEVICE, 0, TRAP_STORE_ACCESS_FAULT, false, "AMO on a device"},
        {LR, PAGE_RAM, PMP_X, TRAP_LOAD_ACCESS_FAULT, true, "LR, PMP without R"},
        {SC, PAGE_RAM, PMP_R, TRAP_STORE_ACCESS_FAULT, true, "SC, PMP without W"},
        {AMO, PAGE_RAM, PMP_R, TRAP_STORE_ACCESS_FAULT, true, "AMO, PMP without W"},
        {AMO, PAGE_RAM, 0, TRAP_STORE_ACCESS_FAULT, true, "AMO, PMP without R and W"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        access_bench_enter(&access, MMU_SUPERVISOR);
        access_bench_protect(&access, page_pa(PAGE_RAM, 0), PAGE_SIZE, rows[i].cfg);
        cr_expect(not(execute(rows[i].which, page_va(rows[i].page, 16), 8)), "%s", rows[i].why);
        access_bench_expect_fault(&access, rows[i].cause, page_va(rows[i].page, 16), rows[i].by_pmp,
                                  rows[i].why);
    }
    cr_expect(eq(uint, access.device_reads + access.device_writes, 0));
}

Test(access_atomic, lr_needs_no_permission_to_store)
{
    uint64_t value;
    cr_expect(access_load_reserved(hart, page_va(PAGE_READ_ONLY, 0), 8, &value));
}

Test(access_atomic, each_is_one_translation)
{
    cr_assert(execute(LR, page_va(PAGE_RAM, 0), 8));
    cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), 1));
    cr_assert(execute(SC, page_va(PAGE_RAM, 0), 8));
    cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), 1));
    cr_assert(execute(SC, page_va(PAGE_RAM, 0), 8));
    cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), 2), "a failing SC too");
    cr_assert(execute(AMO, page_va(PAGE_RAM, 0), 8));
    cr_expect(eq(u64, access_bench_count(&access, MMU_STORE), 3));
    cr_expect(eq(u64, access_bench_count(&access, MMU_LOAD), 1), "an AMO is no load");
}

Test(access_atomic, they_are_recorded_as_what_they_did)
{
    struct hart_commit commit = {.memory_count = 0};
    uint64_t va = page_va(PAGE_RAM, 0);

    hart->commit = &commit;
    cr_assert(execute(LR, va, 8));
    cr_expect(eq(uint, commit.memory_count, 1));
    cr_expect(not(commit.memory[0].is_store));

    commit.memory_count = 0;
    cr_assert(execute(SC, va, 8));
    cr_expect(eq(uint, commit.memory_count, 1));
    cr_expect(commit.memory[0].is_store);
    cr_expect(eq(u64, commit.memory[0].value, 1));

    commit.memory_count = 0;
    cr_assert(execute(SC, va, 8));
    cr_expect(eq(uint, commit.memory_count, 0), "a failing SC stores nothing");

    bench_poke(bench, page_pa(PAGE_RAM, 0), 8, UINT64_MAX);
    cr_assert(execute(AMO, va, 4));
    cr_expect(eq(uint, commit.memory_count, 2));
    cr_expect(not(commit.memory[0].is_store));
    cr_expect(commit.memory[1].is_store);
    cr_expect(eq(u64, commit.memory[1].va, va));
    cr_expect(eq(uint, commit.memory[1].size, 4));
    cr_expect(eq(u64, commit.memory[1].value, 0), "the bytes stored");
}

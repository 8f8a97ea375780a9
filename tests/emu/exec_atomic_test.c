/*
 * Atomic memory operations against Unpriv. [ext:zaamo], and what they share with LR and SC: operand
 * sizes, alignment, faults. Choice: misaligned is address-misaligned (4 for LR, 6 for SC and AMO),
 * found before translation. Reservations are in exec_lrsc_test.
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "mmu/pte.h"
#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"

/* The number to store, from both operands as signed numbers of the operation's width. */
static uint64_t want_swap(int128 old, int128 operand)
{
    (void)old;
    return (uint64_t)operand;
}

static uint64_t want_add(int128 old, int128 operand)
{
    return (uint64_t)(old + operand);
}

static uint64_t want_xor(int128 old, int128 operand)
{
    return (uint64_t)(old ^ operand);
}

static uint64_t want_and(int128 old, int128 operand)
{
    return (uint64_t)(old & operand);
}

static uint64_t want_or(int128 old, int128 operand)
{
    return (uint64_t)(old | operand);
}

static uint64_t want_min(int128 old, int128 operand)
{
    return (uint64_t)(old < operand ? old : operand);
}

static uint64_t want_max(int128 old, int128 operand)
{
    return (uint64_t)(old > operand ? old : operand);
}

/* As unsigned numbers a negative one is above all others, and two of a sign compare as they do. */
static bool is_below_unsigned(int128 a, int128 b)
{
    return (a < 0) == (b < 0) ? a < b : b < 0;
}

static uint64_t want_minu(int128 old, int128 operand)
{
    return (uint64_t)(is_below_unsigned(old, operand) ? old : operand);
}

static uint64_t want_maxu(int128 old, int128 operand)
{
    return (uint64_t)(is_below_unsigned(old, operand) ? operand : old);
}

static const struct amo {
    const char *name;
    unsigned funct5;
    uint64_t (*want)(int128 old, int128 operand);
} amos[] = {
    {"amoswap", AMOSWAP, want_swap}, {"amoadd", AMOADD, want_add},
    {"amoxor", AMOXOR, want_xor},    {"amoand", AMOAND, want_and},
    {"amoor", AMOOR, want_or},       {"amomin", AMOMIN, want_min},
    {"amomax", AMOMAX, want_max},    {"amominu", AMOMINU, want_minu},
    {"amomaxu", AMOMAXU, want_maxu},
};

enum { AMOS = sizeof amos / sizeof *amos };

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_atomic, .init = start, .fini = finish);

/* Expects the bytes around [BENCH_DATA, BENCH_DATA + size) to be as fill_around left them. */
enum { AROUND = 16, CANARY = 0x77 };

static void fill_around(void)
{
    for (unsigned i = 0; i < AROUND + 8 + AROUND; i++) {
        bench_poke(&bench, BENCH_DATA - AROUND + i, 1, CANARY);
    }
}

static void expect_around_kept(unsigned size)
{
    for (unsigned i = 0; i < AROUND + 8 + AROUND; i++) {
        bool is_operand = i >= AROUND && i < AROUND + size;
        if (!is_operand && bench_peek(&bench, BENCH_DATA - AROUND + i, 1) != CANARY) {
            cr_expect(false, "%s: byte at %d changed", bench.what, (int)i - AROUND);
        }
    }
}

static void expect_memory(unsigned size, uint64_t want)
{
    uint64_t seen = bench_peek(&bench, BENCH_DATA, size);
    want = (uint64_t)as_unsigned(want, 8 * size);
    if (seen != want) {
        cr_expect(eq(u64, seen, want), "%s: memory", bench.what);
    }
}

/* Executes one AMO on old in memory: checks rd, memory and what is around it. */
static void check_amo(const struct amo *amo, unsigned size, uint64_t old, uint64_t operand)
{
    bench_reset(&bench);
    fill_around();
    bench_poke(&bench, BENCH_DATA, size, old);
    bench.hart.x[11] = BENCH_DATA;
    bench.hart.x[12] = operand;
    bench_name(&bench, "%s of %u bytes on 0x%llx with 0x%llx", amo->name, size,
               (unsigned long long)old, (unsigned long long)operand);
    bench_step(&bench, encode_atomic(amo->funct5, size, 10, 11, 12));
    bench_expect_result(&bench, 10, (uint64_t)as_signed(old, 8 * size));
    expect_memory(size, amo->want(as_signed(old, 8 * size), as_signed(operand, 8 * size)));
    expect_around_kept(size);
}

Test(exec_atomic, amos_on_all_pairs_of_edge_operands_give_what_the_manual_defines)
{
    for (size_t i = 0; i < AMOS * EDGE_VALUES * EDGE_VALUES; i++) {
        uint64_t old = edge_values[i / AMOS / EDGE_VALUES];
        uint64_t operand = edge_values[i / AMOS % EDGE_VALUES];
        check_amo(&amos[i % AMOS], 4, old, operand);
        check_amo(&amos[i % AMOS], 8, old, operand);
    }
}

/* rd gets the old value, memory is made from the registers as they were before. */
Test(exec_atomic, amo_registers_may_coincide)
{
    static const struct {
        unsigned rd;
        unsigned rs1;
        unsigned rs2;
        const char *why;
    } rows[] = {
        {10, 10, 12, "rd is the address"},
        {10, 11, 10, "rd is the operand"},
        {10, 11, 11, "the address is the operand"},
        {10, 10, 10, "all are one"},
        {0, 11, 12, "rd is x0"},
        {10, 11, 0, "the operand is x0"},
        {0, 11, 0, "rd and the operand are x0"},
        {31, 30, 29, "the last registers"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows * AMOS * 2; i++) {
        const struct amo *amo = &amos[i / 2 % AMOS];
        size_t row = i / 2 / AMOS;
        unsigned size = i % 2 == 0 ? 4 : 8;
        uint64_t old = UINT64_C(0x90abcdef87654321);
        bench_reset(&bench);
        bench_poke(&bench, BENCH_DATA, 8, old);
        bench.hart.x[rows[row].rs1] = BENCH_DATA;
        uint64_t operand = bench.hart.x[rows[row].rs2];
        bench_name(&bench, "%s of %u bytes: %s", amo->name, size, rows[row].why);
        bench_step(&bench,
                   encode_atomic(amo->funct5, size, rows[row].rd, rows[row].rs1, rows[row].rs2));
        bench_expect_result(&bench, rows[row].rd, (uint64_t)as_signed(old, 8 * size));
        expect_memory(size, amo->want(as_signed(old, 8 * size), as_signed(operand, 8 * size)));
    }
}

Test(exec_atomic, aq_and_rl_change_nothing_for_one_hart)
{
    for (unsigned ordering = 0; ordering < 4; ordering++) {
        for (unsigned size = 4; size <= 8; size += 4) {
            bench_reset(&bench);
            bench_poke(&bench, BENCH_DATA, 8, 40);
            bench.hart.x[11] = BENCH_DATA;
            bench.hart.x[12] = 2;
            bench_name(&bench, "aq and rl are %u, %u bytes", ordering, size);
            bench_step(&bench, encode_atomic(0, size, 10, 11, 12) | ordering << 25);
            bench_expect_result(&bench, 10, 40);
            bench_step(&bench, encode_atomic(LR, size, 13, 11, 0) | ordering << 25);
            bench_expect_result(&bench, 13, 42);
            bench_step(&bench, encode_atomic(SC, size, 14, 11, 10) | ordering << 25);
            bench_expect_result(&bench, 14, 0);
            expect_memory(size, 40);
        }
    }
}

/* Executes funct5 at this address and expects it to end in cause, memory and rd unchanged. */
static void check_fault(unsigned funct5, unsigned size, uint64_t address, enum trap_cause cause)
{
    bench_reset(&bench);
    fill_around();
    bench.hart.x[11] = address;
    bench_name(&bench, "funct5 0x%x of %u bytes at 0x%llx", funct5, size,
               (unsigned long long)address);
    bench_step(&bench, encode_atomic(funct5, size, 10, 11, funct5 == LR ? 0 : 12));
    bench_expect_trap(&bench, cause, address);
    expect_around_kept(0);
}

/* LR is a load, SC and AMO are stores [norm:lr_sc_alignment], [norm:amo_alignment]. */
Test(exec_atomic, misaligned_atomics_are_address_misaligned)
{
    for (unsigned size = 4; size <= 8; size += 4) {
        for (unsigned offset = 1; offset < size; offset++) {
            check_fault(LR, size, BENCH_DATA + offset, TRAP_LOAD_MISALIGNED);
            check_fault(SC, size, BENCH_DATA + offset, TRAP_STORE_MISALIGNED);
            for (size_t i = 0; i < AMOS; i++) {
                check_fault(amos[i].funct5, size, BENCH_DATA + offset, TRAP_STORE_MISALIGNED);
            }
        }
    }
}

/* An SC does not retire without permission, reservation or not [norm:sc_retire_permission]. */
Test(exec_atomic, atomics_outside_memory_are_access_faults)
{
    for (unsigned size = 4; size <= 8; size += 4) {
        static const uint64_t addresses[] = {BENCH_RAM - 8, BENCH_RAM_END, 0,
                                             UINT64_C(0xfffffffffffffff8)};
        for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
            check_fault(LR, size, addresses[i], TRAP_LOAD_ACCESS_FAULT);
            check_fault(SC, size, addresses[i], TRAP_STORE_ACCESS_FAULT);
            for (size_t amo = 0; amo < AMOS; amo++) {
                check_fault(amos[amo].funct5, size, addresses[i], TRAP_STORE_ACCESS_FAULT);
            }
        }
    }
}

Test(exec_atomic, encodings_the_manual_reserves_are_illegal)
{
    const uint32_t rows[] = {
        encode_atomic(LR, 4, 10, 11, 12),          /* LR with rs2 */
        encode_atomic(LR, 8, 10, 11, 1),           /* LR with rs2 */
        encode_atomic(0x09, 4, 10, 11, 12),        /* no such funct5 */
        encode_atomic(0x1f, 8, 10, 11, 12),        /* no such funct5 */
        encode_r(OPCODE_AMO, 4, 0, 10, 11, 12),    /* 16 bytes */
        encode_r(OPCODE_AMO, 7, 0x0c, 10, 11, 12), /* no such size */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_reset(&bench);
        bench.hart.x[11] = BENCH_DATA;
        bench_name(&bench, "0x%08x", (unsigned)rows[i]);
        bench_step(&bench, rows[i]);
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, rows[i]);
    }
}

/* Executes an atomic of 8 bytes in S-mode on a page with these flags; 0: not there. */
static void do_atomic_on_page(unsigned funct5, uint64_t flags, unsigned offset)
{
    bench_map(&bench, BENCH_VA, BENCH_DATA, flags);
    bench_map(&bench, BENCH_VA + 0x1000, BENCH_CODE, PTE_X);
    bench_reset(&bench);
    bench_enter_sv39(&bench);
    bench_poke(&bench, BENCH_CODE, 4, encode_atomic(funct5, 8, 10, 11, funct5 == LR ? 0 : 12));
    bench_poke(&bench, BENCH_DATA, 8, 123);
    bench.hart.pc = BENCH_VA + 0x1000;
    bench.hart.x[11] = BENCH_VA + offset;
    bench_run(&bench, 1);
}

/* LR is a load; SC, with or without a reservation, and AMO are stores, also where the page could
 * not even be read [norm:mcause_exccode_st_sc_amo]. Choice: misaligned comes first. */
Test(exec_atomic, page_faults_are_those_of_a_load_for_lr_and_of_a_store_for_the_others)
{
    static const struct {
        uint64_t flags;
        unsigned offset;
        enum trap_cause lr; /* 0: retires */
        enum trap_cause store;
        const char *why;
    } rows[] = {
        {0, 0, TRAP_LOAD_PAGE_FAULT, TRAP_STORE_PAGE_FAULT, "no page"},
        {PTE_X, 0, TRAP_LOAD_PAGE_FAULT, TRAP_STORE_PAGE_FAULT, "execute-only"},
        {PTE_R, 0, 0, TRAP_STORE_PAGE_FAULT, "read-only"},
        {PTE_R | PTE_W, 0, 0, 0, "readable and writable"},
        {PTE_R | PTE_W | PTE_U, 0, TRAP_LOAD_PAGE_FAULT, TRAP_STORE_PAGE_FAULT, "U's page"},
        {0, 4, TRAP_LOAD_MISALIGNED, TRAP_STORE_MISALIGNED, "misaligned on no page"},
        {PTE_R, 1, TRAP_LOAD_MISALIGNED, TRAP_STORE_MISALIGNED, "misaligned, read-only"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows * (AMOS + 2); i++) {
        size_t row = i / (AMOS + 2);
        size_t which = i % (AMOS + 2);
        unsigned funct5 = which < AMOS ? amos[which].funct5 : which == AMOS ? LR : SC;
        enum trap_cause cause = funct5 == LR ? rows[row].lr : rows[row].store;
        do_atomic_on_page(funct5, rows[row].flags, rows[row].offset);
        bench_name(&bench, "funct5 0x%x: %s", funct5, rows[row].why);
        if (cause == 0) {
            bench_expect_retired(&bench, BENCH_VA + 0x1004, 10, funct5 == SC ? 1 : 123);
        } else {
            bench_expect_trap(&bench, cause, BENCH_VA + rows[row].offset);
            expect_memory(8, 123);
        }
    }
}

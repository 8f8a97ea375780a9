/*
 * What instructions tell a trace about themselves: hart->commit, with every memory access and CSR
 * write that was done, and none that was not.
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/encode.h"

enum { FFLAGS = 0x001, MSCRATCH = 0x340, MEPC = 0x341, MHARTID = 0xf14 };

static struct bench_hart bench;
static struct hart_commit commit;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_commit, .init = start, .fini = finish);

/* Executes one instruction with x11 = BENCH_DATA + 4, which holds 0x11111111 and then 0x22222222,
 * and x12 = 0xaabbccdd99887766, with an empty commit to fill. */
static void step(uint32_t bits)
{
    bench_reset(&bench);
    commit = (struct hart_commit){.memory_count = 0};
    bench.hart.commit = &commit;
    bench_poke(&bench, BENCH_DATA, 8, UINT64_C(0x1111111100000000));
    bench_poke(&bench, BENCH_DATA + 8, 8, UINT64_C(0x0000000022222222));
    bench.hart.x[11] = BENCH_DATA + 4;
    bench.hart.x[12] = UINT64_C(0xaabbccdd99887766);
    bench_step(&bench, bits);
}

/* The low size bytes. */
static uint64_t cut(uint64_t value, unsigned size)
{
    return size == 8 ? value : value & ((UINT64_C(1) << (8 * size)) - 1);
}

Test(exec_commit, plain_accesses_are_recorded_once_with_address_size_and_value)
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned size = 1u << i;
        step(encode_i(OPCODE_LOAD, i, 10, 11, 1));
        cr_expect(eq(uint, commit.memory_count, 1), "load of %u", size);
        cr_expect(eq(u64, commit.memory[0].va, BENCH_DATA + 5), "load of %u", size);
        cr_expect(eq(uint, commit.memory[0].size, size), "load of %u", size);
        cr_expect(not(commit.memory[0].is_store), "load of %u", size);
        cr_expect(not(commit.wrote_csr), "load of %u", size);

        step(encode_s(i, 11, 12, -1));
        cr_expect(eq(uint, commit.memory_count, 1), "store of %u", size);
        cr_expect(eq(u64, commit.memory[0].va, BENCH_DATA + 3), "store of %u", size);
        cr_expect(eq(uint, commit.memory[0].size, size), "store of %u", size);
        cr_expect(commit.memory[0].is_store, "store of %u", size);
        cr_expect(eq(u64, cut(commit.memory[0].value, size), cut(bench.hart.x[12], size)),
                  "store of %u", size);
    }
}

Test(exec_commit, an_amo_is_a_load_and_a_store_of_its_result)
{
    step(encode_atomic(AMOADD, 4, 10, 11, 12));
    cr_assert(eq(uint, commit.memory_count, 2));
    for (unsigned i = 0; i < 2; i++) {
        cr_expect(eq(u64, commit.memory[i].va, BENCH_DATA + 4));
        cr_expect(eq(uint, commit.memory[i].size, 4));
        cr_expect(eq(int, commit.memory[i].is_store, i == 1));
    }
    cr_expect(eq(u64, cut(commit.memory[1].value, 4), 0xaa998877));
}

Test(exec_commit, lr_is_a_load_and_only_a_successful_sc_is_a_store)
{
    step(encode_atomic(LR, 4, 10, 11, 0));
    cr_expect(eq(uint, commit.memory_count, 1));
    cr_expect(eq(u64, commit.memory[0].va, BENCH_DATA + 4));
    cr_expect(not(commit.memory[0].is_store));

    commit = (struct hart_commit){.memory_count = 0};
    bench_step(&bench, encode_atomic(SC, 4, 10, 11, 12));
    cr_expect(eq(uint, commit.memory_count, 1));
    cr_expect(eq(u64, commit.memory[0].va, BENCH_DATA + 4));
    cr_expect(eq(uint, commit.memory[0].size, 4));
    cr_expect(commit.memory[0].is_store);
    cr_expect(eq(u64, cut(commit.memory[0].value, 4), 0x99887766));

    step(encode_atomic(SC, 4, 10, 11, 12));
    cr_expect(zero(uint, commit.memory_count), "a failing sc");
}

Test(exec_commit, a_csr_write_is_recorded_as_a_read_would_show_it)
{
    step(encode_csr(CSRRW, 10, MSCRATCH, 12));
    cr_expect(commit.wrote_csr);
    cr_expect(eq(uint, commit.csr.number, MSCRATCH));
    cr_expect(eq(u64, commit.csr.value, bench.hart.x[12]));
    cr_expect(zero(uint, commit.memory_count));

    step(encode_csr(CSRRWI, 0, MEPC, 7));
    cr_expect(commit.wrote_csr);
    cr_expect(eq(uint, commit.csr.number, MEPC));
    cr_expect(eq(u64, commit.csr.value, 6), "mepc keeps no bit 0");

    step(encode_csr(CSRRS, 10, MHARTID, 0));
    cr_expect(not(commit.wrote_csr), "a read alone");
}

/* fflags are written when a flag is raised that was not. */
Test(exec_commit, new_floating_point_flags_are_a_csr_write)
{
    const uint32_t divide = encode_float(FDIV, 8, 0, 5, 6, 7);

    bench_reset(&bench);
    commit = (struct hart_commit){.memory_count = 0};
    bench.hart.commit = &commit;
    bench.hart.csr.mstatus |= MSTATUS_FS;
    bench.hart.f[6] = UINT64_C(0x3ff0000000000000);
    bench.hart.f[7] = bench.hart.f[6];
    bench_step(&bench, divide);
    cr_expect(not(commit.wrote_csr), "1 / 1");
    bench.hart.f[7] = 0;
    bench_step(&bench, divide);
    cr_expect(commit.wrote_csr, "1 / 0");
    cr_expect(eq(uint, commit.csr.number, FFLAGS));
    cr_expect(eq(u64, commit.csr.value, 8));
    commit.wrote_csr = false;
    bench_step(&bench, divide);
    cr_expect(not(commit.wrote_csr), "1 / 0 again");
}

Test(exec_commit, what_touches_neither_memory_nor_csrs_records_nothing)
{
    step(encode_r(OPCODE_OP, 0, 0, 10, 11, 12));
    cr_expect(zero(uint, commit.memory_count));
    cr_expect(not(commit.wrote_csr));
}

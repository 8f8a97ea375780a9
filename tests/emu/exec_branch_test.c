/*
 * Jumps and branches of RV64I: conditions, targets, links [Unpriv. rv32, control transfer]. With
 * compressed instructions a target is never misaligned [norm:Zca_no_misaligned].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"

static bool is_equal(uint64_t a, uint64_t b)
{
    return a == b;
}

static bool is_different(uint64_t a, uint64_t b)
{
    return a != b;
}

static bool is_less(uint64_t a, uint64_t b)
{
    return as_signed(a, 64) < as_signed(b, 64);
}

static bool is_greater_or_equal(uint64_t a, uint64_t b)
{
    return as_signed(a, 64) >= as_signed(b, 64);
}

static bool is_below(uint64_t a, uint64_t b)
{
    return as_unsigned(a, 64) < as_unsigned(b, 64);
}

static bool is_above_or_equal(uint64_t a, uint64_t b)
{
    return as_unsigned(a, 64) >= as_unsigned(b, 64);
}

static const struct branch {
    const char *name;
    unsigned funct3;
    bool (*is_taken)(uint64_t a, uint64_t b);
} branches[] = {
    {"beq", 0, is_equal},  {"bne", 1, is_different},
    {"blt", 4, is_less},   {"bge", 5, is_greater_or_equal},
    {"bltu", 6, is_below}, {"bgeu", 7, is_above_or_equal},
};

enum { BRANCHES = sizeof branches / sizeof *branches };

/* Each bit of a B-immediate alone, and the ends. */
static const int32_t branch_offsets[] = {-4096, -4094, -2050, -2048, -34,  -32,  -30, -4,
                                         -2,    0,     2,     4,     8,    16,   32,  64,
                                         128,   256,   512,   1024,  2048, 4092, 4094};

/* Each bit of a J-immediate alone, and the ends. */
static const int32_t jump_offsets[] = {
    -1048576, -1048574, -524288, -4096,  -2048,  -32,    -4,     -2,     0,       2,       4,
    8,        16,       32,      64,     128,    256,    512,    1024,   2048,    4096,    8192,
    16384,    32768,    65536,   131072, 262144, 524288, 699050, 349524, 1048572, 1048574,
};

enum {
    BRANCH_OFFSETS = sizeof branch_offsets / sizeof *branch_offsets,
    JUMP_OFFSETS = sizeof jump_offsets / sizeof *jump_offsets,
};

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_branch, .init = start, .fini = finish);

/* Executes a branch that compares x[rs1] with x[rs2], set to a and then b unless they are x0. */
static void check_branch(const struct branch *branch, unsigned rs1, unsigned rs2, uint64_t a,
                         uint64_t b, int32_t offset)
{
    uint64_t pc = BENCH_CODE + 6; /* not 4-byte aligned: nothing asks for it */

    bench_reset(&bench);
    bench.hart.pc = pc;
    bench.hart.x[rs1] = rs1 == 0 ? 0 : a;
    bench.hart.x[rs2] = rs2 == 0 ? 0 : b;
    a = bench.hart.x[rs1];
    bench_name(&bench, "%s x%u, x%u, %d with 0x%llx and 0x%llx", branch->name, rs1, rs2, offset,
               (unsigned long long)a, (unsigned long long)bench.hart.x[rs2]);
    bench_step(&bench, encode_b(branch->funct3, rs1, rs2, offset));
    bool is_taken = branch->is_taken(a, bench.hart.x[rs2]);
    bench_expect_retired(&bench, is_taken ? pc + (uint64_t)(int64_t)offset : pc + 4, 0, 0);
}

Test(exec_branch, conditions_on_all_pairs_of_edge_operands)
{
    for (size_t i = 0; i < BRANCHES * EDGE_VALUES * EDGE_VALUES; i++) {
        check_branch(&branches[i % BRANCHES], 10, 11, edge_values[i / BRANCHES / EDGE_VALUES],
                     edge_values[i / BRANCHES % EDGE_VALUES], i % 4 < 2 ? -64 : 64);
    }
}

Test(exec_branch, branches_reach_all_edges_of_their_range_taken_or_not)
{
    for (size_t i = 0; i < BRANCHES * BRANCH_OFFSETS; i++) {
        const struct branch *branch = &branches[i % BRANCHES];
        check_branch(branch, 10, 11, 1, 2, branch_offsets[i / BRANCHES]);
        check_branch(branch, 10, 11, 2, 1, branch_offsets[i / BRANCHES]);
        check_branch(branch, 10, 11, 2, 2, branch_offsets[i / BRANCHES]);
    }
}

Test(exec_branch, branches_compare_any_registers)
{
    for (size_t i = 0; i < BRANCHES * 32 * 32; i++) {
        check_branch(&branches[i % BRANCHES], i / BRANCHES % 32, i / BRANCHES / 32, 5, UINT64_MAX,
                     16);
    }
}

Test(exec_branch, jal_reaches_all_edges_of_its_range_and_links)
{
    for (size_t i = 0; i < JUMP_OFFSETS * 32; i++) {
        unsigned rd = i % 32;
        int32_t offset = jump_offsets[i / 32];
        uint64_t pc = BENCH_CODE + 2;
        bench_reset(&bench);
        bench.hart.pc = pc;
        bench_name(&bench, "jal x%u, %d", rd, offset);
        bench_step(&bench, encode_j(rd, offset));
        bench_expect_retired(&bench, pc + (uint64_t)(int64_t)offset, rd, pc + 4);
    }
}

/* The sum wraps and loses its lowest bit [norm:jalr_target]. */
Test(exec_branch, jalr_adds_clears_bit_0_and_links)
{
    static const struct {
        uint64_t base;
        int32_t imm;
        uint64_t target;
        const char *why;
    } rows[] = {
        {BENCH_CODE, 0, BENCH_CODE, "no offset"},
        {BENCH_CODE, 2047, BENCH_CODE + 2046, "the largest offset, odd"},
        {BENCH_CODE, 2046, BENCH_CODE + 2046, "the largest even offset"},
        {BENCH_CODE, -2048, BENCH_CODE - 2048, "the smallest offset"},
        {BENCH_CODE, -2047, BENCH_CODE - 2048, "the smallest odd offset"},
        {BENCH_CODE, -1, BENCH_CODE - 2, "an odd sum below"},
        {BENCH_CODE + 1, 0, BENCH_CODE, "an odd base"},
        {BENCH_CODE + 1, 1, BENCH_CODE + 2, "odd and odd make even"},
        {BENCH_CODE + 3, 0, BENCH_CODE + 2, "only bit 0 is cleared"},
        {BENCH_CODE, 2, BENCH_CODE + 2, "bit 1 stays"},
        {UINT64_C(0xffffffffffffffff), 3, 2, "the sum wraps upwards"},
        {1, -2, UINT64_C(0xfffffffffffffffe), "the sum wraps downwards"},
        {UINT64_C(0x0000003ffffffff8), 4, UINT64_C(0x0000003ffffffffc), "a high address"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows * 32; i++) {
        unsigned rd = i % 32; /* 11 is rs1 too: the target is made from what it was */
        bench_reset(&bench);
        bench.hart.x[11] = rows[i / 32].base;
        bench_name(&bench, "jalr x%u, %d(x11): %s", rd, rows[i / 32].imm, rows[i / 32].why);
        bench_step(&bench, encode_i(OPCODE_JALR, 0, rd, 11, rows[i / 32].imm));
        bench_expect_retired(&bench, rows[i / 32].target, rd, BENCH_CODE + 4);
    }
}

Test(exec_branch, jalr_takes_any_base_x0_too)
{
    for (unsigned rs1 = 0; rs1 < 32; rs1++) {
        for (size_t i = 0; i < EDGE_IMMEDIATES; i++) {
            uint64_t base = rs1 == 0 ? 0 : BENCH_CODE;
            uint64_t sum = base + (uint64_t)(int64_t)edge_immediates[i];
            bench_reset(&bench);
            bench.hart.x[rs1] = base;
            bench_name(&bench, "jalr x%u, %d(x%u)", rs1, edge_immediates[i], rs1);
            bench_step(&bench, encode_i(OPCODE_JALR, 0, rs1, rs1, edge_immediates[i]));
            bench_expect_retired(&bench, sum - sum % 2, rs1, BENCH_CODE + 4);
        }
    }
}

/* A jump retires and links; the fault is its target's [norm:ia_fault_exc_on_target]. */
Test(exec_branch, a_target_outside_memory_faults_there_and_not_at_the_jump)
{
    const struct {
        uint32_t bits;
        uint64_t pc;
        uint64_t target;
        unsigned rd;
        const char *why;
    } rows[] = {
        {encode_j(1, 1048574), BENCH_CODE, BENCH_CODE + 1048574, 1, "jal above RAM"},
        {encode_j(1, -4), BENCH_RAM, BENCH_RAM - 4, 1, "jal below RAM"},
        {encode_b(0, 0, 0, -2), BENCH_RAM, BENCH_RAM - 2, 0, "beq below RAM"},
        {encode_i(OPCODE_JALR, 0, 1, 0, 16), BENCH_CODE, 16, 1, "jalr to 16"},
        {INSN_NOP, BENCH_RAM_END - 4, BENCH_RAM_END, 0, "falling off the end of RAM"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_reset(&bench);
        bench.hart.pc = rows[i].pc;
        bench_name(&bench, "%s", rows[i].why);
        bench_step(&bench, rows[i].bits);
        bench_expect_retired(&bench, rows[i].target, rows[i].rd, rows[i].pc + 4);
        bench_run(&bench, 1);
        bench_expect_trap(&bench, TRAP_FETCH_ACCESS_FAULT, rows[i].target);
    }
}

Test(exec_branch, funct3_that_no_branch_or_jump_has_is_illegal)
{
    const uint32_t rows[] = {
        encode_b(2, 0, 0, 16),
        encode_b(3, 0, 0, 16),
        encode_i(OPCODE_JALR, 1, 0, 10, 0),
        encode_i(OPCODE_JALR, 2, 0, 10, 0),
        encode_i(OPCODE_JALR, 7, 0, 10, 0),
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_reset(&bench);
        bench_name(&bench, "0x%08x", (unsigned)rows[i]);
        bench_step(&bench, rows[i]);
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, rows[i]);
    }
}

/* A loop of five instructions, run whole: sums 1 to 100. */
Test(exec_branch, a_loop_runs_to_its_end)
{
    bench_reset(&bench);
    bench.hart.x[10] = 0;
    bench.hart.x[11] = 100;
    bench_poke(&bench, BENCH_CODE, 4, encode_r(OPCODE_OP, 0, 0, 10, 10, 11));
    bench_poke(&bench, BENCH_CODE + 4, 4, encode_i(OPCODE_OP_IMM, 0, 11, 11, -1));
    bench_poke(&bench, BENCH_CODE + 8, 4, encode_b(1, 11, 0, -8));
    bench_poke(&bench, BENCH_CODE + 12, 4, encode_j(1, 8));
    bench_poke(&bench, BENCH_CODE + 20, 4, INSN_ECALL);
    bench_run(&bench, 302);
    cr_expect(eq(u64, bench.hart.x[10], 5050));
    cr_expect(eq(u64, bench.hart.x[1], BENCH_CODE + 16));
    cr_expect(eq(u64, bench.hart.pc, BENCH_VECTOR));
    cr_expect(eq(u64, bench.hart.counters.retired - bench.before.counters.retired, 301));
    cr_expect(eq(u64, bench.hart.counters.attempts - bench.before.counters.attempts, 302));
}

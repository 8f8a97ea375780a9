/*
 * The integer computations of RV64I against the definitions of Unpriv. [rv32] and [rv64], written
 * here in 128-bit arithmetic, and the marker that hides among the HINTs.
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"
#include "tests/support/register_form.h"

static uint64_t want_add(uint64_t a, uint64_t b)
{
    return (uint64_t)((uint128)a + b);
}

static uint64_t want_sub(uint64_t a, uint64_t b)
{
    return (uint64_t)(as_signed(a, 64) - as_signed(b, 64));
}

static uint64_t want_slt(uint64_t a, uint64_t b)
{
    return as_signed(a, 64) < as_signed(b, 64) ? 1 : 0;
}

static uint64_t want_sltu(uint64_t a, uint64_t b)
{
    return as_unsigned(a, 64) < as_unsigned(b, 64) ? 1 : 0;
}

static uint64_t want_and(uint64_t a, uint64_t b)
{
    return a & b;
}

static uint64_t want_or(uint64_t a, uint64_t b)
{
    return a | b;
}

static uint64_t want_xor(uint64_t a, uint64_t b)
{
    return (a & ~b) | (~a & b);
}

/* a divided by 2^n, rounded down: what shifting in copies of the sign means. */
static uint64_t shift_right(int128 a, unsigned n)
{
    int128 divisor = (int128)1 << n;
    int128 quotient = a / divisor;
    return (uint64_t)(a % divisor < 0 ? quotient - 1 : quotient);
}

/* Only the low 6 bits of rs2 are the shift amount [norm:sll_srl_sra_Sh_amt_rv64i]. */
static uint64_t want_sll(uint64_t a, uint64_t b)
{
    return (uint64_t)((uint128)a << (b % 64));
}

static uint64_t want_srl(uint64_t a, uint64_t b)
{
    return shift_right((int128)as_unsigned(a, 64), b % 64);
}

static uint64_t want_sra(uint64_t a, uint64_t b)
{
    return shift_right(as_signed(a, 64), b % 64);
}

static uint64_t want_addw(uint64_t a, uint64_t b)
{
    return word_result((uint64_t)(as_signed(a, 32) + as_signed(b, 32)));
}

static uint64_t want_subw(uint64_t a, uint64_t b)
{
    return word_result((uint64_t)(as_signed(a, 32) - as_signed(b, 32)));
}

/* Words shift by rs2[4:0] [norm:sllw_srlw_sraw_op]. */
static uint64_t want_sllw(uint64_t a, uint64_t b)
{
    return word_result((uint64_t)(as_unsigned(a, 32) << (b % 32)));
}

static uint64_t want_srlw(uint64_t a, uint64_t b)
{
    return word_result(shift_right((int128)as_unsigned(a, 32), b % 32));
}

static uint64_t want_sraw(uint64_t a, uint64_t b)
{
    return word_result(shift_right(as_signed(a, 32), b % 32));
}

static const struct register_form operations[] = {
    {"add", OPCODE_OP, 0, 0x00, want_add},      {"sub", OPCODE_OP, 0, 0x20, want_sub},
    {"sll", OPCODE_OP, 1, 0x00, want_sll},      {"slt", OPCODE_OP, 2, 0x00, want_slt},
    {"sltu", OPCODE_OP, 3, 0x00, want_sltu},    {"xor", OPCODE_OP, 4, 0x00, want_xor},
    {"srl", OPCODE_OP, 5, 0x00, want_srl},      {"sra", OPCODE_OP, 5, 0x20, want_sra},
    {"or", OPCODE_OP, 6, 0x00, want_or},        {"and", OPCODE_OP, 7, 0x00, want_and},
    {"addw", OPCODE_OP_32, 0, 0x00, want_addw}, {"subw", OPCODE_OP_32, 0, 0x20, want_subw},
    {"sllw", OPCODE_OP_32, 1, 0x00, want_sllw}, {"srlw", OPCODE_OP_32, 5, 0x00, want_srlw},
    {"sraw", OPCODE_OP_32, 5, 0x20, want_sraw},
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

/* Instructions that compute rd from rs1 and an immediate. */
struct immediate_form {
    const char *name;
    unsigned opcode;
    unsigned funct3;
    int32_t high; /* of a shift: the immediate's bits above the amount */
    uint64_t (*want)(uint64_t a, uint64_t b);
};

static const struct immediate_form immediates[] = {
    {"addi", OPCODE_OP_IMM, 0, 0, want_add},      {"slti", OPCODE_OP_IMM, 2, 0, want_slt},
    {"sltiu", OPCODE_OP_IMM, 3, 0, want_sltu},    {"xori", OPCODE_OP_IMM, 4, 0, want_xor},
    {"ori", OPCODE_OP_IMM, 6, 0, want_or},        {"andi", OPCODE_OP_IMM, 7, 0, want_and},
    {"addiw", OPCODE_OP_IMM_32, 0, 0, want_addw},
};

static const struct immediate_form shifts[] = {
    {"slli", OPCODE_OP_IMM, 1, 0, want_sll},      {"srli", OPCODE_OP_IMM, 5, 0, want_srl},
    {"srai", OPCODE_OP_IMM, 5, 0x400, want_sra},  {"slliw", OPCODE_OP_IMM_32, 1, 0, want_sllw},
    {"srliw", OPCODE_OP_IMM_32, 5, 0, want_srlw}, {"sraiw", OPCODE_OP_IMM_32, 5, 0x400, want_sraw},
};

enum {
    IMMEDIATES = sizeof immediates / sizeof *immediates,
    SHIFTS = sizeof shifts / sizeof *shifts,
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

TestSuite(exec_int, .init = start, .fini = finish);

/* Executes one row on x[rs1], which is given a unless it is x0. */
static void check_immediate(const struct immediate_form *row, unsigned rd, unsigned rs1, uint64_t a,
                            int32_t imm)
{
    bench_reset(&bench);
    bench.hart.x[rs1] = rs1 == 0 ? 0 : a;
    a = bench.hart.x[rs1];
    bench_name(&bench, "%s x%u, x%u, %d with 0x%llx", row->name, rd, rs1, imm,
               (unsigned long long)a);
    bench_step(&bench, encode_i(row->opcode, row->funct3, rd, rs1, row->high | imm));
    bench_expect_result(&bench, rd, row->want(a, (uint64_t)(int64_t)imm));
}

Test(exec_int, all_pairs_of_edge_operands_give_what_the_manual_defines)
{
    register_form_check_pairs(&bench, operations, OPERATIONS);
}

Test(exec_int, registers_may_coincide)
{
    register_form_check_aliases(&bench, operations, OPERATIONS);
}

Test(exec_int, immediates_are_sign_extended_at_all_edges)
{
    for (size_t row = 0; row < IMMEDIATES; row++) {
        for (size_t i = 0; i < EDGE_VALUES * EDGE_IMMEDIATES; i++) {
            check_immediate(&immediates[row], 12, 13, edge_values[i / EDGE_IMMEDIATES],
                            edge_immediates[i % EDGE_IMMEDIATES]);
        }
    }
}

Test(exec_int, shifts_by_a_constant_take_every_amount)
{
    for (size_t row = 0; row < SHIFTS; row++) {
        int32_t amounts = shifts[row].opcode == OPCODE_OP_IMM ? 64 : 32;
        for (size_t i = 0; i < EDGE_VALUES; i++) {
            for (int32_t amount = 0; amount < amounts; amount++) {
                check_immediate(&shifts[row], 12, 13, edge_values[i], amount);
            }
        }
    }
}

Test(exec_int, immediate_forms_allow_any_registers)
{
    for (size_t row = 0; row < IMMEDIATES + SHIFTS; row++) {
        const struct immediate_form *form =
            row < IMMEDIATES ? &immediates[row] : &shifts[row - IMMEDIATES];
        for (unsigned i = 0; i < 32 * 32; i++) {
            check_immediate(form, i % 32, i / 32, UINT64_C(0x9876543289abcdef), 21);
        }
    }
}

/* Reserved encodings [norm:slliw_srliw_sraiw_imm5_rsv]; Choice: they are illegal. */
Test(exec_int, shift_amounts_beyond_the_width_are_illegal)
{
    static const struct {
        unsigned opcode;
        unsigned funct3;
        int32_t imm;
    } rows[] = {
        {OPCODE_OP_IMM, 1, 0x040},    {OPCODE_OP_IMM, 5, 0x040},    {OPCODE_OP_IMM, 5, 0x440},
        {OPCODE_OP_IMM, 1, 0x400},    {OPCODE_OP_IMM, 1, 0x800},    {OPCODE_OP_IMM, 5, 0xc00},
        {OPCODE_OP_IMM_32, 1, 0x020}, {OPCODE_OP_IMM_32, 5, 0x020}, {OPCODE_OP_IMM_32, 5, 0x420},
        {OPCODE_OP_IMM_32, 1, 0x400}, {OPCODE_OP_IMM_32, 5, 0x800},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t bits = encode_i(rows[i].opcode, rows[i].funct3, 1, 2, rows[i].imm);
        bench_reset(&bench);
        bench_name(&bench, "opcode 0x%x funct3 %u imm 0x%x", rows[i].opcode, rows[i].funct3,
                   (unsigned)rows[i].imm);
        bench_step(&bench, bits);
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
    }
}

static const struct {
    uint32_t imm; /* 20 bits */
    uint64_t want;
} upper_rows[] = {
    {0x00000, UINT64_C(0)},
    {0x00001, UINT64_C(0x0000000000001000)},
    {0x12345, UINT64_C(0x0000000012345000)},
    {0x7fffe, UINT64_C(0x000000007fffe000)},
    {0x7ffff, UINT64_C(0x000000007ffff000)},
    {0x80000, UINT64_C(0xffffffff80000000)},
    {0x80001, UINT64_C(0xffffffff80001000)},
    {0xaaaaa, UINT64_C(0xffffffffaaaaa000)},
    {0xfffff, UINT64_C(0xfffffffffffff000)},
};

enum { UPPER_ROWS = sizeof upper_rows / sizeof *upper_rows };

Test(exec_int, lui_sign_extends_its_32_bits)
{
    for (size_t i = 0; i < UPPER_ROWS * 32; i++) {
        unsigned rd = i % 32;
        bench_reset(&bench);
        bench_name(&bench, "lui x%u, 0x%x", rd, (unsigned)upper_rows[i / 32].imm);
        bench_step(&bench, encode_u(OPCODE_LUI, rd, upper_rows[i / 32].imm));
        bench_expect_result(&bench, rd, upper_rows[i / 32].want);
    }
}

Test(exec_int, auipc_adds_to_its_own_address)
{
    static const uint64_t pcs[] = {BENCH_CODE, BENCH_CODE + 2, BENCH_CODE + 0xffc, BENCH_RAM,
                                   BENCH_RAM_END - 4};
    enum { PCS = sizeof pcs / sizeof *pcs };

    for (size_t i = 0; i < UPPER_ROWS * 32 * PCS; i++) {
        unsigned rd = i % 32;
        uint64_t pc = pcs[i / 32 % PCS];
        bench_reset(&bench);
        bench.hart.pc = pc;
        bench_name(&bench, "auipc x%u, 0x%x at 0x%llx", rd, (unsigned)upper_rows[i / 32 / PCS].imm,
                   (unsigned long long)pc);
        bench_step(&bench, encode_u(OPCODE_AUIPC, rd, upper_rows[i / 32 / PCS].imm));
        bench_expect_result(&bench, rd, want_add(pc, upper_rows[i / 32 / PCS].want));
    }
}

Test(exec_int, marker_tells_the_host_its_number_after_it_retired)
{
    static const unsigned numbers[] = {
        HART_MARK_BEGIN, HART_MARK_END, HART_MARK_RESET, HART_MARK_EVENT, 5, 0x555, 2047};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        bench_reset(&bench);
        bench_name(&bench, "slti x0, x0, %u", numbers[i]);
        bench_step(&bench, encode_i(OPCODE_OP_IMM, 2, 0, 0, (int32_t)numbers[i]));
        bench_expect_result(&bench, 0, 0);
        cr_expect(eq(uint, bench.marker.count, 1), "%s", bench.what);
        cr_expect(eq(uint, bench.marker.last, numbers[i]), "%s", bench.what);
        cr_expect(eq(u64, bench.marker.retired, bench.before.counters.retired + 1), "%s",
                  bench.what);
    }
}

Test(exec_int, only_slti_x0_x0_is_a_marker)
{
    static const struct {
        uint32_t opcode;
        unsigned funct3;
        unsigned rd;
        unsigned rs1;
        const char *why;
    } rows[] = {
        {OPCODE_OP_IMM, 2, 1, 0, "slti x1, x0, 1 writes a register"},
        {OPCODE_OP_IMM, 2, 0, 1, "slti x0, x1, 1 is another HINT"},
        {OPCODE_OP_IMM, 3, 0, 0, "sltiu x0, x0, 1 is another HINT"},
        {OPCODE_OP_IMM, 0, 0, 0, "addi x0, x0, 1 is another HINT"},
        {OPCODE_OP, 2, 0, 0, "slt x0, x0, x1 is another HINT"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_reset(&bench);
        bench_name(&bench, "%s", rows[i].why);
        bench_step(&bench, encode_i(rows[i].opcode, rows[i].funct3, rows[i].rd, rows[i].rs1, 1));
        bench_expect_result(&bench, rows[i].rd, 1);
        cr_expect(eq(uint, bench.marker.count, 0), "%s", rows[i].why);
    }
    bench_reset(&bench);
    bench_step(&bench, encode_i(OPCODE_OP_IMM, 2, 0, 0, 0));
    cr_expect(eq(uint, bench.marker.count, 0), "slti x0, x0, 0: 0 is no marker");
}

Test(exec_int, a_marker_is_told_once_and_not_again_by_what_follows)
{
    bench_reset(&bench);
    bench_poke(&bench, BENCH_CODE, 4, encode_i(OPCODE_OP_IMM, 2, 0, 0, HART_MARK_BEGIN));
    bench_poke(&bench, BENCH_CODE + 4, 4, INSN_NOP);
    bench_poke(&bench, BENCH_CODE + 8, 4, INSN_ECALL);
    bench_run(&bench, 3);
    cr_expect(eq(uint, bench.marker.count, 1));
    cr_expect(eq(u64, bench.hart.pc, BENCH_VECTOR));
}

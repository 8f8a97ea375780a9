/*
 * Compressed instructions, fetched and executed: what each computes, where it jumps, that it links
 * to pc + 2, and that every reserved encoding is illegal [Unpriv. ext:zca].
 */
#include "emu/hart/exec.h"

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "mmu/pte.h"
#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"
#include "tests/support/encode_rvc.h"

enum { C_ADDI = 0, C_ADDIW = 1, C_LI = 2, C_LUI = 3 }; /* funct3 of encode_c_immediate */
enum { C_SRLI = 0, C_SRAI = 1, C_ANDI = 2 };           /* funct2 of encode_c_alu_immediate */
enum { SP = 2 };

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_rvc, .init = start, .fini = finish);

/* a shifted right by n, rounding down. */
static uint64_t shift_right(int128 a, unsigned n)
{
    int128 divisor = (int128)1 << n;
    return (uint64_t)(a % divisor < 0 ? a / divisor - 1 : a / divisor);
}

/* Executes an instruction on x[rd] = a, which leaves value there. */
static void check(const char *name, uint16_t bits, unsigned rd, uint64_t a, uint64_t value)
{
    bench_reset(&bench);
    bench.hart.x[rd] = rd == 0 ? 0 : a;
    bench_name(&bench, "%s (0x%04x) on x%u = 0x%llx", name, bits, rd, (unsigned long long)a);
    bench_step(&bench, bits);
    bench_expect_result(&bench, rd, value);
}

Test(exec_rvc, immediates_reach_every_register_with_every_value)
{
    for (int32_t imm = -32; imm < 32; imm++) {
        uint64_t number = (uint64_t)(int64_t)imm;
        for (unsigned i = 0; i < 32 * EDGE_VALUES; i++) {
            unsigned rd = i % 32;
            uint64_t a = rd == 0 ? 0 : edge_values[i / 32];
            check("c.addi", encode_c_immediate(C_ADDI, rd, imm), rd, a, a + number);
            check("c.li", encode_c_immediate(C_LI, rd, imm), rd, a, number);
            if (rd != 0) {
                check("c.addiw", encode_c_immediate(C_ADDIW, rd, imm), rd, a,
                      word_result(a + number));
            }
            if (rd != SP && imm != 0) {
                check("c.lui", encode_c_immediate(C_LUI, rd, imm), rd, a, number << 12);
            }
        }
    }
}

Test(exec_rvc, shifts_and_andi_take_every_amount)
{
    for (unsigned i = 0; i < 64 * EDGE_VALUES; i++) {
        unsigned n = i % 64;
        uint64_t a = edge_values[i / 64];
        int32_t imm = (int32_t)as_signed(n, 6);
        for (unsigned rd = 8; rd < 16; rd++) {
            check("c.srli", encode_c_alu_immediate(C_SRLI, rd, imm), rd, a,
                  shift_right((int128)as_unsigned(a, 64), n));
            check("c.srai", encode_c_alu_immediate(C_SRAI, rd, imm), rd, a,
                  shift_right(as_signed(a, 64), n));
            check("c.andi", encode_c_alu_immediate(C_ANDI, rd, imm), rd, a,
                  a & (uint64_t)(int64_t)imm);
        }
        unsigned rd = i * 7 % 32;
        check("c.slli", encode_c_slli(rd, n), rd, a,
              (uint64_t)(as_unsigned(rd == 0 ? 0 : a, 64) << n));
    }
}

Test(exec_rvc, stack_pointer_adjustments_take_every_immediate)
{
    for (int32_t imm = -512; imm < 512; imm += 16) {
        if (imm != 0) {
            check("c.addi16sp", encode_c_addi16sp(imm), SP, BENCH_DATA,
                  BENCH_DATA + (uint64_t)(int64_t)imm);
            check("c.addi16sp", encode_c_addi16sp(imm), SP, 0, (uint64_t)(int64_t)imm);
        }
    }
    for (uint32_t imm = 4; imm < 1024; imm += 4) {
        unsigned rd = 8 + imm / 4 % 8;
        bench_reset(&bench);
        bench.hart.x[SP] = UINT64_C(0xfffffffffffffe00);
        bench_name(&bench, "c.addi4spn x%u, sp, %u", rd, (unsigned)imm);
        bench_step(&bench, encode_c_addi4spn(rd, imm));
        bench_expect_result(&bench, rd, UINT64_C(0xfffffffffffffe00) + imm);
    }
}

static uint64_t want_sub(uint64_t a, uint64_t b)
{
    return (uint64_t)(as_signed(a, 64) - as_signed(b, 64));
}

static uint64_t want_xor(uint64_t a, uint64_t b)
{
    return a ^ b;
}

static uint64_t want_or(uint64_t a, uint64_t b)
{
    return a | b;
}

static uint64_t want_and(uint64_t a, uint64_t b)
{
    return a & b;
}

static uint64_t want_subw(uint64_t a, uint64_t b)
{
    return word_result((uint64_t)(as_signed(a, 32) - as_signed(b, 32)));
}

static uint64_t want_addw(uint64_t a, uint64_t b)
{
    return word_result((uint64_t)(as_signed(a, 32) + as_signed(b, 32)));
}

static const struct {
    const char *name;
    unsigned bit12;
    unsigned funct2;
    uint64_t (*want)(uint64_t a, uint64_t b);
} alu_rows[] = {
    {"c.sub", 0, 0, want_sub}, {"c.xor", 0, 1, want_xor},   {"c.or", 0, 2, want_or},
    {"c.and", 0, 3, want_and}, {"c.subw", 1, 0, want_subw}, {"c.addw", 1, 1, want_addw},
};

enum { ALU_ROWS = sizeof alu_rows / sizeof *alu_rows };

/* Executes an ALU row; rd and rs2 may be the same register. */
static void check_alu(size_t row, unsigned rd, unsigned rs2, uint64_t a, uint64_t b)
{
    bench_reset(&bench);
    bench.hart.x[rd] = a;
    bench.hart.x[rs2] = b;
    a = bench.hart.x[rd];
    bench_name(&bench, "%s x%u, x%u with 0x%llx and 0x%llx", alu_rows[row].name, rd, rs2,
               (unsigned long long)a, (unsigned long long)b);
    bench_step(&bench, encode_c_alu(alu_rows[row].bit12, alu_rows[row].funct2, rd, rs2));
    bench_expect_result(&bench, rd, alu_rows[row].want(a, b));
}

Test(exec_rvc, register_arithmetic_on_all_pairs_and_registers)
{
    for (size_t i = 0; i < ALU_ROWS * EDGE_VALUES * EDGE_VALUES; i++) {
        check_alu(i % ALU_ROWS, 8, 15, edge_values[i / ALU_ROWS / EDGE_VALUES],
                  edge_values[i / ALU_ROWS % EDGE_VALUES]);
    }
    for (size_t i = 0; i < ALU_ROWS * 64; i++) {
        check_alu(i % ALU_ROWS, 8 + i / ALU_ROWS % 8, 8 + i / ALU_ROWS / 8,
                  UINT64_C(0x8123456789abcdef), UINT64_C(0x1f0f1f0ff0f1f0f1));
    }
}

Test(exec_rvc, mv_and_add_take_all_registers)
{
    for (unsigned i = 0; i < 32 * 31; i++) {
        unsigned rd = i % 32;
        unsigned rs2 = 1 + i / 32;
        bench_reset(&bench);
        uint64_t a = bench.hart.x[rd];
        uint64_t b = bench.hart.x[rs2];
        bench_name(&bench, "c.mv x%u, x%u", rd, rs2);
        bench_step(&bench, encode_c_mv(rd, rs2));
        bench_expect_result(&bench, rd, b);
        bench_reset(&bench);
        bench_name(&bench, "c.add x%u, x%u", rd, rs2);
        bench_step(&bench, encode_c_add(rd, rs2));
        bench_expect_result(&bench, rd, a + b);
    }
}

/* Offsets of loads and stores are zero-extended multiples of the size. */
static const struct memory_form {
    const char *name;
    unsigned size;
    unsigned limit; /* the first offset that is too large */
    bool uses_sp;   /* base x2 and any register; else x8 to x15 both */
    uint16_t (*load)(unsigned rd, unsigned rs1, uint32_t offset);
    uint16_t (*store)(unsigned rs2, unsigned rs1, uint32_t offset);
    uint16_t (*load_sp)(unsigned rd, uint32_t offset);
    uint16_t (*store_sp)(unsigned rs2, uint32_t offset);
} memory_forms[] = {
    {"c.lw/c.sw", 4, 128, false, encode_c_lw, encode_c_sw, NULL, NULL},
    {"c.ld/c.sd", 8, 256, false, encode_c_ld, encode_c_sd, NULL, NULL},
    {"c.lwsp/c.swsp", 4, 256, true, NULL, NULL, encode_c_lwsp, encode_c_swsp},
    {"c.ldsp/c.sdsp", 8, 512, true, NULL, NULL, encode_c_ldsp, encode_c_sdsp},
};

enum { WINDOW = 512 };

/* Gives every byte of the window another neighbourhood, so that a wrong offset shows. */
static void fill_window(void)
{
    for (uint32_t i = 0; i < WINDOW; i += 4) {
        bench_poke(&bench, BENCH_DATA + i, 4, UINT32_C(0x9e3779b1) * (i + 5));
    }
}

static void check_load(const struct memory_form *form, unsigned rd, unsigned rs1, uint32_t offset)
{
    bench_reset(&bench);
    bench.hart.x[rs1] = BENCH_DATA;
    bench_name(&bench, "%s: load x%u, %u(x%u)", form->name, rd, (unsigned)offset, rs1);
    bench_step(&bench, form->uses_sp ? form->load_sp(rd, offset) : form->load(rd, rs1, offset));
    uint64_t bytes = bench_peek(&bench, BENCH_DATA + offset, form->size);
    bench_expect_result(&bench, rd, (uint64_t)as_signed(bytes, 8 * form->size));
}

static void check_store(const struct memory_form *form, unsigned rs2, unsigned rs1, uint32_t offset)
{
    static uint8_t copy[WINDOW];
    uint8_t *window = bus_ram(&bench.bus, BENCH_DATA, WINDOW);

    memcpy(copy, window, WINDOW);
    bench_reset(&bench);
    bench.hart.x[rs1] = BENCH_DATA;
    bench_name(&bench, "%s: store x%u, %u(x%u)", form->name, rs2, (unsigned)offset, rs1);
    bench_step(&bench, form->uses_sp ? form->store_sp(rs2, offset) : form->store(rs2, rs1, offset));
    bench_expect_result(&bench, 0, 0);
    for (unsigned i = 0; i < form->size; i++) {
        copy[offset + i] = (uint8_t)(bench.hart.x[rs2] >> (8 * i));
    }
    if (memcmp(copy, window, WINDOW) != 0) {
        cr_expect(false, "%s: memory", bench.what);
    }
}

Test(exec_rvc, loads_and_stores_take_every_offset_and_register)
{
    fill_window();
    for (size_t row = 0; row < sizeof memory_forms / sizeof *memory_forms; row++) {
        const struct memory_form *form = &memory_forms[row];
        for (unsigned i = 0; i < form->limit / form->size * 64; i++) {
            uint32_t offset = i / 64 * form->size;
            unsigned data = form->uses_sp ? i % 32 : 8 + i % 8;
            unsigned base = form->uses_sp ? SP : 8 + i / 8 % 8;
            check_store(form, data, base, offset);
            if (data != 0) {
                check_load(form, data, base, offset);
            }
        }
    }
}

Test(exec_rvc, jumps_and_branches_reach_every_target)
{
    uint64_t pc = BENCH_CODE + 2;

    for (int32_t offset = -2048; offset < 2048; offset += 2) {
        bench_reset(&bench);
        bench.hart.pc = pc;
        bench_name(&bench, "c.j %d", offset);
        bench_step(&bench, encode_c_j(offset));
        bench_expect_retired(&bench, pc + (uint64_t)(int64_t)offset, 0, 0);
    }
    for (int32_t i = -256 * 16; i < 256 * 16; i += 2) {
        int32_t offset = i >> 4 & ~1;
        unsigned rs1 = 8 + (unsigned)(i / 2 & 7);
        uint64_t target = pc + (uint64_t)(int64_t)offset;
        for (unsigned is_zero = 0; is_zero < 2; is_zero++) {
            bench_reset(&bench);
            bench.hart.pc = pc;
            bench.hart.x[rs1] = is_zero == 1 ? 0 : UINT64_C(0x8000000000000000);
            bench_name(&bench, "c.beqz x%u, %d", rs1, offset);
            bench_step(&bench, encode_c_beqz(rs1, offset));
            bench_expect_retired(&bench, is_zero == 1 ? target : pc + 2, 0, 0);
            bench.hart.pc = pc;
            bench_name(&bench, "c.bnez x%u, %d", rs1, offset);
            bench_step(&bench, encode_c_bnez(rs1, offset));
            bench_expect_retired(&bench, is_zero == 1 ? pc + 2 : target, 0, 0);
        }
    }
}

/* The link is pc + 2 [norm:c-jalr_op]; the target is made before the link is written. */
Test(exec_rvc, jr_and_jalr_take_all_registers_and_link_to_pc_plus_2)
{
    for (unsigned i = 0; i < 31 * 4; i++) {
        unsigned rs1 = 1 + i / 4;
        uint64_t value = BENCH_RAM + 0x2000 + i % 4;
        uint64_t target = value - value % 2;
        bench_reset(&bench);
        bench.hart.x[rs1] = value;
        bench_name(&bench, "c.jr x%u to 0x%llx", rs1, (unsigned long long)value);
        bench_step(&bench, encode_c_mv(rs1, 0));
        bench_expect_retired(&bench, target, 0, 0);
        bench_reset(&bench);
        bench.hart.pc = BENCH_CODE + 2;
        bench.hart.x[rs1] = value;
        bench_name(&bench, "c.jalr x%u to 0x%llx", rs1, (unsigned long long)value);
        bench_step(&bench, encode_c_add(rs1, 0));
        bench_expect_retired(&bench, target, 1, BENCH_CODE + 4);
    }
}

Test(exec_rvc, ebreak_traps_with_its_own_address)
{
    bench_reset(&bench);
    bench.hart.pc = BENCH_CODE + 2;
    bench_name(&bench, "c.ebreak");
    bench_step(&bench, encode_c_add(0, 0));
    bench_expect_trap(&bench, TRAP_BREAKPOINT, BENCH_CODE + 2);
}

/* HINTs change nothing but the pc [norm:Zca_hints], and none of them is a marker. */
Test(exec_rvc, hints_do_nothing)
{
    for (unsigned i = 0; i < 64; i++) {
        int32_t imm = (int32_t)i - 32;
        const struct {
            uint16_t bits;
            const char *why;
        } rows[] = {
            {encode_c_immediate(C_ADDI, 0, imm), "c.nop with an immediate"},
            {encode_c_immediate(C_ADDI, i % 32, 0), "c.addi of 0"},
            {encode_c_immediate(C_LI, 0, imm), "c.li to x0"},
            {encode_c_immediate(C_LUI, 0, imm == 0 ? 1 : imm), "c.lui to x0"},
            {encode_c_mv(0, 1 + i % 31), "c.mv to x0"},
            {encode_c_add(0, 1 + i % 31), "c.add to x0"},
            {encode_c_slli(0, i), "c.slli of x0"},
            {encode_c_slli(i % 32, 0), "c.slli by 0"},
            {encode_c_alu_immediate(C_SRLI, 8 + i % 8, 0), "c.srli by 0"},
            {encode_c_alu_immediate(C_SRAI, 8 + i % 8, 0), "c.srai by 0"},
        };
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
            bench_reset(&bench);
            bench_name(&bench, "%s (0x%04x)", rows[row].why, rows[row].bits);
            bench_step(&bench, rows[row].bits);
            bench_expect_result(&bench, 0, 0);
            cr_expect(zero(uint, bench.marker.count), "%s", bench.what);
        }
    }
}

/* Reserved in RV64 [norm:Zca_illegal], [norm:c-addi4spn_rsv], [norm:c-addiw_rsv],
 * [norm:c-addi16sp_rsv], [norm:c-lui_rsv], [norm:c-lwsp_rsv], [norm:c-ldsp_rsv], [norm:c-jr_rsv]
 * and the holes of the instruction listings. Choice: illegal. */
static bool is_reserved(uint16_t bits)
{
    unsigned row = (bits & 3) << 3 | bits >> 13; /* as in [rvcopcodemap]: quadrant, funct3 */
    unsigned rd = bits >> 7 & 31;
    unsigned rs2 = bits >> 2 & 31;
    bool is_imm_zero = rs2 == 0 && (bits & 0x1000) == 0;

    switch (row) {                              /* octal: a digit each */
    case 000: return (bits & 0x1fe0) == 0;      /* c.addi4spn of 0 */
    case 004: return true;                      /* no instruction there */
    case 011: return rd == 0;                   /* c.addiw to x0 */
    case 013: return is_imm_zero;               /* c.lui, c.addi16sp of 0 */
    case 014: return (bits & 0x1c40) == 0x1c40; /* beside c.subw and c.addw */
    case 022:
    case 023: return rd == 0;                                     /* c.lwsp, c.ldsp to x0 */
    case 024: return (bits & 0x1000) == 0 && rd == 0 && rs2 == 0; /* c.jr x0 */
    default: return false;
    }
}

/* Every encoding there is. xtval holds its 16 bits alone, whatever follows it in memory. */
Test(exec_rvc, exactly_the_reserved_encodings_are_illegal)
{
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        if ((bits & 3) == 3) {
            continue;
        }
        bench_reset(&bench);
        bench.hart.csr.mstatus |= MSTATUS_FS; /* for c.fld and the like */
        bench_poke(&bench, BENCH_CODE + 2, 2, 0xdead);
        bench_name(&bench, "0x%04x", (unsigned)bits);
        bench_step(&bench, bits);
        if (is_reserved((uint16_t)bits)) {
            bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
        } else {
            bool is_illegal =
                bench.hart.pc == BENCH_VECTOR && bench.hart.csr.mcause == TRAP_ILLEGAL_INSTRUCTION;
            if (is_illegal) {
                cr_expect(not(is_illegal), "%s", bench.what);
            }
        }
    }
}

Test(exec_rvc, an_instruction_may_end_where_memory_ends)
{
    bench_reset(&bench);
    bench.hart.pc = BENCH_RAM_END - 2;
    bench_name(&bench, "c.li in the last two bytes of RAM");
    bench_step(&bench, encode_c_immediate(C_LI, 10, 5));
    bench_expect_result(&bench, 10, 5);
    bench_reset(&bench);
    bench.hart.pc = BENCH_RAM_END - 2;
    bench_poke(&bench, BENCH_RAM_END - 2, 2, INSN_NOP & 0xffff);
    bench_name(&bench, "a nop of which only half is in RAM");
    bench_run(&bench, 1);
    bench_expect_trap(&bench, TRAP_FETCH_ACCESS_FAULT, BENCH_RAM_END);
}

/* xepc is the instruction, xtval the part that faulted
 * [norm:stval_faulting_address_variable_instr]. */
Test(exec_rvc, only_the_page_that_holds_the_instruction_must_be_there)
{
    uint64_t pc = BENCH_VA + 0xffe;

    bench_map(&bench, BENCH_VA, BENCH_DATA, PTE_X);
    bench_map(&bench, BENCH_VA + 0x1000, BENCH_DATA, 0);
    bench_reset(&bench);
    bench_enter_sv39(&bench);
    bench.hart.pc = pc;
    bench_poke(&bench, BENCH_DATA + 0xffe, 2, encode_c_immediate(C_LI, 10, 5));
    bench_name(&bench, "c.li at the end of a page, no page after it");
    bench_run(&bench, 1);
    bench_expect_retired(&bench, pc + 2, 10, 5);
    bench_name(&bench, "what comes after it");
    bench_run(&bench, 1);
    bench_expect_trap(&bench, TRAP_FETCH_PAGE_FAULT, pc + 2);

    bench_reset(&bench);
    bench_enter_sv39(&bench);
    bench.hart.pc = pc;
    bench_poke(&bench, BENCH_DATA + 0xffe, 2, INSN_NOP & 0xffff);
    bench_name(&bench, "a nop of which only half is in a page");
    bench_run(&bench, 1);
    bench_expect_trap(&bench, TRAP_FETCH_PAGE_FAULT, pc + 2);

    bench_map(&bench, BENCH_VA + 0x1000, BENCH_DATA + 0x5000, PTE_X);
    bench_reset(&bench);
    bench_enter_sv39(&bench);
    bench.hart.pc = pc;
    uint32_t li = encode_i(OPCODE_OP_IMM, 0, 10, 0, -5);
    bench_poke(&bench, BENCH_DATA + 0xffe, 2, li & 0xffff);
    bench_poke(&bench, BENCH_DATA + 0x5000, 2, li >> 16);
    bench_name(&bench, "an addi across two pages that are apart in memory");
    bench_run(&bench, 1);
    bench_expect_retired(&bench, pc + 4, 10, (uint64_t)-5);
}

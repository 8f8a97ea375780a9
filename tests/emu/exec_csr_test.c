/*
 * The CSR instructions: what they read and write, when they do neither, who may use them, and the
 * counters they read [Unpriv. ext:zicsr, Unpriv. ext:zicntr, Priv. priv-csrs].
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"

enum {
    SSCRATCH = 0x140,
    SATP = 0x180,
    MCOUNTINHIBIT = 0x320,
    MSCRATCH = 0x340,
    MEPC = 0x341,
    MCYCLE = 0xb00,
    MINSTRET = 0xb02,
    CYCLE = 0xc00,
    TIME = 0xc01,
    INSTRET = 0xc02,
    MVENDORID = 0xf11,
    MHARTID = 0xf14,
};

static const struct csr_form {
    const char *name;
    unsigned funct3;
} forms[] = {{"csrrw", CSRRW},   {"csrrs", CSRRS},   {"csrrc", CSRRC},
             {"csrrwi", CSRRWI}, {"csrrsi", CSRRSI}, {"csrrci", CSRRCI}};

enum { FORMS = sizeof forms / sizeof *forms };

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_csr, .init = start, .fini = finish);

/* True for the forms whose rs1 field is a 5-bit number. */
static bool is_immediate(unsigned funct3)
{
    return funct3 >= CSRRWI;
}

/* The new value of a CSR that keeps what is written to it. */
static uint64_t written(unsigned funct3, uint64_t old, uint64_t operand)
{
    unsigned operation = is_immediate(funct3) ? funct3 - CSRRWI + CSRRW : funct3;
    if (operation == CSRRW) {
        return operand;
    }
    return operation == CSRRS ? old | operand : old & ~operand;
}

/* Executes a form on mscratch and expects rd and mscratch to be what the manual says. */
static void check_scratch(const struct csr_form *form, unsigned rd, unsigned rs1, uint64_t old,
                          uint64_t source)
{
    bench_reset(&bench);
    bench.hart.csr.mscratch = old;
    if (rs1 != 0 && !is_immediate(form->funct3)) {
        bench.hart.x[rs1] = source;
    }
    uint64_t operand = is_immediate(form->funct3) ? rs1 : bench.hart.x[rs1];
    uint64_t want = written(form->funct3, old, operand);
    bench_name(&bench, "%s x%u, mscratch, %u with 0x%llx on 0x%llx", form->name, rd, rs1,
               (unsigned long long)operand, (unsigned long long)old);
    bench_step(&bench, encode_csr(form->funct3, rd, MSCRATCH, rs1));
    bench_expect_result(&bench, rd, old);
    if (bench.hart.csr.mscratch != want) {
        cr_expect(eq(u64, bench.hart.csr.mscratch, want), "%s", bench.what);
    }
}

Test(exec_csr, forms_swap_set_and_clear_all_pairs_of_edge_operands)
{
    for (size_t i = 0; i < FORMS * EDGE_VALUES * EDGE_VALUES; i++) {
        check_scratch(&forms[i % FORMS], 10, 11, edge_values[i / FORMS / EDGE_VALUES],
                      edge_values[i / FORMS % EDGE_VALUES]);
    }
}

Test(exec_csr, forms_take_any_registers_and_all_5_bits_of_an_immediate)
{
    for (size_t i = 0; i < FORMS * 32 * 32; i++) {
        check_scratch(&forms[i % FORMS], i / FORMS % 32, i / FORMS / 32,
                      UINT64_C(0xa5a5a5a5a5a5a5a5), UINT64_C(0x0ff00ff00ff00ff0));
    }
}

/* Who may do what: a form with rs1 (or immediate) 0 does not write, but for csrrw
 * [norm:csrrs_csrrc_rs1_x0], [norm:csrrsi_csrrci_uimm_zero], [norm:csrrw_rs1_x0]. */
Test(exec_csr, read_only_csrs_are_illegal_to_write_and_legal_to_read)
{
    static const unsigned numbers[] = {CYCLE, TIME,  INSTRET, MVENDORID,
                                       0xf12, 0xf13, MHARTID, 0xf15};
    enum { NUMBERS = sizeof numbers / sizeof *numbers };

    for (size_t i = 0; i < NUMBERS * FORMS * 4; i++) {
        const struct csr_form *form = &forms[i / 4 % FORMS];
        unsigned rd = i % 2 == 0 ? 0 : 10;
        unsigned rs1 = i / 2 % 2 == 0 ? 0 : 11;
        bool writes = rs1 != 0 || form->funct3 == CSRRW || form->funct3 == CSRRWI;
        uint32_t bits = encode_csr(form->funct3, rd, numbers[i / 4 / FORMS], rs1);
        bench_reset(&bench);
        bench.hart.x[11] = 0; /* a register that holds zero is written all the same */
        bench_name(&bench, "%s x%u, 0x%x, %u", form->name, rd, numbers[i / 4 / FORMS], rs1);
        bench_step(&bench, bits);
        if (writes) {
            bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
        } else {
            bench_expect_result(&bench, rd, bench.hart.x[rd]);
        }
    }
}

static const struct {
    unsigned csr;
    enum mmu_privilege privilege;
    uint64_t mstatus;
    bool is_legal;
    const char *why;
} access_rows[] = {
    {SSCRATCH, MMU_USER, 0, false, "sscratch in U"},
    {SSCRATCH, MMU_SUPERVISOR, 0, true, "sscratch in S"},
    {SSCRATCH, MMU_MACHINE, 0, true, "sscratch in M"},
    {MSCRATCH, MMU_USER, 0, false, "mscratch in U"},
    {MSCRATCH, MMU_SUPERVISOR, 0, false, "mscratch in S"},
    {MSCRATCH, MMU_MACHINE, 0, true, "mscratch in M"},
    {MHARTID, MMU_SUPERVISOR, 0, false, "mhartid in S"},
    {MCYCLE, MMU_SUPERVISOR, 0, false, "mcycle in S"},
    {SATP, MMU_USER, 0, false, "satp in U"},
    {SATP, MMU_SUPERVISOR, 0, true, "satp in S"},
    {SATP, MMU_SUPERVISOR, MSTATUS_TVM, false, "satp in S with TVM"},
    {SATP, MMU_SUPERVISOR, MSTATUS_TSR | MSTATUS_TW, true, "satp in S with TSR and TW"},
    {SATP, MMU_MACHINE, MSTATUS_TVM, true, "satp in M with TVM"},
    {SSCRATCH, MMU_SUPERVISOR, MSTATUS_TVM, true, "sscratch in S with TVM"},
    {0x800, MMU_MACHINE, 0, false, "a custom CSR that is not there"},
    {0x7c0, MMU_MACHINE, 0, false, "a custom machine CSR that is not there"},
    {0xfff, MMU_MACHINE, 0, false, "the last number, which is not there"},
    {0x004, MMU_MACHINE, 0, false, "uie, which is gone"},
    {0x680, MMU_MACHINE, 0, false, "hgatp without a hypervisor"},
    {0xc80, MMU_MACHINE, 0, false, "cycleh, which is RV32's"},
    {0xb80, MMU_MACHINE, 0, false, "mcycleh, which is RV32's"},
    {0x310, MMU_MACHINE, 0, false, "mstatush, which is RV32's"},
    {0x7b0, MMU_MACHINE, 0, false, "dcsr outside debug mode"},
};

Test(exec_csr, privilege_and_existence_decide_about_every_access)
{
    for (size_t i = 0; i < sizeof access_rows / sizeof *access_rows * 2; i++) {
        /* a read that does not write, then one that writes back what was read */
        uint32_t read = encode_csr(CSRRS, 10, access_rows[i / 2].csr, 0);
        bench_reset(&bench);
        bench.hart.csr.mstatus |= access_rows[i / 2].mstatus;
        bench.hart.privilege = access_rows[i / 2].privilege;
        bench_name(&bench, "%s", access_rows[i / 2].why);
        uint32_t bits = i % 2 == 0 ? read : encode_csr(CSRRW, 10, access_rows[i / 2].csr, 0);
        bench_step(&bench, bits);
        if (access_rows[i / 2].is_legal) {
            bench_expect_result(&bench, 10, bench.hart.x[10]);
        } else {
            bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
        }
    }
}

/* S needs the bit in mcounteren, U the one in scounteren as well
 * [norm:mcounteren_clr_ill_inst_exc], [norm:scounteren_op]. */
Test(exec_csr, counters_are_readable_below_m_where_the_enables_allow)
{
    for (unsigned i = 0; i < 3 * 3 * 4; i++) {
        enum mmu_privilege privilege =
            (enum mmu_privilege[]){MMU_USER, MMU_SUPERVISOR, MMU_MACHINE}[i % 3];
        unsigned number = i / 3 % 3; /* cycle, time, instret */
        bool by_m = i / 9 % 2 == 1;
        bool by_s = i / 18 == 1;
        bool is_legal = privilege == MMU_MACHINE || (by_m && (by_s || privilege != MMU_USER));
        uint32_t bits = encode_csr(CSRRS, 10, CYCLE + number, 0);
        bench_reset(&bench);
        bench.hart.csr.mcounteren = by_m ? 1u << number : 7u & ~(1u << number);
        bench.hart.csr.scounteren = by_s ? 1u << number : 7u & ~(1u << number);
        bench.hart.privilege = privilege;
        bench_name(&bench, "counter %u in mode %d, mcounteren %d, scounteren %d", number,
                   (int)privilege, by_m, by_s);
        bench_step(&bench, bits);
        if (is_legal) {
            bench_expect_result(&bench, 10, bench.hart.x[10]);
        } else {
            bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
        }
    }
}

Test(exec_csr, time_is_what_the_host_says)
{
    for (size_t i = 0; i < EDGE_VALUES; i++) {
        bench_reset(&bench);
        bench.mtime = edge_values[i];
        bench_name(&bench, "time is 0x%llx", (unsigned long long)edge_values[i]);
        bench_step(&bench, encode_csr(CSRRS, 10, TIME, 0));
        bench_expect_result(&bench, 10, edge_values[i]);
    }
}

/* A value written is the value the next instruction reads; then counting goes on from it
 * [norm:csrw_order]. */
Test(exec_csr, a_written_counter_reads_as_written_and_counts_on)
{
    static const unsigned counters[] = {MCYCLE, MINSTRET};

    for (size_t i = 0; i < EDGE_VALUES * 2; i++) {
        uint64_t value = edge_values[i / 2];
        unsigned csr = counters[i % 2];
        bench_reset(&bench);
        bench.hart.x[11] = value;
        bench_poke(&bench, BENCH_CODE, 4, encode_csr(CSRRW, 0, csr, 11));
        bench_poke(&bench, BENCH_CODE + 4, 4, encode_csr(CSRRS, 12, csr, 0));
        bench_poke(&bench, BENCH_CODE + 8, 4, encode_csr(CSRRS, 13, csr, 0));
        bench_poke(&bench, BENCH_CODE + 12, 4, INSN_NOP);
        bench_poke(&bench, BENCH_CODE + 16, 4, encode_csr(CSRRS, 14, csr - MCYCLE + CYCLE, 0));
        bench_run(&bench, 5);
        cr_expect(eq(u64, bench.hart.x[12], value), "csr 0x%x, next", csr);
        cr_expect(eq(u64, bench.hart.x[13], value + 1), "csr 0x%x, second", csr);
        cr_expect(eq(u64, bench.hart.x[14], value + 3), "csr 0x%x, its read-only shadow", csr);
    }
}

/* The old value that a write returns does not count the writing instruction [norm:csrr_order]. */
Test(exec_csr, a_counter_read_does_not_count_its_own_instruction)
{
    bench_reset(&bench);
    bench.hart.x[11] = 1000;
    bench_poke(&bench, BENCH_CODE, 4, encode_csr(CSRRW, 0, MINSTRET, 11));
    bench_poke(&bench, BENCH_CODE + 4, 4, INSN_NOP);
    bench_poke(&bench, BENCH_CODE + 8, 4, encode_csr(CSRRW, 12, MINSTRET, 11));
    bench_poke(&bench, BENCH_CODE + 12, 4, encode_csr(CSRRW, 13, MINSTRET, 11));
    bench_poke(&bench, BENCH_CODE + 16, 4, encode_csr(CSRRSI, 14, MINSTRET, 7));
    bench_poke(&bench, BENCH_CODE + 20, 4, encode_csr(CSRRS, 15, MINSTRET, 0));
    bench_run(&bench, 6);
    cr_expect(eq(u64, bench.hart.x[12], 1001));
    cr_expect(eq(u64, bench.hart.x[13], 1000));
    cr_expect(eq(u64, bench.hart.x[14], 1000));
    cr_expect(eq(u64, bench.hart.x[15], 1007));
}

/* An exception is an attempt, so a cycle, but nothing retired [norm:Zicntr_rdinstret_op]. */
Test(exec_csr, a_trapped_instruction_takes_a_cycle_and_does_not_retire)
{
    bench_reset(&bench);
    bench.hart.x[11] = 1000;
    bench_poke(&bench, BENCH_CODE, 4, encode_csr(CSRRW, 0, MCYCLE, 11));
    bench_poke(&bench, BENCH_CODE + 4, 4, encode_csr(CSRRW, 0, MINSTRET, 11));
    bench_poke(&bench, BENCH_CODE + 8, 4, INSN_ECALL);
    bench_poke(&bench, BENCH_VECTOR, 4, encode_csr(CSRRS, 12, MINSTRET, 0));
    bench_poke(&bench, BENCH_VECTOR + 4, 4, encode_csr(CSRRS, 13, MCYCLE, 0));
    bench_run(&bench, 5);
    cr_expect(eq(u64, bench.hart.x[12], 1000));
    cr_expect(eq(u64, bench.hart.x[13], 1003));
    cr_expect(eq(u64, bench.hart.counters.attempts - bench.before.counters.attempts, 5));
    cr_expect(eq(u64, bench.hart.counters.retired - bench.before.counters.retired, 4));
    cr_expect(eq(u64, bench.hart.counters.exceptions - bench.before.counters.exceptions, 1));
}

/* An inhibited counter stands still but can be written; let go, it counts on from there
 * [norm:mcountinhibit_op2]. */
Test(exec_csr, mcountinhibit_stops_the_counters_it_names)
{
    static const struct {
        unsigned csr;
        unsigned other;
        uint64_t bit;
    } rows[] = {{MCYCLE, MINSTRET, 1}, {MINSTRET, MCYCLE, 4}};

    for (size_t i = 0; i < 2; i++) {
        bench_reset(&bench);
        bench.hart.x[11] = 500;
        bench.hart.x[12] = rows[i].bit;
        bench_poke(&bench, BENCH_CODE, 4, encode_csr(CSRRS, 0, MCOUNTINHIBIT, 12));
        bench_poke(&bench, BENCH_CODE + 4, 4, encode_csr(CSRRW, 0, rows[i].csr, 11));
        bench_poke(&bench, BENCH_CODE + 8, 4, encode_csr(CSRRW, 0, rows[i].other, 11));
        bench_poke(&bench, BENCH_CODE + 12, 4, INSN_NOP);
        bench_poke(&bench, BENCH_CODE + 16, 4, encode_csr(CSRRS, 13, rows[i].csr, 0));
        bench_poke(&bench, BENCH_CODE + 20, 4, encode_csr(CSRRS, 14, rows[i].other, 0));
        bench_poke(&bench, BENCH_CODE + 24, 4, encode_csr(CSRRC, 0, MCOUNTINHIBIT, 12));
        bench_poke(&bench, BENCH_CODE + 28, 4, encode_csr(CSRRS, 15, rows[i].csr, 0));
        bench_poke(&bench, BENCH_CODE + 32, 4, encode_csr(CSRRS, 16, rows[i].csr, 0));
        bench_run(&bench, 9);
        cr_expect(eq(u64, bench.hart.x[13], 500), "stopped csr 0x%x", rows[i].csr);
        cr_expect(eq(u64, bench.hart.x[14], 502), "running csr 0x%x", rows[i].other);
        cr_expect(ge(u64, bench.hart.x[15], 500), "released csr 0x%x", rows[i].csr);
        cr_expect(le(u64, bench.hart.x[15], 501), "released csr 0x%x", rows[i].csr);
        cr_expect(eq(u64, bench.hart.x[16], bench.hart.x[15] + 1), "csr 0x%x goes on", rows[i].csr);
    }
}

/* Bit 0 of xepc is never set; bit 1 may be, with compressed instructions [norm:sepc]. */
Test(exec_csr, mepc_keeps_all_bits_but_the_lowest)
{
    bench_reset(&bench);
    bench.hart.x[11] = BENCH_CODE + 7;
    bench_poke(&bench, BENCH_CODE, 4, encode_csr(CSRRW, 0, MEPC, 11));
    bench_poke(&bench, BENCH_CODE + 4, 4, encode_csr(CSRRS, 12, MEPC, 0));
    bench_run(&bench, 2);
    cr_expect(eq(u64, bench.hart.x[12], BENCH_CODE + 6));
}

/* TVM set by one instruction acts on the next, and a refused access changes nothing. */
Test(exec_csr, a_refused_write_leaves_the_csr_alone)
{
    bench_reset(&bench);
    bench.hart.csr.mstatus |= MSTATUS_TVM;
    bench.hart.privilege = MMU_SUPERVISOR;
    bench.hart.csr.satp = 0;
    bench.hart.x[11] = UINT64_C(0x8000000000080000);
    bench_name(&bench, "csrrw satp in S with TVM");
    bench_step(&bench, encode_csr(CSRRW, 10, SATP, 11));
    bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, encode_csr(CSRRW, 10, SATP, 11));
    cr_expect(zero(u64, bench.hart.csr.satp));
}

#include "tests/support/random_handlers.h"

#include <string.h>

#include "emu/hart/csr.h"
#include "emu/hart/trap.h"
#include "mmu/pte.h"
#include "tests/support/encode.h"

enum {
    SSTATUS = 0x100,
    SSCRATCH = 0x140,
    SEPC = 0x141,
    SCAUSE = 0x142,
    SIP = 0x144,
    STIMECMP = 0x14d,
    SATP = 0x180,
    MSTATUS = 0x300,
    MIE = 0x304,
    MEPC = 0x341,
    MCAUSE = 0x342,
    MIP = 0x344,
    PMPCFG0 = 0x3a0,
    PMPADDR0 = 0x3b0,
    TIME = 0xc01,
};

enum { BEQ = 0, BLT = 4, DWORD = 3, WORD = 2, ADD = 0, SHIFT_RIGHT = 5, SHIFT_LEFT = 1, AND = 7 };
enum { T3 = 28, T4, T5, T6 };

struct assembler {
    uint8_t *bytes;
    unsigned at;
};

static void put(struct assembler *to, uint32_t bits)
{
    memcpy(to->bytes + to->at, &bits, sizeof bits);
    to->at += (unsigned)sizeof bits;
}

static void put_addi(struct assembler *to, unsigned rd, unsigned rs1, int32_t imm)
{
    put(to, encode_i(OPCODE_OP_IMM, ADD, rd, rs1, imm));
}

static void put_add(struct assembler *to, unsigned rd, unsigned rs2)
{
    put(to, encode_r(OPCODE_OP, ADD, 0, rd, rd, rs2));
}

static void put_load(struct assembler *to, unsigned rd, unsigned rs1, int32_t imm)
{
    put(to, encode_i(OPCODE_LOAD, DWORD, rd, rs1, imm));
}

static void put_read(struct assembler *to, unsigned rd, unsigned csr)
{
    put(to, encode_csr(CSRRS, rd, csr, 0));
}

static void put_write(struct assembler *to, unsigned csr, unsigned rs1)
{
    put(to, encode_csr(CSRRW, 0, csr, rs1));
}

/* rd = bits of rs1 from shift on, as many as mask has. */
static void put_bits(struct assembler *to, unsigned rd, unsigned rs1, int32_t shift, int32_t mask)
{
    put(to, encode_i(OPCODE_OP_IMM, SHIFT_RIGHT, rd, rs1, shift));
    put(to, encode_i(OPCODE_OP_IMM, AND, rd, rd, mask));
}

/* T6 = the physical address of a page, from the handler in page 0. */
static void put_page(struct assembler *to, unsigned page)
{
    int32_t here = (int32_t)to->at;

    put(to, encode_u(OPCODE_AUIPC, T6, page));
    put_addi(to, T6, T6, -here);
}

/* xepc += 2 or 4, as a bit of T5 decides. */
static void put_step_over(struct assembler *to, unsigned csr, int32_t shift)
{
    put_read(to, T4, csr);
    put_bits(to, T3, T5, shift, 2);
    put_add(to, T4, T3);
    put_addi(to, T4, T4, 2);
    put_write(to, csr, T4);
}

static void put_branch_to(struct assembler *to, unsigned funct3, unsigned rs1, unsigned rs2,
                          unsigned target)
{
    put(to, encode_b(funct3, rs1, rs2, (int32_t)target - (int32_t)to->at));
}

/* The handler's parts have places of their own in its page. */
enum { INTERRUPT = 0x100, RESTART = HANDLERS_RESTART };

static void put_trap(struct assembler *to)
{
    static const int32_t not_stepped_over[] = {TRAP_ECALL_FROM_S, TRAP_FETCH_PAGE_FAULT,
                                               TRAP_FETCH_ACCESS_FAULT};

    put(to, encode_u(OPCODE_LUI, T6, (uint32_t)(MSTATUS_MPRV >> 12)));
    put(to, encode_csr(CSRRC, 0, MSTATUS, T6));
    put_page(to, HANDLERS_STATE);
    put_load(to, T5, T6, 0);
    put_load(to, T4, T6, 8);
    put(to, encode_r(OPCODE_OP, 0, 1, T5, T5, T4)); /* a random number: times T4 plus 1 */
    put_addi(to, T5, T5, 1);
    put(to, encode_s(DWORD, T6, T5, 0));
    put_read(to, T4, MCAUSE);
    put_branch_to(to, BLT, T4, 0, INTERRUPT);
    for (unsigned i = 0; i < sizeof not_stepped_over / sizeof *not_stepped_over; i++) {
        put_addi(to, T3, 0, not_stepped_over[i]);
        put_branch_to(to, BEQ, T4, T3, RESTART);
    }
    put_bits(to, T3, T5, 58, 31);
    put_branch_to(to, BEQ, T3, 0, RESTART);
    put_step_over(to, MEPC, 40);
    put(to, INSN_MRET);
}

/* Every timer is set to some time soon, every other interrupt goes. */
static void put_arm(struct assembler *to)
{
    put(to, encode_u(OPCODE_LUI, T3, 0x200c));
    put_load(to, T4, T3, -8);
    put_bits(to, T6, T5, 60, 7);
    put_add(to, T4, T6);
    put(to, encode_u(OPCODE_LUI, T3, 0x2004));
    put(to, encode_s(DWORD, T3, T4, 0));
    put_bits(to, T6, T5, 50, 7);
    put_add(to, T4, T6);
    put_write(to, STIMECMP, T4);
    put(to, encode_u(OPCODE_LUI, T3, 0x2000));
    put(to, encode_s(WORD, T3, 0, 0));
    put_write(to, MIP, 0);
}

static void put_interrupt(struct assembler *to)
{
    put_arm(to);
    put_bits(to, T3, T5, 42, 3);
    put_branch_to(to, BEQ, T3, 0, RESTART);
    put(to, INSN_MRET);
}

/* Begins at one of the entries, with or without a fence. MPRV may be set: it comes last. */
static void put_restart(struct assembler *to)
{
    put_arm(to);
    put_page(to, HANDLERS_ENTRIES);
    put_bits(to, T3, T5, 46, ENTRY_COUNT - 1);
    put(to, encode_i(OPCODE_OP_IMM, SHIFT_LEFT, T3, T3, ENTRY_SHIFT));
    put_add(to, T6, T3);
    put_load(to, T4, T6, 8 * ENTRY_PC);
    put_write(to, MEPC, T4);
    put_load(to, T4, T6, 8 * ENTRY_SATP);
    put_write(to, SATP, T4);
    put_load(to, T4, T6, 8 * ENTRY_MIE);
    put_write(to, MIE, T4);
    put_load(to, T4, T6, 8 * ENTRY_PMPADDR);
    put_write(to, PMPADDR0, T4);
    put_load(to, T4, T6, 8 * ENTRY_PMPCFG);
    put_write(to, PMPCFG0, T4);
    for (int32_t i = 0; i < ENTRY_REGISTERS; i++) {
        put_load(to, (unsigned)i + 1, T6, 8 * (ENTRY_X1 + i));
    }
    put_bits(to, T3, T5, 37, 1);
    put(to, encode_b(BEQ, T3, 0, 8));
    put(to, encode_r(OPCODE_SYSTEM, 0, 0x09, 0, 0, 0));
    put_load(to, T4, T6, 8 * ENTRY_STATUS);
    put_write(to, MSTATUS, T4);
    put(to, INSN_MRET);
}

static void make_machine_handler(uint8_t *ram)
{
    struct assembler to = {.bytes = ram + HANDLERS_MACHINE * PAGE_SIZE};

    put_trap(&to);
    to.at = INTERRUPT;
    put_interrupt(&to);
    to.at = RESTART;
    put_restart(&to);
}

/* The one of S-mode touches no memory. What it cannot step over, it leaves to M-mode. */
static void make_supervisor_handler(uint8_t *ram)
{
    enum { FETCH = 0x60, INTERRUPTED = 0xa0, LEFT = 0xc0 };
    struct assembler to = {.bytes = ram + HANDLERS_SUPERVISOR * PAGE_SIZE};

    put_read(&to, T5, SSCRATCH);
    put_addi(&to, T5, T5, 0x35);
    put_write(&to, SSCRATCH, T5);
    put_read(&to, T4, SCAUSE);
    put_branch_to(&to, BLT, T4, 0, INTERRUPTED);
    put_addi(&to, T3, 0, TRAP_FETCH_PAGE_FAULT);
    put_branch_to(&to, BEQ, T4, T3, FETCH);
    put_addi(&to, T3, 0, TRAP_FETCH_ACCESS_FAULT);
    put_branch_to(&to, BEQ, T4, T3, FETCH);
    put_step_over(&to, SEPC, 1);
    put(&to, INSN_SRET);
    to.at = FETCH;
    put_bits(&to, T3, T5, 3, 1);
    put_branch_to(&to, BEQ, T3, 0, LEFT);
    put_step_over(&to, SEPC, 1);
    put(&to, INSN_SRET);
    to.at = INTERRUPTED;
    put(&to, encode_csr(CSRRCI, 0, SIP, 2));
    put_read(&to, T4, TIME);
    put_addi(&to, T4, T4, 7);
    put_write(&to, STIMECMP, T4);
    put(&to, INSN_SRET);
    to.at = LEFT;
    put(&to, INSN_ECALL);
}

void random_handlers(uint8_t *ram, uint64_t seed)
{
    const uint64_t state[2] = {seed, UINT64_C(0x5851f42d4c957f2d)};

    make_machine_handler(ram);
    make_supervisor_handler(ram);
    memcpy(ram + HANDLERS_STATE * PAGE_SIZE, state, sizeof state);
}

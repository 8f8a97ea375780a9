#include "tests/support/random_guest.h"

#include <string.h>

#include "emu/hart/csr_counters.h"
#include "emu/hart/hpm_events.h"
#include "emu/machine/platform.h"
#include "mmu/pte.h"
#include "tests/support/encode.h"
#include "tests/support/random_code.h"

/* Pages of RAM. */
enum {
    HANDLER = 0,
    STATE = 1,
    ENTRIES = 2, /* and 3 */
    SUPERVISOR_HANDLER = 4,
    ROOTS = 8,    /* of Sv39; those of Sv48 and Sv57 are ROOT_SPAN and 2 * ROOT_SPAN higher */
    MIDDLES = 11, /* of 2 MiB an entry */
    LEAVES = 14,  /* of 4 KiB an entry */
    TALL_ROOTS = 17,
    CODE = 32,
    DATA = 48,
    SPACES = 3,
    POOL = 16, /* pages of code, pages of data */
};

/* Pages of GUEST_VA that are the same in all address spaces; the next ones are as they come. */
enum { VA_HANDLER, VA_TABLES, VA_MSIP, VA_MTIMECMP, VA_UART, VA_OTHER_TABLES, VA_FIRST, VA_COUNT = 64 };

/* An entry: what the handler loads, in words of 8 bytes. */
enum {
    ENTRY_PC,
    ENTRY_SATP,
    ENTRY_STATUS,
    ENTRY_MIE,
    ENTRY_PMPADDR,
    ENTRY_PMPCFG,
    ENTRY_X1,
    ENTRY_REGISTERS = 27,
    ENTRY_SHIFT = 9,
    ENTRY_COUNT = 16,
};

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

struct guest {
    struct chooser *chooser;
    uint8_t *ram;
    unsigned levels;
};

static unsigned below(struct guest *guest, unsigned limit)
{
    return chooser_below(guest->chooser, limit);
}

static bool percent(struct guest *guest, unsigned chance)
{
    return chooser_percent(guest->chooser, chance);
}

static uint64_t page_pa(unsigned page)
{
    return PLATFORM_RAM_BASE + page * PAGE_SIZE;
}

static void poke(const struct guest *guest, unsigned page, unsigned index, uint64_t value)
{
    memcpy(guest->ram + page * PAGE_SIZE + (size_t)index * 8, &value, sizeof value);
}

/* Page tables. */

static uint64_t pointer_to(unsigned page)
{
    return (page_pa(page) >> PAGE_SHIFT) << PTE_PPN_SHIFT | PTE_V;
}

/* Leaf flags as they come: most pages can be read, many be written and executed. */
static uint64_t leaf_flags(struct guest *guest)
{
    static const uint64_t permissions[] = {
        PTE_R | PTE_W | PTE_X, PTE_R | PTE_W | PTE_X, PTE_R | PTE_W | PTE_X, PTE_R | PTE_W,
        PTE_R | PTE_X,         PTE_R,                 PTE_X};
    uint64_t flags = PTE_V | permissions[below(guest, 7)];

    flags |= percent(guest, 50) ? PTE_U : 0;
    flags |= percent(guest, 15) ? PTE_G : 0;
    flags |= percent(guest, 75) ? PTE_A : 0;
    flags |= percent(guest, 65) ? PTE_D : 0;
    return flags;
}

static uint64_t leaf_to(uint64_t pa, uint64_t flags)
{
    return (pa >> PAGE_SHIFT) << PTE_PPN_SHIFT | flags;
}

/* A page of the code, of the data, or none. */
static uint64_t random_leaf(struct guest *guest)
{
    unsigned pool = percent(guest, 55) ? CODE : DATA;

    if (percent(guest, 4)) {
        return percent(guest, 50) ? 0 : chooser_word(guest->chooser) & ~PTE_RESERVED;
    }
    return leaf_to(page_pa(pool + below(guest, POOL)), leaf_flags(guest));
}

/* 16 pages from first on that are one of 64 KiB. */
static void map_napot(struct guest *guest, unsigned table, unsigned first)
{
    uint64_t pa = page_pa(percent(guest, 70) ? CODE : DATA);
    uint64_t pte = leaf_to(pa + 8 * PAGE_SIZE, leaf_flags(guest)) | PTE_N;

    for (unsigned i = 0; i < 16; i++) {
        poke(guest, table, first + i, pte);
    }
}

static void make_leaf_table(struct guest *guest, unsigned space)
{
    unsigned table = LEAVES + space;
    uint64_t device = PTE_V | PTE_R | PTE_W | PTE_A | PTE_D | (percent(guest, 50) ? PTE_U : 0);
    uint64_t supervisor = PTE_V | PTE_R | PTE_A | PTE_D;

    for (unsigned i = VA_FIRST; i < VA_COUNT; i++) {
        poke(guest, table, i, random_leaf(guest));
    }
    if (percent(guest, 60)) {
        map_napot(guest, table, 16);
    }
    if (percent(guest, 40)) {
        map_napot(guest, table, 32);
    }
    poke(guest, table, VA_HANDLER, leaf_to(page_pa(SUPERVISOR_HANDLER), supervisor | PTE_X | PTE_G));
    poke(guest, table, VA_TABLES, leaf_to(page_pa(table), supervisor | PTE_W));
    poke(guest, table, VA_OTHER_TABLES,
         leaf_to(page_pa(LEAVES + (space + 1) % SPACES), supervisor | PTE_W));
    poke(guest, table, VA_MSIP, leaf_to(PLATFORM_CLINT_BASE, device));
    poke(guest, table, VA_MTIMECMP, leaf_to(PLATFORM_CLINT_BASE + 0x4000, device));
    poke(guest, table, VA_UART, leaf_to(PLATFORM_UART_BASE, device));
}

static void make_space(struct guest *guest, unsigned space)
{
    unsigned root = ROOTS + space;
    unsigned middle = MIDDLES + space;

    make_leaf_table(guest, space);
    poke(guest, root, 1, pointer_to(middle));
    poke(guest, root, 2, leaf_to(PLATFORM_RAM_BASE, leaf_flags(guest)));
    poke(guest, middle, 0, pointer_to(LEAVES + space));
    poke(guest, middle, 1, leaf_to(PLATFORM_RAM_BASE, leaf_flags(guest)));
    poke(guest, middle, 2, pointer_to(LEAVES + (space + 1) % SPACES) | (percent(guest, 20) ? PTE_G : 0));
    poke(guest, TALL_ROOTS + space, 0, pointer_to(root));
    poke(guest, TALL_ROOTS + SPACES + space, 0, pointer_to(TALL_ROOTS + space));
}

static uint64_t random_satp(struct guest *guest)
{
    static const unsigned roots[] = {ROOTS, TALL_ROOTS, TALL_ROOTS + SPACES};
    unsigned tallness = percent(guest, 60) ? 0 : below(guest, guest->levels - 2);
    unsigned space = below(guest, SPACES);
    uint64_t asid = percent(guest, 70) ? space : below(guest, 6);

    return (uint64_t)(SATP_MODE_SV39 + tallness) << SATP_MODE_SHIFT | asid << SATP_ASID_SHIFT |
           page_pa(roots[tallness] + space) >> PAGE_SHIFT;
}

/* Handlers. */

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
enum { TRAP = 0x000, INTERRUPT = 0x100, RESTART = 0x200 };

static void put_trap(struct assembler *to)
{
    static const int32_t not_stepped_over[] = {TRAP_ECALL_FROM_S, TRAP_FETCH_PAGE_FAULT,
                                               TRAP_FETCH_ACCESS_FAULT};

    put(to, encode_u(OPCODE_LUI, T6, (uint32_t)(MSTATUS_MPRV >> 12)));
    put(to, encode_csr(CSRRC, 0, MSTATUS, T6));
    put_page(to, STATE);
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
static void put_interrupt(struct assembler *to)
{
    put(to, encode_u(OPCODE_LUI, T3, 0x200c));
    put_load(to, T4, T3, -8);
    put_bits(to, T6, T5, 59, 15);
    put_add(to, T4, T6);
    put(to, encode_u(OPCODE_LUI, T3, 0x2004));
    put(to, encode_s(DWORD, T3, T4, 0));
    put_bits(to, T6, T5, 50, 7);
    put_add(to, T4, T6);
    put_write(to, STIMECMP, T4);
    put(to, encode_u(OPCODE_LUI, T3, 0x2000));
    put(to, encode_s(WORD, T3, 0, 0));
    put_write(to, MIP, 0);
    put_bits(to, T3, T5, 42, 7);
    put_branch_to(to, BEQ, T3, 0, RESTART);
    put(to, INSN_MRET);
}

/* Begins at one of the entries, with or without a fence. MPRV may be set: it comes last. */
static void put_restart(struct assembler *to)
{
    put_page(to, ENTRIES);
    put_bits(to, T3, T5, 50, ENTRY_COUNT - 1);
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
    put_bits(to, T3, T5, 45, 1);
    put(to, encode_b(BEQ, T3, 0, 8));
    put(to, encode_r(OPCODE_SYSTEM, 0, 0x09, 0, 0, 0));
    put_load(to, T4, T6, 8 * ENTRY_STATUS);
    put_write(to, MSTATUS, T4);
    put(to, INSN_MRET);
}

static void make_handler(const struct guest *guest)
{
    struct assembler to = {.bytes = guest->ram + HANDLER * PAGE_SIZE};

    put_trap(&to);
    to.at = INTERRUPT;
    put_interrupt(&to);
    to.at = RESTART;
    put_restart(&to);
}

/* The one of S-mode touches no memory. What it cannot step over, it leaves to M-mode. */
static void make_supervisor_handler(const struct guest *guest)
{
    enum { INTERRUPTED = 0x80, LEFT = 0xc0 };
    struct assembler to = {.bytes = guest->ram + SUPERVISOR_HANDLER * PAGE_SIZE};

    put_read(&to, T4, SCAUSE);
    put_branch_to(&to, BLT, T4, 0, INTERRUPTED);
    put_addi(&to, T3, 0, TRAP_FETCH_PAGE_FAULT);
    put_branch_to(&to, BEQ, T4, T3, LEFT);
    put_addi(&to, T3, 0, TRAP_FETCH_ACCESS_FAULT);
    put_branch_to(&to, BEQ, T4, T3, LEFT);
    put_read(&to, T5, SSCRATCH);
    put_addi(&to, T5, T5, 0x35);
    put_write(&to, SSCRATCH, T5);
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

/* Entries. */

/* An address in code or data, as a privilege sees it; a place for an access is mostly aligned. */
static uint64_t random_place(struct guest *guest, bool is_virtual, unsigned pool)
{
    uint64_t within = below(guest, PAGE_SIZE) & (percent(guest, 85) ? ~7U : ~1U);
    uint64_t page = pool + below(guest, POOL);

    if (percent(guest, 15)) { /* so that an access crosses the end of the page */
        within = PAGE_SIZE - 1 - below(guest, 16);
    }
    if (!is_virtual) {
        return page_pa((unsigned)page) + within;
    }
    switch (below(guest, 10)) {
    case 0: return GUEST_VA + (UINT64_C(1) << 21) + page * PAGE_SIZE + within;
    case 1: return PLATFORM_RAM_BASE + page * PAGE_SIZE + within;
    case 2: return GUEST_VA + (UINT64_C(2) << 21) + below(guest, VA_COUNT) * PAGE_SIZE + within;
    default: return GUEST_VA + below(guest, VA_COUNT) * PAGE_SIZE + within;
    }
}

static uint64_t random_status(struct guest *guest, uint64_t privilege)
{
    uint64_t status = chooser_word(guest->chooser) &
                      (MSTATUS_SIE | MSTATUS_MIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP |
                       MSTATUS_SUM | MSTATUS_MXR);

    status |= percent(guest, 90) ? MSTATUS_FS : 0;
    status |= percent(guest, 15) ? MSTATUS_MPRV : 0;
    status |= percent(guest, 5) ? MSTATUS_TVM : 0;
    status |= percent(guest, 5) ? MSTATUS_TSR : 0;
    return status | privilege * (MSTATUS_MPP & -MSTATUS_MPP);
}

/* PMP entry 0, before one that allows everything: a region of code, data or tables. */
static void make_region(struct guest *guest, unsigned entry_page, unsigned first)
{
    static const unsigned pools[] = {CODE, DATA, LEAVES};
    uint64_t pa = page_pa(pools[below(guest, 3)] + below(guest, 3)) + (below(guest, 4096) & ~7U);
    uint64_t ones = (UINT64_C(1) << below(guest, 12)) - 1; /* a region of 8 bytes to 16 KiB */
    uint64_t cfg = percent(guest, 60) ? 0 : PMP_NAPOT | below(guest, 8);

    if (percent(guest, 10)) {
        cfg = PMP_NA4 | below(guest, 8);
    }
    poke(guest, entry_page, first + ENTRY_PMPADDR, (pa >> 2 & ~ones) | ones >> 1);
    poke(guest, entry_page, first + ENTRY_PMPCFG, cfg);
}

static void make_registers(struct guest *guest, unsigned page, unsigned first, bool is_virtual)
{
    for (unsigned i = 1; i <= ENTRY_REGISTERS; i++) {
        uint64_t value = chooser_word(guest->chooser);

        if (i < 8) { /* also ASIDs */
            value = percent(guest, 50) ? below(guest, 6) : value;
        } else if (i < 16) {
            value = random_place(guest, is_virtual, percent(guest, 25) ? CODE : DATA);
        } else if (i < 20) {
            value = (uint64_t)random_code_word(guest->chooser) << 32 |
                    random_code_word(guest->chooser);
        } else if (i < 24) {
            value = random_leaf(guest);
        } else if (i >= 26) {
            value = random_satp(guest);
        }
        poke(guest, page, first + ENTRY_X1 + i - 1, value);
    }
}

static void make_entry(struct guest *guest, unsigned entry)
{
    static const uint64_t privileges[] = {MMU_USER, MMU_USER, MMU_SUPERVISOR, MMU_SUPERVISOR,
                                          MMU_MACHINE};
    uint64_t privilege = privileges[below(guest, 5)];
    bool is_virtual = privilege != MMU_MACHINE;
    unsigned words = (1 << ENTRY_SHIFT) / 8;
    unsigned page = ENTRIES + entry * words / (unsigned)(PAGE_SIZE / 8);
    unsigned first = entry * words % (unsigned)(PAGE_SIZE / 8);

    poke(guest, page, first + ENTRY_PC, random_place(guest, is_virtual, CODE) & ~UINT64_C(1));
    poke(guest, page, first + ENTRY_SATP, percent(guest, 97) ? random_satp(guest) : 0);
    poke(guest, page, first + ENTRY_STATUS, random_status(guest, privilege));
    poke(guest, page, first + ENTRY_MIE, chooser_word(guest->chooser));
    make_region(guest, page, first);
    make_registers(guest, page, first, is_virtual);
}

void random_guest(struct chooser *chooser, unsigned levels, uint8_t *ram)
{
    struct guest guest = {.chooser = chooser, .ram = ram, .levels = levels};
    uint32_t pages[VA_COUNT];
    const struct random_code_places places = {
        .page = pages, .page_count = VA_COUNT, .tables = (uint32_t)(GUEST_VA >> PAGE_SHIFT) + VA_TABLES};

    for (uint32_t i = 0; i < VA_COUNT; i++) {
        pages[i] = (uint32_t)(GUEST_VA >> PAGE_SHIFT) + (i < VA_FIRST ? 0x200 + CODE + i : i);
    }
    memset(ram, 0, GUEST_BYTES);
    make_handler(&guest);
    make_supervisor_handler(&guest);
    poke(&guest, STATE, 0, chooser_word(chooser));
    poke(&guest, STATE, 1, UINT64_C(0x5851f42d4c957f2d));
    for (unsigned space = 0; space < SPACES; space++) {
        make_space(&guest, space);
    }
    random_code(chooser, &places, ram + GUEST_CODE, GUEST_CODE_BYTES);
    for (unsigned i = 0; i < POOL * PAGE_SIZE / 8; i++) {
        poke(&guest, DATA, i, chooser_word(chooser));
    }
    for (unsigned entry = 0; entry < ENTRY_COUNT; entry++) {
        make_entry(&guest, entry);
    }
}

void random_guest_begin(struct chooser *chooser, struct hart *hart)
{
    static const uint64_t events[] = {HPM_L1D_LOAD_ACCESSES, HPM_L1D_STORE_MISSES,
                                      HPM_L1I_ACCESSES,      HPM_L1D_MISSES,
                                      HPM_L2_ACCESSES,       HPM_WALKS};

    hart->csr.mtvec = page_pa(HANDLER);
    hart->csr.stvec = GUEST_VA;
    hart->csr.medeleg = chooser_word(chooser) & (chooser_percent(chooser, 50) ? 0xb1f0 : 0xb000);
    hart->csr.mideleg = chooser_word(chooser) & 0x222;
    hart->csr.menvcfg = MENVCFG_STCE | ENVCFG_CBZE | ENVCFG_CBCFE | ENVCFG_CBIE;
    hart->csr.senvcfg = ENVCFG_CBZE | ENVCFG_CBCFE | ENVCFG_CBIE;
    hart->csr.mcounteren = hart->csr.scounteren = UINT32_MAX;
    for (unsigned i = 3; i < 9; i++) {
        hart->csr.mhpmevent[i] = events[chooser_below(chooser, 6)];
    }
    pmp_write_addr(&hart->pmp, PMP_ENTRIES - 1, UINT64_MAX);
    pmp_write_cfg(&hart->pmp, 1, (uint64_t)(PMP_NAPOT | PMP_R | PMP_W | PMP_X) << 56);
    hart->x[T5] = chooser_word(chooser);
    random_guest_restart(hart);
}

void random_guest_restart(struct hart *hart)
{
    hart->privilege = MMU_MACHINE;
    hart->csr.mstatus &= ~MSTATUS_MPRV;
    hart->is_waiting = false;
    hart->pc = page_pa(HANDLER) + RESTART;
}

#include "tests/support/random_code.h"

#include "emu/hart/csr.h"
#include "tests/support/encode.h"
#include "tests/support/encode_rvc.h"

enum { PAGE = 4096 };

/* Registers. */
enum {
    POINTER = 8, /* to 15 */
    CODE = 16,   /* to 19 */
    LOOP = 20,
    PTE = 21, /* to 23 */
    SCRATCH = 24,
    VALUE = 25, /* to 27 */
    ORDINARY = 28,
};

/* CSRs. */
enum { SSTATUS = 0x100, MSTATUS = 0x300, PMPCFG0 = 0x3a0, PMPADDR0 = 0x3b0 };

struct writer {
    struct chooser *chooser;
    const struct random_code_places *places;
    uint8_t *bytes;
    size_t at;
    size_t length;
    unsigned slow; /* of 100 instructions: those that engines do one at a time */
};

static unsigned below(struct writer *writer, unsigned limit)
{
    return chooser_below(writer->chooser, limit);
}

static bool percent(struct writer *writer, unsigned chance)
{
    return chooser_percent(writer->chooser, chance);
}

static unsigned pointer(struct writer *writer)
{
    return POINTER + below(writer, 8);
}

static unsigned ordinary(struct writer *writer)
{
    return below(writer, ORDINARY);
}

/* A register to write: those with a meaning seldom. */
static unsigned target(struct writer *writer)
{
    return below(writer, 1000) > 0 ? below(writer, 8) : ordinary(writer);
}

static void half(struct writer *writer, uint32_t bits)
{
    if (writer->at + 2 <= writer->length) {
        writer->bytes[writer->at++] = (uint8_t)bits;
        writer->bytes[writer->at++] = (uint8_t)(bits >> 8);
    }
}

static void word(struct writer *writer, uint32_t bits)
{
    half(writer, bits);
    half(writer, bits >> 16);
}

static void put_alu(struct writer *writer)
{
    unsigned funct3 = below(writer, 8);
    unsigned rd = target(writer);
    unsigned rs1 = ordinary(writer);
    int32_t imm = (int32_t)below(writer, 4096) - 2048;

    switch (below(writer, 6)) {
    case 0: word(writer, encode_r(OPCODE_OP, funct3, 0, rd, rs1, ordinary(writer))); break;
    case 1: word(writer, encode_r(OPCODE_OP, funct3, 1, rd, rs1, ordinary(writer))); break;
    case 2: { /* the difference: its operands have an order */
        unsigned opcode = percent(writer, 50) ? OPCODE_OP : OPCODE_OP_32;
        word(writer, encode_r(opcode, 0, 32, rd, rs1, ordinary(writer)));
        break;
    }
    case 3: word(writer, encode_u(OPCODE_AUIPC, rd, below(writer, 16))); break;
    case 4: word(writer, encode_i(OPCODE_OP_IMM_32, 0, rd, rs1, imm)); break;
    default:
        funct3 = funct3 == 1 || funct3 == 5 ? 7 : funct3;
        word(writer, encode_i(OPCODE_OP_IMM, funct3, rd, rs1, imm));
        break;
    }
}

static void put_compressed_alu(struct writer *writer)
{
    unsigned rd = 1 + below(writer, 7);
    int32_t imm = (int32_t)below(writer, 64) - 32;

    switch (below(writer, 5)) {
    case 0: half(writer, encode_c_mv(rd, 1 + below(writer, 27))); break;
    case 1: half(writer, encode_c_add(rd, 1 + below(writer, 27))); break;
    case 2: half(writer, encode_c_immediate(0, rd, imm)); break;
    case 3: half(writer, encode_c_immediate(2, rd, imm)); break;
    default: half(writer, encode_c_slli(rd, 1 + below(writer, 63))); break;
    }
}

/* Mostly aligned, as pointers mostly are. */
static int32_t offset(struct writer *writer, unsigned size)
{
    int32_t value = (int32_t)below(writer, 128) - 64;

    if (percent(writer, 4)) {
        value = (int32_t)below(writer, 4096) - 2048;
    }
    return percent(writer, 95) ? value & -(int32_t)size : value;
}

static void put_load(struct writer *writer)
{
    unsigned funct3 = below(writer, 7);
    unsigned size = 1U << funct3 % 4;

    word(writer,
         encode_i(OPCODE_LOAD, funct3, target(writer), pointer(writer), offset(writer, size)));
}

static void put_store(struct writer *writer)
{
    unsigned funct3 = below(writer, 4);
    unsigned value = percent(writer, 30) ? CODE + below(writer, 4) : ordinary(writer);

    word(writer, encode_s(funct3, pointer(writer), value, offset(writer, 1U << funct3)));
}

static void put_compressed_access(struct writer *writer)
{
    unsigned address = pointer(writer);
    unsigned value = pointer(writer);

    switch (below(writer, 3)) {
    case 0: half(writer, encode_c_sw(value, address, below(writer, 32) * 4)); break;
    case 1: half(writer, encode_c_sd(value, address, below(writer, 32) * 8)); break;
    default:
        word(writer, encode_i(OPCODE_LOAD, 3, target(writer), address, 0));
        half(writer, encode_c_sd(value, address, below(writer, 32) * 8));
        break;
    }
}

/* FLW, FSW, FLD, FSD and some arithmetic. */
static void put_float(struct writer *writer)
{
    enum { LOAD_FP = 0x07, STORE_FP = 0x27, OP_FP = 0x53, DYNAMIC = 7 };
    unsigned funct3 = 2 + below(writer, 2);
    int32_t imm = offset(writer, 1U << funct3);

    switch (below(writer, 3)) {
    case 0: word(writer, encode_i(LOAD_FP, funct3, below(writer, 32), pointer(writer), imm)); break;
    case 1:
        word(writer, encode_part((uint32_t)imm, 11, 5, 25) | below(writer, 32) << 20 |
                         pointer(writer) << 15 | funct3 << 12 |
                         encode_part((uint32_t)imm, 4, 0, 7) | STORE_FP);
        break;
    default:
        word(writer, encode_r(OP_FP, DYNAMIC, below(writer, 4) << 2 | below(writer, 2),
                              below(writer, 32), below(writer, 32), below(writer, 32)));
        break;
    }
}

static void put_plain(struct writer *writer);

/* Some instructions that do not jump. */
static void put_body(struct writer *writer, unsigned most)
{
    for (unsigned count = 1 + below(writer, most); count > 0; count--) {
        put_plain(writer);
    }
}

static void put_branch(struct writer *writer)
{
    static const unsigned conditions[] = {0, 1, 4, 5, 6, 7};
    int32_t distance = 4 + 2 * (int32_t)below(writer, percent(writer, 90) ? 20 : 1000);

    if (percent(writer, 5)) {
        distance = -distance;
    }
    if (percent(writer, 30)) {
        half(writer, encode_c_bnez(pointer(writer), distance & 0xfe));
        return;
    }
    word(writer,
         encode_b(conditions[below(writer, 6)], ordinary(writer), ordinary(writer), distance));
}

static void put_loop(struct writer *writer)
{
    word(writer, encode_i(OPCODE_OP_IMM, 0, LOOP, 0,
                          1 + (int32_t)below(writer, percent(writer, 80) ? 6 : 60)));
    size_t top = writer->at;

    put_body(writer, 10);
    half(writer, encode_c_immediate(0, LOOP, -1));
    word(writer, encode_b(1, LOOP, 0, (int32_t)top - (int32_t)writer->at));
}

static void put_jump(struct writer *writer)
{
    int32_t near = 4 + 2 * (int32_t)below(writer, 30);
    int32_t far = ((int32_t)below(writer, 32768) - 16384) & -2;

    switch (below(writer, 12)) {
    case 0: word(writer, encode_j(0, near)); break;
    case 1: half(writer, encode_c_j(near)); break;
    case 2: word(writer, encode_j(target(writer), far)); break;
    case 3: word(writer, encode_j(0, near)); break;
    case 4: word(writer, encode_i(OPCODE_JALR, 0, target(writer), pointer(writer), 0)); break;
    default: /* there and back */
        word(writer, encode_j(1, 12));
        word(writer, encode_i(OPCODE_OP_IMM, 0, 2, 2, 1));
        word(writer, encode_j(0, 12));
        word(writer, encode_i(OPCODE_OP_IMM, 0, 3, 3, 1));
        word(writer, encode_i(OPCODE_JALR, 0, 0, 1, 0));
        break;
    }
}

/* A pointer to somewhere else. */
static void put_pointer(struct writer *writer)
{
    const struct random_code_places *places = writer->places;
    unsigned rd = pointer(writer);
    uint32_t page = places->page[below(writer, (unsigned)places->page_count)];
    int32_t within =
        percent(writer, 20) ? -(int32_t)below(writer, 16) : (int32_t)below(writer, 2048);

    word(writer, encode_u(OPCODE_LUI, rd, page));
    word(writer, encode_i(OPCODE_OP_IMM, 0, rd, rd, percent(writer, 90) ? within & -8 : within));
}

/* Stores into the code that follows: at once, in a while, or behind. */
static void put_own_change(struct writer *writer)
{
    unsigned size = below(writer, 3);
    int32_t to = 8 + 2 * (int32_t)below(writer, percent(writer, 50) ? 4 : 60);

    word(writer, encode_u(OPCODE_AUIPC, SCRATCH, percent(writer, 90) ? 0 : below(writer, 8)));
    if (percent(writer, 50)) {
        word(writer,
             encode_s(1 + size, SCRATCH, CODE + below(writer, 4), percent(writer, 80) ? to : -to));
        return;
    }
    word(writer, encode_i(OPCODE_LOAD, 2, 5, SCRATCH, 2 * (int32_t)below(writer, 200)));
    word(writer, encode_s(2, SCRATCH, 5, 2 * (int32_t)below(writer, 200)));
}

static void put_plain(struct writer *writer)
{
    unsigned dice = below(writer, 100);

    if (dice < 35) {
        put_alu(writer);
    } else if (dice < 50) {
        put_compressed_alu(writer);
    } else if (dice < 70) {
        put_load(writer);
    } else if (dice < 82) {
        put_store(writer);
    } else if (dice < 90) {
        put_compressed_access(writer);
    } else if (dice < 93) {
        put_float(writer);
    } else if (dice < 96) {
        put_pointer(writer);
    } else if (dice < 98) {
        put_own_change(writer);
    } else {
        put_alu(writer);
    }
}

static void put_atomic(struct writer *writer)
{
    static const unsigned operations[] = {AMOADD, AMOSWAP, LR,     SC,      AMOXOR, AMOOR,
                                          AMOAND, AMOMIN,  AMOMAX, AMOMINU, AMOMAXU};
    unsigned operation = operations[below(writer, 11)];

    word(writer, encode_atomic(operation, percent(writer, 50) ? 4 : 8, target(writer),
                               pointer(writer), operation == LR ? 0 : ordinary(writer)));
}

static void put_csr_read(struct writer *writer)
{
    static const unsigned numbers[] = {0xc00, 0xc01, 0xc02, 0xc03, 0xc04, 0xc05,
                                       0xb00, 0xb02, 0xb03, 0xb06, 0x100, 0x144,
                                       0x180, 0x300, 0x344, 0x003, 0x142, 0x343};

    word(writer, encode_csr(CSRRS, target(writer), numbers[below(writer, 18)], 0));
}

static void put_status(struct writer *writer, unsigned form, unsigned csr, uint32_t bits)
{
    word(writer, encode_u(OPCODE_LUI, SCRATCH, (bits + 0x800) >> 12));
    word(writer, encode_i(OPCODE_OP_IMM, 0, SCRATCH, SCRATCH, (int32_t)bits & 0xfff));
    word(writer, encode_csr(form, 0, csr, SCRATCH));
}

/* Registers that decide about addresses, about interrupts, and some others. */
static void put_csr_write(struct writer *writer)
{
    static const unsigned numbers[] = {0x100, 0x300, 0x304, 0x344, 0x104, 0x144, 0x14d, 0x303,
                                       0x3b0, 0x3b1, 0xb00, 0xb02, 0xb03, 0x320, 0x323, 0x324,
                                       0x003, 0x140, 0x30a, 0x10a, 0x302, 0x141, 0x106};
    static const unsigned forms[] = {CSRRW, CSRRS, CSRRC, CSRRS, CSRRC};
    static const uint32_t status[] = {
        MSTATUS_SUM, MSTATUS_MXR, MSTATUS_MPRV, MSTATUS_SUM | MSTATUS_MXR,
        MSTATUS_SUM, MSTATUS_MXR, MSTATUS_MPP,  MSTATUS_MPP & 0x800,
        MSTATUS_FS};
    uint32_t bits = status[below(writer, 9)];
    unsigned form = forms[below(writer, 5)];

    switch (below(writer, 6)) {
    case 0:
    case 5:
        put_status(writer, CSRRS + below(writer, 2), percent(writer, 50) ? SSTATUS : MSTATUS, bits);
        break;
    case 1: /* satp */
        word(writer, encode_csr(CSRRW, target(writer), 0x180, VALUE + 1 + below(writer, 2)));
        break;
    case 2: /* R, W, X, A of PMP entry 0 */
        word(writer, encode_csr(4 + form, 0, 0x3a0, below(writer, 32)));
        break;
    case 3: /* a small one */
        word(writer,
             encode_csr(4 + form, target(writer), numbers[below(writer, 23)], below(writer, 32)));
        break;
    default:
        word(writer, encode_csr(form, target(writer), numbers[below(writer, 23)], VALUE));
        break;
    }
}

/* SFENCE.VMA in its four forms, SINVAL.VMA and its fences. */
static void put_fence(struct writer *writer)
{
    unsigned va = percent(writer, 60) ? pointer(writer) : 0;
    unsigned asid = percent(writer, 50) ? below(writer, 8) : 0;

    switch (below(writer, 8)) {
    case 0: word(writer, encode_r(OPCODE_SYSTEM, 0, 0x0b, 0, va, asid)); break;
    case 1: word(writer, percent(writer, 50) ? 0x18000073 : 0x18100073); break;
    case 2: word(writer, encode_i(OPCODE_MISC_MEM, below(writer, 2), 0, 0, 0x0ff)); break;
    default: word(writer, encode_r(OPCODE_SYSTEM, 0, 0x09, 0, va, asid)); break;
    }
}

/* A PTE changes, or an alias of one; the fence that would be due comes sometimes. */
static void put_table_change(struct writer *writer)
{
    word(writer, encode_u(OPCODE_LUI, SCRATCH, writer->places->tables));
    word(writer,
         encode_s(3, SCRATCH, PTE + below(writer, 3), 8 * (6 + (int32_t)below(writer, 58))));
    if (percent(writer, 50)) {
        put_fence(writer);
    }
}

/* A page is loaded from, gets another PTE without a fence, and is stored to and loaded from again:
 * a store that has to set D is the first to see the PTE. */
static void put_stale_access(struct writer *writer)
{
    const struct random_code_places *places = writer->places;
    unsigned address = pointer(writer);
    uint32_t page = places->page[below(writer, (unsigned)places->page_count)];
    uint32_t load = encode_i(OPCODE_LOAD, 3, target(writer), address, 0);

    word(writer, encode_u(OPCODE_LUI, address, page));
    word(writer, load);
    word(writer, load);
    word(writer, encode_u(OPCODE_LUI, SCRATCH, places->tables));
    word(writer, encode_s(3, SCRATCH, PTE + below(writer, 3), 8 * (int32_t)(page % 64)));
    word(writer, encode_s(0, address, 0, 1));
    word(writer, load);
}

/* msip, mtimecmp and mtime of the CLINT. */
static void put_timer(struct writer *writer)
{
    static const uint32_t pages[] = {0x2000, 0x2004, 0x200c};
    static const int32_t offsets[] = {0, 0, -8};
    unsigned which = below(writer, 3);

    word(writer, encode_u(OPCODE_LUI, SCRATCH, pages[which]));
    if (percent(writer, 40)) {
        word(writer, encode_i(OPCODE_LOAD, 3, 5, SCRATCH, offsets[which]));
    } else {
        word(writer, encode_s(3, SCRATCH, percent(writer, 50) ? 5 : VALUE, offsets[which]));
    }
}

static void put_cache_block(struct writer *writer)
{
    word(writer, encode_i(OPCODE_MISC_MEM, 2, 0, pointer(writer),
                          percent(writer, 5) ? 4 : (int32_t)below(writer, 4)));
}

static void put_other(struct writer *writer)
{
    static const uint32_t words[] = {INSN_ECALL, INSN_EBREAK, INSN_SRET,  INSN_MRET,
                                     INSN_WFI,   INSN_WFI,    0x00d00073, 0};
    unsigned which = below(writer, 12);

    if (which < 8) {
        word(writer, words[which]);
    } else if (which == 8) {
        word(writer, (uint32_t)chooser_word(writer->chooser));
    } else if (which == 9) {
        half(writer, (uint32_t)chooser_word(writer->chooser));
    } else { /* a marker */
        word(writer, encode_i(OPCODE_OP_IMM, 2, 0, 0, 1 + (int32_t)below(writer, 4)));
    }
}

/* Something that decides about loads and stores, without a trap where it is allowed. */
static void put_other_view(struct writer *writer, unsigned status)
{
    static const uint32_t bits[] = {MSTATUS_SUM, MSTATUS_MXR, MSTATUS_MPP, MSTATUS_MPP & 0x800};
    unsigned form = CSRRS + below(writer, 2);

    switch (below(writer, 5)) {
    case 0:
        word(writer, encode_csr(CSRRCI - below(writer, 2), 0, PMPCFG0, 1 + below(writer, 3)));
        break;
    case 1: /* all of memory */
        word(writer, encode_i(OPCODE_OP_IMM, 0, SCRATCH, 0, -1));
        word(writer, encode_csr(CSRRW, 0, PMPADDR0, SCRATCH));
        break;
    case 2: put_csr_write(writer); break;
    default: put_status(writer, form, status, bits[below(writer, 4)]); break;
    }
}

/* The same access before and after; in M-mode as another mode would make it. */
static void put_second_look(struct writer *writer)
{
    unsigned address = pointer(writer);
    uint32_t load = encode_i(OPCODE_LOAD, 0, target(writer), address, 0);
    uint32_t store = encode_s(0, address, ordinary(writer), 0);
    uint32_t access = percent(writer, 60) ? load : store;
    bool is_lent = percent(writer, 50);
    unsigned status = is_lent ? MSTATUS : SSTATUS;

    if (is_lent) {
        put_status(writer, CSRRS, MSTATUS, MSTATUS_MPRV);
    } else {
        put_status(writer, CSRRS, SSTATUS, percent(writer, 50) ? MSTATUS_SUM : MSTATUS_MXR);
    }
    word(writer, access);
    word(writer, access);
    put_other_view(writer, status);
    word(writer, access);
    if (is_lent) {
        put_status(writer, CSRRC, MSTATUS, MSTATUS_MPRV);
    }
}

/* What an engine does by itself, one at a time. */
static void put_slow(struct writer *writer)
{
    static void (*const puts[])(struct writer * writer) = {
        put_atomic,      put_atomic,      put_csr_read,     put_csr_read,     put_csr_write,
        put_second_look, put_second_look, put_fence,        put_table_change, put_timer,
        put_cache_block, put_other,       put_stale_access,
    };

    puts[below(writer, sizeof puts / sizeof *puts)](writer);
}

void random_code(struct chooser *chooser, const struct random_code_places *places, uint8_t *bytes,
                 size_t length)
{
    static const unsigned shares[] = {0, 0, 1, 4, 15};
    struct writer writer = {.chooser = chooser, .places = places, .bytes = bytes, .length = length};

    while (writer.at < length) {
        if (writer.at / PAGE != (writer.at - 2) / PAGE) {
            writer.slow = shares[below(&writer, 5)];
        }
        unsigned dice = below(&writer, 100);

        if (dice < writer.slow) {
            put_slow(&writer);
        } else if (dice < 84) {
            put_plain(&writer);
        } else if (dice < 93) {
            put_branch(&writer);
        } else if (dice < 97) {
            put_loop(&writer);
        } else {
            put_jump(&writer);
        }
    }
}

uint32_t random_code_word(struct chooser *chooser)
{
    static const struct random_code_places nowhere = {.page_count = 0};
    uint8_t bytes[4];
    struct writer writer = {
        .chooser = chooser, .places = &nowhere, .bytes = bytes, .length = sizeof bytes};

    while (writer.at < sizeof bytes) {
        if (percent(&writer, 50)) {
            put_alu(&writer);
        } else {
            put_compressed_alu(&writer);
        }
    }
    return (uint32_t)(bytes[0] | bytes[1] << 8 | bytes[2] << 16) | (uint32_t)bytes[3] << 24;
}

/*
 * The instruction table and the decoder, against words that another assembler made and against the
 * manual's pictures of the immediates.
 */
#include "emu/hart/decode.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/hart/exec.h"
#include "emu/hart/rvc.h"

enum { OPCODE_MASK = 0x7f, RANDOM_WORDS = 3000000, RANDOM_OPERANDS = 1000 };

/* xorshift: the same words in every run. */
static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

static bool matches(const struct insn_row *row, uint32_t bits)
{
    return (bits & row->mask) == row->match;
}

/* The first row that matches, by looking at every row. */
static unsigned find_row(uint32_t bits)
{
    unsigned op = 0;

    while (op < OP_COUNT && !matches(&insn_rows[op], bits)) {
        op++;
    }
    return op;
}

static exec_fn *handler_of(unsigned op)
{
    return op < OP_COUNT ? insn_rows[op].exec : exec_illegal;
}

Test(decode, every_match_lies_within_its_mask)
{
    for (unsigned op = 0; op < OP_COUNT; op++) {
        const struct insn_row *row = &insn_rows[op];
        cr_expect(eq(u32, row->match & ~row->mask, 0), "%s", row->name);
        cr_expect(eq(u32, row->mask & OPCODE_MASK, OPCODE_MASK), "%s", row->name);
        cr_expect(eq(u32, row->match & 3, 3), "%s is a 32-bit instruction", row->name);
    }
}

/* Rows that match the same word: the earlier one must look at all bits of the later one and more.
 */
static bool may_precede(const struct insn_row *earlier, const struct insn_row *later)
{
    uint32_t common = earlier->mask & later->mask;
    bool overlap = ((earlier->match ^ later->match) & common) == 0;

    return !overlap || (common == later->mask && common != earlier->mask);
}

Test(decode, no_two_rows_match_the_same_word_unless_the_first_is_more_specific)
{
    for (unsigned first = 0; first < OP_COUNT; first++) {
        for (unsigned second = first + 1; second < OP_COUNT; second++) {
            const struct insn_row *a = &insn_rows[first];
            const struct insn_row *b = &insn_rows[second];
            cr_expect(may_precede(a, b), "%s and %s", a->name, b->name);
        }
    }
}

Test(decode, every_row_decodes_to_itself_whatever_its_operands)
{
    uint64_t state = 1;

    for (unsigned op = 0; op < OP_COUNT; op++) {
        const struct insn_row *row = &insn_rows[op];
        unsigned itself = 0;
        for (unsigned i = 0; i < RANDOM_OPERANDS; i++) {
            uint32_t bits = row->match | (next_random(&state) & ~row->mask);
            unsigned got = decode_op(bits);
            itself += got == op;
            cr_assert(got == op || (got < op && matches(&insn_rows[got], bits)), "%s: 0x%08" PRIx32,
                      row->name, bits);
        }
        cr_expect(gt(uint, itself, RANDOM_OPERANDS / 2), "%s", row->name);
    }
}

/* Assembled elsewhere; at least one for every row of insn.def. */
static const struct sample {
    uint32_t bits;
    exec_fn *exec;
    int32_t imm;
    uint8_t rd;
    uint8_t rs1;
    uint8_t rs2;
    const char *why;
} samples[] = {
    {0x800f8083, exec_lb, -2048, 1, 31, 0, "lb x1, -2048(x31)"},
    {0x7fff1103, exec_lh, 2047, 2, 30, 0, "lh x2, 2047(x30)"},
    {0xffcea183, exec_lw, -4, 3, 29, 0, "lw x3, -4(x29)"},
    {0x008e3203, exec_ld, 8, 4, 28, 0, "ld x4, 8(x28)"},
    {0x000dc003, exec_lbu, 0, INSN_SINK, 27, 0, "lbu x0, 0(x27)"},
    {0x001d5303, exec_lhu, 1, 6, 26, 0, "lhu x6, 1(x26)"},
    {0xfffce383, exec_lwu, -1, 7, 25, 0, "lwu x7, -1(x25)"},
    {0x0ff0000f, exec_fence, 0, 0, 0, 0, "fence"},
    {0x8330000f, exec_fence, 0, 0, 0, 0, "fence.tso"},
    {0x0100000f, exec_fence, 0, 0, 0, 0, "pause"},
    {0x0000100f, exec_fence_i, 0, 0, 0, 0, "fence.i"},
    {0xffff8f8f, exec_fence, 0, 0, 0, 0, "fence with every reserved field set"},
    {0xffff9f8f, exec_fence_i, 0, 0, 0, 0, "fence.i with every unused field set"},
    {0x80008f93, exec_addi, -2048, 31, 1, 0, "addi x31, x1, -2048"},
    {0x03f11f13, exec_slli, 63, 30, 2, 0, "slli x30, x2, 63"},
    {0x00102013, exec_marker, 1, INSN_SINK, 0, 0, "slti x0, x0, 1"},
    {0xfff02013, exec_marker, -1, INSN_SINK, 0, 0, "slti x0, x0, -1"},
    {0x0010a013, exec_slti, 1, INSN_SINK, 1, 0, "slti x0, x1, 1"},
    {0x00102093, exec_slti, 1, 1, 0, 0, "slti x1, x0, 1"},
    {0x7ff1be93, exec_sltiu, 2047, 29, 3, 0, "sltiu x29, x3, 2047"},
    {0xfff24e13, exec_xori, -1, 28, 4, 0, "xori x28, x4, -1"},
    {0x5552ed93, exec_ori, 1365, 27, 5, 0, "ori x27, x5, 1365"},
    {0xaaa37d13, exec_andi, -1366, 26, 6, 0, "andi x26, x6, -1366"},
    {0x0203dc93, exec_srli, 32, 25, 7, 0, "srli x25, x7, 32"},
    {0x41f45c13, exec_srai, 31, 24, 8, 0, "srai x24, x8, 31"},
    {0x80000b97, exec_auipc, INT32_MIN, 23, 0, 0, "auipc x23, 0x80000"},
    {0x7ffffb37, exec_lui, 0x7ffff000, 22, 0, 0, "lui x22, 0x7ffff"},
    {0xfff48a9b, exec_addiw, -1, 21, 9, 0, "addiw x21, x9, -1"},
    {0x01f51a1b, exec_slliw, 31, 20, 10, 0, "slliw x20, x10, 31"},
    {0x0015d99b, exec_srliw, 1, 19, 11, 0, "srliw x19, x11, 1"},
    {0x4106591b, exec_sraiw, 16, 18, 12, 0, "sraiw x18, x12, 16"},
    {0x81168023, exec_sb, -2048, 0, 13, 17, "sb x17, -2048(x13)"},
    {0x7f071fa3, exec_sh, 2047, 0, 14, 16, "sh x16, 2047(x14)"},
    {0x00f7afa3, exec_sw, 31, 0, 15, 15, "sw x15, 31(x15)"},
    {0xfee83023, exec_sd, -32, 0, 16, 14, "sd x14, -32(x16)"},
    {0x1005a1af, exec_lr_w, 0, 3, 11, 0, "lr.w x3, (x11)"},
    {0x1d88252f, exec_sc_w, 0, 10, 16, 24, "sc.w.aq x10, x24, (x16)"},
    {0x0bbaa8af, exec_amoswap_w, 0, 17, 21, 27, "amoswap.w.rl x17, x27, (x21)"},
    {0x07ed2c2f, exec_amoadd_w, 0, 24, 26, 30, "amoadd.w.aqrl x24, x30, (x26)"},
    {0x201fafaf, exec_amoxor_w, 0, 31, 31, 1, "amoxor.w x31, x1, (x31)"},
    {0x6442232f, exec_amoand_w, 0, 6, 4, 4, "amoand.w.aq x6, x4, (x4)"},
    {0x4274a6af, exec_amoor_w, 0, 13, 9, 7, "amoor.w.rl x13, x7, (x9)"},
    {0x86a72a2f, exec_amomin_w, 0, 20, 14, 10, "amomin.w.aqrl x20, x10, (x14)"},
    {0xa0d9adaf, exec_amomax_w, 0, 27, 19, 13, "amomax.w x27, x13, (x19)"},
    {0xc50c212f, exec_amominu_w, 0, 2, 24, 16, "amominu.w.aq x2, x16, (x24)"},
    {0xe33ea4af, exec_amomaxu_w, 0, 9, 29, 19, "amomaxu.w.rl x9, x19, (x29)"},
    {0x1601382f, exec_lr_d, 0, 16, 2, 0, "lr.d.aqrl x16, (x2)"},
    {0x1993bbaf, exec_sc_d, 0, 23, 7, 25, "sc.d x23, x25, (x7)"},
    {0x0dc63f2f, exec_amoswap_d, 0, 30, 12, 28, "amoswap.d.aq x30, x28, (x12)"},
    {0x03f8b2af, exec_amoadd_d, 0, 5, 17, 31, "amoadd.d.rl x5, x31, (x17)"},
    {0x262b362f, exec_amoxor_d, 0, 12, 22, 2, "amoxor.d.aqrl x12, x2, (x22)"},
    {0x605db9af, exec_amoand_d, 0, 19, 27, 5, "amoand.d x19, x5, (x27)"},
    {0x44803d2f, exec_amoor_d, 0, 26, 0, 8, "amoor.d.aq x26, x8, (x0)"},
    {0x82b2b0af, exec_amomin_d, 0, 1, 5, 11, "amomin.d.rl x1, x11, (x5)"},
    {0xa6e5342f, exec_amomax_d, 0, 8, 10, 14, "amomax.d.aqrl x8, x14, (x10)"},
    {0xc117b7af, exec_amominu_d, 0, 15, 15, 17, "amominu.d x15, x17, (x15)"},
    {0xe54a3b2f, exec_amomaxu_d, 0, 22, 20, 20, "amomaxu.d.aq x22, x20, (x20)"},
    {0x005100b3, exec_add, 0, 1, 2, 5, "add x1, x2, x5"},
    {0x40c78633, exec_sub, 0, 12, 15, 12, "sub x12, x15, x12"},
    {0x013e1bb3, exec_sll, 0, 23, 28, 19, "sll x23, x28, x19"},
    {0x01a4a133, exec_slt, 0, 2, 9, 26, "slt x2, x9, x26"},
    {0x001b36b3, exec_sltu, 0, 13, 22, 1, "sltu x13, x22, x1"},
    {0x0081cc33, exec_xor, 0, 24, 3, 8, "xor x24, x3, x8"},
    {0x00f851b3, exec_srl, 0, 3, 16, 15, "srl x3, x16, x15"},
    {0x416ed733, exec_sra, 0, 14, 29, 22, "sra x14, x29, x22"},
    {0x01d56cb3, exec_or, 0, 25, 10, 29, "or x25, x10, x29"},
    {0x004bf233, exec_and, 0, 4, 23, 4, "and x4, x23, x4"},
    {0x02b207b3, exec_mul, 0, 15, 4, 11, "mul x15, x4, x11"},
    {0x03289d33, exec_mulh, 0, 26, 17, 18, "mulh x26, x17, x18"},
    {0x039f22b3, exec_mulhsu, 0, 5, 30, 25, "mulhsu x5, x30, x25"},
    {0x0205b833, exec_mulhu, 0, 16, 11, 0, "mulhu x16, x11, x0"},
    {0x027c4db3, exec_div, 0, 27, 24, 7, "div x27, x24, x7"},
    {0x02e2d333, exec_divu, 0, 6, 5, 14, "divu x6, x5, x14"},
    {0x035968b3, exec_rem, 0, 17, 18, 21, "rem x17, x18, x21"},
    {0x03cffe33, exec_remu, 0, 28, 31, 28, "remu x28, x31, x28"},
    {0x003603bb, exec_addw, 0, 7, 12, 3, "addw x7, x12, x3"},
    {0x40ac893b, exec_subw, 0, 18, 25, 10, "subw x18, x25, x10"},
    {0x01131ebb, exec_sllw, 0, 29, 6, 17, "sllw x29, x6, x17"},
    {0x0189d43b, exec_srlw, 0, 8, 19, 24, "srlw x8, x19, x24"},
    {0x41f059bb, exec_sraw, 0, 19, 0, 31, "sraw x19, x0, x31"},
    {0x02668f3b, exec_mulw, 0, 30, 13, 6, "mulw x30, x13, x6"},
    {0x02dd44bb, exec_divw, 0, 9, 26, 13, "divw x9, x26, x13"},
    {0x0343da3b, exec_divuw, 0, 20, 7, 20, "divuw x20, x7, x20"},
    {0x03ba6fbb, exec_remw, 0, 31, 20, 27, "remw x31, x20, x27"},
    {0x0220f53b, exec_remuw, 0, 10, 1, 2, "remuw x10, x1, x2"},
    {0x80208063, exec_beq, -4096, 0, 1, 2, "beq x1, x2, .-4096"},
    {0x7e419fe3, exec_bne, 4094, 0, 3, 4, "bne x3, x4, .+4094"},
    {0x0062c0e3, exec_blt, 2048, 0, 5, 6, "blt x5, x6, .+2048"},
    {0xfe83dfe3, exec_bge, -2, 0, 7, 8, "bge x7, x8, .-2"},
    {0x00a4ef63, exec_bltu, 30, 0, 9, 10, "bltu x9, x10, .+30"},
    {0x80c5f0e3, exec_bgeu, -2048, 0, 11, 12, "bgeu x11, x12, .-2048"},
    {0xfff280e7, exec_jalr, -1, 1, 5, 0, "jalr x1, -1(x5)"},
    {0x800002ef, exec_jal, -1048576, 5, 0, 0, "jal x5, .-1048576"},
    {0x7ffff06f, exec_jal, 1048574, INSN_SINK, 0, 0, "jal x0, .+1048574"},
    {0x00000073, exec_ecall, 0, 0, 0, 0, "ecall"},
    {0x00100073, exec_ebreak, 0, 0, 0, 0, "ebreak"},
    {0x10200073, exec_sret, 0, 0, 0, 0, "sret"},
    {0x10500073, exec_wfi, 0, 0, 0, 0, "wfi"},
    {0x30200073, exec_mret, 0, 0, 0, 0, "mret"},
    {0x12000073, exec_sfence_vma, 0, INSN_SINK, 0, 0, "sfence.vma x0, x0"},
    {0x12e68073, exec_sfence_vma, 0, INSN_SINK, 13, 14, "sfence.vma x13, x14"},
    {0x16e68073, exec_sinval_vma, 0, INSN_SINK, 13, 14, "sinval.vma x13, x14"},
    {0x18000073, exec_sfence_w_inval, 0, 0, 0, 0, "sfence.w.inval"},
    {0x18100073, exec_sfence_inval_ir, 0, 0, 0, 0, "sfence.inval.ir"},
    {0x300110f3, exec_csrrw, 0x300, 1, 2, 0, "csrrw x1, 0x300, x2"},
    {0xfff221f3, exec_csrrs, 0xfff, 3, 4, 0, "csrrs x3, 0xfff, x4"},
    {0x000332f3, exec_csrrc, 0x0, 5, 6, 0, "csrrc x5, 0x000, x6"},
    {0x800fd3f3, exec_csrrwi, 0x800, 7, 31, 0, "csrrwi x7, 0x800, 31"},
    {0x7ff06473, exec_csrrsi, 0x7ff, 8, 0, 0, "csrrsi x8, 0x7ff, 0"},
    {0x180874f3, exec_csrrci, 0x180, 9, 16, 0, "csrrci x9, 0x180, 16"},
    {0x0004a00f, exec_cbo_inval, 0, INSN_SINK, 9, 0, "cbo.inval (x9)"},
    {0x0015200f, exec_cbo_clean, 0, INSN_SINK, 10, 0, "cbo.clean (x10)"},
    {0x002fa00f, exec_cbo_flush, 0, INSN_SINK, 31, 0, "cbo.flush (x31)"},
    {0x0048200f, exec_cbo_zero, 0, INSN_SINK, 16, 0, "cbo.zero (x16)"},
    {0xfe02e013, exec_ori, -32, INSN_SINK, 5, 0, "prefetch.i -32(x5)"},
    {0x7e136013, exec_ori, 2017, INSN_SINK, 6, 0, "prefetch.r 2016(x6)"},
    {0x0033e013, exec_ori, 3, INSN_SINK, 7, 0, "prefetch.w 0(x7)"},
    {0x2bf11093, exec_bseti, 63, 1, 2, 0, "bseti x1, x2, 63"},
    {0x4a021193, exec_bclri, 32, 3, 4, 0, "bclri x3, x4, 32"},
    {0x69f31293, exec_binvi, 31, 5, 6, 0, "binvi x5, x6, 31"},
    {0x48145393, exec_bexti, 1, 7, 8, 0, "bexti x7, x8, 1"},
    {0x62155493, exec_rori, 33, 9, 10, 0, "rori x9, x10, 33"},
    {0x60061593, exec_clz, 0, 11, 12, 0, "clz x11, x12"},
    {0x60171693, exec_ctz, 0, 13, 14, 0, "ctz x13, x14"},
    {0x60281793, exec_cpop, 0, 15, 16, 0, "cpop x15, x16"},
    {0x60491893, exec_sext_b, 0, 17, 18, 0, "sext.b x17, x18"},
    {0x605a1993, exec_sext_h, 0, 19, 20, 0, "sext.h x19, x20"},
    {0x287b5a93, exec_orc_b, 0, 21, 22, 0, "orc.b x21, x22"},
    {0x6b8c5b93, exec_rev8, 0, 23, 24, 0, "rev8 x23, x24"},
    {0x0bfd1c9b, exec_slli_uw, 63, 25, 26, 0, "slli.uw x25, x26, 63"},
    {0x61fe5d9b, exec_roriw, 31, 27, 28, 0, "roriw x27, x28, 31"},
    {0x600f1e9b, exec_clzw, 0, 29, 30, 0, "clzw x29, x30"},
    {0x60109f9b, exec_ctzw, 0, 31, 1, 0, "ctzw x31, x1"},
    {0x6021911b, exec_cpopw, 0, 2, 3, 0, "cpopw x2, x3"},
    {0x2062a233, exec_sh1add, 0, 4, 5, 6, "sh1add x4, x5, x6"},
    {0x209443b3, exec_sh2add, 0, 7, 8, 9, "sh2add x7, x8, x9"},
    {0x20c5e533, exec_sh3add, 0, 10, 11, 12, "sh3add x10, x11, x12"},
    {0x40f746b3, exec_xnor, 0, 13, 14, 15, "xnor x13, x14, x15"},
    {0x4128e833, exec_orn, 0, 16, 17, 18, "orn x16, x17, x18"},
    {0x415a79b3, exec_andn, 0, 19, 20, 21, "andn x19, x20, x21"},
    {0x0b8bcb33, exec_min, 0, 22, 23, 24, "min x22, x23, x24"},
    {0x0bbd5cb3, exec_minu, 0, 25, 26, 27, "minu x25, x26, x27"},
    {0x0beeee33, exec_max, 0, 28, 29, 30, "max x28, x29, x30"},
    {0x0a20ffb3, exec_maxu, 0, 31, 1, 2, "maxu x31, x1, x2"},
    {0x605211b3, exec_rol, 0, 3, 4, 5, "rol x3, x4, x5"},
    {0x6083d333, exec_ror, 0, 6, 7, 8, "ror x6, x7, x8"},
    {0x28b514b3, exec_bset, 0, 9, 10, 11, "bset x9, x10, x11"},
    {0x48e69633, exec_bclr, 0, 12, 13, 14, "bclr x12, x13, x14"},
    {0x691817b3, exec_binv, 0, 15, 16, 17, "binv x15, x16, x17"},
    {0x4949d933, exec_bext, 0, 18, 19, 20, "bext x18, x19, x20"},
    {0x0b7b1ab3, exec_clmul, 0, 21, 22, 23, "clmul x21, x22, x23"},
    {0x0bacac33, exec_clmulr, 0, 24, 25, 26, "clmulr x24, x25, x26"},
    {0x0bde3db3, exec_clmulh, 0, 27, 28, 29, "clmulh x27, x28, x29"},
    {0x0e1fdf33, exec_czero_eqz, 0, 30, 31, 1, "czero.eqz x30, x31, x1"},
    {0x0e41f133, exec_czero_nez, 0, 2, 3, 4, "czero.nez x2, x3, x4"},
    {0x087302bb, exec_add_uw, 0, 5, 6, 7, "add.uw x5, x6, x7"},
    {0x20a4a43b, exec_sh1add_uw, 0, 8, 9, 10, "sh1add.uw x8, x9, x10"},
    {0x20d645bb, exec_sh2add_uw, 0, 11, 12, 13, "sh2add.uw x11, x12, x13"},
    {0x2107e73b, exec_sh3add_uw, 0, 14, 15, 16, "sh3add.uw x14, x15, x16"},
    {0x613918bb, exec_rolw, 0, 17, 18, 19, "rolw x17, x18, x19"},
    {0x616ada3b, exec_rorw, 0, 20, 21, 22, "rorw x20, x21, x22"},
    {0x080c4bbb, exec_zext_h, 0, 23, 24, 0, "zext.h x23, x24"},
    {0x00d00073, exec_wrs_nto, 0, 0, 0, 0, "wrs.nto"},
    {0x01d00073, exec_wrs_sto, 0, 0, 0, 0, "wrs.sto"},
    {0x8001a087, exec_flw, -2048, 1, 3, 0, "flw f1, -2048(x3)"},
    {0x7ff43407, exec_fld, 2047, 8, 8, 0, "fld f8, 2047(x8)"},
    {0x80f6a027, exec_fsw, -2048, 0, 13, 15, "fsw f15, -2048(x13)"},
    {0x7f693fa7, exec_fsd, 2047, 0, 18, 22, "fsd f22, 2047(x18)"},
    {0x90ebcec3, exec_fmadd_s, 148, 29, 23, 14, "fmadd.s f29, f23, f14, f18, rmm"},
    {0xfb9e7243, exec_fmadd_d, 255, 4, 28, 25, "fmadd.d f4, f28, f25, f31, dyn"},
    {0x604085c7, exec_fmsub_s, 96, 11, 1, 4, "fmsub.s f11, f1, f4, f12, rne"},
    {0xcaf31947, exec_fmsub_d, 201, 18, 6, 15, "fmsub.d f18, f6, f15, f25, rtz"},
    {0x31a5accb, exec_fnmsub_s, 50, 25, 11, 26, "fnmsub.s f25, f11, f26, f6, rdn"},
    {0x9a58304b, exec_fnmsub_d, 155, 0, 16, 5, "fnmsub.d f0, f16, f5, f19, rup"},
    {0x010ac3cf, exec_fnmadd_s, 4, 7, 21, 16, "fnmadd.s f7, f21, f16, f0, rmm"},
    {0x6bbd774f, exec_fnmadd_d, 111, 14, 26, 27, "fnmadd.d f14, f26, f27, f13, dyn"},
    {0x006f8ad3, exec_fadd_s, 0, 21, 31, 6, "fadd.s f21, f31, f6, rne"},
    {0x09121e53, exec_fsub_s, 1, 28, 4, 17, "fsub.s f28, f4, f17, rtz"},
    {0x11c4a1d3, exec_fmul_s, 2, 3, 9, 28, "fmul.s f3, f9, f28, rdn"},
    {0x18773553, exec_fdiv_s, 3, 10, 14, 7, "fdiv.s f10, f14, f7, rup"},
    {0x5809c8d3, exec_fsqrt_s, 4, 17, 19, 0, "fsqrt.s f17, f19, rmm"},
    {0x21dc0c53, exec_fsgnj_s, 0, 24, 24, 29, "fsgnj.s f24, f24, f29"},
    {0x208e9fd3, exec_fsgnjn_s, 0, 31, 29, 8, "fsgnjn.s f31, f29, f8"},
    {0x21312353, exec_fsgnjx_s, 0, 6, 2, 19, "fsgnjx.s f6, f2, f19"},
    {0x29e386d3, exec_fmin_s, 0, 13, 7, 30, "fmin.s f13, f7, f30"},
    {0x28961a53, exec_fmax_s, 0, 20, 12, 9, "fmax.s f20, f12, f9"},
    {0x4018cdd3, exec_fcvt_s_d, 4, 27, 17, 0, "fcvt.s.d f27, f17, rmm"},
    {0xa1fb0153, exec_fle_s, 0, 2, 22, 31, "fle.s x2, f22, f31"},
    {0xa0ad94d3, exec_flt_s, 0, 9, 27, 10, "flt.s x9, f27, f10"},
    {0xa1502853, exec_feq_s, 0, 16, 0, 21, "feq.s x16, f0, f21"},
    {0xc002abd3, exec_fcvt_w_s, 2, 23, 5, 0, "fcvt.w.s x23, f5, rdn"},
    {0xc0153f53, exec_fcvt_wu_s, 3, 30, 10, 0, "fcvt.wu.s x30, f10, rup"},
    {0xc027c2d3, exec_fcvt_l_s, 4, 5, 15, 0, "fcvt.l.s x5, f15, rmm"},
    {0xc03a7653, exec_fcvt_lu_s, 7, 12, 20, 0, "fcvt.lu.s x12, f20, dyn"},
    {0xd00c89d3, exec_fcvt_s_w, 0, 19, 25, 0, "fcvt.s.w f19, x25, rne"},
    {0xd01f1d53, exec_fcvt_s_wu, 1, 26, 30, 0, "fcvt.s.wu f26, x30, rtz"},
    {0xd021a0d3, exec_fcvt_s_l, 2, 1, 3, 0, "fcvt.s.l f1, x3, rdn"},
    {0xd0343453, exec_fcvt_s_lu, 3, 8, 8, 0, "fcvt.s.lu f8, x8, rup"},
    {0xe00687d3, exec_fmv_x_w, 0, 15, 13, 0, "fmv.x.w x15, f13"},
    {0xe0091b53, exec_fclass_s, 0, 22, 18, 0, "fclass.s x22, f18"},
    {0xf00b8ed3, exec_fmv_w_x, 0, 29, 23, 0, "fmv.w.x f29, x23"},
    {0x039e1253, exec_fadd_d, 1, 4, 28, 25, "fadd.d f4, f28, f25, rtz"},
    {0x0a40a5d3, exec_fsub_d, 2, 11, 1, 4, "fsub.d f11, f1, f4, rdn"},
    {0x12f33953, exec_fmul_d, 3, 18, 6, 15, "fmul.d f18, f6, f15, rup"},
    {0x1ba5ccd3, exec_fdiv_d, 4, 25, 11, 26, "fdiv.d f25, f11, f26, rmm"},
    {0x5a087053, exec_fsqrt_d, 7, 0, 16, 0, "fsqrt.d f0, f16, dyn"},
    {0x230a83d3, exec_fsgnj_d, 0, 7, 21, 16, "fsgnj.d f7, f21, f16"},
    {0x23bd1753, exec_fsgnjn_d, 0, 14, 26, 27, "fsgnjn.d f14, f26, f27"},
    {0x226faad3, exec_fsgnjx_d, 0, 21, 31, 6, "fsgnjx.d f21, f31, f6"},
    {0x2b120e53, exec_fmin_d, 0, 28, 4, 17, "fmin.d f28, f4, f17"},
    {0x2bc491d3, exec_fmax_d, 0, 3, 9, 28, "fmax.d f3, f9, f28"},
    {0x42070553, exec_fcvt_d_s, 0, 10, 14, 0, "fcvt.d.s f10, f14"},
    {0xa32988d3, exec_fle_d, 0, 17, 19, 18, "fle.d x17, f19, f18"},
    {0xa3dc1c53, exec_flt_d, 0, 24, 24, 29, "flt.d x24, f24, f29"},
    {0xa28eafd3, exec_feq_d, 0, 31, 29, 8, "feq.d x31, f29, f8"},
    {0xc2013353, exec_fcvt_w_d, 3, 6, 2, 0, "fcvt.w.d x6, f2, rup"},
    {0xc213c6d3, exec_fcvt_wu_d, 4, 13, 7, 0, "fcvt.wu.d x13, f7, rmm"},
    {0xc2267a53, exec_fcvt_l_d, 7, 20, 12, 0, "fcvt.l.d x20, f12, dyn"},
    {0xc2388dd3, exec_fcvt_lu_d, 0, 27, 17, 0, "fcvt.lu.d x27, f17, rne"},
    {0xd20b0153, exec_fcvt_d_w, 0, 2, 22, 0, "fcvt.d.w f2, x22"},
    {0xd21d84d3, exec_fcvt_d_wu, 0, 9, 27, 0, "fcvt.d.wu f9, x27"},
    {0xd2203853, exec_fcvt_d_l, 3, 16, 0, 0, "fcvt.d.l f16, x0, rup"},
    {0xd232cbd3, exec_fcvt_d_lu, 4, 23, 5, 0, "fcvt.d.lu f23, x5, rmm"},
    {0xe2050f53, exec_fmv_x_d, 0, 30, 10, 0, "fmv.x.d x30, f10"},
    {0xe20792d3, exec_fclass_d, 0, 5, 15, 0, "fclass.d x5, f15"},
    {0xf20a0653, exec_fmv_d_x, 0, 12, 20, 0, "fmv.d.x f12, x20"},
};

enum { SAMPLES = sizeof samples / sizeof *samples };

Test(decode, assembled_words_decode_to_their_handler_and_operands)
{
    for (unsigned i = 0; i < SAMPLES; i++) {
        const struct sample *want = &samples[i];
        struct insn got;
        decode(want->bits, &got);
        cr_expect(got.exec == want->exec, "%s: the handler", want->why);
        cr_expect(eq(i32, got.imm, want->imm), "%s", want->why);
        cr_expect(eq(u8, got.rd, want->rd), "%s", want->why);
        cr_expect(eq(u8, got.rs1, want->rs1), "%s", want->why);
        cr_expect(eq(u8, got.rs2, want->rs2), "%s", want->why);
        cr_expect(eq(u8, got.length, 4), "%s", want->why);
    }
}

Test(decode, every_row_has_an_assembled_sample)
{
    for (unsigned op = 0; op < OP_COUNT; op++) {
        bool found = false;
        for (unsigned i = 0; i < SAMPLES; i++) {
            found = found || samples[i].exec == insn_rows[op].exec;
        }
        cr_expect(found, "%s", insn_rows[op].name);
    }
}

/* Where a format keeps its immediate: place[k] is the bit of the instruction that holds bit k of
 * the immediate, 0 if that bit is always zero (bit 0 of an instruction never holds one). */
static const struct immediate {
    const char *why;
    uint32_t bits; /* an instruction of this format with an immediate of 0 */
    unsigned top;  /* the immediate's highest bit */
    bool is_signed;
    uint8_t place[32];
} immediates[] = {
    {"I: addi", 0x00000013, 11, true, {20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}},
    {"I: ld", 0x00003003, 11, true, {20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}},
    {"S: sd", 0x00003023, 11, true, {7, 8, 9, 10, 11, 25, 26, 27, 28, 29, 30, 31}},
    {"B: beq", 0x00000063, 12, true, {0, 8, 9, 10, 11, 25, 26, 27, 28, 29, 30, 7, 31}},
    {"U: lui", 0x00000037, 31, true, {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                      0,  12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                      22, 23, 24, 25, 26, 27, 28, 29, 30, 31}},
    {"J: jal", 0x0000006f, 20, true, {0,  21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
                                      20, 12, 13, 14, 15, 16, 17, 18, 19, 31}},
    {"shift: slli", 0x00001013, 5, false, {20, 21, 22, 23, 24, 25}},
    {"shift: sraiw", 0x4000501b, 4, false, {20, 21, 22, 23, 24}},
    {"FI: flw", 0x00002007, 11, true, {20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}},
    {"FR: fsqrt.d", 0x5a000053, 2, false, {12, 13, 14}},
    {"FX: fcvt.lu.s", 0xc0300053, 2, false, {12, 13, 14}},
    {"R4: fnmsub.d", 0x0200004b, 7, false, {12, 13, 14, 27, 28, 29, 30, 31}},
    {"CSR: csrrw", 0x00001073, 11, false, {20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}},
};

/* Puts the bits of number, lowest first, where the format has bits of its immediate. Returns that
 * immediate; *bits receives the instruction. */
static int64_t spread(const struct immediate *format, uint32_t number, uint32_t *bits)
{
    int64_t value = 0;

    *bits = format->bits;
    for (unsigned bit = 0; bit <= format->top; bit++) {
        if (format->place[bit] == 0) {
            continue;
        }
        if (number & 1) {
            bool is_sign = format->is_signed && bit == format->top;
            value += is_sign ? -(INT64_C(1) << bit) : INT64_C(1) << bit;
            *bits |= UINT32_C(1) << format->place[bit];
        }
        number >>= 1;
    }
    return value;
}

static unsigned count_places(const struct immediate *format)
{
    unsigned count = 0;

    for (unsigned bit = 0; bit <= format->top; bit++) {
        count += format->place[bit] != 0;
    }
    return count;
}

Test(decode, every_immediate_of_every_format_is_gathered_from_its_bits)
{
    for (size_t i = 0; i < sizeof immediates / sizeof *immediates; i++) {
        const struct immediate *format = &immediates[i];
        uint32_t count = UINT32_C(1) << count_places(format);
        for (uint32_t number = 0; number < count; number++) {
            uint32_t bits;
            int64_t want = spread(format, number, &bits);
            struct insn got;
            decode(bits, &got);
            cr_assert(got.imm == want, "%s 0x%08" PRIx32 ": %" PRId32 ", not %" PRId64, format->why,
                      bits, got.imm, want);
        }
    }
}

/* Every operand bit set: a register field reads 31 in formats that have it, else 0. */
static const struct registers {
    const char *why;
    uint32_t bits;
    uint8_t rd;
    uint8_t rs1;
    uint8_t rs2;
} registers[] = {
    {"R: add", 0x01ff8fb3, 31, 31, 31},       {"R: sfence.vma", 0x13ff8073, INSN_SINK, 31, 31},
    {"I: addi", 0xffff8f93, 31, 31, 0},       {"shift: slli", 0x03ff9f93, 31, 31, 0},
    {"S: sb", 0xffff8fa3, 0, 31, 31},         {"B: beq", 0xffff8fe3, 0, 31, 31},
    {"U: lui", 0xffffffb7, 31, 0, 0},         {"J: jal", 0xffffffef, 31, 0, 0},
    {"CSR: csrrw", 0xffff9ff3, 31, 31, 0},    {"none: fence", 0xffff8f8f, 0, 0, 0},
    {"unary: clz", 0x600f9f93, 31, 31, 0},    {"unary: cbo.zero", 0x004fa00f, INSN_SINK, 31, 0},
    {"FI: fld", 0xffffbf87, 31, 31, 0},       {"FR: fadd.s", 0x01ffffd3, 31, 31, 31},
    {"FR: fcvt.s.wu", 0xd01fffd3, 31, 31, 0}, {"FX: fcvt.w.d", 0xc20fffd3, 31, 31, 0},
    {"FX: feq.d", 0xa3ffafd3, 31, 31, 31},    {"R4: fmadd.s", 0xf9ffffc3, 31, 31, 31},
};

Test(decode, a_format_reads_its_own_register_fields_and_no_others)
{
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        struct insn got;
        decode(registers[i].bits, &got);
        cr_expect(got.exec != exec_illegal, "%s", registers[i].why);
        cr_expect(eq(u8, got.rd, registers[i].rd), "%s", registers[i].why);
        cr_expect(eq(u8, got.rs1, registers[i].rs1), "%s", registers[i].why);
        cr_expect(eq(u8, got.rs2, registers[i].rs2), "%s", registers[i].why);
    }
}

Test(decode, any_word_decodes_to_the_first_row_that_matches)
{
    uint64_t state = 2;

    for (unsigned i = 0; i < RANDOM_WORDS; i++) {
        uint32_t bits = next_random(&state) | 3;
        struct insn got;
        decode(bits, &got);
        cr_assert(got.exec == handler_of(find_row(bits)), "0x%08" PRIx32, bits);
        cr_assert(got.rd <= INSN_SINK && got.rs1 < 32 && got.rs2 < 32, "0x%08" PRIx32, bits);
    }
}

Test(decode, a_compressed_word_decodes_as_its_expansion_with_length_2)
{
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        if (!decode_is_compressed(bits)) {
            continue;
        }
        struct insn got;
        struct insn want;
        uint32_t expansion = rvc_expand((uint16_t)bits);
        decode(bits | UINT32_C(0xa5a50000), &got); /* the upper half is not part of it */
        decode(expansion, &want);
        cr_assert(got.exec == want.exec && got.imm == want.imm, "0x%04" PRIx32, bits);
        cr_assert(got.rd == want.rd && got.rs1 == want.rs1 && got.rs2 == want.rs2, "0x%04" PRIx32,
                  bits);
        cr_assert(eq(u8, got.length, 2), "0x%04" PRIx32, bits);
    }
}

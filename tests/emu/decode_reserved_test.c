/*
 * Encodings next to those that there are: reserved, custom, or of extensions that this hart lacks.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/decode.h"
#include "emu/hart/exec.h"

/* Words that no instruction of this hart has. */
static const struct {
    uint32_t bits;
    const char *why;
} reserved[] = {
    {0x00000000, "all zeros [norm:Zca_illegal]"},
    {0xffffffff, "all ones"},
    {0x0000001f, "a prefix of 48 bits"},
    {0x0000003f, "a prefix of 64 bits"},
    {0x0000007f, "a prefix of 80 bits and more"},
    {0x00007003, "LOAD funct3 7"},
    {0x00001007, "flh: no Zfh"},
    {0x00004007, "flq: no Q"},
    {0x00001027, "fsh: no Zfh"},
    {0x00004027, "fsq: no Q"},
    {0x04000053, "fadd.h: no Zfh"},
    {0x06000053, "fadd.q: no Q"},
    {0x04000043, "fmadd.h: no Zfh"},
    {0x0600004f, "fnmadd.q: no Q"},
    {0x58100053, "fsqrt.s with rs2"},
    {0x20003053, "fsgnj.s funct3 3"},
    {0x28002053, "fmin.s funct3 2: no Zfa"},
    {0x40000053, "fcvt.s.s"},
    {0x42100053, "fcvt.d.d"},
    {0x40200053, "fcvt.s.h: no Zfhmin"},
    {0xa0003053, "fle.s funct3 3"},
    {0xc0400053, "fcvt.w.s with rs2 4"},
    {0xd2400053, "fcvt.d.w with rs2 4"},
    {0xe0100053, "fmv.x.w with rs2"},
    {0xe0002053, "fclass.s funct3 2"},
    {0xf0001053, "fmv.w.x funct3 1"},
    {0x0000000b, "custom-0"},
    {0x0000300f, "MISC-MEM funct3 3"},
    {0x0000208f, "cbo.inval with rd"},
    {0x0030200f, "the operation between cbo.flush and cbo.zero"},
    {0x0050200f, "the operation after cbo.zero"},
    {0x8040200f, "cbo.zero with bit 31 set"},
    {0x04001013, "slli with bit 26 set"},
    {0x2c001013, "bseti with bit 26 set"},
    {0x60301013, "what follows cpop"},
    {0x60601013, "what follows sext.h"},
    {0x28605013, "not quite orc.b"},
    {0x69805013, "rev8 of RV32"},
    {0x68705013, "brev8: no Zbkb"},
    {0x0c00101b, "slli.uw with bit 26 set"},
    {0x6200501b, "roriw with bit 25 set"},
    {0x6030101b, "what follows cpopw"},
    {0x40001013, "slli with bit 30 set"},
    {0x04005013, "srli with bit 26 set"},
    {0xc0005013, "srai with bit 31 set"},
    {0x0200101b, "slliw with bit 25 set [norm:slliw_srliw_sraiw_imm5_rsv]"},
    {0x0200501b, "srliw with bit 25 set"},
    {0x4200501b, "sraiw with bit 25 set"},
    {0x0000201b, "OP-IMM-32 funct3 2"},
    {0x00004023, "STORE funct3 4"},
    {0x0000002b, "custom-1"},
    {0x0000002f, "AMO of a byte"},
    {0x0000402f, "AMO of 16 bytes"},
    {0x1010202f, "lr.w with rs2"},
    {0x11f0302f, "lr.d with rs2"},
    {0x2800202f, "AMO funct5 5"},
    {0xf800302f, "AMO funct5 31"},
    {0x40001033, "sll with bit 30 set"},
    {0x40002033, "slt with bit 30 set"},
    {0x08004033, "pack: no Zbkb"},
    {0x0e001033, "OP funct7 7 and funct3 1"},
    {0x20001033, "OP funct7 0x10 and funct3 1"},
    {0x28002033, "xperm4: no Zbkx"},
    {0x04000033, "OP funct7 2"},
    {0x42000033, "OP funct7 0x21"},
    {0x0000203b, "OP-32 funct3 2"},
    {0x0200103b, "mulh of words"},
    {0x4000103b, "sllw with bit 30 set"},
    {0x0810403b, "packw: no Zbkb; zext.h only with rs2 = x0"},
    {0x0a00403b, "min of words"},
    {0x00000057, "OP-V"},
    {0x0000005b, "custom-2"},
    {0x00002063, "BRANCH funct3 2"},
    {0x00003063, "BRANCH funct3 3"},
    {0x00001067, "JALR funct3 1"},
    {0x0000006b, "a reserved major opcode"},
    {0x000000f3, "ecall with rd"},
    {0x00008073, "ecall with rs1"},
    {0x001000f3, "ebreak with rd"},
    {0x00200073, "uret: no N"},
    {0x00d000f3, "wrs.nto with rd"},
    {0x01d08073, "wrs.sto with rs1"},
    {0x02d00073, "what would follow wrs.sto"},
    {0x10208073, "sret with rs1"},
    {0x10500473, "wfi with rd"},
    {0x120000f3, "sfence.vma with rd"},
    {0x160000f3, "sinval.vma with rd"},
    {0x18200073, "what follows sfence.inval.ir"},
    {0x18008073, "sfence.w.inval with rs1"},
    {0x22000073, "hfence.vvma: no H"},
    {0x302000f3, "mret with rd"},
    {0x70200073, "mnret: no Smrnmi"},
    {0x7b200073, "dret: no debug mode"},
    {0x00004073, "SYSTEM funct3 4"},
    {0x0000007b, "custom-3"},
    {0x9c41, "a reserved compressed word"},
    {0x8000, "another, in quadrant 0"},
};

Test(decode_reserved, words_decode_to_illegal_without_operands)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        struct insn got;
        decode(reserved[i].bits, &got);
        cr_expect(got.exec == exec_illegal, "%s", reserved[i].why);
        cr_expect(eq(u8, got.length, (reserved[i].bits & 3) == 3 ? 4 : 2), "%s", reserved[i].why);
        cr_expect(eq(u8, got.rd | got.rs1 | got.rs2, 0), "%s", reserved[i].why);
    }
}

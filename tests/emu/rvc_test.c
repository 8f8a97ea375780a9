/*
 * Compressed instructions against the 32-bit instructions that they stand for, as another assembler
 * encodes both, and against the manual's list of what is reserved.
 */
#include "emu/hart/rvc.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every instruction, with each bit of its immediate alone and with the immediate's ends. */
static const struct {
    uint16_t bits;
    uint32_t want;
    const char *why;
} expansions[] = {
    {0x0040, 0x00410413, "c.addi4spn x8, sp, 4: addi x8, x2, 4"},
    {0x0024, 0x00810493, "c.addi4spn x9, sp, 8: addi x9, x2, 8"},
    {0x0088, 0x04010513, "c.addi4spn x10, sp, 64: addi x10, x2, 64"},
    {0x080c, 0x01010593, "c.addi4spn x11, sp, 16: addi x11, x2, 16"},
    {0x1010, 0x02010613, "c.addi4spn x12, sp, 32: addi x12, x2, 32"},
    {0x0114, 0x08010693, "c.addi4spn x13, sp, 128: addi x13, x2, 128"},
    {0x0418, 0x20010713, "c.addi4spn x14, sp, 512: addi x14, x2, 512"},
    {0x1ffc, 0x3fc10793, "c.addi4spn x15, sp, 1020: addi x15, x2, 1020"},
    {0x0200, 0x10010413, "c.addi4spn x8, sp, 256: addi x8, x2, 256"},
    {0x4380, 0x0007a403, "c.lw x8, 0(x15): lw x8, 0(x15)"},
    {0x4244, 0x00462483, "c.lw x9, 4(x12): lw x9, 4(x12)"},
    {0x4488, 0x0084a503, "c.lw x10, 8(x9): lw x10, 8(x9)"},
    {0x4b0c, 0x01072583, "c.lw x11, 16(x14): lw x11, 16(x14)"},
    {0x5190, 0x0205a603, "c.lw x12, 32(x11): lw x12, 32(x11)"},
    {0x4034, 0x04042683, "c.lw x13, 64(x8): lw x13, 64(x8)"},
    {0x5ef8, 0x07c6a703, "c.lw x14, 124(x13): lw x14, 124(x13)"},
    {0x6380, 0x0007b403, "c.ld x8, 0(x15): ld x8, 0(x15)"},
    {0x6604, 0x00863483, "c.ld x9, 8(x12): ld x9, 8(x12)"},
    {0x6888, 0x0104b503, "c.ld x10, 16(x9): ld x10, 16(x9)"},
    {0x730c, 0x02073583, "c.ld x11, 32(x14): ld x11, 32(x14)"},
    {0x61b0, 0x0405b603, "c.ld x12, 64(x11): ld x12, 64(x11)"},
    {0x6054, 0x08043683, "c.ld x13, 128(x8): ld x13, 128(x8)"},
    {0x7ef8, 0x0f86b703, "c.ld x14, 248(x13): ld x14, 248(x13)"},
    {0xc380, 0x0087a023, "c.sw x8, 0(x15): sw x8, 0(x15)"},
    {0xc244, 0x00962223, "c.sw x9, 4(x12): sw x9, 4(x12)"},
    {0xc488, 0x00a4a423, "c.sw x10, 8(x9): sw x10, 8(x9)"},
    {0xcb0c, 0x00b72823, "c.sw x11, 16(x14): sw x11, 16(x14)"},
    {0xd190, 0x02c5a023, "c.sw x12, 32(x11): sw x12, 32(x11)"},
    {0xc034, 0x04d42023, "c.sw x13, 64(x8): sw x13, 64(x8)"},
    {0xdef8, 0x06e6ae23, "c.sw x14, 124(x13): sw x14, 124(x13)"},
    {0xe380, 0x0087b023, "c.sd x8, 0(x15): sd x8, 0(x15)"},
    {0xe604, 0x00963423, "c.sd x9, 8(x12): sd x9, 8(x12)"},
    {0xe888, 0x00a4b823, "c.sd x10, 16(x9): sd x10, 16(x9)"},
    {0xf30c, 0x02b73023, "c.sd x11, 32(x14): sd x11, 32(x14)"},
    {0xe1b0, 0x04c5b023, "c.sd x12, 64(x11): sd x12, 64(x11)"},
    {0xe054, 0x08d43023, "c.sd x13, 128(x8): sd x13, 128(x8)"},
    {0xfef8, 0x0ee6bc23, "c.sd x14, 248(x13): sd x14, 248(x13)"},
    {0x0001, 0x00000013, "c.nop: addi x0, x0, 0"},
    {0x107d, 0xfff00013, "c.nop -1, a HINT: addi x0, x0, -1"},
    {0x0085, 0x00108093, "c.addi x1, 1: addi x1, x1, 1"},
    {0x0109, 0x00210113, "c.addi x2, 2: addi x2, x2, 2"},
    {0x0211, 0x00420213, "c.addi x4, 4: addi x4, x4, 4"},
    {0x0421, 0x00840413, "c.addi x8, 8: addi x8, x8, 8"},
    {0x0841, 0x01080813, "c.addi x16, 16: addi x16, x16, 16"},
    {0x0ffd, 0x01ff8f93, "c.addi x31, 31: addi x31, x31, 31"},
    {0x1f81, 0xfe0f8f93, "c.addi x31, -32: addi x31, x31, -32"},
    {0x17fd, 0xfff78793, "c.addi x15, -1: addi x15, x15, -1"},
    {0x0281, 0x00028293, "c.addi x5, 0, a HINT: addi x5, x5, 0"},
    {0x2081, 0x0000809b, "c.addiw x1, 0: addiw x1, x1, 0"},
    {0x2105, 0x0011011b, "c.addiw x2, 1: addiw x2, x2, 1"},
    {0x2f7d, 0x01ff0f1b, "c.addiw x30, 31: addiw x30, x30, 31"},
    {0x3f81, 0xfe0f8f9b, "c.addiw x31, -32: addiw x31, x31, -32"},
    {0x38fd, 0xfff8889b, "c.addiw x17, -1: addiw x17, x17, -1"},
    {0x4081, 0x00000093, "c.li x1, 0: addi x1, x0, 0"},
    {0x4105, 0x00100113, "c.li x2, 1: addi x2, x0, 1"},
    {0x4f7d, 0x01f00f13, "c.li x30, 31: addi x30, x0, 31"},
    {0x5f81, 0xfe000f93, "c.li x31, -32: addi x31, x0, -32"},
    {0x58fd, 0xfff00893, "c.li x17, -1: addi x17, x0, -1"},
    {0x4015, 0x00500013, "c.li x0, 5, a HINT: addi x0, x0, 5"},
    {0x6141, 0x01010113, "c.addi16sp sp, 16: addi x2, x2, 16"},
    {0x6105, 0x02010113, "c.addi16sp sp, 32: addi x2, x2, 32"},
    {0x6121, 0x04010113, "c.addi16sp sp, 64: addi x2, x2, 64"},
    {0x6109, 0x08010113, "c.addi16sp sp, 128: addi x2, x2, 128"},
    {0x6111, 0x10010113, "c.addi16sp sp, 256: addi x2, x2, 256"},
    {0x617d, 0x1f010113, "c.addi16sp sp, 496: addi x2, x2, 496"},
    {0x7101, 0xe0010113, "c.addi16sp sp, -512: addi x2, x2, -512"},
    {0x717d, 0xff010113, "c.addi16sp sp, -16: addi x2, x2, -16"},
    {0x6085, 0x000010b7, "c.lui x1, 0x1: lui x1, 0x1"},
    {0x6189, 0x000021b7, "c.lui x3, 0x2: lui x3, 0x2"},
    {0x6211, 0x00004237, "c.lui x4, 0x4: lui x4, 0x4"},
    {0x6421, 0x00008437, "c.lui x8, 0x8: lui x8, 0x8"},
    {0x6841, 0x00010837, "c.lui x16, 0x10: lui x16, 0x10"},
    {0x6ffd, 0x0001ffb7, "c.lui x31, 0x1f: lui x31, 0x1f"},
    {0x7f81, 0xfffe0fb7, "c.lui x31, 0xfffe0: lui x31, 0xfffe0"},
    {0x72fd, 0xfffff2b7, "c.lui x5, 0xfffff: lui x5, 0xfffff"},
    {0x6005, 0x00001037, "c.lui x0, 1, a HINT: lui x0, 1"},
    {0x8005, 0x00145413, "c.srli x8, 1: srli x8, x8, 1"},
    {0x8089, 0x0024d493, "c.srli x9, 2: srli x9, x9, 2"},
    {0x8111, 0x00455513, "c.srli x10, 4: srli x10, x10, 4"},
    {0x81a1, 0x0085d593, "c.srli x11, 8: srli x11, x11, 8"},
    {0x8241, 0x01065613, "c.srli x12, 16: srli x12, x12, 16"},
    {0x9281, 0x0206d693, "c.srli x13, 32: srli x13, x13, 32"},
    {0x93fd, 0x03f7d793, "c.srli x15, 63: srli x15, x15, 63"},
    {0x8405, 0x40145413, "c.srai x8, 1: srai x8, x8, 1"},
    {0x8489, 0x4024d493, "c.srai x9, 2: srai x9, x9, 2"},
    {0x8511, 0x40455513, "c.srai x10, 4: srai x10, x10, 4"},
    {0x85a1, 0x4085d593, "c.srai x11, 8: srai x11, x11, 8"},
    {0x8641, 0x41065613, "c.srai x12, 16: srai x12, x12, 16"},
    {0x9681, 0x4206d693, "c.srai x13, 32: srai x13, x13, 32"},
    {0x97fd, 0x43f7d793, "c.srai x15, 63: srai x15, x15, 63"},
    {0x8081, 0x0004d493, "c.srli x9, 0, a HINT: srli x9, x9, 0"},
    {0x8481, 0x4004d493, "c.srai x9, 0, a HINT: srai x9, x9, 0"},
    {0x8801, 0x00047413, "c.andi x8, 0: andi x8, x8, 0"},
    {0x8885, 0x0014f493, "c.andi x9, 1: andi x9, x9, 1"},
    {0x897d, 0x01f57513, "c.andi x10, 31: andi x10, x10, 31"},
    {0x9b01, 0xfe077713, "c.andi x14, -32: andi x14, x14, -32"},
    {0x9bfd, 0xfff7f793, "c.andi x15, -1: andi x15, x15, -1"},
    {0x8c1d, 0x40f40433, "c.sub x8, x15: sub x8, x8, x15"},
    {0x8cb9, 0x00e4c4b3, "c.xor x9, x14: xor x9, x9, x14"},
    {0x8d55, 0x00d56533, "c.or x10, x13: or x10, x10, x13"},
    {0x8df1, 0x00c5f5b3, "c.and x11, x12: and x11, x11, x12"},
    {0x9e0d, 0x40b6063b, "c.subw x12, x11: subw x12, x12, x11"},
    {0x9ea9, 0x00a686bb, "c.addw x13, x10: addw x13, x13, x10"},
    {0xa001, 0x0000006f, "c.j .+0: jal x0, .+0"},
    {0xa009, 0x0020006f, "c.j .+2: jal x0, .+2"},
    {0xa011, 0x0040006f, "c.j .+4: jal x0, .+4"},
    {0xa021, 0x0080006f, "c.j .+8: jal x0, .+8"},
    {0xa801, 0x0100006f, "c.j .+16: jal x0, .+16"},
    {0xa005, 0x0200006f, "c.j .+32: jal x0, .+32"},
    {0xa081, 0x0400006f, "c.j .+64: jal x0, .+64"},
    {0xa041, 0x0800006f, "c.j .+128: jal x0, .+128"},
    {0xa201, 0x1000006f, "c.j .+256: jal x0, .+256"},
    {0xa401, 0x2000006f, "c.j .+512: jal x0, .+512"},
    {0xa101, 0x4000006f, "c.j .+1024: jal x0, .+1024"},
    {0xaffd, 0x7fe0006f, "c.j .+2046: jal x0, .+2046"},
    {0xbffd, 0xfffff06f, "c.j .-2: jal x0, .-2"},
    {0xb001, 0x801ff06f, "c.j .-2048: jal x0, .-2048"},
    {0xc001, 0x00040063, "c.beqz x8, .+0: beq x8, x0, .+0"},
    {0xc089, 0x00048163, "c.beqz x9, .+2: beq x9, x0, .+2"},
    {0xc111, 0x00050263, "c.beqz x10, .+4: beq x10, x0, .+4"},
    {0xc581, 0x00058463, "c.beqz x11, .+8: beq x11, x0, .+8"},
    {0xca01, 0x00060863, "c.beqz x12, .+16: beq x12, x0, .+16"},
    {0xc285, 0x02068063, "c.beqz x13, .+32: beq x13, x0, .+32"},
    {0xc321, 0x04070063, "c.beqz x14, .+64: beq x14, x0, .+64"},
    {0xc3c1, 0x08078063, "c.beqz x15, .+128: beq x15, x0, .+128"},
    {0xcc7d, 0x0e040f63, "c.beqz x8, .+254: beq x8, x0, .+254"},
    {0xdcfd, 0xfe048fe3, "c.beqz x9, .-2: beq x9, x0, .-2"},
    {0xd101, 0xf00500e3, "c.beqz x10, .-256: beq x10, x0, .-256"},
    {0xe001, 0x00041063, "c.bnez x8, .+0: bne x8, x0, .+0"},
    {0xe089, 0x00049163, "c.bnez x9, .+2: bne x9, x0, .+2"},
    {0xe111, 0x00051263, "c.bnez x10, .+4: bne x10, x0, .+4"},
    {0xe581, 0x00059463, "c.bnez x11, .+8: bne x11, x0, .+8"},
    {0xea01, 0x00061863, "c.bnez x12, .+16: bne x12, x0, .+16"},
    {0xe285, 0x02069063, "c.bnez x13, .+32: bne x13, x0, .+32"},
    {0xe321, 0x04071063, "c.bnez x14, .+64: bne x14, x0, .+64"},
    {0xe3c1, 0x08079063, "c.bnez x15, .+128: bne x15, x0, .+128"},
    {0xec7d, 0x0e041f63, "c.bnez x8, .+254: bne x8, x0, .+254"},
    {0xfcfd, 0xfe049fe3, "c.bnez x9, .-2: bne x9, x0, .-2"},
    {0xf101, 0xf00510e3, "c.bnez x10, .-256: bne x10, x0, .-256"},
    {0x0086, 0x00109093, "c.slli x1, 1: slli x1, x1, 1"},
    {0x010a, 0x00211113, "c.slli x2, 2: slli x2, x2, 2"},
    {0x0212, 0x00421213, "c.slli x4, 4: slli x4, x4, 4"},
    {0x0422, 0x00841413, "c.slli x8, 8: slli x8, x8, 8"},
    {0x0842, 0x01081813, "c.slli x16, 16: slli x16, x16, 16"},
    {0x1f02, 0x020f1f13, "c.slli x30, 32: slli x30, x30, 32"},
    {0x1ffe, 0x03ff9f93, "c.slli x31, 63: slli x31, x31, 63"},
    {0x0082, 0x00009093, "c.slli x1, 0, a HINT: slli x1, x1, 0"},
    {0x0006, 0x00101013, "c.slli x0, 1, a HINT: slli x0, x0, 1"},
    {0x4082, 0x00012083, "c.lwsp x1, 0(sp): lw x1, 0(x2)"},
    {0x4112, 0x00412103, "c.lwsp x2, 4(sp): lw x2, 4(x2)"},
    {0x4222, 0x00812203, "c.lwsp x4, 8(sp): lw x4, 8(x2)"},
    {0x4442, 0x01012403, "c.lwsp x8, 16(sp): lw x8, 16(x2)"},
    {0x5802, 0x02012803, "c.lwsp x16, 32(sp): lw x16, 32(x2)"},
    {0x4f86, 0x04012f83, "c.lwsp x31, 64(sp): lw x31, 64(x2)"},
    {0x4f0a, 0x08012f03, "c.lwsp x30, 128(sp): lw x30, 128(x2)"},
    {0x57fe, 0x0fc12783, "c.lwsp x15, 252(sp): lw x15, 252(x2)"},
    {0x6082, 0x00013083, "c.ldsp x1, 0(sp): ld x1, 0(x2)"},
    {0x6122, 0x00813103, "c.ldsp x2, 8(sp): ld x2, 8(x2)"},
    {0x6242, 0x01013203, "c.ldsp x4, 16(sp): ld x4, 16(x2)"},
    {0x7402, 0x02013403, "c.ldsp x8, 32(sp): ld x8, 32(x2)"},
    {0x6806, 0x04013803, "c.ldsp x16, 64(sp): ld x16, 64(x2)"},
    {0x6f8a, 0x08013f83, "c.ldsp x31, 128(sp): ld x31, 128(x2)"},
    {0x6f12, 0x10013f03, "c.ldsp x30, 256(sp): ld x30, 256(x2)"},
    {0x77fe, 0x1f813783, "c.ldsp x15, 504(sp): ld x15, 504(x2)"},
    {0xc006, 0x00112023, "c.swsp x1, 0(sp): sw x1, 0(x2)"},
    {0xc20a, 0x00212223, "c.swsp x2, 4(sp): sw x2, 4(x2)"},
    {0xc412, 0x00412423, "c.swsp x4, 8(sp): sw x4, 8(x2)"},
    {0xc822, 0x00812823, "c.swsp x8, 16(sp): sw x8, 16(x2)"},
    {0xd042, 0x03012023, "c.swsp x16, 32(sp): sw x16, 32(x2)"},
    {0xc0fe, 0x05f12023, "c.swsp x31, 64(sp): sw x31, 64(x2)"},
    {0xc17a, 0x09e12023, "c.swsp x30, 128(sp): sw x30, 128(x2)"},
    {0xdfbe, 0x0ef12e23, "c.swsp x15, 252(sp): sw x15, 252(x2)"},
    {0xe006, 0x00113023, "c.sdsp x1, 0(sp): sd x1, 0(x2)"},
    {0xe40a, 0x00213423, "c.sdsp x2, 8(sp): sd x2, 8(x2)"},
    {0xe812, 0x00413823, "c.sdsp x4, 16(sp): sd x4, 16(x2)"},
    {0xf022, 0x02813023, "c.sdsp x8, 32(sp): sd x8, 32(x2)"},
    {0xe0c2, 0x05013023, "c.sdsp x16, 64(sp): sd x16, 64(x2)"},
    {0xe17e, 0x09f13023, "c.sdsp x31, 128(sp): sd x31, 128(x2)"},
    {0xe27a, 0x11e13023, "c.sdsp x30, 256(sp): sd x30, 256(x2)"},
    {0xffbe, 0x1ef13c23, "c.sdsp x15, 504(sp): sd x15, 504(x2)"},
    {0xc002, 0x00012023, "c.swsp x0, 0(sp): sw x0, 0(x2)"},
    {0xe402, 0x00013423, "c.sdsp x0, 8(sp): sd x0, 8(x2)"},
    {0x8082, 0x00008067, "c.jr x1: jalr x0, 0(x1)"},
    {0x9082, 0x000080e7, "c.jalr x1: jalr x1, 0(x1)"},
    {0x8f82, 0x000f8067, "c.jr x31: jalr x0, 0(x31)"},
    {0x9f82, 0x000f80e7, "c.jalr x31: jalr x1, 0(x31)"},
    {0x80fe, 0x01f000b3, "c.mv x1, x31: add x1, x0, x31"},
    {0x8f86, 0x00100fb3, "c.mv x31, x1: add x31, x0, x1"},
    {0x8016, 0x00500033, "c.mv x0, x5, a HINT: add x0, x0, x5"},
    {0x9002, 0x00100073, "c.ebreak: ebreak"},
    {0x90fe, 0x01f080b3, "c.add x1, x31: add x1, x1, x31"},
    {0x9f86, 0x001f8fb3, "c.add x31, x1: add x31, x31, x1"},
    {0x9016, 0x00500033, "c.add x0, x5, c.ntl.all, a HINT: add x0, x0, x5"},
    {0x2380, 0x0007b407, "c.fld f8, 0(x15): fld f8, 0(x15)"},
    {0x250c, 0x00853587, "c.fld f11, 8(x10): fld f11, 8(x10)"},
    {0x2a98, 0x0106b707, "c.fld f14, 16(x13): fld f14, 16(x13)"},
    {0x3004, 0x02043487, "c.fld f9, 32(x8): fld f9, 32(x8)"},
    {0x21b0, 0x0405b607, "c.fld f12, 64(x11): fld f12, 64(x11)"},
    {0x235c, 0x08073787, "c.fld f15, 128(x14): fld f15, 128(x14)"},
    {0x3ce8, 0x0f84b507, "c.fld f10, 248(x9): fld f10, 248(x9)"},
    {0xa380, 0x0087b027, "c.fsd f8, 0(x15): fsd f8, 0(x15)"},
    {0xa50c, 0x00b53427, "c.fsd f11, 8(x10): fsd f11, 8(x10)"},
    {0xaa98, 0x00e6b827, "c.fsd f14, 16(x13): fsd f14, 16(x13)"},
    {0xb004, 0x02943027, "c.fsd f9, 32(x8): fsd f9, 32(x8)"},
    {0xa1b0, 0x04c5b027, "c.fsd f12, 64(x11): fsd f12, 64(x11)"},
    {0xa35c, 0x08f73027, "c.fsd f15, 128(x14): fsd f15, 128(x14)"},
    {0xbce8, 0x0ea4bc27, "c.fsd f10, 248(x9): fsd f10, 248(x9)"},
    {0x2002, 0x00013007, "c.fldsp f0, 0(sp): fld f0, 0(x2)"},
    {0x20a2, 0x00813087, "c.fldsp f1, 8(sp): fld f1, 8(x2)"},
    {0x2142, 0x01013107, "c.fldsp f2, 16(sp): fld f2, 16(x2)"},
    {0x3202, 0x02013207, "c.fldsp f4, 32(sp): fld f4, 32(x2)"},
    {0x2406, 0x04013407, "c.fldsp f8, 64(sp): fld f8, 64(x2)"},
    {0x280a, 0x08013807, "c.fldsp f16, 128(sp): fld f16, 128(x2)"},
    {0x2f92, 0x10013f87, "c.fldsp f31, 256(sp): fld f31, 256(x2)"},
    {0x3afe, 0x1f813a87, "c.fldsp f21, 504(sp): fld f21, 504(x2)"},
    {0xa002, 0x00013027, "c.fsdsp f0, 0(sp): fsd f0, 0(x2)"},
    {0xa406, 0x00113427, "c.fsdsp f1, 8(sp): fsd f1, 8(x2)"},
    {0xa80a, 0x00213827, "c.fsdsp f2, 16(sp): fsd f2, 16(x2)"},
    {0xb012, 0x02413027, "c.fsdsp f4, 32(sp): fsd f4, 32(x2)"},
    {0xa0a2, 0x04813027, "c.fsdsp f8, 64(sp): fsd f8, 64(x2)"},
    {0xa142, 0x09013027, "c.fsdsp f16, 128(sp): fsd f16, 128(x2)"},
    {0xa27e, 0x11f13027, "c.fsdsp f31, 256(sp): fsd f31, 256(x2)"},
    {0xbfd6, 0x1f513c27, "c.fsdsp f21, 504(sp): fsd f21, 504(x2)"},
};

Test(rvc, every_instruction_expands_to_what_it_stands_for)
{
    for (size_t i = 0; i < sizeof expansions / sizeof *expansions; i++) {
        cr_expect(eq(u32, rvc_expand(expansions[i].bits), expansions[i].want), "%s",
                  expansions[i].why);
    }
}

/* All words that are no instruction here: (word & mask) == match. */
static const struct {
    uint16_t mask;
    uint16_t match;
    const char *why;
} illegal[] = {
    {0xffff, 0x0000, "all zeros [norm:Zca_illegal]"},
    {0xffe3, 0x0000, "c.addi4spn with an immediate of 0 [norm:c-addi4spn_rsv]"},
    {0xe003, 0x8000, "quadrant 0 funct3 4 is reserved"},
    {0xef83, 0x2001, "c.addiw with rd = x0 [norm:c-addiw_rsv]"},
    {0xffff, 0x6101, "c.addi16sp with an immediate of 0 [norm:c-addi16sp_rsv]"},
    {0xf07f, 0x6001, "c.lui with an immediate of 0 [norm:c-lui_rsv]"},
    {0xfc63, 0x9c41, "quadrant 1 funct6 0x27 funct2 2 is reserved"},
    {0xfc63, 0x9c61, "quadrant 1 funct6 0x27 funct2 3 is reserved"},
    {0xef83, 0x4002, "c.lwsp with rd = x0 [norm:c-lwsp_rsv]"},
    {0xef83, 0x6002, "c.ldsp with rd = x0 [norm:c-ldsp_rsv]"},
    {0xffff, 0x8002, "c.jr with rs1 = x0 [norm:c-jr_rsv]"},
    {0x0003, 0x0003, "not compressed"},
};

static const char *why_illegal(uint32_t bits)
{
    for (size_t i = 0; i < sizeof illegal / sizeof *illegal; i++) {
        if ((bits & illegal[i].mask) == illegal[i].match) {
            return illegal[i].why;
        }
    }
    return NULL;
}

Test(rvc, a_word_expands_to_0_exactly_if_it_is_no_instruction)
{
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        const char *why = why_illegal(bits);
        bool is_illegal = rvc_expand((uint16_t)bits) == 0;
        cr_expect(is_illegal == (why != NULL), "0x%04" PRIx32 ": %s", bits,
                  why != NULL ? why : "an instruction");
    }
}

/* The code points of Unpriv. [rvc-t-hints]: rd is x0, or keeps its value because the operand is 0.
 */
static const struct {
    uint16_t mask;
    uint16_t match;
    const char *why;
} hints[] = {
    {0xef83, 0x0001, "c.nop with an immediate: rd = x0"},
    {0xf07f, 0x0001, "c.addi of 0"},
    {0xef83, 0x4001, "c.li with rd = x0"},
    {0xef83, 0x6001, "c.lui with rd = x0"},
    {0xff83, 0x8002, "c.mv with rd = x0"},
    {0xff83, 0x9002, "c.add with rd = x0"},
    {0xef83, 0x0002, "c.slli with rd = x0"},
    {0xf07f, 0x0002, "c.slli by 0"},
    {0xfc7f, 0x8001, "c.srli by 0"},
    {0xfc7f, 0x8401, "c.srai by 0"},
};

/* c.add with both registers x0. */
static const uint32_t EBREAK = 0x00100073;

/* True for an instruction with rd = x0, and for addi or a shift of a register by 0 into itself. */
static bool changes_nothing(uint32_t insn)
{
    uint32_t rd = insn >> 7 & 0x1f;
    uint32_t rs1 = insn >> 15 & 0x1f;
    uint32_t operand = insn >> 20 & 0xbff; /* without bit 30, which makes srli srai */
    bool is_op_imm = (insn & 0x7f) == 0x13;

    return rd == 0 || (is_op_imm && rd == rs1 && operand == 0);
}

Test(rvc, hints_expand_to_instructions_that_change_nothing)
{
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
            uint32_t insn = rvc_expand((uint16_t)bits);
            if ((bits & hints[i].mask) == hints[i].match && insn != 0 && insn != EBREAK) {
                cr_expect(changes_nothing(insn), "0x%04" PRIx32 ": %s", bits, hints[i].why);
            }
        }
    }
}

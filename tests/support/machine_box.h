/*
 * machine_box.h - a machine with a program given as words, its console in memory: for tests that
 * run a few instructions on a whole machine.
 */
#ifndef TESTS_SUPPORT_MACHINE_BOX_H
#define TESTS_SUPPORT_MACHINE_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/machine.h"
#include "tests/support/encode.h"

enum { BOX_MEMORY = 1 << 20 };

struct box {
    struct machine *machine; /* to be destroyed by the test */
    struct elf_segment segment;
    struct symbol symbol;
    struct elf_program program;
    char output[16];
    size_t output_length;
    const char *input;
    bool is_interrupted;
};

/* Makes a machine in an empty box, with these words at the start of RAM, where it begins. */
void box_start(struct box *box, const uint32_t *words, size_t count);

/* Runs until this many attempts have been made, or until it ends. */
struct machine_exit box_run(struct box *box, uint64_t attempts);

/* Starts an empty box on the instructions given. */
#define START(at, ...)                                                                             \
    *(at) = (struct box){.output_length = 0};                                                      \
    box_start((at), (const uint32_t[]){__VA_ARGS__},                                               \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* Short names for what programs are made of. */

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10 };
enum { BYTE = 0, WORD = 2, DWORD = 3 };

/* lui sign-extends from bit 31: right for what is below 0x8000_0000. */
static inline uint32_t lui(unsigned rd, uint64_t base)
{
    return encode_u(OPCODE_LUI, rd, (uint32_t)(base >> 12));
}

static inline uint32_t addi(unsigned rd, unsigned rs1, int32_t imm)
{
    return encode_i(OPCODE_OP_IMM, 0, rd, rs1, imm);
}

static inline uint32_t store(unsigned funct3, unsigned base, unsigned value, int32_t offset)
{
    return encode_s(funct3, base, value, offset);
}

#endif

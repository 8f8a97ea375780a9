/*
 * exec_memory.h - what the handlers of loads and stores share, those of floats included.
 */
#ifndef EMU_HART_EXEC_MEMORY_H
#define EMU_HART_EXEC_MEMORY_H

#include <stdint.h>

#include "emu/hart/exec.h"
#include "emu/hart/hart.h"
#include "emu/hart/l0.h"

/* The base register plus the offset [norm:ldst_ea]. */
static inline uint64_t effective_va(const struct hart *hart, const struct insn *insn)
{
    return get_rs1(hart, insn) + get_imm(insn);
}

#endif

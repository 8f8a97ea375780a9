/*
 * exec_memory.h - what the handlers of loads and stores share, those of floats included.
 */
#ifndef EMU_HART_EXEC_MEMORY_H
#define EMU_HART_EXEC_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/exec.h"
#include "emu/hart/hart.h"
#include "emu/hart/l0.h"

/* The base register plus the offset [norm:ldst_ea]. */
static inline uint64_t effective_va(const struct hart *hart, const struct insn *insn)
{
    return get_rs1(hart, insn) + get_imm(insn);
}

/* An access that misses the L0 may be known to reach RAM, which is at *pa then: it has been
 * translated. */
static inline bool is_taken(struct hart *hart, const struct insn *insn, unsigned size,
                            enum mmu_access access, uint64_t *pa)
{
    if (hart->pages.take == NULL) {
        return false;
    }
    hart->pc = insn_pc(hart, insn);
    return hart->pages.take(hart->pages.ctx, effective_va(hart, insn), size, access, pa);
}

#endif

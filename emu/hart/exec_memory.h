/*
 * exec_memory.h - what the handlers of loads and stores share, those of floats included.
 */
#ifndef EMU_HART_EXEC_MEMORY_H
#define EMU_HART_EXEC_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/bus.h"
#include "emu/hart/access.h"
#include "emu/hart/exec.h"
#include "emu/hart/hart.h"
#include "emu/hart/l0.h"

/* The base register plus the offset [norm:ldst_ea]. */
static inline uint64_t effective_va(const struct hart *hart, const struct insn *insn)
{
    return get_rs1(hart, insn) + get_imm(insn);
}

/* An access that misses the L0 may be known to reach RAM: where, or HART_NOT_TAKEN. It has been
 * translated then. */
static inline uint64_t take(struct hart *hart, const struct insn *insn, unsigned size,
                            enum mmu_access access)
{
    if (hart->pages.take == NULL) {
        return HART_NOT_TAKEN;
    }
    hart->pc = insn_pc(hart, insn);
    return hart->pages.take(hart->pages.ctx, effective_va(hart, insn), size, access);
}

/* A store that misses the L0. Returns false: it has trapped. */
static inline bool store_unseen(struct hart *hart, const struct insn *insn, unsigned size,
                                uint64_t value)
{
    uint64_t pa = take(hart, insn, size, MMU_STORE);

    if (pa != HART_NOT_TAKEN) {
        bus_write_ram(hart->bus, pa, size, value);
        return true;
    }
    hart_sync(hart, insn);
    return access_store(hart, effective_va(hart, insn), size, value);
}

#endif

/*
 * exec_memory.c - loads and stores.
 *
 * Spec: Unpriv. [ldst], [rv64].
 */
#include "emu/hart/exec_memory.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/access.h"
#include "emu/hart/bits.h"

static inline uint64_t extend(uint64_t value, unsigned size, bool is_signed)
{
    return is_signed && size < 8 ? sign_extend(value, 8 * size) : value;
}

/* Returns false: it has trapped. */
__attribute__((noinline)) static bool load_far(struct hart *hart, const struct insn *insn,
                                               unsigned size, bool is_signed)
{
    uint64_t value;

    hart_sync(hart, insn);
    if (!access_load(hart, effective_va(hart, insn), size, &value)) {
        return false;
    }
    set_rd(hart, insn, extend(value, size, is_signed));
    return true;
}

/* The L0 does not have the page. */
__attribute__((noinline)) static void load_long(struct hart *hart, const struct insn *insn,
                                                unsigned size, bool is_signed)
{
    uint64_t pa = take(hart, insn, size, MMU_LOAD);

    if (pa != HART_NOT_TAKEN) {
        uint64_t value = load_bytes(bus_ram_at(hart->bus, pa), size);
        set_rd(hart, insn, extend(value, size, is_signed));
    } else if (!load_far(hart, insn, size, is_signed)) {
        return;
    }
    go_on_behind(hart, insn);
}

__attribute__((noinline)) static void store_long(struct hart *hart, const struct insn *insn,
                                                 unsigned size)
{
    if (!store_unseen(hart, insn, size, get_rs2(hart, insn))) {
        return;
    }
    go_on_behind(hart, insn);
}

/* Does the load if the L0 has the page. One into x0 is done all the same: it may fault
 * [norm:load_exc_x0]. */
static inline bool load_quick(struct hart *hart, const struct insn *insn, uint64_t rs1,
                              unsigned size, bool is_signed, uint64_t *value)
{
    const uint8_t *bytes;

    if (!l0_load(&hart->l0, rs1 + get_imm(insn), size, &bytes)) {
        return false;
    }
    *value = extend(load_bytes(bytes, size), size, is_signed);
    set_rd(hart, insn, *value);
    return true;
}

/* Defines both forms of a load's handler. */
#define LOAD(name, size, is_signed)                                                                \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64_t value;                                                                            \
                                                                                                   \
        if (!load_quick(hart, insn, rs1, size, is_signed, &value)) {                               \
            load_long(hart, insn, size, is_signed);                                                \
            return;                                                                                \
        }                                                                                          \
        NEXT(hart, insn);                                                                          \
    }                                                                                              \
    HANDLER(name##_on)                                                                             \
    {                                                                                              \
        uint64_t value;                                                                            \
                                                                                                   \
        if (!load_quick(hart, insn, rs1, size, is_signed, &value)) {                               \
            load_long(hart, insn, size, is_signed);                                                \
            return;                                                                                \
        }                                                                                          \
        NEXT_ON(hart, insn, value);                                                                \
    }

LOAD(lb, 1, true)
LOAD(lh, 2, true)
LOAD(lw, 4, true)
LOAD(ld, 8, false)
LOAD(lbu, 1, false)
LOAD(lhu, 2, false)
LOAD(lwu, 4, false)

static inline void store(struct hart *hart, const struct insn *insn, uint64_t rs1, unsigned size)
{
    uint8_t *bytes;

    if (!l0_store(&hart->l0, rs1 + get_imm(insn), size, &bytes)) {
        store_long(hart, insn, size);
        return;
    }
    store_bytes(bytes, size, get_rs2(hart, insn));
    NEXT(hart, insn);
}

HANDLER(sb)
{
    store(hart, insn, rs1, 1);
}

HANDLER(sh)
{
    store(hart, insn, rs1, 2);
}

HANDLER(sw)
{
    store(hart, insn, rs1, 4);
}

HANDLER(sd)
{
    store(hart, insn, rs1, 8);
}

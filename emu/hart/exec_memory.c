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

/* A load into x0 is done all the same: it may fault [norm:load_exc_x0]. */
static inline void load(struct hart *hart, const struct insn *insn, unsigned size, bool is_signed)
{
    const uint8_t *bytes;

    if (!l0_load(&hart->l0, effective_va(hart, insn), size, &bytes)) {
        load_long(hart, insn, size, is_signed);
        return;
    }
    set_rd(hart, insn, extend(load_bytes(bytes, size), size, is_signed));
    NEXT(hart, insn);
}

static inline void store(struct hart *hart, const struct insn *insn, unsigned size)
{
    uint8_t *bytes;

    if (!l0_store(&hart->l0, effective_va(hart, insn), size, &bytes)) {
        store_long(hart, insn, size);
        return;
    }
    store_bytes(bytes, size, get_rs2(hart, insn));
    NEXT(hart, insn);
}

void exec_lb(struct hart *hart, const struct insn *insn)
{
    load(hart, insn, 1, true);
}

void exec_lh(struct hart *hart, const struct insn *insn)
{
    load(hart, insn, 2, true);
}

void exec_lw(struct hart *hart, const struct insn *insn)
{
    load(hart, insn, 4, true);
}

void exec_ld(struct hart *hart, const struct insn *insn)
{
    load(hart, insn, 8, false);
}

void exec_lbu(struct hart *hart, const struct insn *insn)
{
    load(hart, insn, 1, false);
}

void exec_lhu(struct hart *hart, const struct insn *insn)
{
    load(hart, insn, 2, false);
}

void exec_lwu(struct hart *hart, const struct insn *insn)
{
    load(hart, insn, 4, false);
}

void exec_sb(struct hart *hart, const struct insn *insn)
{
    store(hart, insn, 1);
}

void exec_sh(struct hart *hart, const struct insn *insn)
{
    store(hart, insn, 2);
}

void exec_sw(struct hart *hart, const struct insn *insn)
{
    store(hart, insn, 4);
}

void exec_sd(struct hart *hart, const struct insn *insn)
{
    store(hart, insn, 8);
}

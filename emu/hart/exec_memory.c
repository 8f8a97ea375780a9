/*
 * exec_memory.c - loads and stores.
 *
 * Spec: Unpriv. [ldst], [rv64].
 */
#include "emu/hart/exec.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/access.h"
#include "emu/hart/bits.h"

/* The base register plus the offset [norm:ldst_ea]. */
static uint64_t effective_va(const struct hart *hart, const struct insn *insn)
{
    return get_rs1(hart, insn) + get_imm(insn);
}

/* A load into x0 is done all the same: it may fault [norm:load_exc_x0]. */
static bool load_unsigned(struct hart *hart, const struct insn *insn, unsigned size)
{
    uint64_t value;

    if (!access_load(hart, effective_va(hart, insn), size, &value)) {
        return false;
    }
    set_rd(hart, insn, value);
    return true;
}

static bool load_signed(struct hart *hart, const struct insn *insn, unsigned size)
{
    uint64_t value;

    if (!access_load(hart, effective_va(hart, insn), size, &value)) {
        return false;
    }
    set_rd(hart, insn, sign_extend(value, 8 * size));
    return true;
}

static bool store(struct hart *hart, const struct insn *insn, unsigned size)
{
    return access_store(hart, effective_va(hart, insn), size, get_rs2(hart, insn));
}

void exec_lb(struct hart *hart, const struct insn *insn)
{
    if (load_signed(hart, insn, 1)) {
        NEXT(hart, insn);
    }
}

void exec_lh(struct hart *hart, const struct insn *insn)
{
    if (load_signed(hart, insn, 2)) {
        NEXT(hart, insn);
    }
}

void exec_lw(struct hart *hart, const struct insn *insn)
{
    if (load_signed(hart, insn, 4)) {
        NEXT(hart, insn);
    }
}

void exec_ld(struct hart *hart, const struct insn *insn)
{
    if (load_unsigned(hart, insn, 8)) {
        NEXT(hart, insn);
    }
}

void exec_lbu(struct hart *hart, const struct insn *insn)
{
    if (load_unsigned(hart, insn, 1)) {
        NEXT(hart, insn);
    }
}

void exec_lhu(struct hart *hart, const struct insn *insn)
{
    if (load_unsigned(hart, insn, 2)) {
        NEXT(hart, insn);
    }
}

void exec_lwu(struct hart *hart, const struct insn *insn)
{
    if (load_unsigned(hart, insn, 4)) {
        NEXT(hart, insn);
    }
}

void exec_sb(struct hart *hart, const struct insn *insn)
{
    if (store(hart, insn, 1)) {
        NEXT(hart, insn);
    }
}

void exec_sh(struct hart *hart, const struct insn *insn)
{
    if (store(hart, insn, 2)) {
        NEXT(hart, insn);
    }
}

void exec_sw(struct hart *hart, const struct insn *insn)
{
    if (store(hart, insn, 4)) {
        NEXT(hart, insn);
    }
}

void exec_sd(struct hart *hart, const struct insn *insn)
{
    if (store(hart, insn, 8)) {
        NEXT(hart, insn);
    }
}

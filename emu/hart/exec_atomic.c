/*
 * exec_atomic.c - the A extension: LR, SC and the atomic memory operations.
 *
 * The address is rs1 alone. Words are sign-extended into rd [norm:amo_operand_size]. With one hart
 * that executes in order, aq and rl ask for nothing more than what is so already.
 *
 * Spec: Unpriv. [ext:zalrsc], [ext:zaamo].
 */
#include "emu/hart/exec.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/access.h"
#include "emu/hart/bits.h"
#include "emu/hart/l0.h"

/* What SC writes to rd; 1 is the code of an unspecified failure [norm:sc_failure_code]. */
enum { SC_SUCCESS = 0, SC_FAILURE = 1 };

static bool load_reserved(struct hart *hart, const struct insn *insn, unsigned size)
{
    uint64_t value;

    hart_sync(hart, insn);
    if (!access_load_reserved(hart, get_rs1(hart, insn), size, &value)) {
        return false;
    }
    set_rd(hart, insn, sign_extend(value, 8 * size));
    return true;
}

static bool store_conditional(struct hart *hart, const struct insn *insn, unsigned size)
{
    bool stored;

    hart_sync(hart, insn);
    if (!access_store_conditional(hart, get_rs1(hart, insn), size, get_rs2(hart, insn), &stored)) {
        return false;
    }
    set_rd(hart, insn, stored ? SC_SUCCESS : SC_FAILURE);
    return true;
}

static bool amo(struct hart *hart, const struct insn *insn, unsigned size, amo_fn *operate)
{
    uint64_t va = get_rs1(hart, insn);
    uint8_t *bytes;
    uint64_t old;

    if (l0_store(&hart->l0, va, size, &bytes)) { /* what may be stored to may be loaded */
        old = load_bytes(bytes, size);
        store_bytes(bytes, size, operate(old, get_rs2(hart, insn)));
        set_rd(hart, insn, sign_extend(old, 8 * size));
        return true;
    }
    hart_sync(hart, insn);
    if (!access_amo(hart, va, size, operate, get_rs2(hart, insn), &old)) {
        return false;
    }
    set_rd(hart, insn, sign_extend(old, 8 * size));
    return true;
}

/* The operations. Those that depend on bits above the operand's size have a form for each size. */

static uint64_t operate_swap(uint64_t old, uint64_t operand)
{
    (void)old;
    return operand;
}

static uint64_t operate_add(uint64_t old, uint64_t operand)
{
    return old + operand;
}

static uint64_t operate_xor(uint64_t old, uint64_t operand)
{
    return old ^ operand;
}

static uint64_t operate_and(uint64_t old, uint64_t operand)
{
    return old & operand;
}

static uint64_t operate_or(uint64_t old, uint64_t operand)
{
    return old | operand;
}

static uint64_t operate_min_word(uint64_t old, uint64_t operand)
{
    return (int32_t)old < (int32_t)operand ? old : operand;
}

static uint64_t operate_max_word(uint64_t old, uint64_t operand)
{
    return (int32_t)old > (int32_t)operand ? old : operand;
}

static uint64_t operate_minu_word(uint64_t old, uint64_t operand)
{
    return (uint32_t)old < (uint32_t)operand ? old : operand;
}

static uint64_t operate_maxu_word(uint64_t old, uint64_t operand)
{
    return (uint32_t)old > (uint32_t)operand ? old : operand;
}

static uint64_t operate_min(uint64_t old, uint64_t operand)
{
    return (int64_t)old < (int64_t)operand ? old : operand;
}

static uint64_t operate_max(uint64_t old, uint64_t operand)
{
    return (int64_t)old > (int64_t)operand ? old : operand;
}

static uint64_t operate_minu(uint64_t old, uint64_t operand)
{
    return old < operand ? old : operand;
}

static uint64_t operate_maxu(uint64_t old, uint64_t operand)
{
    return old > operand ? old : operand;
}

HANDLER(lr_w)
{
    if (load_reserved(hart, insn, 4)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(lr_d)
{
    if (load_reserved(hart, insn, 8)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(sc_w)
{
    if (store_conditional(hart, insn, 4)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(sc_d)
{
    if (store_conditional(hart, insn, 8)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoswap_w)
{
    if (amo(hart, insn, 4, operate_swap)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoadd_w)
{
    if (amo(hart, insn, 4, operate_add)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoxor_w)
{
    if (amo(hart, insn, 4, operate_xor)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoand_w)
{
    if (amo(hart, insn, 4, operate_and)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoor_w)
{
    if (amo(hart, insn, 4, operate_or)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amomin_w)
{
    if (amo(hart, insn, 4, operate_min_word)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amomax_w)
{
    if (amo(hart, insn, 4, operate_max_word)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amominu_w)
{
    if (amo(hart, insn, 4, operate_minu_word)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amomaxu_w)
{
    if (amo(hart, insn, 4, operate_maxu_word)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoswap_d)
{
    if (amo(hart, insn, 8, operate_swap)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoadd_d)
{
    if (amo(hart, insn, 8, operate_add)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoxor_d)
{
    if (amo(hart, insn, 8, operate_xor)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoand_d)
{
    if (amo(hart, insn, 8, operate_and)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amoor_d)
{
    if (amo(hart, insn, 8, operate_or)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amomin_d)
{
    if (amo(hart, insn, 8, operate_min)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amomax_d)
{
    if (amo(hart, insn, 8, operate_max)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amominu_d)
{
    if (amo(hart, insn, 8, operate_minu)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(amomaxu_d)
{
    if (amo(hart, insn, 8, operate_maxu)) {
        go_on_behind(hart, insn);
    }
}

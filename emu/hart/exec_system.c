/*
 * exec_system.c - traps and returns, fences, WFI and WRS, CSR instructions, and what is no
 * instruction.
 *
 * Spec: Unpriv. [ecall-ebreak], [fence], [ext:zifencei], [ext:zicsr], [ext:zawrs]; Priv.
 * [otherpriv], [wfi], [virt-control], [sfence.vma]; rules RET-02, VIR-01, VIR-02, FEN-18.
 */
#include "emu/hart/exec.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/csr.h"
#include "emu/hart/hart.h"
#include "emu/hart/trap.h"
#include "mmu/mmu.h"

/* Choice: xtval receives the instruction's bits, for a compressed one its 16. */
void raise_illegal(struct hart *hart, const struct insn *insn)
{
    hart_sync(hart, insn);
    trap_raise(hart, TRAP_ILLEGAL_INSTRUCTION, hart_insn_bits(hart, insn));
}

HANDLER(illegal)
{
    raise_illegal(hart, insn);
}

HANDLER(ecall)
{
    static const enum trap_cause causes[] = {
        [MMU_USER] = TRAP_ECALL_FROM_U,
        [MMU_SUPERVISOR] = TRAP_ECALL_FROM_S,
        [MMU_MACHINE] = TRAP_ECALL_FROM_M,
    };

    hart_sync(hart, insn);
    trap_raise(hart, causes[hart->privilege], 0);
}

/* Choice: xtval receives the pc, not 0 [norm:stval_op_breakpoint]. */
HANDLER(ebreak)
{
    hart_sync(hart, insn);
    trap_raise(hart, TRAP_BREAKPOINT, hart->pc);
}

/* MRET and SRET are illegal below their own mode [norm:xret_in_lower_mode]. */

HANDLER(mret)
{
    if (hart->privilege != MMU_MACHINE) {
        raise_illegal(hart, insn);
        return;
    }
    uint64_t pc;

    trap_return_machine(hart, &pc);
    hart->needs_care = true;
    hart->code.leave(hart, insn, pc);
}

/* What TSR, TVM and TW forbid in S-mode is never allowed in U-mode and always in M-mode. */
static bool is_allowed(const struct hart *hart, uint64_t mstatus_forbids)
{
    if (hart->privilege == MMU_SUPERVISOR) {
        return (hart->csr.mstatus & mstatus_forbids) == 0;
    }
    return hart->privilege == MMU_MACHINE;
}

/* TSR=1 makes SRET illegal in S-mode, not in M-mode [norm:mstatus_tsr_op]. */
HANDLER(sret)
{
    if (!is_allowed(hart, MSTATUS_TSR)) {
        raise_illegal(hart, insn);
        return;
    }
    uint64_t pc;

    trap_return_supervisor(hart, &pc);
    hart->needs_care = true;
    hart->code.leave(hart, insn, pc);
}

/* Choice: the bound within which a WFI may still complete is zero. In U-mode
 * [norm:mstatus_tw_umode_op], and in S-mode with TW=1 [norm:mstatus_tw_op], it is always illegal,
 * even if an interrupt is pending. */
HANDLER(wfi)
{
    if (!is_allowed(hart, MSTATUS_TW)) {
        raise_illegal(hart, insn);
        return;
    }
    hart->is_waiting = true;
    go_on_with_care(hart, insn);
}

/* A stall may end while the reservation is still valid and no interrupt pending
 * [norm:Zawrs_stall_terminate].
 *
 * Choice: it ends at once, as a hart alone would wait in vain; so does that of WRS.STO. The bound
 * within which WRS.NTO may still complete with TW=1 is zero [norm:Zawrs_priv_illegal_instr_excp].
 */
HANDLER(wrs_nto)
{
    bool would_stall = hart->reservation.is_valid && (csr_mip(hart) & hart->csr.mie) == 0;

    if (would_stall && hart->privilege != MMU_MACHINE && (hart->csr.mstatus & MSTATUS_TW) != 0) {
        raise_illegal(hart, insn);
        return;
    }
    NEXT(hart, insn);
}

HANDLER(wrs_sto)
{
    NEXT(hart, insn);
}

/* Which registers are named selects what is fenced, whatever they hold: x0 is not the same as a
 * register that holds 0. */
static void fence_translations(const struct hart *hart, const struct insn *insn)
{
    struct mmu_fence fence = {
        .has_va = insn->rs1 != 0,
        .has_asid = insn->rs2 != 0,
        .va = get_rs1(hart, insn),
        .asid = get_rs2(hart, insn),
    };

    mmu_fence(hart->mmu, &fence);
}

/* TVM=1 makes it illegal in S-mode [norm:mstatus_tvm_warl_op]. */
HANDLER(sfence_vma)
{
    if (!is_allowed(hart, MSTATUS_TVM)) {
        raise_illegal(hart, insn);
        return;
    }
    hart_sync(hart, insn);
    fence_translations(hart, insn);
    go_on_behind(hart, insn);
}

/* Svinval: the fence without its ordering, which one hart does not need. */
HANDLER(sinval_vma)
{
    exec_sfence_vma(hart, insn, rs1);
}

/* The ordering without the fence: illegal in U-mode, but never because of TVM. */
HANDLER(sfence_w_inval)
{
    if (hart->privilege == MMU_USER) {
        raise_illegal(hart, insn);
        return;
    }
    NEXT(hart, insn);
}

HANDLER(sfence_inval_ir)
{
    exec_sfence_w_inval(hart, insn, rs1);
}

/* One hart that executes in order has nothing to order [norm:fence_op]. */
HANDLER(fence)
{
    NEXT(hart, insn);
}

/* Every fetch sees every earlier store already [norm:fence_i_op]. */
HANDLER(fence_i)
{
    NEXT(hart, insn);
}

/* csrrw and csrrwi. With rd = x0 the CSR is not read [norm:csrrw_op], [norm:csrrwi_rd_x0]. */
static bool csr_swap(struct hart *hart, const struct insn *insn, uint64_t value)
{
    unsigned number = (unsigned)insn->imm;
    uint64_t old = 0;

    hart_sync(hart, insn);
    bool is_legal =
        insn->rd == INSN_SINK ? csr_check(hart, number, true) : csr_read(hart, number, true, &old);

    if (!is_legal) {
        raise_illegal(hart, insn);
        return false;
    }
    csr_write(hart, number, value);
    set_rd(hart, insn, old);
    return true;
}

/* csrrs, csrrc and their immediate forms. They do not write if rs1 is x0 or the immediate, which is
 * in the same field, is 0 [norm:csrrs_csrrc_rs1_x0], [norm:csrrsi_csrrci_uimm_zero]. */
static bool csr_change(struct hart *hart, const struct insn *insn, uint64_t set, uint64_t clear)
{
    unsigned number = (unsigned)insn->imm;
    bool writes = insn->rs1 != 0;
    uint64_t old;

    hart_sync(hart, insn);
    if (!csr_read(hart, number, writes, &old)) {
        raise_illegal(hart, insn);
        return false;
    }
    if (writes) {
        csr_write(hart, number, (csr_modify_base(hart, number, old) | set) & ~clear);
    }
    set_rd(hart, insn, old);
    return true;
}

HANDLER(csrrw)
{
    if (csr_swap(hart, insn, get_rs1(hart, insn))) {
        go_on_behind(hart, insn);
    }
}

HANDLER(csrrs)
{
    if (csr_change(hart, insn, get_rs1(hart, insn), 0)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(csrrc)
{
    if (csr_change(hart, insn, 0, get_rs1(hart, insn))) {
        go_on_behind(hart, insn);
    }
}

HANDLER(csrrwi)
{
    if (csr_swap(hart, insn, insn->rs1)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(csrrsi)
{
    if (csr_change(hart, insn, insn->rs1, 0)) {
        go_on_behind(hart, insn);
    }
}

HANDLER(csrrci)
{
    if (csr_change(hart, insn, 0, insn->rs1)) {
        go_on_behind(hart, insn);
    }
}

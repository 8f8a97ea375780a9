#include "emu/hart/trap.h"

#include <assert.h>
#include <stddef.h>

#include "emu/hart/bits.h"
#include "emu/hart/hart.h"

/* xtvec on RV64 [norm:mtvec_enc]:
 *
 *   63..2 | 1..0
 *    BASE | MODE: 0 direct, 1 vectored
 */
#define TVEC_MODE UINT64_C(3)

enum { TVEC_VECTORED = 1 };

/* Interrupts in decreasing priority, for M-mode and S-mode alike [norm:intr_M_mode_pri]. */
static const enum trap_interrupt interrupt_priority[] = {
    TRAP_MEI, TRAP_MSI, TRAP_MTI, TRAP_SEI, TRAP_SSI, TRAP_STI,
};

enum trap_cause trap_from_mmu(enum mmu_status status, enum mmu_access access)
{
    static const enum trap_cause cause[][MMU_ACCESSES] = {
        [MMU_PAGE_FAULT] = {[MMU_FETCH] = TRAP_FETCH_PAGE_FAULT,
                            [MMU_LOAD] = TRAP_LOAD_PAGE_FAULT,
                            [MMU_STORE] = TRAP_STORE_PAGE_FAULT},
        [MMU_ACCESS_FAULT] = {[MMU_FETCH] = TRAP_FETCH_ACCESS_FAULT,
                              [MMU_LOAD] = TRAP_LOAD_ACCESS_FAULT,
                              [MMU_STORE] = TRAP_STORE_ACCESS_FAULT},
    };

    assert(status != MMU_OK);
    return cause[status][access];
}

const char *trap_cause_name(unsigned cause)
{
    static const char *const names[] = {
        [TRAP_FETCH_MISALIGNED] = "misaligned fetch",
        [TRAP_FETCH_ACCESS_FAULT] = "fetch access fault",
        [TRAP_ILLEGAL_INSTRUCTION] = "illegal instruction",
        [TRAP_BREAKPOINT] = "breakpoint",
        [TRAP_LOAD_MISALIGNED] = "misaligned load",
        [TRAP_LOAD_ACCESS_FAULT] = "load access fault",
        [TRAP_STORE_MISALIGNED] = "misaligned store",
        [TRAP_STORE_ACCESS_FAULT] = "store access fault",
        [TRAP_ECALL_FROM_U] = "environment call from U-mode",
        [TRAP_ECALL_FROM_S] = "environment call from S-mode",
        [TRAP_ECALL_FROM_M] = "environment call from M-mode",
        [TRAP_FETCH_PAGE_FAULT] = "fetch page fault",
        [TRAP_LOAD_PAGE_FAULT] = "load page fault",
        [TRAP_STORE_PAGE_FAULT] = "store page fault",
    };

    if (cause >= sizeof names / sizeof *names || names[cause] == NULL) {
        return "unknown";
    }
    return names[cause];
}

/* All traps go to BASE but for interrupts in vectored mode [norm:mtvec_mode_vectored_op]. */
static uint64_t vector(uint64_t tvec, uint64_t cause)
{
    uint64_t base = tvec & ~TVEC_MODE;

    if ((tvec & TVEC_MODE) == TVEC_VECTORED && (cause & TRAP_IS_INTERRUPT) != 0) {
        return base + 4 * (cause & ~TRAP_IS_INTERRUPT);
    }
    return base;
}

/* xPIE = xIE, xIE = 0, xPP = the mode left [norm:mstatus_xpie_xie_xpp_trap_op]. */
static void enter_machine(struct hart *hart, uint64_t cause, uint64_t tval)
{
    struct csr_file *csr = &hart->csr;

    csr->mcause = cause;
    csr->mepc = hart->pc;
    csr->mtval = tval;
    csr->mstatus = field_set(csr->mstatus, MSTATUS_MPIE, field_get(csr->mstatus, MSTATUS_MIE));
    csr->mstatus = field_set(csr->mstatus, MSTATUS_MIE, 0);
    csr->mstatus = field_set(csr->mstatus, MSTATUS_MPP, hart->privilege);
    hart->privilege = MMU_MACHINE;
    hart->pc = vector(csr->mtvec, cause);
}

/* The same for S-mode; what belongs to M-mode stays [norm:trap_del_S_mode_no_M_mode]. */
static void enter_supervisor(struct hart *hart, uint64_t cause, uint64_t tval)
{
    struct csr_file *csr = &hart->csr;

    csr->scause = cause;
    csr->sepc = hart->pc;
    csr->stval = tval;
    csr->mstatus = field_set(csr->mstatus, MSTATUS_SPIE, field_get(csr->mstatus, MSTATUS_SIE));
    csr->mstatus = field_set(csr->mstatus, MSTATUS_SIE, 0);
    csr->mstatus = field_set(csr->mstatus, MSTATUS_SPP, hart->privilege == MMU_SUPERVISOR);
    hart->privilege = MMU_SUPERVISOR;
    hart->pc = vector(csr->stvec, cause);
}

/* A trap delegated to S-mode is still taken in M-mode if it occurs there, and so is the fault of
 * an MPRV access [norm:trap_never_trans_lower]. */
static bool goes_to_supervisor(const struct hart *hart, enum trap_cause cause)
{
    return hart->privilege != MMU_MACHINE && (hart->csr.medeleg >> cause & 1) != 0;
}

static bool is_access_fault(enum trap_cause cause)
{
    return cause == TRAP_FETCH_ACCESS_FAULT || cause == TRAP_LOAD_ACCESS_FAULT ||
           cause == TRAP_STORE_ACCESS_FAULT;
}

static void record_exception(struct hart *hart, enum trap_cause cause, uint64_t tval)
{
    hart->last_exception = (struct hart_exception){
        .cause = cause,
        .pc = hart->pc,
        .tval = tval,
        .privilege = hart->privilege,
        .by_pmp = hart->pmp_refused && is_access_fault(cause),
    };
    hart->pmp_refused = false;
    hart->counters.exceptions++;
    hart->counters.faults[cause]++;
}

void trap_raise(struct hart *hart, enum trap_cause cause, uint64_t tval)
{
    record_exception(hart, cause, tval);
    hart->reservation.is_valid = false;
    if (goes_to_supervisor(hart, cause)) {
        enter_supervisor(hart, cause, tval);
    } else {
        enter_machine(hart, cause, tval);
    }
}

/* Interrupts of a mode are enabled below it, and in it if xIE is set; never above
 * [norm:mstatus_xie_intr_en_dis]. */
static bool machine_interrupts_enabled(const struct hart *hart)
{
    return hart->privilege != MMU_MACHINE || (hart->csr.mstatus & MSTATUS_MIE) != 0;
}

static bool supervisor_interrupts_enabled(const struct hart *hart)
{
    return hart->privilege == MMU_USER ||
           (hart->privilege == MMU_SUPERVISOR && (hart->csr.mstatus & MSTATUS_SIE) != 0);
}

/* The cause of the most urgent of some pending interrupts, which are not none. */
static uint64_t most_urgent(uint64_t pending)
{
    const enum trap_interrupt *interrupt = interrupt_priority;

    while ((pending >> *interrupt & 1) == 0) {
        interrupt++;
    }
    return TRAP_IS_INTERRUPT | *interrupt;
}

bool trap_take_interrupt(struct hart *hart)
{
    uint64_t pending = csr_mip(hart) & hart->csr.mie;
    uint64_t for_machine = pending & ~hart->csr.mideleg;
    uint64_t for_supervisor = pending & hart->csr.mideleg;

    /* M-mode's come first, whatever they are [norm:intr_M_mode_highest_pri]. */
    if (for_machine != 0 && machine_interrupts_enabled(hart)) {
        enter_machine(hart, most_urgent(for_machine), 0);
    } else if (for_supervisor != 0 && supervisor_interrupts_enabled(hart)) {
        enter_supervisor(hart, most_urgent(for_supervisor), 0);
    } else {
        return false;
    }
    hart->reservation.is_valid = false;
    hart->is_waiting = false;
    hart->counters.interrupts++;
    return true;
}

/* xIE = xPIE, xPIE = 1, mode = xPP, xPP = U; MPRV ends with M-mode [norm:mstatus_xret_op].
 *
 * Choice: xRET leaves the reservation alone [norm:xret_clr_lr_resv]. */
void trap_return_machine(struct hart *hart, uint64_t *pc)
{
    struct csr_file *csr = &hart->csr;
    enum mmu_privilege previous = (enum mmu_privilege)field_get(csr->mstatus, MSTATUS_MPP);

    csr->mstatus = field_set(csr->mstatus, MSTATUS_MIE, field_get(csr->mstatus, MSTATUS_MPIE));
    csr->mstatus |= MSTATUS_MPIE;
    csr->mstatus = field_set(csr->mstatus, MSTATUS_MPP, MMU_USER);
    if (previous != MMU_MACHINE) {
        csr->mstatus &= ~MSTATUS_MPRV;
    }
    hart->privilege = previous;
    *pc = csr->mepc;
}

void trap_return_supervisor(struct hart *hart, uint64_t *pc)
{
    struct csr_file *csr = &hart->csr;
    bool was_supervisor = (csr->mstatus & MSTATUS_SPP) != 0;

    csr->mstatus = field_set(csr->mstatus, MSTATUS_SIE, field_get(csr->mstatus, MSTATUS_SPIE));
    csr->mstatus |= MSTATUS_SPIE;
    csr->mstatus &= ~(MSTATUS_SPP | MSTATUS_MPRV);
    hart->privilege = was_supervisor ? MMU_SUPERVISOR : MMU_USER;
    *pc = csr->sepc;
}

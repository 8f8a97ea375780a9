/*
 * main.c - what M-mode sets up once: who handles which trap, who may reach which memory, and what
 * S-mode may use of what extensions brought. Then the next stage runs.
 */
#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/sbi/firmware.h"
#include "guest/sbi/pmu.h"

#define NEXT_STAGE_MAGIC UINT64_C(0x4942534f)

enum { MODE_SUPERVISOR = 1 };

/* Exceptions that S-mode handles itself: all that it or a program can cause, but for its own ECALL.
 * Bit n stands for cause n. Priv. [norm:medeleg_enc_txt] */
#define DELEGATED_EXCEPTIONS                                                                       \
    (UINT64_C(1) << CAUSE_FETCH_MISALIGNED | UINT64_C(1) << CAUSE_FETCH_ACCESS_FAULT |             \
     UINT64_C(1) << CAUSE_ILLEGAL_INSTRUCTION | UINT64_C(1) << CAUSE_BREAKPOINT |                  \
     UINT64_C(1) << CAUSE_LOAD_MISALIGNED | UINT64_C(1) << CAUSE_LOAD_ACCESS_FAULT |               \
     UINT64_C(1) << CAUSE_STORE_MISALIGNED | UINT64_C(1) << CAUSE_STORE_ACCESS_FAULT |             \
     UINT64_C(1) << CAUSE_ECALL_FROM_U | UINT64_C(1) << CAUSE_FETCH_PAGE_FAULT |                   \
     UINT64_C(1) << CAUSE_LOAD_PAGE_FAULT | UINT64_C(1) << CAUSE_STORE_PAGE_FAULT)

#define DELEGATED_INTERRUPTS (INTERRUPT_SOFTWARE | INTERRUPT_TIMER | INTERRUPT_EXTERNAL)

/* menvcfg: CBO.INVAL invalidates, CBO.CLEAN, CBO.FLUSH and CBO.ZERO may be used, Svpbmt and Sstc
 * are on. ADUE stays 0: with both Svade and Svadu in the device tree that is how S-mode expects it.
 */
#define MENVCFG_CBIE_INVALIDATE (UINT64_C(3) << 4)
#define MENVCFG_CBCFE (UINT64_C(1) << 6)
#define MENVCFG_CBZE (UINT64_C(1) << 7)
#define MENVCFG_PBMTE (UINT64_C(1) << 62)
#define MENVCFG_STCE (UINT64_C(1) << 63)

/* pmpcfg: A = NAPOT; then what S-mode and U-mode may do. */
#define PMP_NAPOT (UINT64_C(3) << 3)
#define PMP_RWX UINT64_C(7)

#define MSTATUS_MPIE (UINT64_C(1) << 7)
#define MSTATUS_MPP_MASK (UINT64_C(3) << 11)
#define MSTATUS_MPP_SUPERVISOR (UINT64_C(1) << 11)

/* The counters of Zicntr: U-mode may read them unless S-mode decides otherwise. */
#define COUNTERS_CYCLE_TIME_INSTRET UINT64_C(7)

/* The first entry that matches decides: the firmware is nobody's but M-mode's, which no entry binds
 * that is not locked; all else is everybody's. Priv. [norm:pmp_priority],
 * [norm:pmp_sfence_required] */
static void protect_memory(void)
{
    uint64_t start = (uint64_t)firmware_start;
    uint64_t length = (uint64_t)firmware_end - start;

    csr_write(CSR_PMPADDR0, (start | (length / 2 - 1)) >> 2);
    csr_write(CSR_PMPADDR1, UINT64_MAX);
    csr_write(CSR_PMPCFG0, PMP_NAPOT | (PMP_NAPOT | PMP_RWX) << 8);
    sfence_vma_all();
}

static void give_to_supervisor(void)
{
    csr_write(CSR_MEDELEG, DELEGATED_EXCEPTIONS);
    csr_write(CSR_MIDELEG, DELEGATED_INTERRUPTS);
    csr_write(CSR_MCOUNTEREN, UINT64_MAX);
    csr_write(CSR_SCOUNTEREN, COUNTERS_CYCLE_TIME_INSTRET);
    csr_set(CSR_MENVCFG,
            MENVCFG_CBIE_INVALIDATE | MENVCFG_CBCFE | MENVCFG_CBZE | MENVCFG_PBMTE | MENVCFG_STCE);
    csr_write(CSR_STIMECMP, UINT64_MAX);
    csr_write(CSR_SATP, 0);
    csr_clear(CSR_MSTATUS, MSTATUS_MPP_MASK | MSTATUS_MPIE);
    csr_set(CSR_MSTATUS, MSTATUS_MPP_SUPERVISOR);
}

void firmware_main(uint64_t hart_id, uint64_t device_tree_pa, const struct next_stage *next)
{
    if (next->magic != NEXT_STAGE_MAGIC || next->next_mode != MODE_SUPERVISOR) {
        console_print("firmware: a2 does not tell where to go on in S-mode\n");
        finisher_exit(FIRMWARE_EXIT_NEXT_STAGE);
    }
    protect_memory();
    give_to_supervisor();
    pmu_start();
    supervisor_enter(hart_id, device_tree_pa, next->next_pa);
}

/*
 * dirty_tlb.S - runs before the kernel, in M-mode, and leaves in the hart what an earlier use of it
 * may have left: that there is no page where the kernel starts, for ASID 0. The manual does not say
 * that reset empties the TLB.
 *
 * S-mode is sent to the kernel's start by page tables that are all zero; the fetch faults, which a
 * TLB may keep. Then every register that the kernel relies on is as after reset, and it starts. a0
 * and a1 are its own.
 */
#define START 0x80000000
#define EMPTY_TABLE 0x80800000          /* RAM that nobody wrote to */
#define SATP_SV39 (8 << 60)
#define PMP_ALL_MEMORY 0x1f             /* NAPOT, X, W, R */
#define MPP_MASK (3 << 11)
#define MPP_SUPERVISOR (1 << 11)

        .text
        .globl  _start
_start:
        lla     t0, faulted
        csrw    mtvec, t0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, PMP_ALL_MEMORY
        csrw    pmpcfg0, t0
        li      t0, SATP_SV39 | EMPTY_TABLE >> 12
        csrw    satp, t0
        li      t0, MPP_MASK
        csrc    mstatus, t0
        li      t0, MPP_SUPERVISOR
        csrs    mstatus, t0
        li      t0, START
        csrw    mepc, t0
        mret

        .balign 4                       # the low bits of mtvec are its mode
faulted:
        csrw    satp, zero
        csrw    pmpcfg0, zero
        csrw    pmpaddr0, zero
        csrw    mtvec, zero
        li      t0, MPP_MASK
        csrc    mstatus, t0
        li      t0, START
        jr      t0

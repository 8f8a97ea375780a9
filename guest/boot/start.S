/*
 * start.S - from reset in M-mode to boot_main in S-mode.
 *
 * The hart starts here, at 0x80000000, in M-mode: no translation, no protection. a0 holds its
 * number, a1 the address of the device tree; both are handed on. M-mode does only what S-mode may
 * not do for itself, and gives the rest away for good.
 */

/* Exceptions that S-mode handles itself: all that it or a user program can cause, but for the ECALL
 * of S-mode, which nobody makes. Bit n stands for cause n. Priv. [norm:medeleg_enc_txt]
 *
 *   15 store page fault, 13 load page fault, 12 fetch page fault, 8 ECALL from U-mode,
 *   7..0 access faults, misaligned addresses, breakpoint, illegal instruction */
#define DELEGATED 0xb1ff

/* pmpcfg: A = NAPOT (bits 4..3), X, W, R. With an address of all ones the region is all memory. */
#define PMP_ALL_MEMORY 0x1f

/* mstatus.MPP, the mode that MRET goes to: 3 is M, 1 is S. */
#define MPP_MASK (3 << 11)
#define MPP_SUPERVISOR (1 << 11)

        .text
        .globl  start
        .type   start, @function
start:
        la      t0, machine_trap_entry  # first of all, so that a mistake is reported
        csrw    mtvec, t0
        csrw    mie, zero               # no interrupts: what runs here is exactly repeatable
        bnez    a0, park                # this is code for one hart
        mv      s0, a0
        mv      s1, a1

        la      a0, bss_start
        la      a1, bss_end
        call    clear
        la      a0, user_bss_start
        la      a1, user_bss_end
        call    clear

        # S-mode and U-mode reach nothing until a PMP entry lets them. The fence makes the hart
        # forget what it knew before. Priv. [norm:pmp_no_entry_match], [norm:pmp_sfence_required]
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, PMP_ALL_MEMORY
        csrw    pmpcfg0, t0
        sfence.vma

        li      t0, DELEGATED
        csrw    medeleg, t0

        # MRET is the only way down: it goes to mepc, in the mode that MPP names.
        # Priv. [norm:xret_op]
        li      t0, MPP_MASK
        csrc    mstatus, t0
        li      t0, MPP_SUPERVISOR
        csrs    mstatus, t0
        la      t0, boot_main
        csrw    mepc, t0
        la      sp, stack_end
        mv      a0, s0
        mv      a1, s1
        mret

/* Clears the memory from a0 up to a1, both multiples of 8. */
clear:
        bgeu    a0, a1, 1f
        sd      zero, 0(a0)
        addi    a0, a0, 8
        j       clear
1:      ret

/* Where a hart waits that has nothing to do. */
park:
        wfi
        j       park

/* No trap into M-mode is expected. The stack of S-mode can be had: nothing returns to it. */
        .balign 4                       # the low bits of mtvec are its mode
        .globl  machine_trap_entry
        .type   machine_trap_entry, @function
machine_trap_entry:
        csrr    a0, mcause
        csrr    a1, mepc
        csrr    a2, mtval
        la      sp, stack_end
        tail    boot_machine_trap

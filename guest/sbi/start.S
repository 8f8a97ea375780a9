/*
 * start.S - from reset to firmware_main, on the stack that every call from S-mode begins on too.
 *
 *   a0  the hart's number        a1  address of the device tree
 *   a2  address of a struct next_stage, which tells where to go on
 */
        .text
        .globl  start
        .type   start, @function
start:
        la      t0, trap_entry          # first of all, so that a mistake is reported
        csrw    mtvec, t0
        csrw    mscratch, zero          # traps come from M-mode until S-mode has begun
        csrw    mie, zero
        bnez    a0, park                # this is firmware for one hart
        la      t0, bss_start
        la      t1, bss_end
1:      bgeu    t0, t1, 2f
        sd      zero, 0(t0)
        addi    t0, t0, 8
        j       1b
2:      la      sp, stack_end
        tail    firmware_main

/* void supervisor_enter(hart_id, device_tree_pa, pc): MRET is the only way down, and MPP is set.
 * Nothing of the firmware is left in a register. Priv. [norm:xret_op] */
        .globl  supervisor_enter
        .type   supervisor_enter, @function
supervisor_enter:
        csrw    mepc, a2
        la      t0, stack_end
        csrw    mscratch, t0
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, \
                25, 26, 27, 28, 29, 30, 31
        li      x\n, 0
        .endr
        mret

/* Where a hart waits that has nothing to do. */
park:
        wfi
        j       park

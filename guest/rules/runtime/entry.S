/*
 * entry.S - from reset to rule_main, and from there into other modes and back.
 *
 * rule_enter and rule_trap are one function that was cut in two: what the first saves in the frame
 * the second restores, and returns to the caller of the first. In between runs the other side. The
 * address of the frame waits in mscratch, which is 0 when nothing runs but the runtime itself.
 */

/* Offsets in struct rule_frame, runtime.h. */
#define FRAME_PC 64
#define FRAME_MSTATUS 72
#define FRAME_DIRECT 80
#define FRAME_MCAUSE 88
#define FRAME_MEPC 96
#define FRAME_MTVAL 104
#define FRAME_SAVED 112

/* In the order of FRAME_SAVED: ra, sp, gp, tp, s0 to s11. */
#define SAVED 1, 2, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27

#define MSTATUS_MPRV (1 << 17)

        .section .text.start, "ax"
        .globl  start
        .type   start, @function
start:
        la      t0, rule_trap
        csrw    mtvec, t0
        csrw    mscratch, zero
        csrw    mie, zero               # no interrupts: what runs here is exactly repeatable
        csrw    satp, zero
        bnez    a0, park                # rules are for one hart
        la      sp, stack_end

        la      t0, bss_start           # both borders are multiples of 64
        la      t1, bss_end
1:      bgeu    t0, t1, 2f
        .irp    offset, 0, 8, 16, 24, 32, 40, 48, 56
        sd      zero, \offset(t0)
        .endr
        addi    t0, t0, 64
        j       1b
2:      tail    rule_main
park:
        wfi
        j       park

        .text
        .globl  rule_enter
        .type   rule_enter, @function
rule_enter:
        mv      t0, a0
        csrw    mscratch, t0
        .set    place, FRAME_SAVED
        .irp    n, SAVED
        sd      x\n, place(t0)
        .set    place, place + 8
        .endr
        ld      t1, FRAME_MSTATUS(t0)
        ld      t2, FRAME_PC(t0)
        ld      t3, FRAME_DIRECT(t0)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        ld      a\n, \n * 8(t0)
        .endr
        csrw    mepc, t2
        csrw    mstatus, t1             # with MPRV: no load or store from here on
        bnez    t3, 1f
        mret
1:      jr      t2

        .balign 4                       # the low bits of mtvec are its mode
        .globl  rule_trap
        .type   rule_trap, @function
rule_trap:
        # MPRV may be set, and MPP less than M where an MRET failed to clear it.
        csrr    t1, mstatus
        li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        csrr    t0, mscratch
        beqz    t0, unexpected
        csrw    mscratch, zero
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        sd      a\n, \n * 8(t0)
        .endr
        sd      t1, FRAME_MSTATUS(t0)
        csrr    t1, mcause
        sd      t1, FRAME_MCAUSE(t0)
        csrr    t1, mepc
        sd      t1, FRAME_MEPC(t0)
        csrr    t1, mtval
        sd      t1, FRAME_MTVAL(t0)
        .set    place, FRAME_SAVED
        .irp    n, SAVED
        ld      x\n, place(t0)
        .set    place, place + 8
        .endr
        ret
unexpected:
        csrr    a0, mcause
        csrr    a1, mepc
        csrr    a2, mtval
        la      sp, stack_end
        tail    rule_unexpected

/* The handler for traps into S-mode tells M-mode that it was reached; what the trap left in the CSRs
 * of S-mode can be read there. */
        .section .rule_code, "ax"
        .balign 4
        .globl  rule_supervisor_trap
        .type   rule_supervisor_trap, @function
rule_supervisor_trap:
        ecall

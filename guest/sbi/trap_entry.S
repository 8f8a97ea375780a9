/*
 * trap_entry.S - the way from S-mode into the firmware and back.
 *
 * mscratch holds the end of the firmware's stack while S-mode or U-mode runs, and 0 while M-mode
 * does: that tells a call from a mistake of the firmware's own. Functions in C keep s0 to s11, so
 * only what they may change is saved (struct trap_frame in trap.h), and what a second trap would.
 */
#define FRAME_LENGTH (20 * 8)
#define FRAME_SP (1 * 8)
#define FRAME_MEPC (17 * 8)
#define FRAME_MSTATUS (18 * 8)

/* What a function in C may change, but for sp, to or from its word of the frame. */
        .macro  each_saved operation
        \operation ra, 0 * 8(sp)
        \operation t0, 2 * 8(sp)
        \operation t1, 3 * 8(sp)
        \operation t2, 4 * 8(sp)
        \operation a0, 5 * 8(sp)
        \operation a1, 6 * 8(sp)
        \operation a2, 7 * 8(sp)
        \operation a3, 8 * 8(sp)
        \operation a4, 9 * 8(sp)
        \operation a5, 10 * 8(sp)
        \operation a6, 11 * 8(sp)
        \operation a7, 12 * 8(sp)
        \operation t3, 13 * 8(sp)
        \operation t4, 14 * 8(sp)
        \operation t5, 15 * 8(sp)
        \operation t6, 16 * 8(sp)
        .endm

        .text
        .balign 4                       # the low bits of mtvec are its mode
        .globl  trap_entry
        .type   trap_entry, @function
trap_entry:
        csrrw   sp, mscratch, sp
        beqz    sp, from_machine
        addi    sp, sp, -FRAME_LENGTH
        each_saved sd
        csrrw   t0, mscratch, zero
        sd      t0, FRAME_SP(sp)
        csrr    t0, mepc
        sd      t0, FRAME_MEPC(sp)
        csrr    t0, mstatus
        sd      t0, FRAME_MSTATUS(sp)

        mv      a0, sp
        call    trap_handle

        ld      t0, FRAME_MEPC(sp)
        csrw    mepc, t0
        ld      t0, FRAME_MSTATUS(sp)
        csrw    mstatus, t0
        addi    t0, sp, FRAME_LENGTH
        csrw    mscratch, t0
        each_saved ld
        ld      sp, FRAME_SP(sp)
        mret

/* The stack can be had: nothing returns to it. */
from_machine:
        la      sp, stack_end
        csrr    a0, mcause
        csrr    a1, mepc
        csrr    a2, mtval
        tail    trap_report

/* bool memory_is_there(pa): false if a load of the byte is an access fault, which goes to 1f as
 * long as mtvec says so. mepc and mstatus change then: the frame has those that matter. */
        .globl  memory_is_there
        .type   memory_is_there, @function
memory_is_there:
        la      t0, 1f
        csrrw   t0, mtvec, t0
        lbu     t1, 0(a0)
        csrw    mtvec, t0
        li      a0, 1
        ret
        .balign 4
1:      csrw    mtvec, t0
        li      a0, 0
        ret

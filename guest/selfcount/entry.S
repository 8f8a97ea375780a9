/*
 * entry.S - the way from reset to selfcount_main in M-mode, and from there to U-mode and back.
 *
 * Spec: Priv. [norm:xret_op], [norm:mcause_op], [norm:pmp_no_entry_match].
 */
#define MSTATUS_MPP (3 << 11)           /* the mode that MRET goes to: 0 is U */
#define CAUSE_ECALL_FROM_U 8
#define PMP_ALL_MEMORY 0x1f             /* pmpcfg: A = NAPOT, X, W, R; its address is all ones */
#define FRAME_LENGTH (32 * 8)

/* What a function keeps for its caller, but for sp: ra and s0 to s11. */
#define SAVED 1, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27

        .text
        .globl  start
        .type   start, @function
start:
        la      t0, trap_entry
        csrw    mtvec, t0
        csrw    mie, zero
        li      t0, -1                  # U-mode reaches nothing until a PMP entry lets it
        csrw    pmpaddr0, t0
        li      t0, PMP_ALL_MEMORY
        csrw    pmpcfg0, t0
        la      sp, machine_stack_end
        tail    selfcount_main

/* void user_run(function, start, pages, counts): calls function(start, pages, counts) in U-mode. */
        .globl  user_run
        .type   user_run, @function
user_run:
        addi    sp, sp, -FRAME_LENGTH
        .irp    n, SAVED
        sd      x\n, \n * 8(sp)
        .endr
        csrw    mscratch, sp

        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        csrw    mepc, a0
        mv      a0, a1
        mv      a1, a2
        mv      a2, a3
        la      sp, user_stack_end
        la      ra, user_done
        mret
user_done:
        ecall

/* The ECALL above, or a mistake. */
        .balign 4                       # the low bits of mtvec are its mode
trap_entry:
        csrr    a0, mcause
        li      t0, CAUSE_ECALL_FROM_U
        bne     a0, t0, 1f
        csrr    sp, mscratch
        .irp    n, SAVED
        ld      x\n, \n * 8(sp)
        .endr
        addi    sp, sp, FRAME_LENGTH
        ret
1:      csrr    a1, mepc
        csrr    a2, mtval
        la      sp, machine_stack_end
        tail    selfcount_trap

        .data
        .balign 16
        .space  4096
machine_stack_end:
        .space  4096
user_stack_end:

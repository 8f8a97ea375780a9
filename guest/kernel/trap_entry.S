/*
 * trap_entry.S - the way from the user program into the kernel and back.
 *
 * A trap changes pc, mode and a few CSRs and nothing else, so all 31 registers still belong to the
 * program: they are saved on the process's kernel stack as a struct trap_frame (trap.h) before C may
 * use them. That stack is empty whenever U-mode runs, so its top is all that must be known:
 * sscratch holds it. In the kernel sscratch is 0, by which a trap from there is told apart.
 */
#include "guest/kernel/layout.h"

#define FRAME_LENGTH (32 * 8)

/* The numbers of the registers that are saved the easy way; sp is x2. */
#define ALL_BUT_SP                                                                                 \
    1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,    \
    27, 28, 29, 30, 31

        .text
        .balign 4                       # the low bits of stvec are its mode
        .globl  trap_entry
        .type   trap_entry, @function
trap_entry:
        csrrw   sp, sscratch, sp
        beqz    sp, from_kernel
        addi    sp, sp, -FRAME_LENGTH
        .irp    n, ALL_BUT_SP
        sd      x\n, \n * 8(sp)
        .endr
        csrrw   t0, sscratch, zero      # the program's sp
        sd      t0, 2 * 8(sp)
        csrr    t0, sepc
        sd      t0, 0(sp)

        mv      a0, sp
        call    trap_from_user
        mv      a0, sp                  # and on into trap_return

/* Goes to U-mode with the registers of the frame at a0. sstatus.SPP is 0: the last trap came from
 * U-mode, or trap_start has cleared it. Priv. [norm:sstatus_spp] */
        .globl  trap_return
        .type   trap_return, @function
trap_return:
        mv      sp, a0
        addi    t0, sp, FRAME_LENGTH
        csrw    sscratch, t0
        ld      t0, 0(sp)
        csrw    sepc, t0
        .irp    n, ALL_BUT_SP
        ld      x\n, \n * 8(sp)
        .endr
        ld      sp, 2 * 8(sp)           # last: the frame is reached through it
        sret

/* A mistake of the kernel. Nothing is saved: there is no way back. If sp has left its stack, that is
 * the mistake, and another stack tells of it. */
from_kernel:
        csrrw   sp, sscratch, zero
        csrr    a0, sepc
        mv      a1, sp
        srli    t0, sp, KERNEL_STACK_BIT
        andi    t0, t0, 1
        bnez    t0, 1f
        la      sp, last_stack_end
1:      call    trap_from_kernel

        .bss
        .balign 16
        .space  4096
last_stack_end:

/*
 * trap.S - the way from the user program into the supervisor and back.
 *
 * A trap changes pc, mode and a few CSRs and nothing else, so all 31 registers still belong to the
 * program: they are saved on the supervisor's stack as a struct trap_frame (supervisor.h) before C
 * may use them. That stack is empty whenever U-mode runs, so its top is a constant.
 */
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
        csrw    sscratch, sp            # the one register that is needed to save the others
        la      sp, stack_end
        addi    sp, sp, -FRAME_LENGTH
        .irp    n, ALL_BUT_SP
        sd      x\n, \n * 8(sp)
        .endr
        csrr    t0, sscratch
        sd      t0, 2 * 8(sp)
        csrr    t0, sepc
        sd      t0, 0(sp)

        mv      a0, sp
        call    trap_handle
        mv      a0, sp                  # and on into trap_return

/* Goes to U-mode with the registers of the frame at a0. sstatus.SPP is 0: the last trap came from
 * U-mode, or boot_main has cleared it. Priv. [norm:sstatus_spp] */
        .globl  trap_return
        .type   trap_return, @function
trap_return:
        mv      sp, a0
        ld      t0, 0(sp)
        csrw    sepc, t0
        .irp    n, ALL_BUT_SP
        ld      x\n, \n * 8(sp)
        .endr
        ld      sp, 2 * 8(sp)           # last: the frame is reached through it
        sret

/*
 * switch.S - from one flow of the kernel to another, and the float registers of the programs.
 *
 * To the one who calls it switch_context is a function that comes back late. So what a function
 * must preserve is all there is to keep: ra, sp and s0 to s11, in the order of struct context.
 */

/* sstatus.FS, bits 14..13: 2 is clean, 3 dirty. */
#define FS_DIRTY_BIT 0x2000

        .text
        .globl  switch_context
        .type   switch_context, @function
switch_context:
        # A reservation of the program that ran must not serve the next one's SC: this SC, to a
        # place that is about to be written, ends it. Unpriv. [sec:lrsc]
        sc.d    zero, ra, (a0)
        sd      ra, 0(a0)
        sd      sp, 8(a0)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        sd      s\n, 16 + \n * 8(a0)
        .endr
        ld      ra, 0(a1)
        ld      sp, 8(a1)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        ld      s\n, 16 + \n * 8(a1)
        .endr
        ret

/* The one place of the kernel that knows float instructions. */
        .option arch, +f, +d

#define ALL_FLOAT                                                                                  \
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,  \
    26, 27, 28, 29, 30, 31

        .globl  float_save
        .type   float_save, @function
float_save:
        .irp    n, ALL_FLOAT
        fsd     f\n, \n * 8(a0)
        .endr
        frcsr   t0
        sd      t0, 32 * 8(a0)
        j       make_clean

        .globl  float_restore
        .type   float_restore, @function
float_restore:
        .irp    n, ALL_FLOAT
        fld     f\n, \n * 8(a0)
        .endr
        ld      t0, 32 * 8(a0)
        fscsr   t0

/* What is in the registers is in memory, too: from dirty, FS becomes clean; clean, it stays. */
make_clean:
        li      t0, FS_DIRTY_BIT
        csrc    sstatus, t0
        ret

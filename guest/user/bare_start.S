/*
 * bare_start.S - reset, in M-mode without translation, and the switch between two stacks.
 */
        .section .text.start, "ax", @progbits
        .globl  _start
        .type   _start, @function
_start:
        la      sp, stack_end
        tail    bare_main
        .size   _start, . - _start

/* void bare_switch(from, to) */
        .text
        .globl  bare_switch
        .type   bare_switch, @function
bare_switch:
        sd      ra, 0(a0)
        sd      sp, 8(a0)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        sd      s\n, 16 + 8 * \n(a0)
        .endr
        ld      ra, 0(a1)
        ld      sp, 8(a1)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        ld      s\n, 16 + 8 * \n(a1)
        .endr
        ret
        .size   bare_switch, . - bare_switch

        .section .bss.stack, "aw", @nobits
        .balign 16
        .space  4096
stack_end:

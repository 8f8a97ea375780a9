/* fail.S - ends with exit code 42, in Spike's way: tohost = code << 1 | 1. */
#define EXIT_CODE 42

        .text
        .globl  start
        .type   start, @function
start:
        li      t0, EXIT_CODE << 1 | 1
        la      t1, tohost
        sd      t0, 0(t1)
stop:
        j       stop

        .section .tohost, "aw", @progbits
        .balign 64
        .globl  tohost
        .type   tohost, @object
        .size   tohost, 8
tohost: .dword  0
        .balign 64
        .globl  fromhost
        .type   fromhost, @object
        .size   fromhost, 8
fromhost:
        .dword  0

/* loop.S - one instruction, for ever. */
        .text
        .globl  start
        .type   start, @function
start:
        j       start

/*
 * spin_trap.S - a trap handler whose first instruction traps: the hart enters it for ever, and no
 * instruction ever retires again.
 */
        .text
        .globl  start
        .type   start, @function
start:
        la      t0, handler
        csrw    mtvec, t0
        .balign 4
handler:
        unimp

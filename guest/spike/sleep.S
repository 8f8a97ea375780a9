/* sleep.S - waits for an interrupt when none is enabled: nothing can ever wake it. */
        .text
        .globl  start
        .type   start, @function
start:
        csrw    mie, zero
again:
        wfi
        j       again

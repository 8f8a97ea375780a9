/*
 * nowhere.S - jumps to where nothing answers, with the trap handler there too: an access fault at
 * each fetch, for ever.
 */
#define NOWHERE 0x08000000              /* between the CLINT and the PLIC */

        .text
        .globl  start
        .type   start, @function
start:
        li      t0, NOWHERE
        csrw    mtvec, t0
        jr      t0

/*
 * attempts.S - one access that may fault, and a place to go on at if it does.
 *
 * Each takes the address of the access in a0 and returns 0 if it was done, else the cause of the
 * fault: the supervisor then resumes at the label it was told, with the cause in a0.
 */
#include "guest/include/boot.h"

        .text

/* uint64_t attempt_load(uint64_t va) */
        .globl  attempt_load
        .type   attempt_load, @function
attempt_load:
        mv      a1, a0
        la      a0, 1f
        li      a7, SYS_RECOVER
        ecall
        li      a0, 0
        ld      t0, 0(a1)
1:      ret

/* uint64_t attempt_store(uint64_t va) */
        .globl  attempt_store
        .type   attempt_store, @function
attempt_store:
        mv      a1, a0
        la      a0, 1f
        li      a7, SYS_RECOVER
        ecall
        li      a0, 0
        sd      zero, 0(a1)
1:      ret

/* uint64_t attempt_execute(uint64_t va): a RET should be at va, which returns to our caller. */
        .globl  attempt_execute
        .type   attempt_execute, @function
attempt_execute:
        mv      a1, a0
        la      a0, 1f
        li      a7, SYS_RECOVER
        ecall
        li      a0, 0
        jr      a1
1:      ret

/* user_start.S - where the user program begins, and where user_main returns to. */

#include "guest/include/boot.h"

        .text
        .globl  user_start
        .type   user_start, @function
user_start:
        call    user_main
        li      a7, SYS_EXIT
        ecall

/*
 * hello.c - the smallest program: one system call from U-mode, then exit code 0.
 */
#include "guest/include/user.h"

int user_main(void)
{
    user_print("Hello from U-mode under Sv39.\n");
    return 0;
}

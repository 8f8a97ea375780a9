/*
 * turns_linux.c - two processes run turns.c, each with memory of its own.
 */
#include "guest/include/linux.h"
#include "guest/user/start.h"
#include "guest/user/turns.h"

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int status = 0;

    if (linux_fork() == 0) {
        turns("second", linux_yield);
        return 0;
    }
    turns("first", linux_yield);
    linux_wait(-1, &status);
    return linux_exit_code(status);
}

/*
 * twins.c - two processes with the same addresses, and each finds its own number there.
 */
#include "guest/include/linux.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

static volatile uint64_t number = 1; /* the first word of the data: at 0x30000 */

/* A place for pagewalk to look: both processes have stored their number. */
__attribute__((noipa)) static void both_are_there(void)
{
    __asm__ volatile("");
}

static void store(uint64_t value)
{
    number = value;
    print("process %lu: main is at 0x%lx, number at 0x%lx, and I store %lu there\n",
          (uint64_t)linux_pid(), (uint64_t)main, (uint64_t)&number, value);
}

int main(int argc, char **argv)
{
    const char *const again[] = {argv[0], "again", NULL};
    int status;

    if (argc > 1) {
        store(222);
        both_are_there();
        return 0;
    }
    store(111);
    if (linux_fork() == 0) {
        /* Begins anew, in an address space of its own. */
        linux_exec("/bin/twins", again, &again[2]);
        linux_exit(1);
    }
    linux_wait(-1, &status);
    print("process 1: number at 0x%lx still holds %lu\n", (uint64_t)&number, number);
    return linux_exit_code(status);
}

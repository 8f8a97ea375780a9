/*
 * stranger.c - a process that knows the address of another's secret, and finds nothing there.
 */
#include "guest/include/linux.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

enum { PAGE_SIZE = 4096 };

#define SECRET_VA UINT64_C(0x50000000)

static volatile uint64_t *const secret = (volatile uint64_t *)SECRET_VA;

/* A place for pagewalk to look: the secret is there, and the stranger wants to know it. */
__attribute__((noipa)) static void before_the_look(void)
{
    __asm__ volatile("");
}

static int look(void)
{
    print("process %lu: what is at 0x%lx?\n", (uint64_t)linux_pid(), SECRET_VA);
    before_the_look();
    print("process %lu: there is %lu\n", (uint64_t)linux_pid(), *secret);
    return 1;
}

int main(int argc, char **argv)
{
    const char *const stranger[] = {argv[0], "look", NULL};
    int status = 0;

    if (argc > 1) {
        return look();
    }
    if (linux_map(SECRET_VA, PAGE_SIZE) < 0) {
        return 1;
    }
    *secret = 4711;
    print("process 1: I keep a secret at 0x%lx\n", SECRET_VA);
    if (linux_fork() == 0) {
        linux_exec("/bin/stranger", stranger, &stranger[2]);
        linux_exit(1);
    }
    linux_wait(-1, &status);
    print("process 1: the stranger was killed by signal %lu, the secret is still %lu\n",
          (uint64_t)linux_signal(status), *secret);
    return linux_signal(status) == 0;
}

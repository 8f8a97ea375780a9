/* system.c - the calls that only ask, and those that no kernel knows. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { NO_CALL = 1999 };

static const char *error(long result)
{
    return result == -1 ? strerror(errno) : "done";
}

/* Time that goes on, as both calls tell it. */
static void show_time(void)
{
    struct timespec first, second;
    struct timeval value;

    clock_gettime(CLOCK_MONOTONIC, &first);
    for (volatile int i = 0; i < 100000; i++) {
    }
    clock_gettime(CLOCK_MONOTONIC, &second);
    printf("time goes on: %d\n", second.tv_sec > first.tv_sec || (second.tv_sec == first.tv_sec &&
                                                                  second.tv_nsec > first.tv_nsec));
    printf("of day: %s\n", error(gettimeofday(&value, NULL)));
    printf("no clock: %s\n", error(clock_gettime(77, &first)));
}

int main(void)
{
    struct utsname name;
    struct rlimit limit;
    unsigned char random[20] = {0};
    sigset_t set;
    int sum = 0;

    printf("name: %s, %s\n", error(uname(&name)), name.sysname);
    printf("stack: %s\n", error(getrlimit(RLIMIT_STACK, &limit)));
    printf("random: %zd\n", getrandom(random, sizeof random, 0));
    for (int i = 0; i < 20; i++) {
        sum |= random[i];
    }
    printf("it is some: %d\n", sum != 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    printf("mask: %s\n", error(sigprocmask(SIG_BLOCK, &set, NULL)));
    printf("default: %d\n", signal(SIGINT, SIG_DFL) == SIG_DFL);
    show_time();
    printf("no call: %s\n", error(syscall(NO_CALL)));
    printf("again: %s\n", error(syscall(NO_CALL)));
    printf("a pid: %d\n", getpid() > 0 && getpid() == syscall(SYS_gettid));
    return 0;
}

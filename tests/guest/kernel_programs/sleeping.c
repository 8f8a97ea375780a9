/* Sleeps of several processes end in the order of their times, and none too early. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILDREN = 4, MILLISECOND = 1000000 };

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void sleep_and_tell(int number)
{
    int64_t start = now();
    struct timespec time = {.tv_nsec = (CHILDREN - number) * 150L * MILLISECOND};

    nanosleep(&time, NULL);
    printf("child %d slept long enough: %d\n", number, now() - start >= time.tv_nsec);
}

static void sleep_until(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec++;
    printf("until a time: %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL));
    printf(", reached: %d\n", now() >= time.tv_sec * INT64_C(1000000000) + time.tv_nsec);
    printf("until one that was: %d\n",
           clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL));
}

int main(void)
{
    struct timespec wrong = {.tv_nsec = 1000L * MILLISECOND};

    for (int number = 0; number < CHILDREN; number++) {
        if (fork() == 0) {
            sleep_and_tell(number);
            return 0;
        }
    }
    while (wait(NULL) > 0) {
    }
    sleep_until();
    printf("%d", nanosleep(&wrong, NULL));
    printf(" %d\n", errno == EINVAL);
    return 0;
}

#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/alarm.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/usage.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum {
    CLOCK_OF_PROCESS = 2, /* how long it ran; */
    CLOCK_OF_THREAD = 3,  /* its threads are not told apart. All others go on since boot */
    CLOCKS = 12,
    TIMER_ABSOLUTE = 1,
    ALARM_REAL = 0,
};

static struct address_space *space(void)
{
    return process_current()->space;
}

static int64_t sys_clock_gettime(const uint64_t arguments[6])
{
    bool is_of_process = arguments[0] == CLOCK_OF_PROCESS || arguments[0] == CLOCK_OF_THREAD;
    struct timespec now =
        clock_of_ticks(is_of_process ? usage_run_ticks(process_current()) : timer_now());

    return arguments[0] < CLOCKS ? user_write(space(), arguments[1], &now, sizeof now)
                                 : ERROR_INVALID;
}

/* A tick of the time CSR. */
static int64_t sys_clock_getres(const uint64_t arguments[6])
{
    struct timespec tick = clock_of_ticks(1);

    if (arguments[0] >= CLOCKS) {
        return ERROR_INVALID;
    }
    return arguments[1] != 0 ? user_write(space(), arguments[1], &tick, sizeof tick) : 0;
}

/* Time is what the machine has counted. */
static int64_t sys_settimeofday(const uint64_t arguments[6])
{
    (void)arguments;
    return ERROR_NOT_PERMITTED;
}

static int64_t sys_gettimeofday(const uint64_t arguments[6])
{
    struct timespec now = clock_of_ticks(timer_now());
    const int64_t time[] = {now.seconds, now.nanoseconds / (NANOSECONDS / MICROSECONDS)};

    return arguments[0] != 0 ? user_write(space(), arguments[0], time, sizeof time) : 0;
}

/* What is left of a sleep that a signal ended, for one who wants to know. */
static int64_t tell_rest(uint64_t deadline, uint64_t rest_va)
{
    uint64_t now = timer_now();
    struct timespec rest = clock_of_ticks(deadline > now ? deadline - now : 0);
    int64_t error = rest_va != 0 ? user_write(space(), rest_va, &rest, sizeof rest) : 0;

    return error != 0 ? error : ERROR_INTERRUPTED_FOR_GOOD;
}

static int64_t sleep(uint64_t time_va, bool is_absolute, uint64_t rest_va)
{
    uint64_t deadline;
    int64_t error =
        time_va != 0 ? clock_read_deadline(time_va, is_absolute, &deadline) : ERROR_BAD_ADDRESS;

    if (error != 0) {
        return error;
    }

    enum sleep_result result;

    do {
        result = scheduler_sleep_until(NULL, deadline);
    } while (result == SLEEP_WOKEN); /* for a signal that another thread took */
    return result == SLEEP_INTERRUPTED ? tell_rest(deadline, is_absolute ? 0 : rest_va) : 0;
}

static int64_t sys_nanosleep(const uint64_t arguments[6])
{
    return sleep(arguments[0], false, arguments[1]);
}

static int64_t sys_clock_nanosleep(const uint64_t arguments[6])
{
    if (arguments[0] >= CLOCKS || arguments[0] == CLOCK_OF_THREAD) {
        return ERROR_INVALID;
    }
    return sleep(arguments[2], (arguments[1] & TIMER_ABSOLUTE) != 0, arguments[3]);
}

/* Linux's struct itimerval: seconds and microseconds. */
struct alarm_times {
    int64_t interval[2], rest[2];
};

static void put_time(int64_t time[2], uint64_t ticks)
{
    struct timespec since = clock_of_ticks(ticks);

    time[0] = since.seconds;
    time[1] = since.nanoseconds / (NANOSECONDS / MICROSECONDS);
}

static struct alarm_times times_of(struct alarm_setting setting)
{
    struct alarm_times times;

    put_time(times.interval, setting.interval);
    put_time(times.rest, setting.rest);
    if (setting.rest != 0 && times.rest[0] == 0 && times.rest[1] == 0) {
        times.rest[1] = 1; /* it is set */
    }
    return times;
}

/* False: that is no time. */
static bool take_time(const int64_t time[2], uint64_t *ticks)
{
    if (time[0] < 0 || time[1] < 0 || time[1] >= MICROSECONDS) {
        return false;
    }
    *ticks = clock_ticks((struct timespec){time[0], time[1] * (NANOSECONDS / MICROSECONDS)});
    return true;
}

static int64_t sys_getitimer(const uint64_t arguments[6])
{
    const struct alarm_times times = times_of(alarm_get(process_current()));

    return arguments[0] == ALARM_REAL ? user_write(space(), arguments[1], &times, sizeof times)
                                      : ERROR_INVALID;
}

/* Those that count the time that a process runs are not there. */
static int64_t sys_setitimer(const uint64_t arguments[6])
{
    struct alarm_times times = {.rest = {0}};
    struct alarm_setting setting;
    int64_t error = 0;

    if (arguments[1] != 0) {
        error = user_read(space(), &times, arguments[1], sizeof times);
    }
    if (error != 0) {
        return error;
    }
    if (arguments[0] != ALARM_REAL || !take_time(times.rest, &setting.rest) ||
        !take_time(times.interval, &setting.interval)) {
        return ERROR_INVALID;
    }
    times = times_of(alarm_get(process_current()));
    alarm_set(process_current(), setting);
    return arguments[2] != 0 ? user_write(space(), arguments[2], &times, sizeof times) : 0;
}

const struct syscall syscalls_time[] = {
    {101, "nanosleep", sys_nanosleep},
    {102, "getitimer", sys_getitimer},
    {103, "setitimer", sys_setitimer},
    {112, "clock_settime", sys_settimeofday},
    {113, "clock_gettime", sys_clock_gettime},
    {114, "clock_getres", sys_clock_getres},
    {115, "clock_nanosleep", sys_clock_nanosleep},
    {169, "gettimeofday", sys_gettimeofday},
    {170, "settimeofday", sys_settimeofday},
    {0, NULL, NULL},
};

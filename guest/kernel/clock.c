#include "guest/kernel/clock.h"

#include "guest/kernel/device_tree.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/timeout.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/user_memory.h"

struct timespec clock_of_ticks(uint64_t ticks)
{
    uint64_t hz = machine()->timebase_hz;

    return (struct timespec){(int64_t)(ticks / hz), (int64_t)(ticks % hz * NANOSECONDS / hz)};
}

uint64_t clock_ticks(struct timespec time)
{
    uint64_t hz = machine()->timebase_hz;
    uint64_t seconds = (uint64_t)time.seconds;

    if (seconds >= TIMEOUT_NEVER / 2 / hz) {
        return TIMEOUT_NEVER;
    }
    return seconds * hz + ((uint64_t)time.nanoseconds * hz + NANOSECONDS - 1) / NANOSECONDS;
}

int64_t clock_read_deadline(uint64_t va, bool is_absolute, uint64_t *deadline)
{
    struct timespec time;
    int64_t error;

    *deadline = TIMEOUT_NEVER;
    if (va == 0) {
        return 0;
    }
    error = user_read(process_current()->space, &time, va, sizeof time);
    if (error != 0) {
        return error;
    }
    if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= NANOSECONDS) {
        return ERROR_INVALID;
    }

    uint64_t ticks = clock_ticks(time);
    struct thread_signals *signals = &thread_current()->signals;

    if (ticks != TIMEOUT_NEVER) {
        *deadline = is_absolute ? ticks : timer_now() + ticks;
    }
    if (signals->deadline != 0) {
        *deadline = signals->deadline;
    }
    signals->deadline = *deadline;
    return 0;
}

#include "guest/kernel/alarm.h"

#include <stddef.h>

#include "guest/kernel/process.h"
#include "guest/kernel/timer.h"

/* The next one keeps the rhythm of the first, past those that time has gone beyond. */
static void expire(struct timeout *timeout)
{
    struct alarm *alarm = (struct alarm *)timeout;
    struct process *process =
        (struct process *)((uint8_t *)alarm - offsetof(struct process, signals.alarm));
    uint64_t deadline = timeout->deadline;

    timeout->deadline = 0;
    if (alarm->interval != 0) {
        uint64_t missed = (timer_now() - deadline) / alarm->interval;

        timeout_start(timeout, deadline + (missed + 1) * alarm->interval);
    }
    signal_send(process, SIGNAL_ALARM);
}

struct alarm_setting alarm_get(const struct process *process)
{
    const struct alarm *alarm = &process->signals.alarm;
    uint64_t now = timer_now(), deadline = alarm->timeout.deadline;
    struct alarm_setting setting = {.interval = alarm->interval};

    if (deadline != 0) {
        setting.rest = deadline > now ? deadline - now : 1;
    }
    return setting;
}

void alarm_set(struct process *process, struct alarm_setting setting)
{
    struct alarm *alarm = &process->signals.alarm;

    timeout_cancel(&alarm->timeout);
    alarm->timeout = (struct timeout){.expire = expire};
    alarm->interval = setting.interval;
    if (setting.rest != 0) {
        timeout_start(&alarm->timeout, timer_now() + setting.rest);
    }
}

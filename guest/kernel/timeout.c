#include "guest/kernel/timeout.h"

#include <stddef.h>

#include "guest/kernel/timer.h"

static struct timeout *first;

void timeout_start(struct timeout *timeout, uint64_t deadline)
{
    struct timeout **place = &first;

    while (*place != NULL && (*place)->deadline <= deadline) {
        place = &(*place)->next;
    }
    timeout->deadline = deadline;
    timeout->next = *place;
    *place = timeout;
    timer_adjust();
}

void timeout_cancel(struct timeout *timeout)
{
    struct timeout **place = &first;

    while (*place != NULL && *place != timeout) {
        place = &(*place)->next;
    }
    if (*place != NULL) {
        *place = timeout->next;
        timer_adjust();
    }
}

void timeout_serve(void)
{
    while (first != NULL && first->deadline <= timer_now()) {
        struct timeout *due = first;

        first = due->next;
        due->expire(due);
    }
    timer_adjust();
}

uint64_t timeout_next(void)
{
    return first != NULL ? first->deadline : TIMEOUT_NEVER;
}

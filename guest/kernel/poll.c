#include "guest/kernel/poll.h"

#include <stddef.h>

#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"

static const char any_file; /* the channel of all who wait */

void poll_changed(void)
{
    scheduler_wake(&any_file);
}

/* What holds of what is wanted; hang-up and error are told unasked. */
static int16_t ready_of(const struct poll_entry *entry)
{
    const struct descriptors *descriptors = &process_current()->descriptors;
    unsigned told = (uint16_t)entry->wanted | POLL_ERROR | POLL_HANG_UP;
    struct open_file *file;

    if (entry->descriptor < 0) {
        return 0;
    }
    file = descriptor_find(descriptors, (uint64_t)entry->descriptor);
    if (file == NULL) {
        return POLL_INVALID;
    }

    unsigned ready = open_file_poll(file);

    ready |= (ready & POLL_READ) != 0 ? POLL_READ_NORMAL : 0;
    ready |= (ready & POLL_WRITE) != 0 ? POLL_WRITE_NORMAL : 0;
    return (int16_t)(ready & told);
}

static int64_t count_ready(struct poll_entry *entries, uint32_t count)
{
    int64_t ready = 0;

    for (uint32_t i = 0; i < count; i++) {
        entries[i].ready = ready_of(&entries[i]);
        ready += entries[i].ready != 0;
    }
    return ready;
}

int64_t poll_wait(struct poll_entry *entries, uint32_t count, uint64_t deadline)
{
    for (;;) {
        int64_t ready = count_ready(entries, count);

        if (ready > 0) {
            return ready;
        }
        switch (scheduler_sleep_until(&any_file, deadline)) {
        case SLEEP_WOKEN: break;
        case SLEEP_TIMED_OUT: return 0;
        case SLEEP_INTERRUPTED: return ERROR_INTERRUPTED_FOR_GOOD;
        }
    }
}

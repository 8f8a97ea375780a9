#include "guest/kernel/usage.h"

#include "guest/include/sv39.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"

_Static_assert(sizeof(struct usage) == 144, "struct usage is not Linux's struct rusage");

/* Pages are counted when they are first touched: as many were never resident at once where some
 * were swapped out or given back. */
struct usage usage_of(uint64_t run_ticks, uint64_t touched_pages)
{
    struct timespec time = clock_of_ticks(run_ticks);

    return (struct usage){.user = {time.seconds, time.nanoseconds / (NANOSECONDS / MICROSECONDS)},
                          .most_resident = (int64_t)(touched_pages * (PAGE_SIZE / 1024))};
}

uint64_t usage_run_ticks(const struct process *process)
{
    return process->run_ticks + (process == process_current() ? scheduler_run_ticks() : 0);
}

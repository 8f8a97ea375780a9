#include "emu/machine/machine.h"

#include "emu/engine/fast.h"
#include "emu/engine/reference.h"
#include "emu/machine/machine_clock.h"
#include "emu/machine/machine_parts.h"

void machine_bound_regions(struct machine *machine, const struct machine_bounds *bounds)
{
    struct counts now;

    machine->bounds = *bounds;
    if (bounds->has_to && !bounds->has_from) {
        machine_count(machine, &now);
        region_open(&machine->region, &now);
    }
}

/* What it means that the engine came back and is not to go on. */
static struct machine_exit exit_after(const struct machine *machine, enum engine_stop stop)
{
    static const enum machine_reason reasons[] = {
        [ENGINE_ATTEMPTS] = MACHINE_LIMIT,
        [ENGINE_BREAK] = MACHINE_BREAK,
        [ENGINE_IDLE] = MACHINE_IDLE,
        [ENGINE_STOPPED] = MACHINE_SIGNAL,
    };

    if (stop == ENGINE_STOPPED && machine->is_over) {
        return (struct machine_exit){.reason = MACHINE_GUEST, .code = machine->code};
    }
    return (struct machine_exit){.reason = reasons[stop]};
}

/* The goal with the bounds of regions as further breaks. */
static struct engine_goal with_bounds(const struct machine *machine, const struct engine_goal *goal)
{
    const struct machine_bounds *bounds = &machine->bounds;
    struct engine_goal all = *goal;

    if (bounds->has_from) {
        all.break_pc[all.break_count++] = bounds->from;
    }
    if (bounds->has_to) {
        all.break_pc[all.break_count++] = bounds->to;
    }
    return all;
}

/* The pc has reached a break: regions begin and end there, if it is a bound. Often nothing changes,
 * and to count takes time. */
static void cross_bounds(struct machine *machine)
{
    const struct machine_bounds *bounds = &machine->bounds;
    uint64_t pc = machine->hart.pc;
    bool is_open = machine->region.is_open;
    bool ends = is_open && bounds->has_to && pc == bounds->to;
    bool begins = (!is_open || ends) && bounds->has_from && pc == bounds->from;
    struct counts now;

    if (!ends && !begins) {
        return;
    }
    machine_count(machine, &now);
    if (ends) {
        region_close(&machine->region, &now);
    }
    if (begins) {
        region_open(&machine->region, &now);
    }
}

/* A reset that the guest asked for is done. Whether a signal came is looked at right after it. */
static bool starts_again(struct machine *machine)
{
    if (!machine->is_resetting || machine->is_over) {
        return false;
    }
    machine_reset(machine);
    return true;
}

struct machine_exit machine_run(struct machine *machine, const struct engine_goal *goal,
                                const struct engine_observer *observer)
{
    struct engine_goal all = with_bounds(machine, goal);
    enum engine_stop stop = ENGINE_IDLE;
    bool goes_on = true;

    if (observer != NULL) { /* only the reference engine has time for one */
        fast_destroy(machine->fast);
        machine->fast = NULL;
    }
    while (goes_on) {
        stop = machine->fast == NULL ? reference_run(&machine->hart, &all, observer)
                                     : fast_run(machine->fast, &all);
        all.goes_on = false;
        if (stop == ENGINE_BREAK) {
            cross_bounds(machine);
            all.goes_on = !engine_is_break(goal, machine->hart.pc);
        }
        goes_on = all.goes_on || (stop == ENGINE_IDLE && machine_clock_sleep(machine)) ||
                  (stop == ENGINE_STOPPED && starts_again(machine));
    }
    return exit_after(machine, stop);
}

void machine_end(struct machine *machine)
{
    struct counts now;

    machine_count(machine, &now);
    region_close(&machine->region, &now);
    processes_settle(&machine->processes);
}

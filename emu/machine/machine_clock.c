#include "emu/machine/machine_clock.h"

#include "emu/hart/trap.h"
#include "emu/machine/machine_parts.h"

enum { POLL_CYCLES = 65536 }; /* how often the host is asked whether to stop; no guest can tell */

uint64_t machine_clock_ticks(void *machine)
{
    const struct machine *of = machine;

    return of->hart.counters.cycles / HART_CYCLES_PER_TICK;
}

void machine_clock_rearmed(void *machine)
{
    struct machine *of = machine;

    of->hart.next_event = 0; /* machine_clock_event finds out what is next */
}

uint64_t machine_clock_mtime(void *machine)
{
    const struct machine *of = machine;

    return clint_mtime(&of->clint);
}

/* The cycle at which a tick begins, or UINT64_MAX: not within any run. */
static uint64_t cycle_of(uint64_t tick)
{
    return tick > INT64_MAX / HART_CYCLES_PER_TICK ? UINT64_MAX : tick * HART_CYCLES_PER_TICK;
}

/* The cycles at which the timer interrupts of M-mode and S-mode go up. */

static uint64_t machine_timer_cycle(const struct machine *machine)
{
    return cycle_of(clint_next_event(&machine->clint));
}

static uint64_t supervisor_timer_cycle(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;

    return hart_has_timer(hart) ? cycle_of(clint_tick_of(&machine->clint, hart->csr.stimecmp))
                                : UINT64_MAX;
}

/* The cycle at which a disk completes a request. */
static uint64_t disk_cycle(const struct machine *machine)
{
    return machine_has_swap(machine) ? cycle_of(virtio_block_next_event(&machine->swap))
                                     : UINT64_MAX;
}

/* Moves the next event forward to a cycle that is still to come. */
static void hurry(struct hart *hart, uint64_t cycle)
{
    if (cycle > hart->counters.cycles && cycle < hart->next_event) {
        hart->next_event = cycle;
    }
}

static void poll_devices(struct machine *machine)
{
    clint_update(&machine->clint);
    hart_update_timer(&machine->hart);
    if (machine_has_swap(machine)) {
        virtio_block_update(&machine->swap);
    }
    uart_poll(&machine->uart);
    if (machine_has_streams(machine)) {
        virtio_console_poll(&machine->console);
    }
}

void machine_clock_event(void *machine)
{
    struct machine *of = machine;
    struct hart *hart = &of->hart;

    poll_devices(of);
    if (of->config.console.is_interrupted(of->config.console.ctx)) {
        hart->is_stopping = true;
    }
    hart->next_event = hart->counters.cycles + POLL_CYCLES;
    hurry(hart, machine_timer_cycle(of));
    hurry(hart, supervisor_timer_cycle(of));
    hurry(hart, disk_cycle(of));
}

static bool can_wake(const struct hart *hart, enum trap_interrupt interrupt)
{
    return (hart->csr.mie & (UINT64_C(1) << interrupt)) != 0;
}

/* The cycle at which something happens that can wake the hart, UINT64_MAX if nothing ever does. A
 * disk speaks through the PLIC, which may keep it to itself: then the hart sleeps on. */
static uint64_t wake_cycle(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;
    const uint64_t cycles[] = {
        can_wake(hart, TRAP_MTI) ? machine_timer_cycle(machine) : UINT64_MAX,
        can_wake(hart, TRAP_STI) ? supervisor_timer_cycle(machine) : UINT64_MAX,
        disk_cycle(machine),
    };
    uint64_t first = UINT64_MAX;

    for (unsigned i = 0; i < sizeof cycles / sizeof *cycles; i++) {
        first = cycles[i] < first ? cycles[i] : first;
    }
    return first;
}

bool machine_clock_sleep(struct machine *machine)
{
    struct hart *hart = &machine->hart;
    uint64_t wake = wake_cycle(machine);

    if (wake == UINT64_MAX) {
        return false;
    }
    if (wake > hart->counters.cycles) {
        hart->counters.cycles = wake;
    }
    hart->next_event = 0;
    return true;
}

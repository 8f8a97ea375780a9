#include "emu/machine/machine_clock.h"

#include "emu/hart/trap.h"
#include "emu/machine/machine_parts.h"

enum {
    POLL_CYCLES = 65536, /* how often the host is asked whether to stop; no guest can tell */
    HOST_CYCLES = 16,    /* executed in less than a tick of the host's time, as a rule */
    QUIET_TICKS = PLATFORM_TIMEBASE_HZ,        /* of a console where new input is expected */
    PATIENT_TICKS = 10 * PLATFORM_TIMEBASE_HZ, /* without input, of one that is never quiet */
};

static bool follows_host(const struct machine *machine)
{
    return machine->config.time.ticks != NULL;
}

static uint64_t now(const struct machine *machine)
{
    const struct machine_time *time = &machine->config.time;

    return follows_host(machine) ? time->ticks(time->ctx)
                                 : machine->hart.counters.cycles / HART_CYCLES_PER_TICK;
}

uint64_t machine_clock_ticks(void *machine)
{
    return now(machine);
}

uint64_t machine_clock_cycles(const struct machine *machine)
{
    return follows_host(machine) ? now(machine) * HART_CYCLES_PER_TICK
                                 : machine->hart.counters.cycles;
}

uint64_t machine_clock_date(void *machine)
{
    const struct machine *of = machine;
    const struct machine_time *time = &of->config.time;

    return follows_host(of) ? time->date(time->ctx)
                            : PLATFORM_FIRST_DATE + now(of) * PLATFORM_NANOSECONDS_PER_TICK;
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

/* The ticks at which the timer interrupts of M-mode and S-mode go up; UINT64_MAX: never. */

static uint64_t machine_timer_tick(const struct machine *machine)
{
    return clint_next_event(&machine->clint);
}

static uint64_t supervisor_timer_tick(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;

    return hart_has_timer(hart) ? clint_tick_of(&machine->clint, hart->csr.stimecmp) : UINT64_MAX;
}

/* The tick at which the first of the disks completes a request. */
static uint64_t disk_tick(const struct machine *machine)
{
    uint64_t first = UINT64_MAX;

    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        const struct machine_slot_disk *disk = &machine->disk[slot];
        uint64_t tick = disk->is_there ? virtio_block_next_event(&disk->block) : UINT64_MAX;

        first = tick < first ? tick : first;
    }
    return first;
}

/* The tick at which the RTC's alarm rings. */
static uint64_t alarm_tick(const struct machine *machine)
{
    uint64_t until = rtc_until_alarm(&machine->rtc);
    bool is_within = until % PLATFORM_NANOSECONDS_PER_TICK != 0;

    return until == UINT64_MAX ? UINT64_MAX
                               : now(machine) + until / PLATFORM_NANOSECONDS_PER_TICK + is_within;
}

/* The tick from which on a new line of input is expected. */
static uint64_t quiet_tick(const struct machine *machine)
{
    uint64_t quiet = machine->last_character + QUIET_TICKS;
    uint64_t patient = machine->last_input + PATIENT_TICKS;

    return quiet < patient ? quiet : patient;
}

/* The cycle at which a tick begins, or UINT64_MAX: not within any run. */
static uint64_t cycle_of(uint64_t tick)
{
    return tick > INT64_MAX / HART_CYCLES_PER_TICK ? UINT64_MAX : tick * HART_CYCLES_PER_TICK;
}

/* The cycle at which to look whether a tick has begun. Where it follows the host that is too soon,
 * and the next look is nearer. */
static uint64_t cycle_to_look(const struct machine *machine, uint64_t tick)
{
    uint64_t ticks;

    if (!follows_host(machine)) {
        return cycle_of(tick);
    }
    ticks = now(machine);
    return tick <= ticks || tick - ticks > POLL_CYCLES
               ? UINT64_MAX
               : machine->hart.counters.cycles + (tick - ticks) * HOST_CYCLES;
}

/* Moves the next event forward to a tick that is still to come. */
static void hurry(struct machine *machine, uint64_t tick)
{
    struct hart *hart = &machine->hart;
    uint64_t cycle = tick == UINT64_MAX ? UINT64_MAX : cycle_to_look(machine, tick);

    if (cycle > hart->counters.cycles && cycle < hart->next_event) {
        hart->next_event = cycle;
    }
}

/* The guest computes instead of sleeping while it waits for a line that may now be asked for. */
static bool waits_awake(const struct machine *machine)
{
    return !machine->has_slept && uart_wants_input(&machine->uart) &&
           disk_tick(machine) == UINT64_MAX;
}

static void poll_uart(struct machine *machine)
{
    if (machine->config.console.is_live ||
        (waits_awake(machine) && now(machine) >= quiet_tick(machine))) {
        uart_poll(&machine->uart);
    }
}

static void poll_devices(struct machine *machine)
{
    clint_update(&machine->clint);
    hart_update_timer(&machine->hart);
    rtc_update(&machine->rtc);
    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        if (machine->disk[slot].is_there) {
            virtio_block_update(&machine->disk[slot].block);
        }
    }
    poll_uart(machine);
    if (machine_has_streams(machine)) {
        virtio_console_poll(&machine->console);
    }
}

static bool is_interrupted(const struct machine *machine)
{
    return machine->config.console.is_interrupted(machine->config.console.ctx);
}

void machine_clock_event(void *machine)
{
    struct machine *of = machine;
    struct hart *hart = &of->hart;

    poll_devices(of);
    if (is_interrupted(of)) {
        hart->is_stopping = true;
    }
    hart->next_event = hart->counters.cycles + POLL_CYCLES;
    hurry(of, machine_timer_tick(of));
    hurry(of, supervisor_timer_tick(of));
    hurry(of, disk_tick(of));
    hurry(of, alarm_tick(of));
    if (waits_awake(of)) {
        hurry(of, quiet_tick(of));
    }
}

static bool can_wake(const struct hart *hart, enum trap_interrupt interrupt)
{
    return (hart->csr.mie & (UINT64_C(1) << interrupt)) != 0;
}

/* The tick at which something happens that can wake the hart, UINT64_MAX if nothing ever does. What
 * speaks through the PLIC may not be let through: then the hart sleeps on. */
static uint64_t wake_tick(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;
    const uint64_t ticks[] = {
        can_wake(hart, TRAP_MTI) ? machine_timer_tick(machine) : UINT64_MAX,
        can_wake(hart, TRAP_STI) ? supervisor_timer_tick(machine) : UINT64_MAX,
        disk_tick(machine),
        alarm_tick(machine),
    };
    uint64_t first = UINT64_MAX;

    for (unsigned i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        first = ticks[i] < first ? ticks[i] : first;
    }
    return first;
}

static bool input_can_wake(const struct machine *machine)
{
    const struct hart *hart = &machine->hart;

    return uart_wants_input(&machine->uart) &&
           (can_wake(hart, TRAP_MEI) || can_wake(hart, TRAP_SEI));
}

/* Nothing happens until the hart wakes, so time may as well be then. */
static bool skip_to(struct machine *machine, uint64_t tick)
{
    uint64_t cycle = cycle_of(tick);

    if (cycle == UINT64_MAX) {
        return false;
    }
    if (cycle > machine->hart.counters.cycles) {
        machine->hart.counters.cycles = cycle;
    }
    return true;
}

/* Sleeps on the host, where input is live: until its time has come, or for input alone. */
static bool sleep_on_host(struct machine *machine, uint64_t wake)
{
    const struct machine_console *console = &machine->config.console;
    uint64_t ticks = now(machine);
    uint64_t distance = wake > ticks ? wake - ticks : 0;
    uint64_t nanoseconds = distance > INT64_MAX / PLATFORM_NANOSECONDS_PER_TICK
                               ? UINT64_MAX
                               : distance * PLATFORM_NANOSECONDS_PER_TICK;

    return distance == 0 || console->sleep(console->ctx, nanoseconds, input_can_wake(machine));
}

/* Waits for input if the guest does, and for nothing that is sooner. Returns true if it came, or a
 * signal in its place. */
static bool wait_for_input(struct machine *machine, uint64_t wake)
{
    if (!input_can_wake(machine) || disk_tick(machine) != UINT64_MAX ||
        wake < quiet_tick(machine)) {
        return false;
    }
    uart_poll(&machine->uart);
    return !uart_wants_input(&machine->uart) || is_interrupted(machine);
}

bool machine_clock_sleep(struct machine *machine)
{
    uint64_t wake = wake_tick(machine);
    bool is_live = machine->config.console.is_live;

    machine->has_slept = true;
    machine->hart.next_event = 0; /* for whatever ends the sleep */
    if (is_live && (follows_host(machine) || wake == UINT64_MAX)) {
        return sleep_on_host(machine, wake);
    }
    return (!is_live && wait_for_input(machine, wake)) || skip_to(machine, wake);
}

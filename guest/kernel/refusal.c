#include "guest/kernel/refusal.h"

#include <stddef.h>

#include "guest/kernel/address_space.h"
#include "guest/kernel/elf.h"
#include "guest/kernel/event.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/log.h"

/* The permissions of a page as a person reads them. */
static const char *page_text(const struct area *area, uint64_t va)
{
    static const char *const text[] = {
        [0] = "---",
        [AREA_READ] = "r--",
        [AREA_EXECUTE] = "--x",
        [AREA_READ | AREA_WRITE] = "rw-",
        [AREA_READ | AREA_EXECUTE] = "r-x",
        [AREA_READ | AREA_WRITE | AREA_EXECUTE] = "rwx",
    };

    if (area != NULL) {
        return text[area->permissions];
    }
    return va >= DIRECT_MAP ? "the kernel's" : "not mapped";
}

static const char *function_of(const struct process *process)
{
    const char *name = elf_function_at(process->space->program, process->frame->pc);

    return name != NULL ? name : "an unknown function";
}

static enum signal signal_of(enum fault_result result)
{
    switch (result) {
    case FAULT_NO_MEMORY: return SIGNAL_KILL;
    case FAULT_IO_ERROR: return SIGNAL_BUS;
    case FAULT_NO_AREA:
    case FAULT_FORBIDDEN:
    case FAULT_DONE: break;
    }
    return SIGNAL_SEGMENT;
}

/* Why it was refused, in front of what the page is. */
static const char *reason(enum fault_result result)
{
    switch (result) {
    case FAULT_NO_MEMORY: return "no memory is left, ";
    case FAULT_IO_ERROR: return "the swap device failed, ";
    case FAULT_NO_AREA:
    case FAULT_FORBIDDEN:
    case FAULT_DONE: break;
    }
    return "";
}

void refuse_access(struct process *process, uint64_t va, enum access access,
                   enum fault_result result)
{
    static const char *const access_text[] = {
        [ACCESS_READ] = "read of",
        [ACCESS_WRITE] = "write to",
        [ACCESS_EXECUTE] = "execution of",
    };
    const struct area *area = address_space_find(process->space, va);

    process->killed_by = signal_of(result);
    log_line("%s (pid %u): %s 0x%lx refused: %sthe page is %s; at 0x%lx in %s; killed by signal %u",
             process->name, process->pid, access_text[access], va, reason(result),
             page_text(area, va), process->frame->pc, function_of(process), process->killed_by);
    event_fault(process->pid, EVENT_FAULT_REFUSED, va);
}

/* Exceptions but page faults and ECALL, by scause. Priv. [norm:scause_exccode] */
static const struct exception {
    const char *text;
    enum signal signal;
    bool has_address; /* stval is one */
} exceptions[] = {
    [0] = {"misaligned instruction address", SIGNAL_BUS, true},
    [1] = {"instruction access fault", SIGNAL_SEGMENT, true},
    [2] = {"illegal instruction", SIGNAL_ILLEGAL, false},
    [3] = {"breakpoint", SIGNAL_TRAP, false},
    [4] = {"misaligned load", SIGNAL_BUS, true},
    [5] = {"load access fault", SIGNAL_SEGMENT, true},
    [6] = {"misaligned store or AMO", SIGNAL_BUS, true},
    [7] = {"store or AMO access fault", SIGNAL_SEGMENT, true},
};

void refuse_exception(struct process *process, uint64_t cause, uint64_t value)
{
    static const struct exception other = {"exception", SIGNAL_ILLEGAL, false};
    const struct exception *exception =
        cause < sizeof exceptions / sizeof *exceptions ? &exceptions[cause] : &other;

    process->killed_by = exception->signal;
    log_line("%s (pid %u): %s (scause %lu, stval 0x%lx); at 0x%lx in %s; killed by signal %u",
             process->name, process->pid, exception->text, cause, value, process->frame->pc,
             function_of(process), process->killed_by);
    if (exception->has_address) {
        event_fault(process->pid, EVENT_FAULT_REFUSED, value);
    }
}

#include "guest/kernel/refusal.h"

#include <stddef.h>

#include "guest/kernel/address_space.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/elf.h"
#include "guest/kernel/event.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/log.h"
#include "guest/kernel/process.h"

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

enum { FUNCTION_NAME_SIZE = 128 };

static void find_function(const struct thread *thread, char name[FUNCTION_NAME_SIZE])
{
    if (!elf_function_at(thread->process->space->program, thread->frame->pc, name,
                         FUNCTION_NAME_SIZE)) {
        text_copy(name, FUNCTION_NAME_SIZE, "an unknown function");
    }
}

static enum signal signal_of(enum fault_result result)
{
    switch (result) {
    case FAULT_NO_MEMORY: return SIGNAL_KILL;
    case FAULT_IO_ERROR:
    case FAULT_BEYOND_FILE: return SIGNAL_BUS;
    case FAULT_NO_AREA:
    case FAULT_FORBIDDEN:
    case FAULT_DONE: break;
    }
    return SIGNAL_SEGMENT;
}

/* Codes of siginfo: of SIGSEGV, that nothing is there or that it forbids the access; of SIGBUS,
 * that there is no such address. */
static int32_t code_of(enum fault_result result)
{
    switch (result) {
    case FAULT_NO_AREA: return 1;
    case FAULT_FORBIDDEN:
    case FAULT_IO_ERROR:
    case FAULT_BEYOND_FILE: return 2;
    case FAULT_NO_MEMORY:
    case FAULT_DONE: break;
    }
    return CODE_KERNEL;
}

/* Why it was refused, in front of what the page is. */
static const char *reason(enum fault_result result)
{
    switch (result) {
    case FAULT_NO_MEMORY: return "no memory is left, ";
    case FAULT_IO_ERROR: return "the swap device failed, ";
    case FAULT_BEYOND_FILE: return "the file ends before it, ";
    case FAULT_NO_AREA:
    case FAULT_FORBIDDEN:
    case FAULT_DONE: break;
    }
    return "";
}

void refuse_access(struct thread *thread, uint64_t va, enum access access, enum fault_result result)
{
    static const char *const access_text[] = {
        [ACCESS_READ] = "read of",
        [ACCESS_WRITE] = "write to",
        [ACCESS_EXECUTE] = "execution of",
    };
    const struct process *process = thread->process;
    const struct area *area = address_space_find(process->space, va);
    enum signal signal = signal_of(result);

    char function[FUNCTION_NAME_SIZE];

    event_fault(process->pid, EVENT_FAULT_REFUSED, va);
    if (signal_force(thread, signal, code_of(result), va)) {
        return;
    }
    find_function(thread, function);
    log_line("%s (pid %u): %s 0x%lx refused: %sthe page is %s; at 0x%lx in %s; killed by signal %u",
             process->name, process->pid, access_text[access], va, reason(result),
             page_text(area, va), thread->frame->pc, function, signal);
}

/* Exceptions but page faults and ECALL, by scause. Priv. [norm:scause_exccode] The first code of
 * siginfo fits them all: misaligned, not mapped, illegal, breakpoint. */
enum { CODE_OF_EXCEPTION = 1 };

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

void refuse_exception(struct thread *thread, uint64_t cause, uint64_t value)
{
    static const struct exception other = {"exception", SIGNAL_ILLEGAL, false};
    const struct exception *exception =
        cause < sizeof exceptions / sizeof *exceptions ? &exceptions[cause] : &other;

    const struct process *process = thread->process;

    char function[FUNCTION_NAME_SIZE];

    if (exception->has_address) {
        event_fault(process->pid, EVENT_FAULT_REFUSED, value);
    }
    if (signal_force(thread, exception->signal, CODE_OF_EXCEPTION,
                     exception->has_address ? value : thread->frame->pc)) {
        return;
    }
    find_function(thread, function);
    log_line("%s (pid %u): %s (scause %lu, stval 0x%lx); at 0x%lx in %s; killed by signal %u",
             process->name, process->pid, exception->text, cause, value, thread->frame->pc,
             function, exception->signal);
}

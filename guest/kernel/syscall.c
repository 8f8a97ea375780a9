#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/device_tree.h"
#include "guest/kernel/end.h"
#include "guest/kernel/error.h"
#include "guest/kernel/log.h"
#include "guest/kernel/process.h"
#include "guest/kernel/thread.h"

enum { ECALL_SIZE = 4 };

static const struct syscall *const groups[] = {
    syscalls_transfer, syscalls_descriptor, syscalls_poll,      syscalls_file,   syscalls_memory,
    syscalls_path,     syscalls_attribute,  syscalls_directory, syscalls_name,   syscalls_process,
    syscalls_group,    syscalls_kill,       syscalls_usage,     syscalls_signal, syscalls_system,
    syscalls_time,     syscalls_wait,       syscalls_remap,     syscalls_thread,
};

static const struct syscall *by_number[SYSCALL_NUMBERS];

static void add(const struct syscall *call)
{
    if (by_number[call->number] != NULL) {
        panic("system calls %s and %s have the number %u", by_number[call->number]->name,
              call->name, call->number);
    }
    by_number[call->number] = call;
}

void syscall_start(void)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        for (const struct syscall *call = groups[i]; call->function != NULL; call++) {
            add(call);
        }
    }
}

/* Tells of an unknown number once; those that Linux does not have, together once. */
static void tell_unknown(uint64_t number)
{
    static bool is_told[SYSCALL_NUMBERS];
    bool *told = &is_told[number < SYSCALL_NUMBERS ? number : SYSCALL_NUMBERS - 1];

    if (machine_has_argument("verbose") && !*told) {
        const struct process *process = process_current();

        *told = true;
        log_line("%s (pid %u): unknown system call %lu, answered with ENOSYS", process->name,
                 process->pid, number);
    }
}

/* An execve that succeeded returns 0 as well: a0 of a new program is 0 anyway, and it has no use
 * for the old pc. */
void syscall_handle(struct trap_frame *frame)
{
    const uint64_t arguments[6] = {frame->a0, frame->a1, frame->a2,
                                   frame->a3, frame->a4, frame->a5};
    uint64_t number = frame->a7;

    signal_begin_call(thread_current(), arguments[0]);
    frame->pc += ECALL_SIZE;
    if (number >= SYSCALL_NUMBERS || by_number[number] == NULL) {
        tell_unknown(number);
        frame->a0 = (uint64_t)ERROR_NO_CALL;
        return;
    }
    frame->a0 = (uint64_t)by_number[number]->function(arguments);
}

#include "guest/kernel/process.h"

#include "guest/kernel/asid.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/error.h"
#include "guest/kernel/event.h"
#include "guest/kernel/kernel_table.h"
#include "guest/kernel/scheduler.h"

enum { PID_MOST = 65535 };

static struct process processes[PROCESSES_MOST];

struct process *process_in_slot(uint32_t slot)
{
    return &processes[slot];
}

static struct process *find_unused(void)
{
    for (uint32_t slot = 0; slot < PROCESSES_MOST; slot++) {
        if (processes[slot].state == PROCESS_UNUSED) {
            processes[slot].slot = slot;
            return &processes[slot];
        }
    }
    return NULL;
}

static bool is_taken(uint32_t pid)
{
    for (uint32_t slot = 0; slot < PROCESSES_MOST; slot++) {
        if (processes[slot].state != PROCESS_UNUSED && processes[slot].pid == pid) {
            return true;
        }
    }
    return false;
}

/* A pid comes again only when all have been used. */
static uint32_t next_pid(void)
{
    static uint32_t last;

    do {
        last = last == PID_MOST ? 1 : last + 1;
    } while (is_taken(last));
    return last;
}

static void set_name(struct process *process, const char *name)
{
    text_copy(process->name, sizeof process->name, name);
    event_process_name(process->pid, process->name);
}

/* Where a process begins that was never switched away from. */
static void begin_user(void)
{
    trap_return(process_current()->frame);
}

struct process *process_create(const char *name)
{
    struct process *process = find_unused();
    uint64_t stack_top;

    if (process == NULL) {
        return NULL;
    }
    /* Asleep on nothing: the slot is taken, and nobody wakes it. */
    *process = (struct process){.slot = process->slot, .state = PROCESS_SLEEPING};
    process->pid = next_pid();
    stack_top = kernel_stack_map(process->slot);
    if (stack_top == 0) {
        process->state = PROCESS_UNUSED;
        return NULL;
    }
    process->frame = (struct trap_frame *)stack_top - 1;
    process->context.ra = (uint64_t)begin_user;
    process->context.sp = (uint64_t)process->frame;
    descriptors_start(&process->descriptors);
    set_name(process, name);
    return process;
}

void process_discard(struct process *process)
{
    kernel_stack_unmap(process->slot);
    process->state = PROCESS_UNUSED;
}

void process_begin(struct process *process, struct address_space *space, uint64_t entry,
                   uint64_t sp)
{
    process->space = space;
    process->frame->pc = entry;
    process->frame->sp = sp;
    scheduler_make_ready(process);
}

int64_t process_fork(uint64_t sp, struct process **child)
{
    struct process *parent = process_current();
    struct process *copy;

    if (find_unused() == NULL) {
        return ERROR_AGAIN;
    }
    copy = process_create(parent->name);
    if (copy == NULL) {
        return ERROR_NO_MEMORY;
    }
    copy->parent = parent;
    copy->space = address_space_copy(parent->space, copy->pid);
    if (copy->space == NULL) {
        process_discard(copy);
        return ERROR_NO_MEMORY;
    }
    scheduler_keep_floats();
    copy->floats = parent->floats;
    copy->descriptors = parent->descriptors;
    *copy->frame = *parent->frame;
    copy->frame->a0 = 0;
    if (sp != 0) {
        copy->frame->sp = sp;
    }
    *child = copy;
    return copy->pid;
}

void process_replace(struct address_space *space, const char *name, uint64_t entry, uint64_t sp)
{
    struct process *process = process_current();
    struct address_space *old = process->space;

    process->space = space;
    set_name(process, name);
    asid_use(space);
    address_space_drop(old);
    *process->frame = (struct trap_frame){.pc = entry, .sp = sp};
    process->floats = (struct float_state){.fcsr = 0};
    float_restore(&process->floats);
    process->clear_tid_va = 0;
}

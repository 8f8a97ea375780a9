#include "guest/kernel/process.h"

#include "guest/kernel/asid.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/error.h"
#include "guest/kernel/event.h"
#include "guest/kernel/exec.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/thread.h"

enum { ID_MOST = 65535 };

static struct process processes[PROCESSES_MOST];
static uint32_t slots; /* that were ever used: the first ones */

struct process *process_in_slot(uint32_t slot)
{
    return &processes[slot];
}

struct process *process_current(void)
{
    const struct thread *thread = thread_current();

    return thread != NULL ? thread->process : NULL;
}

uint32_t process_slots(void)
{
    return slots;
}

static struct process *find_unused(void)
{
    for (uint32_t slot = 0; slot < PROCESSES_MOST; slot++) {
        if (processes[slot].state == PROCESS_UNUSED) {
            processes[slot].slot = slot;
            slots = slot < slots ? slots : slot + 1;
            return &processes[slot];
        }
    }
    return NULL;
}

static bool is_taken(uint32_t id)
{
    for (uint32_t slot = 0; slot < slots; slot++) {
        if (processes[slot].state != PROCESS_UNUSED && processes[slot].pid == id) {
            return true;
        }
    }
    for (uint32_t slot = 0; slot < THREADS_MOST; slot++) {
        if (thread_in_slot(slot)->state != THREAD_UNUSED && thread_in_slot(slot)->tid == id) {
            return true;
        }
    }
    return false;
}

uint32_t process_new_id(void)
{
    static uint32_t last;
    static bool has_wrapped; /* before, none was ever used */

    do {
        has_wrapped |= last == ID_MOST;
        last = last == ID_MOST ? 1 : last + 1;
    } while (has_wrapped && is_taken(last));
    return last;
}

void process_set_name(struct process *process, const char *name)
{
    text_copy(process->name, sizeof process->name, name);
    event_process_name(process->pid, process->name);
}

struct process *process_create(const char *name)
{
    struct process *process = find_unused();

    if (process == NULL) {
        return NULL;
    }
    *process = (struct process){.slot = process->slot, .state = PROCESS_ALIVE};
    process->pid = process_new_id();
    if (thread_create(process) == NULL) {
        process->state = PROCESS_UNUSED;
        return NULL;
    }
    process_set_name(process, name);
    return process;
}

void process_discard(struct process *process)
{
    thread_free(process->threads);
    process->state = PROCESS_UNUSED;
}

void process_begin(struct process *process, const struct exec_program *program)
{
    struct thread *thread = process->threads;

    process->group = process->pid;
    process->session = process->pid;
    descriptors_start(&process->descriptors);
    working_directory_start(&process->directory);
    process->space = program->space;
    address_space_tell(program->space, process->pid);
    text_copy(process->executable, sizeof process->executable, program->executable);
    thread->frame->pc = program->entry;
    thread->frame->sp = program->sp;
    scheduler_make_ready(thread);
}

/* The copy of a thread goes on where the other is, but for the result of its system call. */
static void copy_thread(struct thread *copy, const struct thread *thread,
                        const struct thread_start *start)
{
    scheduler_keep_floats();
    copy->floats = thread->floats;
    *copy->frame = *thread->frame;
    copy->frame->a0 = 0;
    if (start->sp != 0) {
        copy->frame->sp = start->sp;
    }
    if (start->sets_tp) {
        copy->frame->tp = start->tp;
    }
}

int64_t process_add_thread(const struct thread_start *start, struct thread **thread)
{
    struct thread *added = thread_create(process_current());

    if (added == NULL) {
        return ERROR_AGAIN;
    }
    copy_thread(added, thread_current(), start);
    added->signals.mask = thread_current()->signals.mask;
    *thread = added;
    return added->tid;
}

/* The address space that a fork begins with; NULL: no memory. */
static struct address_space *space_for(const struct process *copy, struct address_space *space,
                                       bool is_shared)
{
    if (is_shared) {
        space->references++;
        return space;
    }
    return address_space_copy(space, copy->pid);
}

int64_t process_fork(const struct thread_start *start, struct thread **child)
{
    struct process *parent = process_current();
    struct process *copy;

    if (find_unused() == NULL || !thread_is_left()) {
        return ERROR_AGAIN;
    }
    copy = process_create(parent->name);
    if (copy == NULL) {
        return ERROR_NO_MEMORY;
    }
    copy->parent = parent;
    copy->space = space_for(copy, parent->space, start->shares_space);
    if (copy->space == NULL) {
        process_discard(copy);
        return ERROR_NO_MEMORY;
    }
    address_space_tell(copy->space, copy->pid);
    copy->group = parent->group;
    copy->session = parent->session;
    text_copy(copy->executable, sizeof copy->executable, parent->executable);
    descriptors_copy(&copy->descriptors, &parent->descriptors);
    working_directory_copy(&copy->directory, &parent->directory);
    copy_thread(copy->threads, thread_current(), start);
    copy->threads->signals = thread_current()->signals;
    signal_fork(copy);
    *child = copy->threads;
    return copy->pid;
}

void process_wait_for_vfork(struct process *child)
{
    struct thread *thread = thread_current();

    thread->vfork_child = child;
    child->vforked_by = thread;
    while (thread->vfork_child != NULL && scheduler_sleep_killably(thread)) {
    }
    if (thread->vfork_child != NULL) {
        thread->vfork_child = NULL;
        child->vforked_by = NULL;
    }
}

void process_end_vfork(struct process *process)
{
    struct thread *parent = process->vforked_by;

    if (parent != NULL) {
        process->vforked_by = NULL;
        parent->vfork_child = NULL;
        scheduler_wake(parent);
    }
}

void process_replace(const struct exec_program *program, const char *name)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    struct address_space *old = process->space;

    process->space = program->space;
    process_set_name(process, name);
    asid_use(program->space);
    address_space_tell(program->space, process->pid);
    address_space_drop(old);
    process_end_vfork(process);
    *thread->frame = (struct trap_frame){.pc = program->entry, .sp = program->sp};
    thread->floats = (struct float_state){.fcsr = 0};
    float_restore(&thread->floats);
    text_copy(process->executable, sizeof process->executable, program->executable);
    signal_exec(process);
}

void process_interrupt(struct process *process)
{
    for (struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
        scheduler_interrupt(thread);
    }
}

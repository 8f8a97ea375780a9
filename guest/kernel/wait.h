/*
 * wait.h - what a parent is told of its children: that one ended, was stopped, or goes on.
 *
 * Each is told by SIGCHLD, and to who asks by wait4 or waitid. A child that ended keeps its slot
 * until its parent has asked, unless the parent said that it will not.
 */
#ifndef GUEST_KERNEL_WAIT_H
#define GUEST_KERNEL_WAIT_H

#include <stdint.h>

#include "guest/kernel/process.h"

/* Linux's numbers. */
enum {
    WAIT_NO_HANG = 1,
    WAIT_STOPPED = 2,
    WAIT_ENDED = 4,
    WAIT_CONTINUED = 8,
    WAIT_LEAVE = 0x1000000, /* the same can be asked again */
};

struct wait_result {
    uint32_t pid;           /* 0: nothing to tell, and WAIT_NO_HANG was given */
    enum signal_code code;  /* CODE_CHILD_* */
    int32_t status;         /* as wait4 tells it */
    uint64_t run_ticks;     /* of an ended one, with its children that were waited for */
    uint64_t touched_pages; /* the most that one of them had */
};

/* Waits for a child of the current process that `pid` means (group.h) to do what the options name.
 * 0, ERROR_NO_CHILD or ERROR_INTERRUPTED. */
int64_t wait_for_child(int64_t pid, uint64_t options, struct wait_result *result);

/* Tells the parent of what became of the process. The status is an exit code or a signal. Never
 * sleeps. */
void wait_tell_parent(struct process *process, enum signal_code code, uint32_t status);

/* The same of the end of a process, by its status, after which it may be gone. Never sleeps. */
void wait_tell_end(struct process *process);

#endif

/*
 * group.h - process groups and sessions, and who is meant by a pid that may name a group.
 *
 * A group or session is a number that processes have: the pid of who began it. A child is in its
 * parent's.
 */
#ifndef GUEST_KERNEL_GROUP_H
#define GUEST_KERNEL_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/process.h"

enum { GROUP_ANY = -1 };

/* Is the process, which exists, meant by a pid as kill and wait4 have it: a pid; 0: the current
 * process's group; -1: any; below that: a group? */
bool group_is_meant(const struct process *process, int64_t pid);

/* Sends a signal to all that are meant; -1 means neither pid 1 nor the current process. 0,
 * ERROR_NO_PROCESS, or ERROR_AGAIN. Signal 0 only asks. Never sleeps. */
int64_t group_kill(int64_t pid, const struct signal_information *information);

/* Puts the current process or a child of it into a group of its session, or a new one of its own; 0
 * stands for the current process's pid, and for the pid given. 0 or an error. */
int64_t group_set(int64_t pid, int64_t group);

/* A new session and group of the current process. Its number, or ERROR_NOT_PERMITTED. */
int64_t group_begin_session(void);

#endif

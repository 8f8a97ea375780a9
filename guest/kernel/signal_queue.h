/*
 * signal_queue.h - what pends: a set of signals, and what is to be told of each.
 *
 * A signal below SIGNAL_QUEUED pends once, those from there on as often as they were sent. All
 * queues draw on one table; what finds no place in it pends without its information.
 */
#ifndef GUEST_KERNEL_SIGNAL_QUEUE_H
#define GUEST_KERNEL_SIGNAL_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

enum { SIGNAL_QUEUED = 32, SIGNAL_QUEUE_PLACES = 256 };

#define SIGNAL_BIT(signal) (UINT64_C(1) << ((signal)-1))

/* What is told of a signal: the beginning of Linux's siginfo. */
struct signal_information {
    int32_t signal, error, code, unused;
    uint64_t value[2]; /* by code: who sent it and a value; the address; a child and its status */
};

/* Zeroes: nothing pends. */
struct signal_queue {
    uint64_t set; /* bit n - 1: signal n pends */
    struct queued_signal *first;
};

/* False: there is no place to queue it, and nothing is done. */
bool signal_queue_add(struct signal_queue *queue, const struct signal_information *information);

/* Takes the first of a signal of the set: of those that a fault sends, or else of the lowest.
 * False: there is none. */
bool signal_queue_take(struct signal_queue *queue, uint64_t set,
                       struct signal_information *information);

/* Forgets all of the set. */
void signal_queue_drop(struct signal_queue *queue, uint64_t set);

#endif

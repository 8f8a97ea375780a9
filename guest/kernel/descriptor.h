/*
 * descriptor.h - what a process has open. A fork copies the table, offsets and all.
 */
#ifndef GUEST_KERNEL_DESCRIPTOR_H
#define GUEST_KERNEL_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/archive.h"

enum { DESCRIPTORS_MOST = 16 };

enum descriptor_kind {
    DESCRIPTOR_CLOSED,
    DESCRIPTOR_INPUT,
    DESCRIPTOR_OUTPUT,
    DESCRIPTOR_ERROR,
    DESCRIPTOR_FILE,
};

struct descriptor {
    enum descriptor_kind kind;
    bool closes_at_exec;
    const struct file *file; /* DESCRIPTOR_FILE */
    uint64_t offset;
};

struct descriptors {
    struct descriptor of_number[DESCRIPTORS_MOST];
};

/* 0, 1 and 2 are the standard streams. */
void descriptors_start(struct descriptors *descriptors);

/* The open one of that number, or NULL. */
struct descriptor *descriptor_find(struct descriptors *descriptors, uint64_t number);

/* The lowest free number, or ERROR_TOO_MANY_FILES. */
int64_t descriptor_open(struct descriptors *descriptors, const struct file *file);

/* Closes those that want it. */
void descriptors_exec(struct descriptors *descriptors);

#endif

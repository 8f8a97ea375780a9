/*
 * descriptor.h - the numbers by which a process knows what it has open. Each has a reference to an
 * open file.
 */
#ifndef GUEST_KERNEL_DESCRIPTOR_H
#define GUEST_KERNEL_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/open_file.h"

enum { DESCRIPTORS_MOST = 64 };

struct descriptor {
    struct open_file *file; /* NULL: closed */
    bool closes_at_exec;
};

struct descriptors {
    struct descriptor of_number[DESCRIPTORS_MOST];
};

/* 0, 1 and 2 become the standard streams. For boot. */
void descriptors_start(struct descriptors *descriptors);

/* The open file of that number, or NULL. It is the descriptor's: who keeps it over a sleep holds
 * it. */
struct open_file *descriptor_find(const struct descriptors *descriptors, uint64_t number);

/* Gives the file the lowest free number from `least` on, and takes the caller's reference; or
 * ERROR_TOO_MANY_FILES, and the reference stays the caller's. */
int64_t descriptor_open(struct descriptors *descriptors, struct open_file *file, uint64_t least,
                        bool closes_at_exec);

/* The number becomes the file's, with the caller's reference, and is closed before if it was open.
 */
void descriptor_replace(struct descriptors *descriptors, uint64_t number, struct open_file *file,
                        bool closes_at_exec);

/* 0 or ERROR_BAD_FILE. */
int64_t descriptor_close(struct descriptors *descriptors, uint64_t number);

/* A fork has the same open files. `copy` is empty before. */
void descriptors_copy(struct descriptors *copy, const struct descriptors *descriptors);

/* Closes those that want it. */
void descriptors_exec(struct descriptors *descriptors);

/* Closes all. */
void descriptors_end(struct descriptors *descriptors);

#endif

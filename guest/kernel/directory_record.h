/*
 * directory_record.h - a name as getdents64 tells it: struct linux_dirent64.
 */
#ifndef GUEST_KERNEL_DIRECTORY_RECORD_H
#define GUEST_KERNEL_DIRECTORY_RECORD_H

#include <stdint.h>

#include "guest/kernel/transfer.h"

struct directory_record {
    uint64_t inode;
    uint64_t next; /* the offset at which the directory goes on behind it */
    uint32_t mode; /* its type is told */
    const char *name;
};

/* Writes one: its bytes; 0 if there is no room for it; or an error. May sleep, and reads the name
 * only before. */
int64_t directory_record_put(struct transfer *to, const struct directory_record *record);

#endif

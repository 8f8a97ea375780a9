/*
 * file_status.h - what is told of a file: struct stat, as programs for 64-bit RISC-V have it.
 */
#ifndef GUEST_KERNEL_FILE_STATUS_H
#define GUEST_KERNEL_FILE_STATUS_H

#include <stdint.h>

#include "guest/kernel/inode.h"

struct file_status {
    uint64_t device, inode;
    uint32_t mode, links, user, group;
    uint64_t special_device, unused_1;
    int64_t size;
    int32_t block_size, unused_2;
    int64_t blocks;
    int64_t access_time[2], change_time[2], status_time[2];
    uint32_t unused_3[2];
};
_Static_assert(sizeof(struct file_status) == 128, "struct stat has 128 bytes");

/* The same as statx tells it. */
struct extended_time {
    int64_t seconds;
    uint32_t nanoseconds, unused;
};

struct extended_status {
    uint32_t mask; /* which of the rest is valid */
    uint32_t block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, unused_1;
    uint64_t inode, size, blocks, attributes_mask;
    struct extended_time access_time, birth_time, status_time, change_time;
    uint32_t special_device[2], device[2]; /* major, minor */
    uint64_t mount, unused_2[13];
};
_Static_assert(sizeof(struct extended_status) == 256, "struct statx has 256 bytes");

struct extended_status file_status_extend(const struct file_status *status);

/* What an inode's own fields say. */
struct file_status file_status_of(const struct inode *inode);

#endif

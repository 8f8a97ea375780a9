/*
 * file_directory.h - a directory, open: getdents64.
 */
#ifndef GUEST_KERNEL_FILE_DIRECTORY_H
#define GUEST_KERNEL_FILE_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/directory_record.h"
#include "guest/kernel/open_file.h"

/* Fills in the inode and mode of a record, and the name, NAME_MOST bytes and a NUL, for a place
 * from 0 on. False: there is nothing. Never sleeps. */
typedef bool (*describe_function)(const struct inode *directory, uint64_t place, char *name,
                                  struct directory_record *record);

/* read_directory of a directory whose names are made up: "." and "..", then the places below
 * `places`. */
int64_t directory_read_made(struct open_file *file, struct transfer *to, uint64_t places,
                            describe_function describe);

extern const struct file_operations directory_operations;

#endif

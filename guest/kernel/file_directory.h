/*
 * file_directory.h - a directory, open: getdents64.
 */
#ifndef GUEST_KERNEL_FILE_DIRECTORY_H
#define GUEST_KERNEL_FILE_DIRECTORY_H

#include "guest/kernel/open_file.h"

extern const struct file_operations directory_operations;

#endif

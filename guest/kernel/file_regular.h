/*
 * file_regular.h - a regular file, open.
 */
#ifndef GUEST_KERNEL_FILE_REGULAR_H
#define GUEST_KERNEL_FILE_REGULAR_H

#include "guest/kernel/open_file.h"

extern const struct file_operations regular_operations;

#endif

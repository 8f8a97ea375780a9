/*
 * proc.h - what the files of /proc have in common.
 */
#ifndef GUEST_KERNEL_PROC_H
#define GUEST_KERNEL_PROC_H

#include "guest/kernel/open_file.h"

enum { PROC_DIRECTORY_MODE = 0555, PROC_TEXT_MODE = 0444 };

/* Of a text, which is made anew at each read. */
extern const struct file_operations proc_text_operations;

#endif

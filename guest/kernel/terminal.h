/*
 * terminal.h - /dev/tty: the program's standard input and output as one file that is a terminal.
 *
 * It tells of settings that never change, and takes all others: lines are edited by the host's
 * terminal, if there is one.
 */
#ifndef GUEST_KERNEL_TERMINAL_H
#define GUEST_KERNEL_TERMINAL_H

#include "guest/kernel/open_file.h"

extern const struct file_operations terminal_operations;

#endif

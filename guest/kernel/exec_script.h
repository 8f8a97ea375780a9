/*
 * exec_script.h - from a path to the program that is executed: a script names its interpreter.
 *
 * A script begins with "#!", the path of its interpreter and perhaps one argument, which is the
 * rest of the line. The interpreter gets that argument, the path of the script, and the arguments
 * but for the first. It may be a script itself, up to five deep.
 */
#ifndef GUEST_KERNEL_EXEC_SCRIPT_H
#define GUEST_KERNEL_EXEC_SCRIPT_H

#include <stdint.h>

#include "guest/kernel/exec.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/path.h"

/* Finds the file to execute for the path, with a reference for the caller, and its absolute path;
 * changes the strings if it is a script's interpreter. 0, or an error: ERROR_NO_ACCESS if one of
 * them may not be executed, ERROR_LINK_LOOP for too many scripts. May sleep. */
int64_t exec_script_resolve(const char *path, struct exec_strings *strings,
                            char executable[PATH_SIZE], struct inode **file);

#endif

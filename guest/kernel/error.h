/*
 * error.h - why something failed: Linux's numbers, negative, as system calls return them.
 */
#ifndef GUEST_KERNEL_ERROR_H
#define GUEST_KERNEL_ERROR_H

enum error {
    ERROR_NOT_PERMITTED = -1,
    ERROR_NO_FILE = -2,
    ERROR_NO_PROCESS = -3,
    ERROR_INTERRUPTED = -4,
    ERROR_IO = -5,
    ERROR_TOO_LONG = -7,
    ERROR_NOT_EXECUTABLE = -8,
    ERROR_BAD_FILE = -9,
    ERROR_NO_CHILD = -10,
    ERROR_AGAIN = -11,
    ERROR_NO_MEMORY = -12,
    ERROR_NO_ACCESS = -13,
    ERROR_BAD_ADDRESS = -14,
    ERROR_EXISTS = -17,
    ERROR_NOT_DIRECTORY = -20,
    ERROR_INVALID = -22,
    ERROR_TOO_MANY_FILES = -24,
    ERROR_NO_TERMINAL = -25,
    ERROR_NO_SEEK = -29,
    ERROR_READ_ONLY = -30,
    ERROR_RANGE = -34,
    ERROR_NAME_TOO_LONG = -36,
    ERROR_NO_CALL = -38,
};

#endif

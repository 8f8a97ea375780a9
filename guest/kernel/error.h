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
    ERROR_BUSY = -16,
    ERROR_EXISTS = -17,
    ERROR_CROSS_DEVICE = -18,
    ERROR_NO_DEVICE = -19,
    ERROR_NOT_DIRECTORY = -20,
    ERROR_INVALID = -22,
    ERROR_IS_DIRECTORY = -21,
    ERROR_FILE_TABLE_FULL = -23,
    ERROR_TOO_MANY_FILES = -24,
    ERROR_NO_TERMINAL = -25,
    ERROR_TEXT_BUSY = -26,
    ERROR_TOO_BIG = -27,
    ERROR_NO_SPACE = -28,
    ERROR_NO_SEEK = -29,
    ERROR_READ_ONLY = -30,
    ERROR_TOO_MANY_LINKS = -31,
    ERROR_BROKEN_PIPE = -32,
    ERROR_RANGE = -34,
    ERROR_NAME_TOO_LONG = -36,
    ERROR_NO_LOCKS = -37,
    ERROR_NO_CALL = -38,
    ERROR_NOT_EMPTY = -39,
    ERROR_LINK_LOOP = -40,
    ERROR_NOT_SUPPORTED = -95,
    ERROR_TIMED_OUT = -110,

    /* As ERROR_INTERRUPTED, but not to be begun anew after a handler, whatever that wants. No
     * program sees it. */
    ERROR_INTERRUPTED_FOR_GOOD = -514,
};

#endif

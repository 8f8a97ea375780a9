/*
 * user_memory.h - the memory of a user, as the kernel may touch it.
 *
 * Each page is made ready by fault_prepare(), as if the user had touched it, and copied through the
 * direct map; sstatus.SUM is never set. An address is only a number here: any value is allowed. All
 * may sleep. 0, or ERROR_BAD_ADDRESS; what was copied up to then stays copied.
 *
 * A page that may be there and cannot be had, for want of memory or by a disk error, is
 * ERROR_NO_MEMORY or ERROR_IO, and if it is the current process's it kills that, as its own access
 * would: a program that does not look at the result of a call must not go on with what was lost.
 */
#ifndef GUEST_KERNEL_USER_MEMORY_H
#define GUEST_KERNEL_USER_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"

int64_t user_read(struct address_space *space, void *to, uint64_t va, size_t length);
int64_t user_write(struct address_space *space, uint64_t va, const void *from, size_t length);
int64_t user_clear(struct address_space *space, uint64_t va, size_t length);

/* The word at va, which is aligned, becomes `desired` if it is *expected; else *expected becomes
 * what it is. One step: nothing else runs between. */
int64_t user_compare_exchange(struct address_space *space, uint64_t va, uint32_t *expected,
                              uint32_t desired);

/* A string with its NUL; ERROR_NAME_TOO_LONG if it does not fit into size. */
int64_t user_read_text(struct address_space *space, char *to, size_t size, uint64_t va);

#endif

/*
 * transfer.h - the bytes of a read or write on the side of who asked for it: where they go to or
 * come from, and how many are left.
 *
 * Files know only this, and so neither user memory nor who wants their bytes. The memory is that of
 * a program, page by page as user_memory.h has it, in one piece or as an array of pieces (readv,
 * writev), or the kernel's own.
 */
#ifndef GUEST_KERNEL_TRANSFER_H
#define GUEST_KERNEL_TRANSFER_H

#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"

enum { TRANSFER_PIECES_MOST = 1024 };

/* No call transfers more: what is left is not counted, and the program asks again. */
#define TRANSFER_MOST UINT64_C(0x7ffff000)

struct transfer {
    struct address_space *space; /* NULL: the kernel's memory */
    uint64_t va;                 /* of the next byte */
    uint64_t left;               /* bytes, of all pieces */
    uint64_t piece_left;         /* of the piece that va is in */
    uint64_t next_piece_va;      /* where the array goes on; not looked at if piece_left is left */
};

/* From or to memory of the current process. */
struct transfer transfer_of_user(uint64_t va, uint64_t length);
struct transfer transfer_of_kernel(void *bytes, uint64_t length);

/* The same by an array of `count` struct iovec. 0, ERROR_INVALID (too many, or together more than a
 * result can tell) or ERROR_BAD_ADDRESS. May sleep. */
int64_t transfer_of_pieces(uint64_t array_va, uint64_t count, struct transfer *transfer);

/* The next `length` bytes, at most what is left, go from the file to who reads, or from who writes
 * to the file. 0, or an error after which the transfer is where it was. Both may sleep. */
int64_t transfer_put(struct transfer *to, const void *bytes, size_t length);
int64_t transfer_take(struct transfer *from, void *bytes, size_t length);

/* As many zeroes. */
int64_t transfer_clear(struct transfer *to, size_t length);

#endif

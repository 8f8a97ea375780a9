/*
 * inode_pages.h - the content of a regular file, page by page.
 *
 * A page is in the archive, or in a frame of the file's own (FRAME_KERNEL, so never reclaimed), or
 * nowhere: then it reads as zeroes. The first write to a page of the archive copies it. Files, with
 * their names, have at most half of the frames that were free at boot; then ERROR_NO_SPACE.
 *
 * A file's own frames are found by two levels of tables, each a frame of 512 pointers:
 *
 *   page number   17..9           | 8..0
 *                 inode->tables[] | ->pages[]        so a file has at most 1 GiB
 *
 * A shared mapping maps a file's own frame: each PTE that does has a reference, and so may outlive
 * the page in its file.
 */
#ifndef GUEST_KERNEL_INODE_PAGES_H
#define GUEST_KERNEL_INODE_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/frames.h"
#include "guest/kernel/inode.h"

#define FILE_LENGTH_MOST (UINT64_C(1) << 30)

/* Notes how many frames files may have. At boot, once the devices have theirs. */
void inode_pages_start(void);

/* Are there frames left for files? */
bool inode_pages_are_left(void);

/* For statfs: how many frames files may have, and how many of them are left. */
uint64_t inode_pages_most(void);
uint64_t inode_pages_left(void);

/* The frame of the page with that number, of the file's own, made if need be, with a reference for
 * the caller. 0, ERROR_NO_SPACE, ERROR_TOO_BIG or ERROR_NO_MEMORY. May sleep; takes no lock. */
int64_t inode_page(struct inode *inode, uint64_t number, struct frame **frame);

/* The content at `offset`, which is below the length, without a copy: bytes in the archive, in a
 * frame, or of a page of zeroes, and how many lie there together. Valid until the caller sleeps, or
 * while it holds the inode's lock. Never sleeps. */
const uint8_t *inode_bytes(const struct inode *inode, uint64_t offset, uint64_t *together);

/* Makes the file so long. Pages behind the end are given back, and what is behind the end on the
 * last page becomes zeroes. Never sleeps, never fails: what is new reads as zeroes. */
void inode_set_length(struct inode *inode, uint64_t length);

/* Gives back all pages, and their tables: nobody has the inode any more. Never sleeps. */
void inode_pages_end(struct inode *inode);

#endif

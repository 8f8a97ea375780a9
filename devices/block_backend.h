/*
 * block_backend.h - what stores the sectors of a block device: a file, memory, or a test's.
 *
 * A device asks only for bytes within the capacity, and never writes to what is read-only. Requests
 * are of whole sectors, but a guest may scatter one over its memory in pieces of any length, and
 * each piece is asked for by itself.
 */
#ifndef DEVICES_BLOCK_BACKEND_H
#define DEVICES_BLOCK_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLOCK_SECTOR = 512 };

struct block_backend {
    /* Reads length bytes from offset on. Returns false if it cannot; bytes are then undefined. */
    bool (*read)(void *ctx, uint64_t offset, uint8_t *bytes, size_t length);
    /* Writes length bytes from offset on. Returns false if it cannot. */
    bool (*write)(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length);
    /* Returns once all that was written is kept; false if it may not be. */
    bool (*flush)(void *ctx);
    void *ctx;
    uint64_t capacity; /* bytes, a multiple of BLOCK_SECTOR */
    bool is_read_only;
};

#endif

/*
 * virtio_block.h - a disk behind virtio-mmio: sectors of 512 bytes that a backend stores.
 *
 * A request is a header that the device reads, data, and a byte of status that it writes last; how
 * descriptors divide them does not matter. Time is not kept here: the owner says what tick it is,
 * and is told when the next request completes. A request is done as a whole at its completion, the
 * latency after its notification, in order: the chain is read, the data moved, the interrupt
 * raised.
 *
 *   header   type (4 bytes) | reserved (4) | sector (8)
 *
 * Spec: Virtual I/O Device (VIRTIO) 1.1, [Block Device].
 */
#ifndef DEVICES_VIRTIO_BLOCK_H
#define DEVICES_VIRTIO_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/block_backend.h"
#include "devices/virtio_mmio.h"

#define VIRTIO_BLK_F_SEG_MAX (UINT64_C(1) << 2)
#define VIRTIO_BLK_F_RO (UINT64_C(1) << 5)
#define VIRTIO_BLK_F_FLUSH (UINT64_C(1) << 9)

/* Choice: the most pieces of data in a request, header and status apart: two of the largest fit
 * into a queue. Without that number a driver makes a request of each piece. */
enum { VIRTIO_BLOCK_SEGMENTS = VIRTIO_QUEUE_MOST / 2 - 2 };

struct virtio_block_host {
    /* Ticks since the run began; never goes back. */
    uint64_t (*ticks)(void *ctx);
    /* virtio_block_next_event may answer differently now. */
    void (*rearmed)(void *ctx);
    void *ctx;
};

struct virtio_block_config {
    struct block_backend backend;
    uint64_t latency;      /* ticks; 0: requests complete at once */
    uint64_t fail_request; /* this one is answered with an error, from 1 on; 0: none */
};

/* Requests that were completed. */
struct virtio_block_counts {
    uint64_t requests; /* of every kind */
    uint64_t reads;
    uint64_t writes;
    uint64_t flushes;
    uint64_t failed;     /* answered with an error, those not supported too */
    uint64_t bytes_read; /* by requests that succeeded */
    uint64_t bytes_written;
};

struct virtio_block {
    struct virtio_mmio virtio;
    struct virtio_block_config config;
    struct virtio_block_host host;
    struct virtio_block_counts counts;    /* a reset leaves them alone */
    uint64_t due_tick[VIRTIO_QUEUE_MOST]; /* of requests under way: a ring */
    unsigned first_due;
    unsigned due_count;
};

/* config, host and place are copied; each ctx must outlive the device. */
void virtio_block_init(struct virtio_block *block, const struct virtio_block_config *config,
                       const struct virtio_block_host *host, const struct virtio_place *place);

/* Completes what is due at the tick that it is. */
void virtio_block_update(struct virtio_block *block);

/* The tick at which the next request completes, UINT64_MAX if none is under way. */
uint64_t virtio_block_next_event(const struct virtio_block *block);

#endif

/*
 * virtio_queue.h - a split virtqueue as its device sees it: chains of descriptors in the guest's
 * memory, offered in one ring and given back in another.
 *
 *   descriptor   address (8 bytes) | length (4) | flags (2) | next (2)
 *   available    flags (2) | index (2) | head of a chain (2) ...
 *   used         flags (2) | index (2) | head (4), bytes written (4) ...
 *
 * Chains are given back in the order in which they were offered, so one index serves both rings.
 * Nothing here trusts the guest: what breaks a rule of the rings is VIRTIO_BROKEN, and then nothing
 * has been done. Memory is looked at anew each time, as the guest may change it at any time.
 *
 * Spec: Virtual I/O Device (VIRTIO) 1.1, [Split Virtqueues].
 */
#ifndef DEVICES_VIRTIO_QUEUE_H
#define DEVICES_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VIRTIO_QUEUE_MOST = 256 }; /* descriptors of a queue */

enum virtio_outcome {
    VIRTIO_OK = 0,
    VIRTIO_EMPTY,  /* no chain is offered */
    VIRTIO_BROKEN, /* the driver broke a rule: the device can only be reset */
};

/* The guest's memory as a device reaches it. */
struct virtio_memory {
    /* The host's address of [pa, pa + length) if all of it is RAM, which does not move; else NULL.
     */
    uint8_t *(*ram)(void *ctx, uint64_t pa, uint64_t length);
    /* Called after [pa, pa + length) has been written through such an address. */
    void (*wrote)(void *ctx, uint64_t pa, uint64_t length);
    void *ctx;
};

struct virtio_queue {
    uint32_t size; /* descriptors, as the driver says */
    uint64_t descriptors_pa;
    uint64_t available_pa;
    uint64_t used_pa;
    bool is_ready;
    uint16_t next;              /* of both rings, modulo 2^16: the first chain not given back */
    const uint8_t *descriptors; /* valid while is_ready; likewise below */
    const uint8_t *available;
    uint8_t *used;
};

/* Bytes of guest memory that lie together. */
struct virtio_piece {
    uint8_t *bytes;
    uint64_t pa;
    uint32_t length;
};

/* One kind of the bytes of a chain, a descriptor a piece. */
struct virtio_run {
    const struct virtio_piece *piece;
    unsigned count;
    uint64_t length; /* bytes of all pieces */
};

/* A chain: bytes that the device reads, then bytes that it writes. */
struct virtio_chain {
    uint16_t head;
    struct virtio_run readable;
    struct virtio_run writable;
    struct virtio_piece piece[VIRTIO_QUEUE_MOST];
};

/* Makes a queue that is not ready; also its reset. */
void virtio_queue_init(struct virtio_queue *queue);

/* Makes it ready, with the size and addresses set before; a queue that is stays so. */
enum virtio_outcome virtio_queue_start(struct virtio_queue *queue,
                                       const struct virtio_memory *memory);

/* Writes how many chains are offered and not given back; 0 of a queue that is not ready. */
enum virtio_outcome virtio_queue_count(const struct virtio_queue *queue, unsigned *count);

/* Reads the first chain that is offered, which stays so. */
enum virtio_outcome virtio_queue_peek(const struct virtio_queue *queue,
                                      const struct virtio_memory *memory,
                                      struct virtio_chain *chain);

/* Gives that chain back, of which the first bytes, so many, have been written. Returns true if the
 * driver wants an interrupt for it. */
bool virtio_queue_give_back(struct virtio_queue *queue, const struct virtio_memory *memory,
                            const struct virtio_chain *chain, uint32_t written);

/* The bytes at offset in a run, as many of them as lie together and at most length. offset is below
 * run->length. */
struct virtio_piece virtio_run_piece(const struct virtio_run *run, uint64_t offset,
                                     uint64_t length);

/* Copies length bytes out of a run, from offset on. They lie within it. */
void virtio_run_read(const struct virtio_run *run, uint64_t offset, void *bytes, size_t length);

/* Copies length bytes into a run, from offset on. They lie within it. */
void virtio_run_write(const struct virtio_run *run, const struct virtio_memory *memory,
                      uint64_t offset, const void *bytes, size_t length);

#endif

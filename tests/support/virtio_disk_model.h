/*
 * virtio_disk_model.h - a disk behind virtio-mmio, written the slow obvious way from the standard
 * and from docs/machine.md, to hold devices/virtio_block.c against.
 *
 * It has memory and sectors of its own, reaches memory a number at a time by its physical address,
 * and keeps no pointer into it. Given the same bytes, the same accesses to registers and the same
 * times, both must hold the same bytes afterwards and answer the same.
 *
 * Spec: Virtual I/O Device (VIRTIO) 1.1, [Split Virtqueues], [Virtio Over MMIO], [Block Device].
 */
#ifndef TESTS_SUPPORT_VIRTIO_DISK_MODEL_H
#define TESTS_SUPPORT_VIRTIO_DISK_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/virtio_block.h"

struct disk_model {
    uint8_t *ram; /* all set by the test before the first access, the rest zero; */
    uint64_t ram_base;
    uint64_t ram_length;
    uint8_t *sectors;
    uint64_t capacity; /* bytes */
    bool is_read_only;
    bool does_flush_fail;
    uint64_t bad_byte; /* of the disk: what touches it fails, UINT64_MAX: none */
    uint64_t latency;
    uint64_t fail_request;

    uint64_t driver_features; /* down to here; below is what the driver sets */
    uint32_t device_word;
    uint32_t driver_word;
    uint32_t selected;
    uint32_t interrupt;
    uint32_t status;
    bool is_ready;
    uint32_t size;
    uint64_t part[3]; /* addresses of descriptors, available and used ring */
    uint16_t next;    /* chain of both rings */

    uint64_t due[VIRTIO_QUEUE_MOST]; /* when each request under way completes, the next one first */
    unsigned due_count;
    struct virtio_block_counts counts;
};

/* One access to a register. Returns false if it is refused. */
bool disk_model_read(const struct disk_model *model, uint64_t offset, unsigned size,
                     uint64_t *value);
bool disk_model_write(struct disk_model *model, uint64_t offset, unsigned size, uint64_t value,
                      uint64_t now);

/* Completes what is due. */
void disk_model_update(struct disk_model *model, uint64_t now);

/* When the next request completes, UINT64_MAX: none is under way. */
uint64_t disk_model_next_event(const struct disk_model *model);

#endif

/*
 * device.h - what every device on the bus is made of: its registers and its wires.
 *
 * A device embeds struct device as its first member and gives it a constant table of operations.
 * It never sees a hart, a machine or the host: interrupts leave on an irq_line, and whatever comes
 * from the host (characters, time) is a callback given at init.
 */
#ifndef DEVICES_DEVICE_H
#define DEVICES_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct device;

struct device_ops {
    const char *name;
    uint64_t length; /* bytes of address space */

    /* offset is below length; size is 1, 2, 4 or 8; the access is aligned and lies within length.
     * Returns false to make the bus report an access fault; *value is then left alone. */
    bool (*read)(struct device *device, uint64_t offset, unsigned size, uint64_t *value);
    bool (*write)(struct device *device, uint64_t offset, unsigned size, uint64_t value);
};

struct device {
    const struct device_ops *ops;
};

/* One interrupt wire. Setting the level it already has is allowed and changes nothing. */
struct irq_line {
    void (*set)(void *ctx, bool level);
    void *ctx;
};

static inline void irq_line_set(const struct irq_line *line, bool level)
{
    line->set(line->ctx, level);
}

#endif

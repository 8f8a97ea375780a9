/*
 * bus.h - the physical address map: RAM, and devices at their base addresses.
 *
 * The bus routes one access to what answers at an address. It says no (the hart makes an access
 * fault of that) where nothing answers, where an access runs over the end of a range, where an
 * access to a device is misaligned, and where the device refuses. RAM is little-endian, allows any
 * alignment, and is reached through host pointers so that engines may keep one.
 *
 * A watch tells its owner about every write to RAM that touches a few bytes: HTIF's tohost lives
 * in the guest's own data.
 */
#ifndef DEVICES_BUS_H
#define DEVICES_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/device.h"

enum { BUS_MAX_DEVICES = 32 };

/* Called after a write to RAM that touches [pa, pa + length). */
struct bus_watch {
    uint64_t pa;
    uint64_t length; /* 0: nothing is watched */
    void (*written)(void *ctx);
    void *ctx;
};

/* Called after a write to a page of RAM that is marked. */
struct bus_marks {
    const uint8_t *marked; /* by page of RAM: not 0; NULL: none is */
    void (*written)(void *ctx, uint64_t pa, uint64_t length);
    void *ctx;
};

enum { BUS_PAGE_SHIFT = 12 };

struct bus {
    uint8_t *ram; /* ram_length bytes, owned by whoever made the bus */
    uint64_t ram_base;
    uint64_t ram_length;
    struct bus_watch watch;
    struct bus_marks marks;
    struct {
        uint64_t base;
        struct device *device;
    } slot[BUS_MAX_DEVICES];
    size_t slot_count;
};

/* Makes a bus with RAM only. The bytes must outlive it; ram_base + ram_length does not wrap. */
void bus_init(struct bus *bus, uint8_t *ram, uint64_t ram_base, uint64_t ram_length);

/* Puts a device at base. Ranges must not overlap each other or RAM: that is a mistake of ours. */
void bus_attach(struct bus *bus, uint64_t base, struct device *device);

/* True if all of [pa, pa + length) is RAM; length may be 0. */
static inline bool bus_is_ram(const struct bus *bus, uint64_t pa, uint64_t length)
{
    uint64_t offset = pa - bus->ram_base; /* below the base it wraps to more than the length */

    return offset <= bus->ram_length && length <= bus->ram_length - offset;
}

/* The host address of a byte that is known to be RAM's. */
static inline uint8_t *bus_ram_at(const struct bus *bus, uint64_t pa)
{
    return bus->ram + (pa - bus->ram_base);
}

/* The host address of [pa, pa + length) if all of it is RAM, else NULL. Writing through it goes
 * past the watch. */
static inline uint8_t *bus_ram(const struct bus *bus, uint64_t pa, uint64_t length)
{
    return bus_is_ram(bus, pa, length) ? bus_ram_at(bus, pa) : NULL;
}

/* True if all of [pa, pa + length) is RAM, or all of it is one device's. */
bool bus_answers(const struct bus *bus, uint64_t pa, uint64_t length);

/* Reads size (1, 2, 4 or 8) bytes, zero-extended. Returns false if refused; *value is then left
 * alone. */
bool bus_read(struct bus *bus, uint64_t pa, unsigned size, uint64_t *value);

/* Writes the low size (1, 2, 4 or 8) bytes of value. Returns false if refused. */
bool bus_write(struct bus *bus, uint64_t pa, unsigned size, uint64_t value);

/* The same where all of them are known to be RAM's. */
void bus_write_ram(struct bus *bus, uint64_t pa, unsigned size, uint64_t value);

/* RAM in [pa, pa + length) has been written through bus_ram: tells those whose pages are marked. */
void bus_wrote(const struct bus *bus, uint64_t pa, uint64_t length);

#endif

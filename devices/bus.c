#include "devices/bus.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

/* True if two ranges that do not wrap share a byte; an empty range shares none. */
static bool ranges_overlap(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
    return a_length != 0 && b_length != 0 && (a - b < b_length || b - a < a_length);
}

/* True if all of [pa, pa + size) lies in a range that does not wrap. */
static bool range_holds(uint64_t base, uint64_t length, uint64_t pa, uint64_t size)
{
    uint64_t offset = pa - base; /* below base it wraps to more than length */

    return offset <= length && size <= length - offset;
}

static uint64_t load_little_endian(const uint8_t *bytes, unsigned size)
{
    uint16_t half;
    uint32_t word;
    uint64_t doubleword;

    switch (size) {
    case 1: return *bytes;
    case 2: memcpy(&half, bytes, sizeof half); return le16toh(half);
    case 4: memcpy(&word, bytes, sizeof word); return le32toh(word);
    default: memcpy(&doubleword, bytes, sizeof doubleword); return le64toh(doubleword);
    }
}

static void store_little_endian(uint8_t *bytes, unsigned size, uint64_t value)
{
    uint16_t half = htole16((uint16_t)value);
    uint32_t word = htole32((uint32_t)value);
    uint64_t doubleword = htole64(value);

    switch (size) {
    case 1: *bytes = (uint8_t)value; break;
    case 2: memcpy(bytes, &half, sizeof half); break;
    case 4: memcpy(bytes, &word, sizeof word); break;
    default: memcpy(bytes, &doubleword, sizeof doubleword); break;
    }
}

/* The device that takes this access, and where in it; NULL if none does. */
static struct device *find_device(const struct bus *bus, uint64_t pa, uint64_t size,
                                  uint64_t *offset)
{
    for (size_t i = 0; i < bus->slot_count; i++) {
        struct device *device = bus->slot[i].device;

        if (range_holds(bus->slot[i].base, device->ops->length, pa, size)) {
            *offset = pa - bus->slot[i].base;
            return device;
        }
    }
    return NULL;
}

/* Choice: a misaligned access to a device is an access fault. */
static bool is_aligned(uint64_t pa, unsigned size)
{
    return (pa & (size - 1)) == 0;
}

/* Kept out of the callers, so that their way to RAM saves no registers. */
__attribute__((noinline)) static bool read_device(const struct bus *bus, uint64_t pa, unsigned size,
                                                  uint64_t *value)
{
    uint64_t offset;
    struct device *device = find_device(bus, pa, size, &offset);

    return device != NULL && is_aligned(pa, size) && device->ops->read(device, offset, size, value);
}

__attribute__((noinline)) static bool write_device(const struct bus *bus, uint64_t pa,
                                                   unsigned size, uint64_t value)
{
    uint64_t offset;
    struct device *device = find_device(bus, pa, size, &offset);

    return device != NULL && is_aligned(pa, size) &&
           device->ops->write(device, offset, size, value);
}

/* True if a device of this length may be put at base. */
static bool is_free(const struct bus *bus, uint64_t base, uint64_t length)
{
    if (length == 0 || length - 1 > UINT64_MAX - base || base % sizeof(uint64_t) != 0 ||
        ranges_overlap(base, length, bus->ram_base, bus->ram_length)) {
        return false;
    }
    for (size_t i = 0; i < bus->slot_count; i++) {
        if (ranges_overlap(base, length, bus->slot[i].base, bus->slot[i].device->ops->length)) {
            return false;
        }
    }
    return true;
}

void bus_init(struct bus *bus, uint8_t *ram, uint64_t ram_base, uint64_t ram_length)
{
    assert(ram_length <= UINT64_MAX - ram_base);
    *bus = (struct bus){.ram = ram, .ram_base = ram_base, .ram_length = ram_length};
}

void bus_attach(struct bus *bus, uint64_t base, struct device *device)
{
    bool fits = bus->slot_count < BUS_MAX_DEVICES && is_free(bus, base, device->ops->length);

    assert(fits);
    (void)fits;
    bus->slot[bus->slot_count].base = base;
    bus->slot[bus->slot_count].device = device;
    bus->slot_count++;
}

bool bus_answers(const struct bus *bus, uint64_t pa, uint64_t length)
{
    uint64_t offset;

    return bus_is_ram(bus, pa, length) || find_device(bus, pa, length, &offset) != NULL;
}

bool bus_read(struct bus *bus, uint64_t pa, unsigned size, uint64_t *value)
{
    if (bus_is_ram(bus, pa, size)) {
        *value = load_little_endian(bus->ram + (pa - bus->ram_base), size);
        return true;
    }
    return read_device(bus, pa, size, value);
}

void bus_wrote(const struct bus *bus, uint64_t pa, uint64_t length)
{
    if (bus->marks.marked == NULL || length == 0) {
        return;
    }
    uint64_t first = (pa - bus->ram_base) >> BUS_PAGE_SHIFT;
    uint64_t last = (pa + length - 1 - bus->ram_base) >> BUS_PAGE_SHIFT;

    for (uint64_t page = first; page <= last; page++) {
        if (bus->marks.marked[page] != 0) {
            bus->marks.written(bus->marks.ctx, pa, length);
            return;
        }
    }
}

void bus_write_ram(struct bus *bus, uint64_t pa, unsigned size, uint64_t value)
{
    store_little_endian(bus_ram_at(bus, pa), size, value);
    bus_wrote(bus, pa, size);
    if (ranges_overlap(bus->watch.pa, bus->watch.length, pa, size)) {
        bus->watch.written(bus->watch.ctx);
    }
}

bool bus_write(struct bus *bus, uint64_t pa, unsigned size, uint64_t value)
{
    if (bus_is_ram(bus, pa, size)) {
        bus_write_ram(bus, pa, size, value);
        return true;
    }
    return write_device(bus, pa, size, value);
}

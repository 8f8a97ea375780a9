#include "emu/machine/boot.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "mmu/pte.h"

/* A system finds what is put at the end below here: where a kernel maps memory early. */
#define SYSTEM_SPAN (UINT64_C(1) << 30)

/*
 * What firmware is told in a2, 8 bytes each:
 *
 *   magic | version | next address | next mode | options | boot hart
 */
enum { INFO_WORDS = 6, INFO_LENGTH = INFO_WORDS * 8, INFO_VERSION = 2, INFO_SUPERVISOR = 1 };
#define INFO_MAGIC UINT64_C(0x4942534f)

static uint64_t ram_end(const struct bus *bus)
{
    return bus->ram_base + bus->ram_length;
}

/* The address that what is put at the end lies below. */
static uint64_t top_of(const struct boot *boot, const struct bus *bus)
{
    bool is_cut = boot->is_system && bus->ram_length > SYSTEM_SPAN;

    return is_cut ? bus->ram_base + SYSTEM_SPAN : ram_end(bus);
}

/* The address of the last page on which so many bytes below end can begin; 0 if there is none. */
static uint64_t place_below(uint64_t end, uint64_t length)
{
    return length > end ? 0 : (end - length) & ~(PAGE_SIZE - 1);
}

static bool check_in_ram(const struct boot_image *image, const struct bus *bus, struct error *error)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        if (!bus_is_ram(bus, segment->pa, segment->memory_length)) {
            return error_set(
                error,
                "%s: the segment of %" PRIu64 " bytes at 0x%" PRIx64
                " lies outside the memory, which is 0x%" PRIx64 " to 0x%" PRIx64 " (--mem)",
                image->name, segment->memory_length, segment->pa, bus->ram_base, ram_end(bus) - 1);
        }
    }
    return true;
}

/* The first segment of an image that has a byte in [start, end), or NULL. */
static const struct elf_segment *find_overlap(const struct boot_image *image, uint64_t start,
                                              uint64_t end)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        if (segment->pa < end && start < segment->pa + segment->memory_length) {
            return segment;
        }
    }
    return NULL;
}

/* Each image's own segments do not overlap: its reader has seen to that. */
static bool check_apart(const struct boot_image *lower, const struct boot_image *upper,
                        struct error *error)
{
    for (size_t i = 0; i < upper->segment_count; i++) {
        const struct elf_segment *segment = &upper->segment[i];
        const struct elf_segment *other =
            find_overlap(lower, segment->pa, segment->pa + segment->memory_length);

        if (other != NULL) {
            return error_set(error,
                             "%s: its %" PRIu64 " bytes at 0x%" PRIx64 " and the %" PRIu64
                             " bytes at 0x%" PRIx64 " of %s overlap",
                             upper->name, segment->memory_length, segment->pa, other->memory_length,
                             other->pa, lower->name);
        }
    }
    return true;
}

static bool check_images(const struct boot *boot, const struct bus *bus, struct error *error)
{
    for (size_t i = 0; i < boot->image_count; i++) {
        if (!check_in_ram(&boot->image[i], bus, error)) {
            return false;
        }
    }
    return boot->image_count < BOOT_IMAGES || check_apart(&boot->image[0], &boot->image[1], error);
}

/* True if what is put at the end has RAM to be in, and nothing else is there. */
static bool has_end(const struct boot *boot, const struct bus *bus,
                    const struct boot_places *places)
{
    for (size_t i = 0; i < boot->image_count; i++) {
        if (find_overlap(&boot->image[i], places->initrd, top_of(boot, bus)) != NULL) {
            return false;
        }
    }
    return places->initrd >= bus->ram_base;
}

/* Says for what there is no room. */
static bool refuse_end(const struct boot *boot, const struct bus *bus, struct error *error)
{
    const struct boot_image *image = &boot->image[boot->image_count - 1];
    const struct elf_segment *last = &image->segment[image->segment_count - 1];
    uint64_t length = top_of(boot, bus) - bus->ram_base;

    if (!boot->is_system) {
        return error_set(error,
                         "%s: %" PRIu64 " bytes of memory (--mem) do not hold the program and the "
                         "%" PRIu64 " bytes above it, of which %zu are the device tree",
                         image->name, length, boot->initrd_length + boot->device_tree_length,
                         boot->device_tree_length);
    }
    return error_set(error,
                     "%s: %s%" PRIu64 " bytes of memory (--mem) do not hold its %" PRIu64
                     " bytes at 0x%" PRIx64 " and, at their end, an initrd of %" PRIu64
                     " bytes, a device tree of %zu and %u for the firmware",
                     image->name, length < bus->ram_length ? "the first " : "", length,
                     last->memory_length, last->pa, boot->initrd_length, boot->device_tree_length,
                     (unsigned)PAGE_SIZE);
}

bool boot_find_places(const struct boot *boot, const struct bus *bus, struct boot_places *places,
                      struct error *error)
{
    uint64_t top = top_of(boot, bus);

    places->info = boot->is_system ? place_below(top, INFO_LENGTH) : 0;
    places->device_tree =
        place_below(boot->is_system ? places->info : top, boot->device_tree_length);
    places->initrd = place_below(places->device_tree, boot->initrd_length);
    return check_images(boot, bus, error) &&
           (has_end(boot, bus, places) || refuse_end(boot, bus, error));
}

static void store(const struct bus *bus, uint64_t pa, const void *bytes, uint64_t length)
{
    memcpy(bus_ram(bus, pa, length), bytes, length);
}

static void store_image(const struct boot_image *image, const struct bus *bus)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        store(bus, image->segment[i].pa, image->segment[i].bytes, image->segment[i].file_length);
    }
}

static void store_info(const struct boot *boot, const struct bus *bus, uint64_t pa)
{
    const uint64_t words[INFO_WORDS] = {htole64(INFO_MAGIC), htole64(INFO_VERSION),
                                        htole64(boot->next_pa), htole64(INFO_SUPERVISOR)};

    store(bus, pa, words, sizeof words);
}

void boot_store(const struct boot *boot, const struct bus *bus, const struct boot_places *places)
{
    for (size_t i = 0; i < boot->image_count; i++) {
        store_image(&boot->image[i], bus);
    }
    if (boot->initrd != NULL) {
        store(bus, places->initrd, boot->initrd, boot->initrd_length);
    }
    store(bus, places->device_tree, boot->device_tree, boot->device_tree_length);
    if (boot->is_system) {
        store_info(boot, bus, places->info);
    }
}

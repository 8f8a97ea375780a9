/* Where things go in memory before the start, and what is refused. */
#include "emu/machine/boot.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/mman.h>

#include "emu/machine/platform.h"
#include "mmu/pte.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define KERNEL_OFFSET (BOOT_KERNEL_BASE - BOOT_FIRMWARE_BASE)

static const uint8_t firmware_bytes[] = {'f', 'w'};
static const uint8_t kernel_bytes[] = {'k', 'r', 'n', 'l'};
static const uint8_t initrd_bytes[PAGE_SIZE + 1] = {[0] = 'i', [PAGE_SIZE] = 'd'};
static const uint8_t tree_bytes[300] = {[0] = 't', [299] = 'e'};

static const struct elf_segment firmware_segment = {.pa = BOOT_FIRMWARE_BASE,
                                                    .memory_length = 256 * 1024,
                                                    .bytes = firmware_bytes,
                                                    .file_length = sizeof firmware_bytes};
static const struct elf_segment kernel_segment = {.pa = BOOT_KERNEL_BASE,
                                                  .memory_length = 4 * MIB,
                                                  .bytes = kernel_bytes,
                                                  .file_length = sizeof kernel_bytes};

static const struct boot whole_system = {
    .image = {{"fw", &firmware_segment, 1, BOOT_FIRMWARE_BASE},
              {"Image", &kernel_segment, 1, BOOT_KERNEL_BASE}},
    .image_count = 2,
    .is_system = true,
    .next_pa = BOOT_KERNEL_BASE,
    .initrd = initrd_bytes,
    .initrd_length = sizeof initrd_bytes,
    .device_tree = tree_bytes,
    .device_tree_length = sizeof tree_bytes,
};

static struct bus bus;
static struct boot_places places;
static struct error error;

/* RAM of any size, of which the host gives what is touched. */
static void make_ram(uint64_t length)
{
    void *ram = mmap(NULL, length, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    cr_assert(ram != MAP_FAILED);
    bus_init(&bus, ram, PLATFORM_RAM_BASE, length);
}

static void free_ram(void)
{
    (void)munmap(bus.ram, bus.ram_length);
}

TestSuite(boot, .fini = free_ram);

static bool is_at(uint64_t pa, const void *bytes, size_t length)
{
    return memcmp(bus.ram + (pa - PLATFORM_RAM_BASE), bytes, length) == 0;
}

Test(boot, a_system_has_everything_in_its_place)
{
    static const struct {
        uint64_t ram;
        uint64_t top;
    } rows[] = {{64 * MIB, 64 * MIB},
                {GIB, GIB},
                {3 * GIB, GIB},
                {64 * MIB + PAGE_SIZE, 64 * MIB + PAGE_SIZE}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t top = PLATFORM_RAM_BASE + rows[i].top;

        make_ram(rows[i].ram);
        cr_assert(boot_find_places(&whole_system, &bus, &places, &error), "%s", error.text);
        cr_expect(eq(u64, places.info, top - PAGE_SIZE));
        cr_expect(eq(u64, places.device_tree, top - 2 * PAGE_SIZE));
        cr_expect(eq(u64, places.initrd, top - 4 * PAGE_SIZE), "it needs two pages");
        boot_store(&whole_system, &bus, &places);
        cr_expect(is_at(BOOT_FIRMWARE_BASE, firmware_bytes, sizeof firmware_bytes));
        cr_expect(is_at(BOOT_KERNEL_BASE, kernel_bytes, sizeof kernel_bytes));
        cr_expect(is_at(places.initrd, initrd_bytes, sizeof initrd_bytes));
        cr_expect(is_at(places.device_tree, tree_bytes, sizeof tree_bytes));
        if (i + 1 < sizeof rows / sizeof *rows) {
            free_ram();
        }
    }
}

/* As OpenSBI's docs/firmware/fw_dynamic.md lays it out, byte by byte. */
Test(boot, firmware_is_told_where_to_go_on)
{
    static const uint8_t want[48] = {'O', 'S', 'B',  'I',  0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
                                     0,   0,   0x20, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};

    make_ram(64 * MIB);
    cr_assert(boot_find_places(&whole_system, &bus, &places, &error));
    boot_store(&whole_system, &bus, &places);
    cr_expect(is_at(places.info, want, sizeof want));
}

Test(boot, a_program_has_the_tree_at_the_end_of_ram_and_no_information)
{
    struct boot boot = whole_system;

    boot.image_count = 1;
    boot.is_system = false;
    boot.initrd = NULL;
    boot.initrd_length = 0;
    make_ram(2 * GIB);
    cr_assert(boot_find_places(&boot, &bus, &places, &error), "%s", error.text);
    cr_expect(eq(u64, places.device_tree, PLATFORM_RAM_BASE + 2 * GIB - PAGE_SIZE));
    cr_expect(eq(u64, places.info, 0));
}

/* The smallest memory that holds everything does, and a page less does not. */
Test(boot, all_but_enough_memory_is_refused)
{
    uint64_t least = KERNEL_OFFSET + kernel_segment.memory_length + 4 * PAGE_SIZE;

    make_ram(least);
    cr_expect(boot_find_places(&whole_system, &bus, &places, &error), "%s", error.text);
    free_ram();
    make_ram(least - PAGE_SIZE);
    cr_expect(not(boot_find_places(&whole_system, &bus, &places, &error)));
    cr_expect(eq(str, error.text,
                 (char *)"Image: 6303744 bytes of memory (--mem) do not hold its 4194304 bytes at "
                         "0x80200000 and, at their end, an initrd of 4097 bytes, a device tree of "
                         "300 and 4096 for the firmware"));
}

Test(boot, what_is_too_long_for_the_first_gib_is_refused)
{
    struct elf_segment large = kernel_segment;
    struct boot boot = whole_system;

    boot.image[1].segment = &large;
    large.memory_length = GIB - KERNEL_OFFSET - 3 * PAGE_SIZE;
    make_ram(4 * GIB);
    cr_expect(not(boot_find_places(&boot, &bus, &places, &error)));
    cr_expect(strstr(error.text, "Image: the first 1073741824 bytes of memory") != NULL, "%s",
              error.text);
    boot.initrd_length = GIB; /* the files are longer than the place for them */
    large = kernel_segment;
    cr_expect(not(boot_find_places(&boot, &bus, &places, &error)));
    cr_expect(strstr(error.text, "an initrd of 1073741824 bytes") != NULL, "%s", error.text);
}

Test(boot, a_kernel_above_the_first_gib_is_not_in_the_way)
{
    struct elf_segment high = kernel_segment;
    struct boot boot = whole_system;

    high.pa = PLATFORM_RAM_BASE + GIB;
    boot.image[1].segment = &high;
    make_ram(2 * GIB);
    cr_expect(boot_find_places(&boot, &bus, &places, &error), "%s", error.text);
}

Test(boot, files_that_no_memory_could_hold_are_refused_without_anything_in_the_way)
{
    struct elf_segment high = firmware_segment;
    struct boot boot = whole_system;

    high.pa = PLATFORM_RAM_BASE + GIB;
    boot.image[0].segment = &high;
    boot.image_count = 1;
    boot.initrd_length = GIB;
    make_ram(2 * GIB);
    cr_expect(not(boot_find_places(&boot, &bus, &places, &error)));
    boot.initrd_length = 8 * GIB;
    cr_expect(not(boot_find_places(&boot, &bus, &places, &error)));
}

Test(boot, images_may_touch_but_not_overlap)
{
    struct elf_segment firmware = firmware_segment;
    struct boot boot = whole_system;

    boot.image[0].segment = &firmware;
    firmware.memory_length = KERNEL_OFFSET;
    make_ram(64 * MIB);
    cr_expect(boot_find_places(&boot, &bus, &places, &error), "%s", error.text);
    firmware.memory_length++;
    cr_expect(not(boot_find_places(&boot, &bus, &places, &error)));
    cr_expect(eq(str, error.text,
                 (char *)"Image: its 4194304 bytes at 0x80200000 and the 2097153 bytes at "
                         "0x80000000 of fw overlap"));
}

Test(boot, what_lies_outside_the_memory_is_refused)
{
    struct boot boot = whole_system;

    boot.initrd_length = 0;
    make_ram(5 * MIB);
    cr_expect(not(boot_find_places(&boot, &bus, &places, &error)));
    cr_expect(eq(str, error.text,
                 (char *)"Image: the segment of 4194304 bytes at 0x80200000 lies outside the "
                         "memory, which is 0x80000000 to 0x804fffff (--mem)"));
}

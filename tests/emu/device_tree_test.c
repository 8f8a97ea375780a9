#include "emu/machine/device_tree.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <libfdt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/hart/hpm_events.h"
#include "emu/machine/platform.h"

static const struct device_tree_config plain = {
    .ram_length = UINT64_C(128) << 20,
    .levels = SV39_LEVELS,
    .ad = HART_AD_HARDWARE,
};

static void *make_tree(const struct device_tree_config *config)
{
    size_t length = 0;
    void *blob = device_tree_create(config, &length);

    cr_assert(ne(ptr, blob, NULL));
    cr_assert(eq(int, fdt_check_full(blob, length), 0));
    cr_assert(eq(sz, length, fdt_totalsize(blob)));
    return blob;
}

static int find_node(const void *blob, const char *path)
{
    int node = fdt_path_offset(blob, path);

    cr_assert(ge(int, node, 0), "%s: %s", path, fdt_strerror(node));
    return node;
}

static const void *find_property(const void *blob, const char *path, const char *name, int *length)
{
    const void *value = fdt_getprop(blob, find_node(blob, path), name, length);

    cr_assert(ne(ptr, (void *)value, NULL), "%s has no %s", path, name);
    return value;
}

static uint32_t cell(const void *blob, const char *path, const char *name)
{
    int length;
    const void *value = find_property(blob, path, name, &length);

    cr_assert(eq(int, length, 4), "%s of %s", name, path);
    return fdt32_ld(value);
}

Test(device_tree, says_where_the_files_in_memory_are)
{
    struct device_tree_config config = plain;
    void *blob = make_tree(&config);
    int chosen = find_node(blob, "/chosen");
    int length;

    cr_expect(fdt_getprop(blob, chosen, "linux,initrd-start", &length) == NULL, "there are none");
    cr_expect(fdt_getprop(blob, chosen, "linux,initrd-end", &length) == NULL);
    free(blob);
    config.initrd = UINT64_C(0x123456000);
    config.initrd_end = UINT64_C(0x123457ffe);
    blob = make_tree(&config);
    cr_expect(eq(u64, fdt64_ld(find_property(blob, "/chosen", "linux,initrd-start", &length)),
                 config.initrd));
    cr_expect(eq(int, length, 8));
    cr_expect(eq(u64, fdt64_ld(find_property(blob, "/chosen", "linux,initrd-end", &length)),
                 config.initrd_end));
    free(blob);
}

Test(device_tree, the_memory_of_the_firmware_is_reserved)
{
    struct device_tree_config config = plain;
    void *blob = make_tree(&config);
    const fdt64_t want[] = {cpu_to_fdt64(0x80000000), cpu_to_fdt64(0x40000)};
    int length;

    cr_expect(eq(int, fdt_path_offset(blob, "/reserved-memory"), -FDT_ERR_NOTFOUND));
    free(blob);
    config.reserved_length = 0x40000;
    blob = make_tree(&config);
    const void *reg = find_property(blob, "/reserved-memory/firmware@80000000", "reg", &length);

    cr_assert(eq(int, length, sizeof want));
    cr_expect(eq(int, memcmp(reg, want, sizeof want), 0));
    cr_expect(fdt_getprop(blob, fdt_path_offset(blob, "/reserved-memory/firmware@80000000"),
                          "no-map", NULL) != NULL);
    cr_expect(fdt_getprop(blob, fdt_path_offset(blob, "/reserved-memory"), "ranges", NULL) != NULL);
    free(blob);
}

/* Each event that the hart has for the SBI may be counted by any of the counters 3 to 31, as
 * itself. */
Test(device_tree, counters_and_events_are_those_of_the_hart)
{
    static const uint32_t events[] = {0x10018, 0x10019, 0x1001a, 0x1001b, 0x10020, 0x10021};
    enum { EVENTS = sizeof events / sizeof *events, EVENT_CELLS = 3, RAW_CELLS = 5 };
    static const uint32_t counters[][3] = {
        {1, 1, 0x1}, {2, 2, 0x4}, {0x10018, 0x1001b, 0xfffffff8}, {0x10020, 0x10021, 0xfffffff8}};
    void *blob = make_tree(&plain);
    int length;
    const fdt32_t *cells = find_property(blob, "/pmu", "riscv,event-to-mhpmevent", &length);

    cr_assert(eq(int, length, (int)(EVENTS * EVENT_CELLS * sizeof *cells)));
    for (size_t i = 0; i < EVENTS; i++) {
        cr_expect(eq(u32, fdt32_to_cpu(cells[i * EVENT_CELLS]), events[i]));
        cr_expect(eq(u32, fdt32_to_cpu(cells[i * EVENT_CELLS + 1]), 0));
        cr_expect(eq(u32, fdt32_to_cpu(cells[i * EVENT_CELLS + 2]), events[i]));
        cr_expect(hpm_event_exists(events[i]));
    }
    cells = find_property(blob, "/pmu", "riscv,event-to-mhpmcounters", &length);
    cr_assert(eq(int, length, (int)sizeof counters));
    for (size_t i = 0; i < sizeof counters / sizeof **counters; i++) {
        cr_expect(eq(u32, fdt32_to_cpu(cells[i]), counters[i / 3][i % 3]));
    }
    cells = find_property(blob, "/pmu", "riscv,raw-event-to-mhpmcounters", &length);
    cr_assert(eq(int, length % (int)(RAW_CELLS * sizeof *cells), 0));
    for (size_t i = 0; i < (size_t)length / sizeof *cells; i += RAW_CELLS) {
        uint64_t event = fdt32_to_cpu(cells[i + 1]);

        cr_expect(eq(u32, fdt32_to_cpu(cells[i]), 0));
        cr_expect(hpm_event_exists(event) && hpm_event_exists(event | 1), "%lx", (long)event);
        cr_expect(eq(u32, fdt32_to_cpu(cells[i + 2]), UINT32_MAX));
        cr_expect(eq(u32, fdt32_to_cpu(cells[i + 3]), UINT32_MAX - 1));
        cr_expect(eq(u32, fdt32_to_cpu(cells[i + 4]), 0xfffffff8));
    }
    free(blob);
}

Test(device_tree, noise_is_as_the_seed_says)
{
    static const uint64_t seeds[] = {1, 1, 2};
    enum { SEEDS = sizeof seeds / sizeof *seeds, BYTES = 32 };
    uint8_t noise[SEEDS][BYTES];

    for (size_t i = 0; i < SEEDS; i++) {
        struct device_tree_config config = plain;
        int length;

        config.seed = seeds[i];
        void *blob = make_tree(&config);
        const void *bytes = find_property(blob, "/chosen", "rng-seed", &length);

        cr_assert(eq(int, length, BYTES));
        memcpy(noise[i], bytes, BYTES);
        free(blob);
    }
    cr_expect(eq(int, memcmp(noise[0], noise[1], BYTES), 0));
    cr_expect(ne(int, memcmp(noise[0], noise[2], BYTES), 0));
    cr_expect(ne(int, memcmp(noise[0], noise[0] + BYTES / 2, BYTES / 2), 0));
}

Test(device_tree, says_what_the_guest_looks_for)
{
    static const struct {
        const char *path;
        const char *property;
        const char *want; /* several strings are joined by | */
    } rows[] = {
        {"/", "compatible", "riscv-virtio"},
        {"/", "model", "pagewalk,virt"},
        {"/chosen", "stdout-path", "/soc/serial@10000000"},
        {"/memory@80000000", "device_type", "memory"},
        {"/cpus/cpu@0", "device_type", "cpu"},
        {"/cpus/cpu@0", "status", "okay"},
        {"/cpus/cpu@0", "compatible", "riscv"},
        {"/cpus/cpu@0", "mmu-type", "riscv,sv39"},
        {"/cpus/cpu@0", "riscv,isa-base", "rv64i"},
        {"/cpus/cpu@0/interrupt-controller", "compatible", "riscv,cpu-intc"},
        {"/soc", "compatible", "simple-bus"},
        {"/soc/test@100000", "compatible", "sifive,test1|sifive,test0|syscon"},
        {"/soc/clint@2000000", "compatible", "sifive,clint0|riscv,clint0"},
        {"/soc/plic@c000000", "compatible", "sifive,plic-1.0.0|riscv,plic0"},
        {"/soc/serial@10000000", "compatible", "ns16550a"},
        {"/soc/rtc@101000", "compatible", "google,goldfish-rtc"},
        {"/soc/virtio_mmio@10001000", "compatible", "virtio,mmio"},
        {"/soc/virtio_mmio@10008000", "compatible", "virtio,mmio"},
        {"/poweroff", "compatible", "syscon-poweroff"},
        {"/reboot", "compatible", "syscon-reboot"},
    };
    void *blob = make_tree(&plain);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char got[200];
        int length;
        const char *value = find_property(blob, rows[i].path, rows[i].property, &length);

        cr_assert(lt(int, length, (int)sizeof got));
        cr_assert(eq(int, value[length - 1], 0), "%s of %s", rows[i].property, rows[i].path);
        memcpy(got, value, length);
        for (int at = 0; at < length - 1; at++) {
            got[at] = got[at] == 0 ? '|' : got[at];
        }
        cr_expect(eq(str, got, (char *)rows[i].want), "%s of %s", rows[i].property, rows[i].path);
    }
    free(blob);
}

Test(device_tree, numbers_are_those_of_the_machine)
{
    static const struct {
        const char *path;
        const char *property;
        uint32_t want;
    } rows[] = {
        {"/", "#address-cells", 2},
        {"/", "#size-cells", 2},
        {"/cpus", "#address-cells", 1},
        {"/cpus", "#size-cells", 0},
        {"/cpus", "timebase-frequency", 10000000},
        {"/cpus/cpu@0", "reg", 0},
        {"/cpus/cpu@0", "riscv,cbom-block-size", 64},
        {"/cpus/cpu@0", "riscv,cbop-block-size", 64},
        {"/cpus/cpu@0", "riscv,cboz-block-size", 64},
        {"/cpus/cpu@0/interrupt-controller", "#interrupt-cells", 1},
        {"/soc", "#address-cells", 2},
        {"/soc", "#size-cells", 2},
        {"/soc/plic@c000000", "#interrupt-cells", 1},
        {"/soc/plic@c000000", "#address-cells", 0},
        {"/soc/plic@c000000", "riscv,ndev", 95},
        {"/soc/serial@10000000", "clock-frequency", 3686400},
        {"/soc/serial@10000000", "interrupts", 10},
        {"/soc/rtc@101000", "interrupts", 11},
        {"/soc/virtio_mmio@10001000", "interrupts", 1},
        {"/soc/virtio_mmio@10002000", "interrupts", 2},
        {"/soc/virtio_mmio@10008000", "interrupts", 8},
        {"/poweroff", "offset", 0},
        {"/poweroff", "value", 0x5555},
        {"/reboot", "offset", 0},
        {"/reboot", "value", 0x7777},
    };
    static const char *const empty[][2] = {
        {"/soc", "ranges"},
        {"/soc/plic@c000000", "interrupt-controller"},
        {"/cpus/cpu@0/interrupt-controller", "interrupt-controller"},
    };
    void *blob = make_tree(&plain);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(eq(u32, cell(blob, rows[i].path, rows[i].property), rows[i].want), "%s of %s",
                  rows[i].property, rows[i].path);
    }
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        int length;
        find_property(blob, empty[i][0], empty[i][1], &length);
        cr_expect(eq(int, length, 0), "%s of %s", empty[i][1], empty[i][0]);
    }
    free(blob);
}

Test(device_tree, ranges_are_those_of_the_platform)
{
    static const struct {
        const char *path;
        uint64_t pa;
        uint64_t length;
    } rows[] = {
        {"/memory@80000000", PLATFORM_RAM_BASE, UINT64_C(5) << 32},
        {"/soc/test@100000", PLATFORM_FINISHER_BASE, PLATFORM_FINISHER_LENGTH},
        {"/soc/clint@2000000", PLATFORM_CLINT_BASE, PLATFORM_CLINT_LENGTH},
        {"/soc/plic@c000000", PLATFORM_PLIC_BASE, PLATFORM_PLIC_LENGTH},
        {"/soc/serial@10000000", PLATFORM_UART_BASE, PLATFORM_UART_LENGTH},
        {"/soc/virtio_mmio@10001000", PLATFORM_VIRTIO_BASE, PLATFORM_VIRTIO_LENGTH},
        {"/soc/virtio_mmio@10008000", PLATFORM_VIRTIO_BASE + 0x7000, PLATFORM_VIRTIO_LENGTH},
    };
    struct device_tree_config large = plain;

    large.ram_length = UINT64_C(5) << 32;
    void *blob = make_tree(&large);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int length;
        const fdt64_t *reg = find_property(blob, rows[i].path, "reg", &length);
        unsigned long long unit = strtoull(strchr(rows[i].path, '@') + 1, NULL, 16);

        cr_assert(eq(int, length, 16), "%s", rows[i].path);
        cr_expect(eq(u64, fdt64_ld(&reg[0]), rows[i].pa), "%s", rows[i].path);
        cr_expect(eq(u64, fdt64_ld(&reg[1]), rows[i].length), "%s", rows[i].path);
        cr_expect(eq(u64, unit, rows[i].pa), "the name of %s tells its address", rows[i].path);
    }
    free(blob);
}

/* The node that a cell refers to, as its path. */
static void expect_reference(const void *blob, uint32_t phandle, const char *want)
{
    char path[100] = "";
    int node = fdt_node_offset_by_phandle(blob, phandle);

    cr_assert(ge(int, node, 0), "phandle %u: %s", phandle, fdt_strerror(node));
    cr_assert(eq(int, fdt_get_path(blob, node, path, sizeof path), 0));
    cr_expect(eq(str, path, (char *)want));
}

Test(device_tree, interrupts_and_registers_lead_where_the_wires_do)
{
    static const struct {
        const char *path;
        uint32_t interrupt[2]; /* Priv. [mcause]: of the hart */
    } rows[] = {
        {"/soc/clint@2000000", {3, 7}},
        {"/soc/plic@c000000", {11, 9}},
    };
    void *blob = make_tree(&plain);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int length;
        const fdt32_t *cells = find_property(blob, rows[i].path, "interrupts-extended", &length);

        cr_assert(eq(int, length, 16), "%s", rows[i].path);
        for (size_t k = 0; k < 2; k++) {
            expect_reference(blob, fdt32_ld(&cells[2 * k]), "/cpus/cpu@0/interrupt-controller");
            cr_expect(eq(u32, fdt32_ld(&cells[2 * k + 1]), rows[i].interrupt[k]), "%s",
                      rows[i].path);
        }
    }
    expect_reference(blob, cell(blob, "/soc/serial@10000000", "interrupt-parent"),
                     "/soc/plic@c000000");
    expect_reference(blob, cell(blob, "/soc/virtio_mmio@10003000", "interrupt-parent"),
                     "/soc/plic@c000000");
    expect_reference(blob, cell(blob, "/poweroff", "regmap"), "/soc/test@100000");
    expect_reference(blob, cell(blob, "/reboot", "regmap"), "/soc/test@100000");
    free(blob);
}

/* Those before the ones about A and D. */
#define EXTENSIONS                                                                                 \
    "_zicbom_zicbop_zicboz_zicntr_zicond_zicsr_zifencei_zihintpause_zihpm"                         \
    "_zawrs_zba_zbb_zbc_zbs_sstc"

Test(device_tree, the_isa_tells_who_sets_a_and_d_bits)
{
    static const struct {
        enum hart_ad ad;
        const char *word;
        const char
            *last; /* of those about A and D: where it stands in the list tells which are there */
        int place;
        int count;
    } rows[] = {
        {HART_AD_HARDWARE, "rv64imafdc" EXTENSIONS "_svinval_svnapot_svpbmt", "sstc", 20, 24},
        {HART_AD_SVADE, "rv64imafdc" EXTENSIONS "_svade_svinval_svnapot_svpbmt", "svade", 21, 25},
        {HART_AD_SVADU, "rv64imafdc" EXTENSIONS "_svade_svadu_svinval_svnapot_svpbmt", "svadu", 22,
         26},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct device_tree_config config = plain;
        config.ad = rows[i].ad;
        void *blob = make_tree(&config);
        int length;
        int cpu = find_node(blob, "/cpus/cpu@0");
        const char *word = find_property(blob, "/cpus/cpu@0", "riscv,isa", &length);
        const char *list = "riscv,isa-extensions";

        cr_expect(eq(str, (char *)word, (char *)rows[i].word));
        cr_assert(eq(int, fdt_stringlist_count(blob, cpu, list), rows[i].count));
        cr_expect(eq(int, fdt_stringlist_search(blob, cpu, list, rows[i].last), rows[i].place));
        free(blob);
    }
}

Test(device_tree, word_and_list_of_the_isa_name_the_same)
{
    struct device_tree_config config = plain;

    config.ad = HART_AD_SVADU;
    void *blob = make_tree(&config);
    int cpu = find_node(blob, "/cpus/cpu@0");
    const char *list = "riscv,isa-extensions";
    char word[200] = "rv64";

    for (int i = 0; i < fdt_stringlist_count(blob, cpu, list); i++) {
        int length;
        const char *name = fdt_stringlist_get(blob, cpu, list, i, &length);
        strcat(word, length > 1 ? "_" : "");
        strcat(word, name);
    }
    cr_expect(eq(str, word, (char *)fdt_getprop(blob, cpu, "riscv,isa", NULL)));
    free(blob);
}

Test(device_tree, bootargs_are_there_if_given)
{
    struct device_tree_config config = plain;
    void *blob = make_tree(&config);

    cr_expect(
        eq(ptr, (void *)fdt_getprop(blob, find_node(blob, "/chosen"), "bootargs", NULL), NULL));
    free(blob);

    config.bootargs = "";
    blob = make_tree(&config);
    int length;
    find_property(blob, "/chosen", "bootargs", &length);
    cr_expect(eq(int, length, 1));
    free(blob);

    config.bootargs = "-n 100 --verbose";
    blob = make_tree(&config);
    cr_expect(
        eq(str, (char *)find_property(blob, "/chosen", "bootargs", &length), "-n 100 --verbose"));
    free(blob);
}

Test(device_tree, bootargs_of_any_length_fit)
{
    static const size_t lengths[] = {1, 1000, 2000, 3000, 4096, 8192, 100000, 3000000};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct device_tree_config config = plain;
        char *bootargs = malloc(lengths[i] + 1);
        int length;

        memset(bootargs, 'x', lengths[i]);
        bootargs[lengths[i]] = 0;
        config.bootargs = bootargs;
        void *blob = make_tree(&config);
        find_property(blob, "/chosen", "bootargs", &length);
        cr_expect(eq(sz, length, lengths[i] + 1));
        find_node(blob, "/reboot");
        free(blob);
        free(bootargs);
    }
}

/* glibc fills what malloc returns with the given byte: no padding may show it. */
Test(device_tree, the_same_machine_has_the_same_bytes)
{
    static const int fillings[2] = {0x11, 0x22};
    void *blob[2];
    size_t length[2];

    for (size_t i = 0; i < 2; i++) {
        (void)mallopt(M_PERTURB, fillings[i]);
        blob[i] = device_tree_create(&plain, &length[i]);
    }
    cr_assert(eq(sz, length[0], length[1]));
    cr_expect(eq(int, memcmp(blob[0], blob[1], length[0]), 0));
    free(blob[0]);
    free(blob[1]);
}

Test(device_tree, the_mmu_type_is_the_largest_mode)
{
    static const char *const types[] = {
        [SV39_LEVELS] = "riscv,sv39", [SV48_LEVELS] = "riscv,sv48", [SV57_LEVELS] = "riscv,sv57"};

    for (unsigned levels = SV39_LEVELS; levels <= SV57_LEVELS; levels++) {
        struct device_tree_config config = plain;
        config.levels = levels;
        void *blob = make_tree(&config);
        int length;
        const char *type = find_property(blob, "/cpus/cpu@0", "mmu-type", &length);

        cr_expect(eq(str, (char *)type, (char *)types[levels]));
        free(blob);
    }
}

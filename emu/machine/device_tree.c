#include "emu/machine/device_tree.h"

#include <assert.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/plic.h"
#include "emu/hart/access.h"
#include "emu/hart/trap.h"
#include "emu/machine/device_tree_pmu.h"
#include "emu/machine/platform.h"

enum {
    CPU_INTC_PHANDLE = 1,
    PLIC_PHANDLE = 2,
    FINISHER_PHANDLE = 3,
};

/* The input clock of a 16550A in every PC; QEMU's virt tells the same. */
enum { UART_CLOCK_HZ = 3686400 };

/* What to write to the finisher; see devices/finisher.h. */
enum { POWER_OFF = 0x5555, REBOOT = 0x7777 };

/* A tree being written. */
struct tree {
    void *blob;
    int status; /* of libfdt: the first error, 0 if none */
};

static void note(struct tree *tree, int status)
{
    if (tree->status == 0) {
        tree->status = status;
    }
}

static void begin_node(struct tree *tree, const char *name)
{
    note(tree, fdt_begin_node(tree->blob, name));
}

/* A node whose name ends in its address. */
static void begin_node_at(struct tree *tree, const char *name, uint64_t pa)
{
    char full_name[64];

    snprintf(full_name, sizeof full_name, "%s@%llx", name, (unsigned long long)pa);
    begin_node(tree, full_name);
}

static void end_node(struct tree *tree)
{
    note(tree, fdt_end_node(tree->blob));
}

static void put_bytes(struct tree *tree, const char *name, const void *bytes, size_t length)
{
    note(tree, fdt_property(tree->blob, name, bytes, (int)length));
}

static void put_string(struct tree *tree, const char *name, const char *text)
{
    put_bytes(tree, name, text, strlen(text) + 1);
}

static void put_empty(struct tree *tree, const char *name)
{
    put_bytes(tree, name, NULL, 0);
}

static void put_cell(struct tree *tree, const char *name, uint32_t value)
{
    note(tree, fdt_property_u32(tree->blob, name, value));
}

static void put_reg(struct tree *tree, uint64_t pa, uint64_t length)
{
    fdt64_t reg[2] = {cpu_to_fdt64(pa), cpu_to_fdt64(length)};

    put_bytes(tree, "reg", reg, sizeof reg);
}

/* The two interrupts of the hart that a controller drives. */
static void put_hart_interrupts(struct tree *tree, enum trap_interrupt first,
                                enum trap_interrupt second)
{
    fdt32_t cells[4] = {cpu_to_fdt32(CPU_INTC_PHANDLE), cpu_to_fdt32((uint32_t)first),
                        cpu_to_fdt32(CPU_INTC_PHANDLE), cpu_to_fdt32((uint32_t)second)};

    put_bytes(tree, "interrupts-extended", cells, sizeof cells);
}

enum { WITH_SVADE = 1 << HART_AD_SVADE, WITH_SVADU = 1 << HART_AD_SVADU, ALWAYS = ~0 };

/* The extensions in the order of Unpriv. [naming], each with the schemes for A and D that it goes
 * with. A hart with both Svade and Svadu starts as Svade says and lets menvcfg.ADUE decide. */
static const struct {
    const char *name;
    int schemes;
} extensions[] = {
    {"i", ALWAYS},         {"m", ALWAYS},
    {"a", ALWAYS},         {"f", ALWAYS},
    {"d", ALWAYS},         {"c", ALWAYS},
    {"zicbom", ALWAYS},    {"zicbop", ALWAYS},
    {"zicboz", ALWAYS},    {"zicntr", ALWAYS},
    {"zicond", ALWAYS},    {"zicsr", ALWAYS},
    {"zifencei", ALWAYS},  {"zihintpause", ALWAYS},
    {"zihpm", ALWAYS},     {"zawrs", ALWAYS},
    {"zba", ALWAYS},       {"zbb", ALWAYS},
    {"zbc", ALWAYS},       {"zbs", ALWAYS},
    {"sstc", ALWAYS},      {"svade", WITH_SVADE | WITH_SVADU},
    {"svadu", WITH_SVADU}, {"svinval", ALWAYS},
    {"svnapot", ALWAYS},   {"svpbmt", ALWAYS},
};

/* The ISA twice: as one word, for old readers, and as a list. */
static void put_isa(struct tree *tree, enum hart_ad ad)
{
    char word[256] = "rv64";
    char list[256];
    size_t word_length = strlen(word);
    size_t list_length = 0;

    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        const char *name = extensions[i].name;

        if ((extensions[i].schemes & 1 << ad) == 0) {
            continue;
        }
        size_t name_length = strlen(name);

        assert(word_length + name_length + 2 <= sizeof word);
        assert(list_length + name_length + 1 <= sizeof list);
        if (name_length > 1) {
            word[word_length++] = '_';
        }
        memcpy(word + word_length, name, name_length + 1);
        memcpy(list + list_length, name, name_length + 1);
        word_length += name_length;
        list_length += name_length + 1;
    }
    put_string(tree, "riscv,isa", word);
    put_string(tree, "riscv,isa-base", "rv64i");
    put_bytes(tree, "riscv,isa-extensions", list, list_length);
}

/* Noise for the guest's own random numbers, the same in every run. */
static void put_rng_seed(struct tree *tree, uint64_t seed)
{
    enum { SEED_BYTES = 32 };
    uint8_t bytes[SEED_BYTES];

    for (unsigned i = 0; i < SEED_BYTES; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes[i] = (uint8_t)(seed >> 56);
    }
    put_bytes(tree, "rng-seed", bytes, sizeof bytes);
}

static void put_chosen(struct tree *tree, const struct device_tree_config *config)
{
    char uart_path[64];

    snprintf(uart_path, sizeof uart_path, "/soc/serial@%llx",
             (unsigned long long)PLATFORM_UART_BASE);
    begin_node(tree, "chosen");
    if (config->bootargs != NULL) {
        put_string(tree, "bootargs", config->bootargs);
    }
    if (config->initrd_end != 0) {
        note(tree, fdt_property_u64(tree->blob, "linux,initrd-start", config->initrd));
        note(tree, fdt_property_u64(tree->blob, "linux,initrd-end", config->initrd_end));
    }
    put_string(tree, "stdout-path", uart_path);
    put_rng_seed(tree, config->seed);
    end_node(tree);
}

static void put_memory(struct tree *tree, uint64_t ram_length)
{
    begin_node_at(tree, "memory", PLATFORM_RAM_BASE);
    put_string(tree, "device_type", "memory");
    put_reg(tree, PLATFORM_RAM_BASE, ram_length);
    end_node(tree);
}

/* What no kernel may even map. Firmware of others adds such a node itself. */
static void put_reserved(struct tree *tree, uint64_t length)
{
    if (length == 0) {
        return;
    }
    begin_node(tree, "reserved-memory");
    put_cell(tree, "#address-cells", 2);
    put_cell(tree, "#size-cells", 2);
    put_empty(tree, "ranges");
    begin_node_at(tree, "firmware", PLATFORM_RAM_BASE);
    put_reg(tree, PLATFORM_RAM_BASE, length);
    put_empty(tree, "no-map");
    end_node(tree);
    end_node(tree);
}

static void put_cpus(struct tree *tree, const struct device_tree_config *config)
{
    static const char *const mmu_types[] = {
        [SV39_LEVELS] = "riscv,sv39", [SV48_LEVELS] = "riscv,sv48", [SV57_LEVELS] = "riscv,sv57"};

    begin_node(tree, "cpus");
    put_cell(tree, "#address-cells", 1);
    put_cell(tree, "#size-cells", 0);
    put_cell(tree, "timebase-frequency", PLATFORM_TIMEBASE_HZ);

    begin_node_at(tree, "cpu", 0);
    put_string(tree, "device_type", "cpu");
    put_cell(tree, "reg", 0);
    put_string(tree, "status", "okay");
    put_string(tree, "compatible", "riscv");
    put_isa(tree, config->ad);
    put_cell(tree, "riscv,cbom-block-size", CACHE_BLOCK_BYTES);
    put_cell(tree, "riscv,cbop-block-size", CACHE_BLOCK_BYTES);
    put_cell(tree, "riscv,cboz-block-size", CACHE_BLOCK_BYTES);
    put_string(tree, "mmu-type", mmu_types[config->levels]);

    begin_node(tree, "interrupt-controller");
    put_cell(tree, "#address-cells", 0);
    put_cell(tree, "#interrupt-cells", 1);
    put_empty(tree, "interrupt-controller");
    put_string(tree, "compatible", "riscv,cpu-intc");
    put_cell(tree, "phandle", CPU_INTC_PHANDLE);
    end_node(tree);

    end_node(tree);
    end_node(tree);
}

static void put_finisher(struct tree *tree)
{
    static const char compatible[] = "sifive,test1\0sifive,test0\0syscon";

    begin_node_at(tree, "test", PLATFORM_FINISHER_BASE);
    put_bytes(tree, "compatible", compatible, sizeof compatible);
    put_reg(tree, PLATFORM_FINISHER_BASE, PLATFORM_FINISHER_LENGTH);
    put_cell(tree, "phandle", FINISHER_PHANDLE);
    end_node(tree);
}

static void put_clint(struct tree *tree)
{
    static const char compatible[] = "sifive,clint0\0riscv,clint0";

    begin_node_at(tree, "clint", PLATFORM_CLINT_BASE);
    put_bytes(tree, "compatible", compatible, sizeof compatible);
    put_reg(tree, PLATFORM_CLINT_BASE, PLATFORM_CLINT_LENGTH);
    put_hart_interrupts(tree, TRAP_MSI, TRAP_MTI);
    end_node(tree);
}

static void put_plic(struct tree *tree)
{
    static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";

    begin_node_at(tree, "plic", PLATFORM_PLIC_BASE);
    put_bytes(tree, "compatible", compatible, sizeof compatible);
    put_reg(tree, PLATFORM_PLIC_BASE, PLATFORM_PLIC_LENGTH);
    put_cell(tree, "#address-cells", 0);
    put_cell(tree, "#interrupt-cells", 1);
    put_empty(tree, "interrupt-controller");
    put_hart_interrupts(tree, TRAP_MEI, TRAP_SEI);
    put_cell(tree, "riscv,ndev", PLIC_SOURCES - 1);
    put_cell(tree, "phandle", PLIC_PHANDLE);
    end_node(tree);
}

static void put_uart(struct tree *tree)
{
    begin_node_at(tree, "serial", PLATFORM_UART_BASE);
    put_string(tree, "compatible", "ns16550a");
    put_reg(tree, PLATFORM_UART_BASE, PLATFORM_UART_LENGTH);
    put_cell(tree, "clock-frequency", UART_CLOCK_HZ);
    put_cell(tree, "interrupt-parent", PLIC_PHANDLE);
    put_cell(tree, "interrupts", PLATFORM_UART_SOURCE);
    end_node(tree);
}

static void put_rtc(struct tree *tree)
{
    begin_node_at(tree, "rtc", PLATFORM_RTC_BASE);
    put_string(tree, "compatible", "google,goldfish-rtc");
    put_reg(tree, PLATFORM_RTC_BASE, PLATFORM_RTC_LENGTH);
    put_cell(tree, "interrupt-parent", PLIC_PHANDLE);
    put_cell(tree, "interrupts", PLATFORM_RTC_SOURCE);
    end_node(tree);
}

/* All slots, those without a device too: only the device itself tells what it is. */
static void put_virtio(struct tree *tree)
{
    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        uint64_t pa = PLATFORM_VIRTIO_BASE + slot * PLATFORM_VIRTIO_LENGTH;

        begin_node_at(tree, "virtio_mmio", pa);
        put_string(tree, "compatible", "virtio,mmio");
        put_reg(tree, pa, PLATFORM_VIRTIO_LENGTH);
        put_cell(tree, "interrupt-parent", PLIC_PHANDLE);
        put_cell(tree, "interrupts", PLATFORM_VIRTIO_SOURCE + slot);
        end_node(tree);
    }
}

static void put_soc(struct tree *tree)
{
    begin_node(tree, "soc");
    put_cell(tree, "#address-cells", 2);
    put_cell(tree, "#size-cells", 2);
    put_string(tree, "compatible", "simple-bus");
    put_empty(tree, "ranges");
    put_finisher(tree);
    put_rtc(tree);
    put_clint(tree);
    put_plic(tree);
    put_uart(tree);
    put_virtio(tree);
    end_node(tree);
}

/* A way to end the run: the word to write to the finisher's only register. */
static void put_syscon(struct tree *tree, const char *name, const char *compatible, uint32_t value)
{
    begin_node(tree, name);
    put_string(tree, "compatible", compatible);
    put_cell(tree, "regmap", FINISHER_PHANDLE);
    put_cell(tree, "offset", 0);
    put_cell(tree, "value", value);
    end_node(tree);
}

/* Writes the whole tree into capacity bytes; returns libfdt's status. */
static int write_tree(const struct device_tree_config *config, void *blob, size_t capacity)
{
    struct tree tree = {.blob = blob};

    note(&tree, fdt_create(blob, (int)capacity));
    note(&tree, fdt_finish_reservemap(blob));

    begin_node(&tree, "");
    put_cell(&tree, "#address-cells", 2);
    put_cell(&tree, "#size-cells", 2);
    put_string(&tree, "compatible", "riscv-virtio");
    put_string(&tree, "model", "pagewalk,virt");
    put_chosen(&tree, config);
    put_memory(&tree, config->ram_length);
    put_reserved(&tree, config->reserved_length);
    put_cpus(&tree, config);
    note(&tree, device_tree_put_pmu(tree.blob));
    put_soc(&tree);
    put_syscon(&tree, "poweroff", "syscon-poweroff", POWER_OFF);
    put_syscon(&tree, "reboot", "syscon-reboot", REBOOT);
    end_node(&tree);

    note(&tree, fdt_finish(blob));
    return tree.status;
}

void *device_tree_create(const struct device_tree_config *config, size_t *length)
{
    size_t capacity = 4096;
    int status = -FDT_ERR_NOSPACE;
    void *blob = NULL;

    while (status == -FDT_ERR_NOSPACE && capacity < INT32_MAX) {
        free(blob);
        blob = malloc(capacity);
        if (blob == NULL) {
            return NULL;
        }
        status = write_tree(config, blob, capacity);
        capacity *= 2;
    }
    if (status != 0) {
        assert(status == -FDT_ERR_NOSPACE);
        free(blob);
        return NULL;
    }
    *length = fdt_totalsize(blob);
    return blob;
}

/*
 * fuzz_run.c - libFuzzer target: arbitrary bytes as a program, run for a while on a whole machine.
 *
 * The bytes are loaded at the start of RAM and executed in M-mode under a tiny TLB, which reaches
 * every device, CSR, trap and page-table walk that a guest can reach. Nothing may crash, hang or
 * break a conservation law.
 */
#include <stdint.h>
#include <stdlib.h>

#include "emu/machine/machine.h"
#include "emu/machine/platform.h"

enum { MEMORY = 256 * 1024, ATTEMPTS = 4000 };

static void put(void *ctx, uint8_t character)
{
    (void)ctx;
    (void)character;
}

static bool get(void *ctx, uint8_t *character)
{
    (void)ctx;
    (void)character;
    return false;
}

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return false;
}

static void run(const struct machine_config *config, const struct elf_program *program)
{
    const struct engine_goal goal = {.attempts = ATTEMPTS};
    struct error error;
    struct counts counts;
    struct mmu_law_broken broken;
    struct machine *machine = machine_create(config, &error);

    if (machine == NULL || !machine_load(machine, program, "fuzz", &error)) {
        abort();
    }
    (void)machine_run(machine, &goal, NULL);
    machine_end(machine);
    machine_count(machine, &counts);
    if (!mmu_laws_hold(&counts.mmu, &broken)) {
        abort();
    }
    machine_destroy(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct machine_config config = {
        .ram_length = MEMORY,
        .console = {.put = put, .get = get, .is_interrupted = is_interrupted},
    };
    struct mmu_geometry_error error;
    struct elf_segment segment = {
        .pa = PLATFORM_RAM_BASE, .memory_length = MEMORY / 2, .bytes = data + 1};
    /* Half of RAM is the program's; its symbols put HTIF in reach. */
    struct symbol tohost = {
        .name = (char[]){"tohost"}, .address = PLATFORM_RAM_BASE + 0x1000, .size = 8};
    const struct elf_program program = {
        .entry = PLATFORM_RAM_BASE,
        .segment = &segment,
        .segment_count = 1,
        .symbols = {.all = &tohost, .count = 1},
    };

    if (size < 2 || size > segment.memory_length) {
        return 0;
    }
    segment.file_length = size - 1;
    config.ad = (enum hart_ad)(data[0] % 3);
    if (!mmu_geometry_parse("l1i=1,l1d=2x1,l2=2x2,asid=3", &config.geometry, &error)) {
        abort();
    }
    run(&config, &program);
    return 0;
}

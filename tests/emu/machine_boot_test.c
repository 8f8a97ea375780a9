#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "mmu/pte.h"
#include "tests/support/encode.h"
#include "tests/support/machine_box.h"

/* What a guest's kernel is given, and what it tells: files in memory, and events. */

enum { A6 = 16, A7 = 17 };

static const uint32_t nop = INSN_NOP;
static const struct elf_segment one_nop = {.pa = PLATFORM_RAM_BASE,
                                           .memory_length = sizeof nop,
                                           .bytes = (const uint8_t *)&nop,
                                           .file_length = sizeof nop};
static struct error error;

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return false;
}

/* A machine with files in memory, loaded; NULL if they do not fit. */
static struct machine *make_with_files(const uint8_t *files, uint64_t length)
{
    const struct elf_program program = {
        .entry = PLATFORM_RAM_BASE, .segment = (struct elf_segment *)&one_nop, .segment_count = 1};
    struct machine_config config = {.ram_length = BOX_MEMORY,
                                    .initrd = files,
                                    .initrd_length = length,
                                    .console = {.is_interrupted = is_interrupted}};
    struct mmu_geometry_error unused;
    struct machine *machine;

    cr_assert(mmu_geometry_parse("default", &config.geometry, &unused));
    machine = machine_create(&config, &error);
    cr_assert(machine != NULL);
    if (!machine_load(machine, &program, "prog", &error)) {
        machine_destroy(machine);
        return NULL;
    }
    return machine;
}

static uint64_t chosen(const void *tree, const char *name)
{
    int length;
    const void *value = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), name, &length);

    cr_assert(value != NULL && length == 8, "%s", name);
    return fdt64_ld(value);
}

Test(machine_boot, files_lie_in_ram_below_the_device_tree)
{
    static const uint8_t files[5000] = {[0] = 1, [4999] = 2};
    struct machine *machine = make_with_files(files, sizeof files);
    size_t length;

    cr_assert(machine != NULL, "%s", error.text);
    const void *tree = machine_device_tree(machine, &length);
    uint64_t tree_pa = machine_hart(machine)->x[11];
    uint64_t start = chosen(tree, "linux,initrd-start");
    uint64_t end = chosen(tree, "linux,initrd-end");

    cr_expect(eq(u64, end - start, sizeof files));
    cr_expect(eq(u64, start % PAGE_SIZE, 0));
    cr_expect(le(u64, end, tree_pa));
    cr_expect(eq(int, memcmp(machine_ram(machine, start, sizeof files), files, sizeof files), 0));
    cr_expect(eq(int, memcmp(machine_ram(machine, tree_pa, length), tree, length), 0),
              "the tree in memory tells it, too");
    machine_destroy(machine);
}

Test(machine_boot, files_that_do_not_fit_are_refused)
{
    const uint64_t room = BOX_MEMORY - 2 * PAGE_SIZE; /* the program has one, the tree another */
    uint8_t *files = calloc(1, BOX_MEMORY + 1);
    static const uint64_t too_long[] = {BOX_MEMORY, BOX_MEMORY + 1, UINT64_MAX, UINT64_MAX - 4096};
    struct machine *machine = make_with_files(files, room);

    cr_expect(machine != NULL, "%s", error.text);
    machine_destroy(machine);
    cr_expect(make_with_files(files, room + 1) == NULL);
    cr_expect(strstr(error.text, "prog: 1048576 bytes of memory (--mem) do not hold") != NULL, "%s",
              error.text);
    for (size_t i = 0; i < sizeof too_long / sizeof *too_long; i++) {
        cr_expect(make_with_files(files, too_long[i]) == NULL, "%lu", too_long[i]);
    }
    free(files);
}

Test(machine_boot, events_share_the_counts_among_processes)
{
    const uint32_t event = encode_i(OPCODE_OP_IMM, 2, 0, 0, HART_MARK_EVENT);
    const struct process *process;
    struct mmu_law_broken broken;
    struct counts counts;
    struct box box;

    START(&box, INSN_NOP, INSN_NOP, lui(A6, 0x10000), addi(A6, A6, PROCESS_RUNS), event, INSN_NOP,
          addi(A6, A6, PROCESS_END - PROCESS_RUNS), addi(A7, 0, 42), event,
          addi(A6, 0, PROCESS_RUNS), event, INSN_NOP);
    cr_expect(eq(int, box_run(&box, 12).reason, MACHINE_LIMIT));
    machine_end(box.machine);
    const struct processes *processes = machine_processes(box.machine);

    process = processes_from(processes, 1);
    cr_assert(process != NULL && process->pid == 1);
    cr_expect(eq(u64, process->share.instructions, 6), "up to and including the switch away");
    cr_expect(process->has_ended);
    cr_expect(eq(u64, process->exit, 42), "a7 is the value");
    cr_expect(eq(u64, processes_from(processes, 0)->share.instructions, 6));
    machine_count(box.machine, &counts);
    cr_expect(processes_laws_hold(processes, &counts, &broken));
    cr_expect(eq(u64, machine_region(box.machine)->markers.event, 3));
    machine_destroy(box.machine);
}

#include "emu/report/by_process.h"

#include <inttypes.h>
#include <stdlib.h>

#include "emu/report/json_put.h"
#include "emu/report/json_share.h"
#include "emu/report/names.h"

/* What was not told is null: of pid 0, none of these. */

static json_t *name_of(const struct process *process)
{
    return process->name[0] == '\0' ? json_null() : json_name(process->name);
}

static json_t *asid_of(const struct process *process)
{
    return process->has_begun ? json_integer((json_int_t)process_asid(process)) : json_null();
}

static json_t *exit_of(const struct process *process)
{
    return process->has_ended ? json_integer((json_int_t)process->exit) : json_null();
}

/* In the order of the table's columns. */
static const struct {
    enum mapping_kind kind;
    const char *name;
} kinds[] = {
    {MAPPING_TEXT, "text"},      {MAPPING_DATA, "data"},           {MAPPING_HEAP, "heap"},
    {MAPPING_STACK, "stack"},    {MAPPING_ANONYMOUS, "anonymous"}, {MAPPING_FILE, "file"},
    {MAPPING_NONE, "elsewhere"},
};

static json_t *l2_misses_of(const uint64_t events[MAPPING_EVENTS], bool has_l2)
{
    return has_l2 ? json_integer((json_int_t)events[MMU_L2_MISS]) : json_null();
}

static json_t *mapping_as_json(const uint64_t events[MAPPING_EVENTS], bool has_l2)
{
    json_t *object = json_object();

    return json_whole(object, json_put_number(object, "l1i_misses", events[MMU_L1I_MISS]) &&
                                  json_put_number(object, "l1d_misses", events[MMU_L1D_MISS]) &&
                                  json_put(object, "l2_misses", l2_misses_of(events, has_l2)) &&
                                  json_put_number(object, "walks", events[MMU_WALK_MADE]));
}

/* The misses of U-mode. */
static json_t *mappings_as_json(const struct mappings *mappings, bool has_l2)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && is_whole; i++) {
        is_whole = json_put(object, kinds[i].name,
                            mapping_as_json(mappings->events[kinds[i].kind], has_l2));
    }
    return json_whole(object, is_whole);
}

static json_t *process_as_json(const struct process *process, bool has_l2)
{
    const uint64_t *faults = process->faults;
    json_t *object = json_object();

    return json_whole(
        object, json_put_number(object, "pid", process->pid) &&
                    json_put(object, "name", name_of(process)) &&
                    json_put(object, "asid", asid_of(process)) &&
                    json_put(object, "exit", exit_of(process)) &&
                    json_put_number(object, "instructions", process->share.instructions) &&
                    json_put(object, "by_mode", json_modes(process->share.mode, has_l2)) &&
                    json_put(object, "by_mapping", mappings_as_json(&process->mappings, has_l2)) &&
                    json_put_number(object, "minor_faults", faults[PROCESS_MINOR]) &&
                    json_put_number(object, "cow_faults", faults[PROCESS_COPY]) &&
                    json_put_number(object, "ad_faults", faults[PROCESS_AD]) &&
                    json_put_number(object, "refused_faults", faults[PROCESS_REFUSED]) &&
                    json_put_number(object, "swap_ins", faults[PROCESS_SWAP_IN]) &&
                    json_put_number(object, "swap_outs", process->swap_outs) &&
                    json_put_number(object, "resident_pages", process->resident_pages) &&
                    json_put_number(object, "touched_pages", process->touched_pages));
}

json_t *processes_as_json(const struct processes *processes, bool has_l2)
{
    json_t *list = json_array();
    const struct process *process = processes == NULL ? NULL : processes_from(processes, 0);
    bool is_whole = true;

    for (; process != NULL && is_whole; process = processes_from(processes, process->pid + 1)) {
        is_whole = json_add(list, process_as_json(process, has_l2));
    }
    return json_whole(list, is_whole);
}

/* The rows of the table. */

enum {
    MOST_ROWS = 16,
    NAME = 17,
    SMALL = 7,
    INSTRUCTIONS = 20,
    COUNT = 14,
    PAGES = 12,
    MISSES = 9
};

/* The processes with the most instructions, in the order of pids. */
struct chosen {
    const struct process *process[MOST_ROWS];
    size_t count;
    size_t left_out;
};

/* Puts a process behind those with lower pids; where the rows are full, one with the fewest
 * instructions goes, of several the last. */
static void choose(struct chosen *chosen, const struct process *process)
{
    size_t fewest = 0;

    if (chosen->count < MOST_ROWS) {
        chosen->process[chosen->count++] = process;
        return;
    }
    chosen->left_out++;
    for (size_t i = 1; i < MOST_ROWS; i++) {
        if (chosen->process[i]->share.instructions <= chosen->process[fewest]->share.instructions) {
            fewest = i;
        }
    }
    if (process->share.instructions <= chosen->process[fewest]->share.instructions) {
        return;
    }
    for (size_t i = fewest; i + 1 < MOST_ROWS; i++) {
        chosen->process[i] = chosen->process[i + 1];
    }
    chosen->process[MOST_ROWS - 1] = process;
}

static void print_number(FILE *file, int width, bool is_known, uint64_t number)
{
    char text[GROUPED_LENGTH];

    fprintf(file, "%*s", width, is_known ? number_grouped(text, number) : "-");
}

static void print_name(FILE *file, const struct process *process)
{
    const char *unnamed = process->pid == 0 ? "(no process)" : "?";
    char *name = name_printable(process->name);
    bool has_name = name != NULL && *name != '\0';

    fprintf(file, "%-*s", NAME, has_name ? name : unnamed);
    free(name);
    print_number(file, SMALL, process->pid != 0, process->pid);
}

static uint64_t misses_of(const struct process_share *share, enum mmu_array array)
{
    return share->mode[MMU_USER].array[array].misses +
           share->mode[MMU_SUPERVISOR].array[array].misses;
}

/* What was counted while it ran. */
static void print_share(FILE *file, const struct process *process)
{
    const struct process_share *share = &process->share;

    print_name(file, process);
    print_number(file, SMALL, process->has_begun, process_asid(process));
    print_number(file, SMALL, process->has_ended, process->exit);
    print_number(file, INSTRUCTIONS, true, share->instructions);
    print_number(file, COUNT, true, misses_of(share, MMU_L1I));
    print_number(file, COUNT, true, misses_of(share, MMU_L1D));
    print_number(file, COUNT, true,
                 share->mode[MMU_USER].walks + share->mode[MMU_SUPERVISOR].walks);
    fprintf(file, "\n");
}

/* What its pages cost. */
static void print_pages(FILE *file, const struct process *process)
{
    const uint64_t numbers[] = {
        process->faults[PROCESS_MINOR],   process->faults[PROCESS_COPY],
        process->faults[PROCESS_SWAP_IN], process->swap_outs,
        process->resident_pages,          process->touched_pages,
    };

    print_name(file, process);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        print_number(file, PAGES, true, numbers[i]);
    }
    fprintf(file, "\n");
}

static void print_mappings(FILE *file, const struct process *process)
{
    print_name(file, process);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const uint64_t *events = process->mappings.events[kinds[i].kind];

        fputc(' ', file);
        print_number(file, MISSES, true, events[MMU_L1I_MISS] + events[MMU_L1D_MISS]);
    }
    fprintf(file, "\n");
}

/* Where the misses of U-mode were. */
static void print_all_mappings(FILE *file, const struct chosen *chosen)
{
    fprintf(file, "\n%-*s%*s", NAME, "L1 misses of U", SMALL, "pid");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fprintf(file, " %*s", MISSES, kinds[i].name);
    }
    fprintf(file, "\n");
    for (size_t i = 0; i < chosen->count; i++) {
        if (chosen->process[i]->pid != 0) {
            print_mappings(file, chosen->process[i]);
        }
    }
}

void processes_as_text(FILE *file, const struct processes *processes)
{
    const struct process *process = processes == NULL ? NULL : processes_from(processes, 0);
    struct chosen chosen = {.count = 0};

    if (process == NULL) {
        return;
    }
    for (; process != NULL; process = processes_from(processes, process->pid + 1)) {
        choose(&chosen, process);
    }
    fprintf(file, "\n%-*s%*s%*s%*s%*s%*s%*s%*s\n", NAME, "process", SMALL, "pid", SMALL, "ASID",
            SMALL, "exit", INSTRUCTIONS, "instructions", COUNT, "L1I misses", COUNT, "L1D misses",
            COUNT, "walks");
    for (size_t i = 0; i < chosen.count; i++) {
        print_share(file, chosen.process[i]);
    }
    fprintf(file, "\n%-*s%*s%*s%*s%*s%*s%*s%*s\n", NAME, "process", SMALL, "pid", PAGES, "minor",
            PAGES, "COW", PAGES, "swap-ins", PAGES, "swap-outs", PAGES, "resident", PAGES,
            "touched");
    for (size_t i = 0; i < chosen.count; i++) {
        if (chosen.process[i]->pid != 0) {
            print_pages(file, chosen.process[i]);
        }
    }
    print_all_mappings(file, &chosen);
    if (chosen.left_out != 0) {
        fprintf(file, "and %zu with fewer instructions, which the JSON has too\n", chosen.left_out);
    }
}

#include "emu/machine/processes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(struct process_share) % sizeof(uint64_t) == 0, "only uint64_t inside");

/*
 * The number of an event:
 *
 *   63..32 | 31..16 | 15..8  | 7..0
 *     0    |  pid   | detail | kind
 */
struct event {
    unsigned kind;
    size_t detail;
    unsigned pid;
    uint64_t value;
};

enum { PID_SHIFT = 16, PID_MASK = 0xffff, DETAIL_SHIFT = 8, BYTE_MASK = 0xff };

/* What may be the value of an event. */
#define MAX_EXIT UINT64_C(255)
#define MAX_PAGES (UINT64_C(1) << 52)

/* The value of an event of pages. */
enum { RANGE_FIRST_SHIFT = 32 };

void processes_init(struct processes *processes, const struct process_meter *meter)
{
    *processes = (struct processes){.meter = *meter};
}

void processes_finish(struct processes *processes)
{
    for (size_t pid = 0; processes->of_pid != NULL && pid < PROCESSES_MOST; pid++) {
        free(processes->of_pid[pid]);
    }
    free(processes->of_pid);
    *processes = (struct processes){.of_pid = NULL};
}

void processes_settle(struct processes *processes)
{
    struct process_share now;

    if (processes->of_pid == NULL) {
        return; /* it will all belong to no process, once there is one */
    }
    processes->meter.read(processes->meter.ctx, &now);
    counts_add_difference(&processes->current->share, &now, &processes->base, sizeof now);
    processes->base = now;
}

/* Makes the table and the place of no process, which is the current one. */
static bool make_table(struct processes *processes)
{
    struct process **of_pid;

    if (processes->of_pid != NULL) {
        return true;
    }
    of_pid = calloc(PROCESSES_MOST, sizeof(struct process *));
    if (of_pid == NULL) {
        return false;
    }
    of_pid[0] = calloc(1, sizeof *of_pid[0]);
    if (of_pid[0] == NULL) {
        free(of_pid);
        return false;
    }
    of_pid[0]->mappings = processes->untold;
    processes->of_pid = of_pid;
    processes->current = of_pid[0];
    return true;
}

/* The process with this pid, made where it is new. Returns NULL if there is no memory. */
static struct process *process_of(struct processes *processes, unsigned pid)
{
    struct process **place;

    if (!make_table(processes)) {
        return NULL;
    }
    place = &processes->of_pid[pid];
    if (*place == NULL) {
        *place = calloc(1, sizeof **place);
        if (*place != NULL) {
            (*place)->pid = pid;
        }
    }
    return *place;
}

/* The ways to take an event. Each returns false if it makes no sense. */

static bool take_begin(struct process *process, const struct event *event)
{
    process->has_begun = true;
    process->has_ended = false;
    process->satp = event->value;
    return true;
}

/* The first part of a name takes the second one away, so that a short name need not send it. */
static bool take_name(struct process *process, const struct event *event)
{
    char *part = &process->name[event->detail * PROCESS_NAME_PART];

    memset(part, 0, (PROCESS_NAME_PARTS - event->detail) * PROCESS_NAME_PART);
    for (unsigned i = 0; i < PROCESS_NAME_PART; i++) {
        part[i] = (char)(uint8_t)(event->value >> 8 * i);
    }
    return true;
}

static bool take_end(struct process *process, const struct event *event)
{
    if (event->value > MAX_EXIT) {
        return false;
    }
    process->has_ended = true;
    process->exit = event->value;
    return true;
}

static bool take_fault(struct process *process, const struct event *event)
{
    process->faults[event->detail]++;
    return true;
}

static bool take_swap_out(struct process *process, const struct event *event)
{
    (void)event;
    process->swap_outs++;
    return true;
}

static bool take_resident(struct process *process, const struct event *event)
{
    if (event->value > MAX_PAGES) {
        return false;
    }
    process->resident_pages = event->value;
    return true;
}

static bool take_touched(struct process *process, const struct event *event)
{
    if (event->value > MAX_PAGES) {
        return false;
    }
    process->touched_pages = event->value;
    return true;
}

static bool put(struct process *process, uint64_t range, enum mapping_kind kind)
{
    uint64_t first = range >> RANGE_FIRST_SHIFT;

    return mappings_put(&process->mappings, first, first + (uint32_t)range, kind);
}

static bool take_map(struct process *process, const struct event *event)
{
    enum mapping_kind kind = (enum mapping_kind)event->detail;

    return kind != MAPPING_NONE && put(process, event->value, kind);
}

static bool take_unmap(struct process *process, const struct event *event)
{
    return put(process, event->value, MAPPING_NONE);
}

/* The kinds that tell of one process. */
static const struct {
    bool (*take)(struct process *process, const struct event *event);
    size_t details; /* there are so many, from 0 on */
} kinds[] = {
    [PROCESS_BEGIN] = {take_begin, 1},       [PROCESS_NAME] = {take_name, PROCESS_NAME_PARTS},
    [PROCESS_END] = {take_end, 1},           [PROCESS_FAULT] = {take_fault, PROCESS_FAULTS},
    [PROCESS_SWAP_OUT] = {take_swap_out, 1}, [PROCESS_RESIDENT] = {take_resident, 1},
    [PROCESS_TOUCHED] = {take_touched, 1},   [PROCESS_MAP] = {take_map, MAPPING_KINDS},
    [PROCESS_UNMAP] = {take_unmap, 1},
};

/* Returns false if it makes no sense: no such kind or detail, or a process that is none. */
static bool tell_process(struct processes *processes, const struct event *event)
{
    struct process *process;

    if (event->kind >= sizeof kinds / sizeof *kinds || kinds[event->kind].take == NULL ||
        event->detail >= kinds[event->kind].details || event->pid == 0) {
        return false;
    }
    process = process_of(processes, event->pid);
    if (process == NULL) {
        processes->has_lost_some = true;
        return true;
    }
    return kinds[event->kind].take(process, event);
}

/* To no process may be switched before there is one, too: nothing changes by it. */
static bool switch_to(struct processes *processes, const struct event *event)
{
    struct process *process;

    if (event->detail != 0) {
        return false;
    }
    if (event->pid == 0 && processes->of_pid == NULL) {
        return true;
    }
    process = process_of(processes, event->pid);
    if (process == NULL) {
        processes->has_lost_some = true;
        return true;
    }
    processes_settle(processes);
    processes->current = process;
    return true;
}

void processes_event(struct processes *processes, uint64_t number, uint64_t value)
{
    const struct event event = {
        .kind = number & BYTE_MASK,
        .detail = number >> DETAIL_SHIFT & BYTE_MASK,
        .pid = number >> PID_SHIFT & PID_MASK,
        .value = value,
    };
    bool makes_sense = number <= UINT32_MAX;

    if (makes_sense) {
        makes_sense = event.kind == PROCESS_RUNS ? switch_to(processes, &event)
                                                 : tell_process(processes, &event);
    }
    processes->unknown += !makes_sense;
}

/* Choice: a reset is to a process what SIGKILL is. */
static void cut(struct process *process)
{
    enum { KILLED = 128 + 9 };

    if (process->has_begun && !process->has_ended) {
        process->has_ended = true;
        process->exit = KILLED;
    }
    (void)mappings_put(&process->mappings, 0, UINT64_MAX, MAPPING_NONE);
}

void processes_reset(struct processes *processes)
{
    if (processes->of_pid == NULL) {
        return;
    }
    processes_settle(processes);
    processes->current = processes->of_pid[0];
    for (unsigned pid = 0; pid < PROCESSES_MOST; pid++) {
        if (processes->of_pid[pid] != NULL) {
            cut(processes->of_pid[pid]);
        }
    }
}

void processes_miss(struct processes *processes, struct mmu_miss miss)
{
    if (miss.privilege == MMU_USER) {
        mappings_count(
            processes->of_pid == NULL ? &processes->untold : &processes->current->mappings, miss);
    }
}

const struct process *processes_from(const struct processes *processes, unsigned pid)
{
    if (processes->of_pid == NULL) {
        return NULL;
    }
    while (pid < PROCESSES_MOST && processes->of_pid[pid] == NULL) {
        pid++;
    }
    return pid < PROCESSES_MOST ? processes->of_pid[pid] : NULL;
}

unsigned process_asid(const struct process *process)
{
    return (unsigned)((process->satp & SATP_ASID) >> SATP_ASID_SHIFT);
}

static bool is_wanted(const struct process *process, const struct process_wanted *wanted)
{
    if (!process->has_begun || process->has_ended) {
        return false;
    }
    if (wanted->name == NULL) {
        return process_asid(process) == wanted->asid;
    }
    return strncmp(process->name, wanted->name, PROCESS_NAME_LENGTH) == 0;
}

const struct process *processes_find(const struct processes *processes,
                                     const struct process_wanted *wanted, size_t *count)
{
    const struct process *found = NULL;
    const struct process *process = processes_from(processes, 0);

    *count = 0;
    for (; process != NULL; process = processes_from(processes, process->pid + 1)) {
        if (is_wanted(process, wanted)) {
            found = process;
            ++*count;
        }
    }
    return found;
}

/* The sum over all processes and none. */
static struct process_share sum_of_shares(const struct processes *processes)
{
    static const struct process_share zero;
    struct process_share sum = zero;
    const struct process *process = processes_from(processes, 0);

    for (; process != NULL; process = processes_from(processes, process->pid + 1)) {
        counts_add_difference(&sum, &process->share, &zero, sizeof sum);
    }
    return sum;
}

/* Compares what one privilege was counted for. */
static bool mode_laws_hold(const struct mmu_share_counters *sum,
                           const struct mmu_share_counters *total, struct mmu_law_broken *broken)
{
    struct mmu_law_broken law = {"walks, summed over processes = walks", sum->walks, total->walks};

    for (size_t i = 0; i < MMU_ARRAYS && law.left == law.right; i++) {
        law = (struct mmu_law_broken){"accesses, summed over processes = accesses",
                                      sum->array[i].accesses, total->array[i].accesses};
        if (law.left == law.right) {
            law = (struct mmu_law_broken){"hits, summed over processes = hits", sum->array[i].hits,
                                          total->array[i].hits};
        }
        if (law.left == law.right) {
            law = (struct mmu_law_broken){"misses, summed over processes = misses",
                                          sum->array[i].misses, total->array[i].misses};
        }
    }
    if (law.left != law.right) {
        *broken = law;
    }
    return law.left == law.right;
}

/* Compares what fell into mappings with what its U-mode was counted for. */
static bool mapping_laws_hold(const struct process *process, struct mmu_law_broken *broken)
{
    static const enum mmu_event missed[MMU_ARRAYS] = {
        [MMU_L1I] = MMU_L1I_MISS,
        [MMU_L1D] = MMU_L1D_MISS,
        [MMU_L2] = MMU_L2_MISS,
    };
    const struct mmu_share_counters *user = &process->share.mode[MMU_USER];
    struct mmu_law_broken law = {"walks of a process, summed over mappings = in U-mode", 0,
                                 user->walks};

    for (size_t kind = 0; kind < MAPPING_KINDS; kind++) {
        law.left += process->mappings.events[kind][MMU_WALK_MADE];
    }
    for (size_t i = 0; i < MMU_ARRAYS && law.left == law.right; i++) {
        law = (struct mmu_law_broken){"misses of a process, summed over mappings = in U-mode", 0,
                                      user->array[i].misses};
        for (size_t kind = 0; kind < MAPPING_KINDS; kind++) {
            law.left += process->mappings.events[kind][missed[i]];
        }
    }
    if (law.left != law.right) {
        *broken = law;
    }
    return law.left == law.right;
}

bool processes_laws_hold(const struct processes *processes, const struct counts *counts,
                         struct mmu_law_broken *broken)
{
    struct process_share sum;

    if (processes->of_pid == NULL) {
        return true;
    }
    sum = sum_of_shares(processes);
    if (sum.instructions != counts->hart.retired) {
        *broken = (struct mmu_law_broken){"instructions, summed over processes = instructions",
                                          sum.instructions, counts->hart.retired};
        return false;
    }
    for (size_t mode = 0; mode < MMU_MODES; mode++) {
        if (!mode_laws_hold(&sum.mode[mode], &counts->mmu.total.mode[mode], broken)) {
            return false;
        }
    }
    for (const struct process *process = processes_from(processes, 0); process != NULL;
         process = processes_from(processes, process->pid + 1)) {
        if (!mapping_laws_hold(process, broken)) {
            return false;
        }
    }
    return true;
}

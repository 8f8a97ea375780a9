#include "emu/machine/processes.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static struct process_share total; /* what the meter says */
static unsigned readings;
static struct processes processes;

static void read_total(void *ctx, struct process_share *now)
{
    (void)ctx;
    readings++;
    *now = total;
}

static void start(void)
{
    const struct process_meter meter = {.read = read_total};

    memset(&total, 0, sizeof total);
    readings = 0;
    processes_init(&processes, &meter);
}

static void finish(void)
{
    processes_finish(&processes);
}

TestSuite(processes, .init = start, .fini = finish);

static void tell(unsigned kind, unsigned detail, unsigned pid, uint64_t value)
{
    processes_event(&processes, kind | detail << 8 | (uint64_t)pid << 16, value);
}

/* Instructions retire, U-mode asks the L1D and S-mode walks. */
static void pass(uint64_t instructions, uint64_t user, uint64_t walks)
{
    total.instructions += instructions;
    total.mode[MMU_USER].array[MMU_L1D].accesses += user;
    total.mode[MMU_USER].array[MMU_L1D].hits += user;
    total.mode[MMU_SUPERVISOR].walks += walks;
}

static const struct process *process(unsigned pid)
{
    const struct process *found = processes_from(&processes, pid);

    cr_assert(found != NULL && found->pid == pid, "there is a process %u", pid);
    return found;
}

static uint64_t word(const char *letters)
{
    uint64_t value = 0;

    memcpy(&value, letters, strnlen(letters, sizeof value)); /* both are little-endian */
    return value;
}

static struct counts counts_of_total(void)
{
    struct counts counts = {.hart = {.retired = total.instructions}};

    memcpy(counts.mmu.total.mode, total.mode, sizeof total.mode);
    return counts;
}

Test(processes, none_were_told_of)
{
    const struct counts counts = {.hart = {.retired = 5}};
    struct mmu_law_broken broken;

    processes_settle(&processes);
    cr_expect(processes_from(&processes, 0) == NULL);
    cr_expect(processes_laws_hold(&processes, &counts, &broken));
    cr_expect(eq(uint, readings, 0));
}

Test(processes, own_what_is_counted_while_they_run)
{
    struct counts counts;
    struct mmu_law_broken broken;

    pass(100, 0, 7);
    tell(PROCESS_BEGIN, 0, 1, 0);
    tell(PROCESS_RUNS, 0, 1, 0);
    pass(10, 5, 1);
    tell(PROCESS_RUNS, 0, 2, 0);
    pass(20, 6, 2);
    tell(PROCESS_RUNS, 0, 0, 0);
    pass(1000, 0, 0);
    tell(PROCESS_RUNS, 0, 1, 0);
    pass(1, 1, 0);
    processes_settle(&processes);
    cr_expect(eq(u64, process(0)->share.instructions, 1100), "from before the first switch, too");
    cr_expect(eq(u64, process(0)->share.mode[MMU_SUPERVISOR].walks, 7));
    cr_expect(eq(u64, process(1)->share.instructions, 11));
    cr_expect(eq(u64, process(1)->share.mode[MMU_USER].array[MMU_L1D].accesses, 6));
    cr_expect(eq(u64, process(1)->share.mode[MMU_USER].walks, 0), "modes are apart");
    cr_expect(eq(u64, process(2)->share.instructions, 20));
    cr_expect(eq(u64, process(2)->share.mode[MMU_SUPERVISOR].walks, 2));
    counts = counts_of_total();
    cr_expect(processes_laws_hold(&processes, &counts, &broken));
    processes_settle(&processes);
    cr_expect(processes_laws_hold(&processes, &counts, &broken), "nothing is shared out twice");
}

Test(processes, are_measured_at_switches_only)
{
    tell(PROCESS_BEGIN, 0, 1, 0);
    tell(PROCESS_FAULT, PROCESS_MINOR, 1, 0x1000);
    tell(PROCESS_RESIDENT, 0, 1, 3);
    tell(PROCESS_RUNS, 0, 0, 0);
    cr_expect(eq(uint, readings, 1), "a fault costs no reading of all counters");
}

/* The misses in U-mode of a process fall somewhere. */
static void fall_into_mappings(struct process *process)
{
    const struct mmu_share_counters *user = &process->share.mode[MMU_USER];
    uint64_t *events = process->mappings.events[MAPPING_NONE];

    events[MMU_L1I_MISS] = user->array[MMU_L1I].misses;
    events[MMU_L1D_MISS] = user->array[MMU_L1D].misses;
    events[MMU_L2_MISS] = user->array[MMU_L2].misses;
    events[MMU_WALK_MADE] = user->walks;
}

Test(processes, break_the_law_if_a_count_is_nobodys)
{
    /* Each number of a share, one too many in the counts of the run. */
    const size_t numbers = sizeof(struct process_share) / sizeof(uint64_t);

    for (size_t i = 0; i < numbers; i++) {
        struct mmu_law_broken broken = {.law = NULL};
        struct counts counts;

        tell(PROCESS_RUNS, 0, 1, 0);
        pass(3, 2, 1);
        processes_settle(&processes);
        ((uint64_t *)&total)[i]++;
        counts = counts_of_total();
        cr_expect(not(processes_laws_hold(&processes, &counts, &broken)), "number %zu", i);
        cr_assert(broken.law != NULL);
        cr_expect(eq(u64, broken.left + 1, broken.right), "number %zu: %s", i, broken.law);
        processes_settle(&processes);
        fall_into_mappings(processes.of_pid[1]);
        cr_expect(processes_laws_hold(&processes, &counts, &broken), "now it has an owner");
    }
}

Test(processes, are_told_of_by_events)
{
    tell(PROCESS_BEGIN, 0, 7, UINT64_C(8) << 60 | UINT64_C(3) << 44 | 0x80123);
    tell(PROCESS_NAME, 0, 7, word("quicksor"));
    tell(PROCESS_NAME, 1, 7, word("t"));
    tell(PROCESS_FAULT, PROCESS_MINOR, 7, 0);
    tell(PROCESS_FAULT, PROCESS_MINOR, 7, UINT64_MAX);
    tell(PROCESS_FAULT, PROCESS_COPY, 7, 0);
    tell(PROCESS_FAULT, PROCESS_SWAP_IN, 7, 0);
    tell(PROCESS_FAULT, PROCESS_AD, 7, 0);
    tell(PROCESS_FAULT, PROCESS_REFUSED, 7, 0);
    tell(PROCESS_SWAP_OUT, 0, 7, 0);
    tell(PROCESS_RESIDENT, 0, 7, 12);
    tell(PROCESS_RESIDENT, 0, 7, 11);
    tell(PROCESS_TOUCHED, 0, 7, 20);
    cr_expect(eq(str, (char *)process(7)->name, "quicksort"));
    cr_expect(eq(uint, process_asid(process(7)), 3));
    cr_expect(eq(u64, process(7)->faults[PROCESS_MINOR], 2));
    cr_expect(eq(u64, process(7)->faults[PROCESS_COPY], 1));
    cr_expect(eq(u64, process(7)->faults[PROCESS_SWAP_IN], 1));
    cr_expect(eq(u64, process(7)->faults[PROCESS_AD], 1));
    cr_expect(eq(u64, process(7)->faults[PROCESS_REFUSED], 1));
    cr_expect(eq(u64, process(7)->swap_outs, 1));
    cr_expect(eq(u64, process(7)->resident_pages, 11), "the last one told");
    cr_expect(eq(u64, process(7)->touched_pages, 20));
    cr_expect(not(process(7)->has_ended));
    tell(PROCESS_END, 0, 7, 139);
    cr_expect(process(7)->has_ended);
    cr_expect(eq(u64, process(7)->exit, 139));
    tell(PROCESS_NAME, 0, 7, word("eightlet"));
    cr_expect(eq(str, (char *)process(7)->name, "eightlet"), "nothing is left of the old name");
    tell(PROCESS_NAME, 0, 7, word("cat"));
    cr_expect(eq(str, (char *)process(7)->name, "cat"));
    cr_expect(eq(u64, processes.unknown, 0));
}

Test(processes, are_found_by_name_and_by_asid_while_they_live)
{
    static const struct {
        struct process_wanted wanted;
        size_t count;
        unsigned pid; /* where there is one */
        const char *why;
    } rows[] = {
        {{.name = "one"}, 1, 1, "a name"},
        {{.name = "on"}, 0, 0, "a part of a name is none"},
        {{.name = "two"}, 2, 0, "two of one name"},
        {{.name = "gone"}, 0, 0, "it has ended"},
        {{.name = "namedonly"}, 0, 0, "it has not begun"},
        {{.name = "sixteen-lettersXX"}, 1, 6, "a name longer than events can tell"},
        {{.asid = 1}, 1, 1, "an ASID"},
        {{.asid = 9}, 2, 0, "two of one ASID: the hart has none"},
        {{.asid = 0}, 0, 0, "pid 0 is no process"},
        {{.asid = 65537}, 0, 0, "no ASID is as large"},
    };
    static const struct {
        unsigned pid;
        unsigned asid;
        const char *name;
        const char *rest;
    } told[] = {{1, 1, "one", ""},
                {2, 9, "two", ""},
                {3, 9, "two", ""},
                {4, 4, "gone", ""},
                {6, 6, "sixteen-", "letters"}};

    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        tell(PROCESS_BEGIN, 0, told[i].pid, (uint64_t)told[i].asid << 44);
        tell(PROCESS_NAME, 0, told[i].pid, word(told[i].name));
        tell(PROCESS_NAME, 1, told[i].pid, word(told[i].rest));
    }
    tell(PROCESS_NAME, 1, 6, word("lettersX"));
    tell(PROCESS_END, 0, 4, 0);
    tell(PROCESS_NAME, 0, 5, word("namedonl"));
    tell(PROCESS_NAME, 1, 5, word("y"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count = 99;
        const struct process *found = processes_find(&processes, &rows[i].wanted, &count);

        cr_expect(eq(sz, count, rows[i].count), "%s", rows[i].why);
        cr_expect(eq(int, found == NULL, count == 0), "%s", rows[i].why);
        cr_expect(count != 1 || found == process(rows[i].pid), "%s", rows[i].why);
    }
}

Test(processes, that_begin_again_live_again)
{
    size_t count;
    const struct process_wanted wanted = {.asid = 2};

    tell(PROCESS_BEGIN, 0, 3, UINT64_C(1) << 44);
    tell(PROCESS_END, 0, 3, 1);
    tell(PROCESS_BEGIN, 0, 3, UINT64_C(2) << 44);
    cr_expect(processes_find(&processes, &wanted, &count) == process(3), "the satp told last");
    cr_expect(not(process(3)->has_ended));
}

/* A reset of the machine: all of them end, and what comes then is nobody's, until one runs. */
Test(processes, end_with_the_machine)
{
    const struct process_wanted wanted = {.asid = 1};
    size_t count;

    processes_reset(&processes);
    cr_expect(processes_from(&processes, 0) == NULL, "there was none");
    tell(PROCESS_BEGIN, 0, 1, UINT64_C(1) << 44);
    tell(PROCESS_MAP, MAPPING_HEAP, 1, UINT64_C(0x10) << 32 | 4);
    tell(PROCESS_BEGIN, 0, 2, UINT64_C(2) << 44);
    tell(PROCESS_END, 0, 2, 3);
    tell(PROCESS_NAME, 0, 4, word("unborn"));
    tell(PROCESS_RUNS, 0, 1, 0);
    pass(10, 5, 1);
    processes_reset(&processes);
    pass(100, 50, 10);
    processes_settle(&processes);
    cr_expect(process(1)->has_ended);
    cr_expect(eq(u64, process(1)->exit, 137), "as if it had been killed");
    cr_expect(eq(u64, process(1)->share.instructions, 10));
    cr_expect(eq(int, mappings_find(&process(1)->mappings, 0x10000), MAPPING_NONE));
    cr_expect(eq(u64, process(2)->exit, 3), "it had ended before");
    cr_expect(not(process(4)->has_ended), "it had not begun");
    cr_expect(eq(u64, process(0)->share.instructions, 100));
    cr_expect(processes_find(&processes, &wanted, &count) == NULL);
    tell(PROCESS_BEGIN, 0, 1, UINT64_C(1) << 44);
    cr_expect(processes_find(&processes, &wanted, &count) == process(1));
}

Test(processes, are_not_made_by_nonsense)
{
    static const struct {
        uint64_t number;
        uint64_t value;
        const char *why;
    } rows[] = {
        {0x10000, 0, "kind 0"},
        {0x1000b, 0, "the first kind that there is not"},
        {0x10709, 1, "a seventh kind of mapping"},
        {0x100ff, 0, "the last kind that there is not"},
        {0x00001, 0, "pid 0 begins"},
        {0x00002, 0, "pid 0 gets a name"},
        {0x00005, 0, "pid 0 faults"},
        {0x10101, 0, "a detail where there is none"},
        {0x10202, 0, "a third part of a name"},
        {0x1ff02, 0, "part 255 of a name"},
        {0x10505, 0, "a sixth kind of fault"},
        {0x1ff05, 0, "the last kind of fault"},
        {0x10103, 0, "a switch with a detail"},
        {UINT64_C(0x100010001), 0, "a bit above the pid"},
        {UINT64_MAX, UINT64_MAX, "all bits"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        processes_event(&processes, rows[i].number, rows[i].value);
        cr_expect(processes_from(&processes, 0) == NULL, "%s", rows[i].why);
        cr_expect(eq(u64, processes.unknown, i + 1), "%s", rows[i].why);
    }
    tell(PROCESS_RUNS, 0, 0, 0);
    cr_expect(processes_from(&processes, 0) == NULL, "to no process, before there is one");
    cr_expect(eq(u64, processes.unknown, sizeof rows / sizeof *rows), "which makes sense");
}

Test(processes, do_not_believe_impossible_numbers)
{
    static const struct {
        unsigned kind;
        uint64_t value;
        bool is_believed;
    } rows[] = {
        {PROCESS_END, 255, true},
        {PROCESS_END, 256, false},
        {PROCESS_END, UINT64_MAX, false},
        {PROCESS_RESIDENT, UINT64_C(1) << 52, true},
        {PROCESS_RESIDENT, (UINT64_C(1) << 52) + 1, false},
        {PROCESS_TOUCHED, UINT64_C(1) << 52, true},
        {PROCESS_TOUCHED, UINT64_MAX, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t unknown = processes.unknown;

        tell(rows[i].kind, 0, 1, rows[i].value);
        cr_expect(eq(u64, processes.unknown, unknown + !rows[i].is_believed), "row %zu", i);
    }
    cr_expect(eq(u64, process(1)->exit, 255));
    cr_expect(eq(u64, process(1)->resident_pages, UINT64_C(1) << 52));
    cr_expect(eq(u64, process(1)->touched_pages, UINT64_C(1) << 52));
}

Test(processes, are_as_many_as_there_are_pids)
{
    unsigned count = 0;
    struct counts counts;
    struct mmu_law_broken broken;

    for (unsigned round = 0; round < 2; round++) {
        for (unsigned pid = PROCESSES_MOST; pid-- > 0;) {
            tell(PROCESS_RUNS, 0, pid, 0);
            pass(1, 1, 1);
        }
    }
    processes_settle(&processes);
    for (const struct process *at = processes_from(&processes, 0); at != NULL;
         at = processes_from(&processes, at->pid + 1)) {
        cr_assert(eq(uint, at->pid, count));
        cr_assert(eq(u64, at->share.instructions, 2));
        count++;
    }
    cr_expect(eq(uint, count, PROCESSES_MOST));
    counts = counts_of_total();
    cr_expect(processes_laws_hold(&processes, &counts, &broken));
}

Test(processes, have_mappings_that_misses_fall_into)
{
    const struct mmu_miss user = {
        .events = 1u << MMU_L1D_MISS, .va = 0x2345, .privilege = MMU_USER};
    const struct mmu_miss kernel = {
        .events = 1u << MMU_L1D_MISS, .va = 0x2345, .privilege = MMU_SUPERVISOR};
    struct counts counts;
    struct mmu_law_broken broken;

    processes_miss(&processes, user);
    tell(PROCESS_MAP, MAPPING_HEAP, 3, UINT64_C(2) << 32 | 1);
    tell(PROCESS_RUNS, 0, 3, 0);
    processes_miss(&processes, user);
    processes_miss(&processes, kernel);
    tell(PROCESS_UNMAP, 0, 3, UINT64_C(2) << 32 | 1);
    processes_miss(&processes, user);
    cr_expect(eq(u64, process(0)->mappings.events[MAPPING_NONE][MMU_L1D_MISS], 1), "before any");
    cr_expect(eq(u64, process(3)->mappings.events[MAPPING_HEAP][MMU_L1D_MISS], 1));
    cr_expect(eq(u64, process(3)->mappings.events[MAPPING_NONE][MMU_L1D_MISS], 1));
    tell(PROCESS_MAP, MAPPING_NONE, 3, 1);
    tell(PROCESS_MAP, MAPPING_HEAP, 3, UINT64_C(2) << 32);
    cr_expect(eq(u64, processes.unknown, 2), "no kind, no pages");

    processes_settle(&processes);
    counts = counts_of_total();
    cr_expect(not(processes_laws_hold(&processes, &counts, &broken)), "the meter has no misses");
}

/* Any numbers at all: no more is asked for than that nothing breaks. */
Test(processes, survive_anything)
{
    uint64_t random = 1;
    struct counts counts;
    struct mmu_law_broken broken;

    for (unsigned i = 0; i < 200000; i++) {
        uint64_t number;

        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        number = random >> 32;
        if (i % 4 != 0) {
            number &= 0x00030f0f; /* few pids, kinds and details: mostly sense */
        }
        processes_event(&processes, i % 64 == 0 ? random : number, random * 3);
        pass(i % 5, i % 3, i % 2);
    }
    processes_settle(&processes);
    counts = counts_of_total();
    cr_expect(processes_laws_hold(&processes, &counts, &broken), "%s", broken.law);
    cr_expect(processes.unknown > 0);
    for (const struct process *at = processes_from(&processes, 0); at != NULL;
         at = processes_from(&processes, at->pid + 1)) {
        cr_assert(strnlen(at->name, sizeof at->name) <= PROCESS_NAME_LENGTH);
    }
}

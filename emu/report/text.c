#include "emu/report/report.h"

#include <inttypes.h>

#include "emu/report/by_asid.h"
#include "emu/report/by_process.h"
#include "emu/report/disks.h"
#include "emu/report/functions.h"
#include "emu/report/names.h"
#include "emu/report/table.h"
#include "emu/report/text_arrays.h"
#include "emu/report/text_tlb.h"
#include "emu/report/wrap.h"

enum { PIECE_LENGTH = 96 };

/* "WORDS NUMBER", behind the separator. */
static void put_number(struct wrap *line, const char *separator, const char *words, uint64_t number)
{
    char grouped[GROUPED_LENGTH];
    char piece[PIECE_LENGTH];

    snprintf(piece, sizeof piece, "%s%s%s", words, *words == '\0' ? "" : " ",
             number_grouped(grouped, number));
    wrap_put(line, separator, piece);
}

/* "NUMBER WORDS", behind the separator. */
static void put_counted(struct wrap *line, const char *separator, uint64_t number,
                        const char *words)
{
    char grouped[GROUPED_LENGTH];
    char piece[PIECE_LENGTH];

    snprintf(piece, sizeof piece, "%s %s", number_grouped(grouped, number), words);
    wrap_put(line, separator, piece);
}

/* "levels 1, 2, 3", from root to leaf */
static void put_levels(struct wrap *line, const char *separator,
                       const uint64_t count[MMU_MAX_LEVELS], unsigned levels)
{
    put_number(line, separator, "levels", count[levels - 1]);
    for (unsigned level = levels - 1; level-- > 0;) {
        put_number(line, ", ", "", count[level]);
    }
}

static void print_walks(FILE *file, const struct mmu_counts *counts)
{
    const struct mmu_walk_counters *walk = &counts->total.walk;
    char piece[PIECE_LENGTH];
    struct wrap line;

    if (walk->count == 0) {
        return;
    }
    line = table_row(file, "walks", walk->count);
    put_number(&line, "", "completed", walk->count - walk->faulted);
    put_number(&line, ", ", "faulted", walk->faulted);
    if (walk->a_updates + walk->d_updates != 0) {
        put_number(&line, "; ", "A set", walk->a_updates);
        put_number(&line, ", ", "D set", walk->d_updates);
    }
    wrap_end(&line);
    line = table_row(file, "PTE reads", walk->pte_reads);
    snprintf(piece, sizeof piece, "refs/walk %.4f", (double)walk->pte_reads / (double)walk->count);
    wrap_put(&line, "", piece);
    put_levels(&line, "; ", walk->pte_reads_by_level, counts->levels);
    wrap_end(&line);
    if (walk->cache_hits != 0) {
        line = table_row(file, "pwc hits", walk->cache_hits);
        put_levels(&line, "", walk->cache_hits_by_level, counts->levels);
        wrap_end(&line);
    }
}

static void print_faults(FILE *file, const struct hart_counters *hart)
{
    const char *separator = "";
    uint64_t sum = 0;
    struct wrap line;

    for (size_t i = 0; i < FAULT_NAMES; i++) {
        sum += hart->faults[fault_names[i].cause];
    }
    if (sum == 0) {
        return;
    }
    line = table_row(file, "faults", sum);
    for (size_t i = 0; i < FAULT_NAMES; i++) {
        uint64_t count = hart->faults[fault_names[i].cause];

        if (count != 0) {
            put_number(&line, separator, trap_cause_name(fault_names[i].cause), count);
            separator = ", ";
        }
    }
    wrap_end(&line);
}

static void print_fences(FILE *file, const struct mmu_fence_counters *fence)
{
    static const char *const words[MMU_FENCE_FORMS] = {
        [MMU_FENCE_ALL] = "everything",
        [MMU_FENCE_ASID] = "one ASID",
        [MMU_FENCE_VA] = "one address",
        [MMU_FENCE_VA_ASID] = "address and ASID",
    };
    const char *label = "fences";

    for (size_t form = 0; form < MMU_FENCE_FORMS; form++) {
        struct wrap line;
        char piece[PIECE_LENGTH];

        if (fence[form].count == 0) {
            continue;
        }
        line = table_row(file, label, fence[form].count);
        label = "";
        snprintf(piece, sizeof piece, "%s:", words[form]);
        wrap_put(&line, "", piece);
        put_number(&line, " ", "killed", fence[form].entries_killed);
        if (fence[form].walk_cache_killed != 0) {
            put_number(&line, ", ", "pointers", fence[form].walk_cache_killed);
        }
        put_number(&line, ", ", "useless", fence[form].useless);
        wrap_end(&line);
    }
}

static void print_resets(FILE *file, const struct mmu_reset_counters *reset)
{
    struct wrap line;

    if (reset->count != 0) {
        line = table_row(file, "resets", reset->count);
        put_number(&line, "", "of the machine: killed", reset->entries_killed);
        wrap_end(&line);
    }
}

/* A row for a count that each array may have, if one has it: "L1I 5, L2 3". */
static void print_by_array(FILE *file, const char *label, const uint64_t count[MMU_ARRAYS],
                           const char *words)
{
    const char *separator = ": ";
    uint64_t sum = 0;
    struct wrap line;

    for (size_t i = 0; i < MMU_ARRAYS; i++) {
        sum += count[i];
    }
    if (sum == 0) {
        return;
    }
    line = table_row(file, label, sum);
    wrap_put(&line, "", words);
    for (int i = 0; i < MMU_ARRAYS; i++) {
        if (count[i] != 0) {
            put_number(&line, separator, array_label((enum mmu_array)i), count[i]);
            separator = ", ";
        }
    }
    wrap_end(&line);
}

/* What became of fences, and what only some geometries know. */
static void print_rare(FILE *file, const struct mmu_counters *counters)
{
    uint64_t flushed[MMU_ARRAYS];
    uint64_t negative[MMU_ARRAYS];
    uint64_t back[MMU_ARRAYS];
    uint64_t moved[MMU_ARRAYS];
    uint64_t unkept[MMU_ARRAYS];

    for (size_t i = 0; i < MMU_ARRAYS; i++) {
        const struct mmu_array_counters *array = &counters->array[i];

        flushed[i] = array->miss_class[MMU_MISS_FLUSH];
        negative[i] = array->negative_hits;
        back[i] = array->back_invalidations;
        moved[i] = array->moves;
        unkept[i] = array->unkept_misses;
    }
    print_by_array(file, "flush misses", flushed, "for pages that were taken away");
    print_by_array(file, "negative hits", negative, "on invalid PTEs");
    print_by_array(file, "back-invalid.", back, "removed with the L2's");
    print_by_array(file, "moves", moved, "given back to an L1");
    print_by_array(file, "unkept", unkept, "misses for pages that are not kept");
}

static void print_hart(FILE *file, const struct hart_counters *hart)
{
    struct wrap line = table_row(file, "instructions", hart->retired);

    wrap_put(&line, "", "of");
    put_counted(&line, " ", hart->attempts, "attempts");
    put_counted(&line, ", ", hart->exceptions, "exceptions");
    put_counted(&line, ", ", hart->interrupts, "interrupts");
    wrap_end(&line);
}

static void print_cost(FILE *file, const struct report_cost *cost,
                       const struct mmu_counters *counters)
{
    uint64_t cycles;

    if (!cost->is_asked) {
        return;
    }
    table_label(file, "ESTIMATE");
    if (report_cost_cycles(cost, counters, &cycles)) {
        table_count(file, cycles);
    } else {
        fprintf(file, "%*s", TABLE_COUNT, "2^63 or more");
    }
    fprintf(file, "   cycles, assumed: %" PRIu64 " for an L2 hit, %" PRIu64 " for a PTE read\n",
            cost->l2_hit, cost->pte_read);
}

/* False, and says so, where no address was translated. */
static bool was_translating(FILE *file, const struct mmu_counters *counters)
{
    const struct mmu_array_counters *array = counters->array;

    if (array_sum(array[MMU_L1I].accesses) + array_sum(array[MMU_L1D].accesses) != 0) {
        return true;
    }
    fprintf(file, "Nothing was translated: satp was Bare, or everything ran in M-mode.\n");
    return false;
}

/* Processes have their ASIDs beside them. */
static bool has_processes(const struct report *report)
{
    return report->processes != NULL && processes_from(report->processes, 0) != NULL;
}

/* All that people ask for first. */
static void print_counts(FILE *file, const struct report *report, const struct counts *counts)
{
    const struct mmu_counters *counters = &counts->mmu.total;

    if (was_translating(file, counters)) {
        arrays_as_text(file, counts, true);
        fprintf(file, "\n");
        classes_as_text(file, &counts->mmu);
        print_walks(file, &counts->mmu);
    }
    print_faults(file, &counts->hart);
    print_fences(file, counters->fence);
    print_resets(file, &counters->reset);
    print_rare(file, counters);
    valid_as_text(file, &counts->mmu, &report->geometry);
    print_cost(file, &report->cost, counters);
    print_hart(file, &counts->hart);
    functions_as_text(file, counts);
    if (!has_processes(report)) {
        asids_as_text(file, &counts->mmu);
    }
}

/* The same in a few lines, where a region was what people wanted to see. */
static void print_counts_in_short(FILE *file, const struct report *report,
                                  const struct counts *counts)
{
    if (was_translating(file, &counts->mmu.total)) {
        arrays_as_text(file, counts, false);
        print_walks(file, &counts->mmu);
    }
    print_faults(file, &counts->hart);
    print_cost(file, &report->cost, &counts->mmu.total);
    print_hart(file, &counts->hart);
}

static void print_end(FILE *file, const struct report *report)
{
    double mips = (double)report->total.hart.attempts / 1e6;
    char length[LENGTH_LENGTH];

    fprintf(file, "\nended by %s, code %" PRId64 ", status %u | RAM %s | host %.3f s",
            name_of_reason(report->reason), (int64_t)report->code, report->status,
            length_words(length, report->ram_length / 1024), report->host_seconds);
    if (report->host_seconds > 0) {
        fprintf(file, ", %.1f MIPS", mips / report->host_seconds);
    }
    fprintf(file, "\n");
}

static void print_footer(FILE *file)
{
    static const char text[] =
        "access  a request to translate: satp is not Bare, the effective privilege is U or S\n"
        "hit     a matching entry decided, with an address or a refusal; miss: any other look-up\n"
        "MPKI    misses per 1000 instructions; 4K, none: the page that came of it, or that none "
        "did\n"
        "misses  compulsory: the first; flush: a fence took the page; conflict: a fully "
        "associative\n"
        "        LRU would have kept it; upgrade: D had to be set; fault: no page; capacity: the "
        "rest\n"
        "walk    for a miss of the last level; refs/walk: PTE reads / walks; levels: root to leaf\n"
        "fence   killed: TLB entries that it removed; pointers: those of the pwc; useless: "
        "neither\n"
        "reach   how far so many pages of one size reach, for each size that was met\n"
        "10 FA   10 entries, fully associative; 64x2: 64 sets of 2 ways. More: docs/counters.md\n";

    fprintf(file, "\n%s", text);
}

void report_text(FILE *file, const struct report *report)
{
    fprintf(file, "\n");
    tlb_as_text(file, report);
    if (report->roi == NULL) {
        fprintf(file, "\nWHOLE RUN\n\n");
        print_counts(file, report, &report->total);
    } else {
        fprintf(file, "\nREGION OF INTEREST\n\n");
        print_counts(file, report, report->roi);
        fprintf(file, "\nWHOLE RUN, IN SHORT\n\n");
        print_counts_in_short(file, report, &report->total);
    }
    processes_as_text(file, report->processes);
    disks_as_text(file, report);
    print_end(file, report);
    print_footer(file);
}

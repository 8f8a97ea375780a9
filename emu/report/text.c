#include "emu/report/report.h"

#include <inttypes.h>

#include "emu/report/names.h"

/* The table has a label and up to five columns, and is at most 100 columns wide. */
enum { LABEL_WIDTH = 14, COUNT_WIDTH = 18, RATIO_WIDTH = 13 };

static void print_label(FILE *file, const char *label)
{
    fprintf(file, "%-*s", LABEL_WIDTH, label);
}

static void print_count(FILE *file, uint64_t count)
{
    char text[GROUPED_LENGTH];

    fprintf(file, "%*s", COUNT_WIDTH, number_grouped(text, count));
}

/* "NUMBER WORDS", or "and NUMBER WORDS": a piece of a line of prose. */
static void print_piece(FILE *file, const char *before, uint64_t count, const char *after)
{
    char text[GROUPED_LENGTH];

    fprintf(file, "%s%s%s", before, number_grouped(text, count), after);
}

/* part / whole times scale, with a unit; "-" where there is no whole. */
static void print_ratio(FILE *file, uint64_t part, uint64_t whole, double scale, const char *unit)
{
    char text[48] = "-";

    if (whole != 0) {
        snprintf(text, sizeof text, "%.4f%s", scale * (double)part / (double)whole, unit);
    }
    fprintf(file, "%*s", RATIO_WIDTH, text);
}

static void print_row(FILE *file, const char *label, uint64_t accesses, uint64_t hits,
                      uint64_t misses, uint64_t instructions)
{
    print_label(file, label);
    print_count(file, accesses);
    print_count(file, hits);
    print_count(file, misses);
    print_ratio(file, misses, accesses, 100, "%");
    print_ratio(file, misses, instructions, 1000, "");
    fprintf(file, "\n");
}

static void print_array_geometry(FILE *file, const char *name,
                                 const struct mmu_array_geometry *array)
{
    if (array->sets == 0) {
        fprintf(file, "%s none | ", name);
    } else if (array->sets == 1) {
        fprintf(file, "%s %u FA %s | ", name, array->ways, mmu_policy_name(array->policy));
    } else {
        fprintf(file, "%s %ux%u %s | ", name, array->sets, array->ways,
                mmu_policy_name(array->policy));
    }
}

/* Bytes in the largest unit that leaves no rest. */
static void print_length(FILE *file, uint64_t length)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    size_t unit = 0;

    while (unit < 3 && length % 1024 == 0) {
        length /= 1024;
        unit++;
    }
    fprintf(file, "%" PRIu64 " %s", length, units[unit]);
}

static void print_geometry(FILE *file, const struct report *report)
{
    const struct mmu_array_geometry *array = report->geometry.array;

    print_label(file, "TLB");
    print_array_geometry(file, "L1I", &array[MMU_L1I]);
    print_array_geometry(file, "L1D", &array[MMU_L1D]);
    print_array_geometry(file, "L2", &array[MMU_L2]);
    fprintf(file, "ASID %u bits\n", report->geometry.asid_bits);
    print_label(file, "machine");
    fprintf(file, "RAM ");
    print_length(file, report->ram_length);
    fprintf(file, " | A and D bits: %s\n", name_of_ad(report->ad));
}

static uint64_t sum(const uint64_t count[MMU_ACCESSES])
{
    return count[MMU_FETCH] + count[MMU_LOAD] + count[MMU_STORE];
}

/* One array: a row for all of it, then one for every page size that was met. */
static void print_array(FILE *file, const char *label, const struct mmu_array_counters *array,
                        uint64_t instructions)
{
    print_row(file, label, sum(array->accesses), sum(array->hits), sum(array->misses),
              instructions);
    for (int size = 0; size <= MMU_NO_SIZE; size++) {
        uint64_t hits = array->hits_by_size[size];
        uint64_t misses = array->misses_by_size[size];
        char name[LABEL_WIDTH];

        if (hits + misses != 0) {
            snprintf(name, sizeof name, "  %s", name_of_size((enum mmu_page_size)size));
            print_row(file, name, hits + misses, hits, misses, instructions);
        }
    }
}

static void print_arrays(FILE *file, const struct counts *counts)
{
    uint64_t instructions = counts->hart.retired;
    const struct mmu_array_counters *array = counts->mmu.total.array;

    print_label(file, "");
    fprintf(file, "%*s%*s%*s%*s%*s\n", COUNT_WIDTH, "accesses", COUNT_WIDTH, "hits", COUNT_WIDTH,
            "misses", RATIO_WIDTH, "miss ratio", RATIO_WIDTH, "MPKI");
    print_array(file, "L1I", &array[MMU_L1I], instructions);
    print_array(file, "L1D", &array[MMU_L1D], instructions);
    if (counts->mmu.has_l2) {
        print_array(file, "L2", &array[MMU_L2], instructions);
    }
}

/* Who missed: U-mode or S-mode. */
static void print_modes(FILE *file, const struct counts *counts)
{
    static const char *const labels[MMU_MODES] = {
        [MMU_USER] = "in U-mode", [MMU_SUPERVISOR] = "in S-mode"};

    print_label(file, "");
    fprintf(file, "%*s%*s%*s%*s\n", COUNT_WIDTH, "L1I misses", COUNT_WIDTH, "L1D misses",
            COUNT_WIDTH, "L2 misses", COUNT_WIDTH, "walks");
    for (size_t mode = 0; mode < MMU_MODES; mode++) {
        const struct mmu_share_counters *share = &counts->mmu.total.mode[mode];

        print_label(file, labels[mode]);
        print_count(file, share->array[MMU_L1I].misses);
        print_count(file, share->array[MMU_L1D].misses);
        print_count(file, share->array[MMU_L2].misses);
        print_count(file, share->walks);
        fprintf(file, "\n");
    }
}

static void print_walks(FILE *file, const struct mmu_counts *counts)
{
    const struct mmu_walk_counters *walk = &counts->total.walk;

    print_label(file, "walks");
    print_count(file, walk->count);
    print_piece(file, "   completed ", walk->count - walk->faulted, "");
    print_piece(file, ", faulted ", walk->faulted, "\n");
    print_label(file, "PTE reads");
    print_count(file, walk->pte_reads);
    for (unsigned level = counts->levels; level-- > 0;) {
        print_piece(file, level + 1 == counts->levels ? "   from root to leaf: " : ", ",
                    walk->pte_reads_by_level[level], level == 0 ? "\n" : "");
    }
    if (walk->count != 0) {
        print_label(file, "refs/walk");
        fprintf(file, "%*.4f\n", COUNT_WIDTH, (double)walk->pte_reads / (double)walk->count);
    }
    print_label(file, "A/D updates");
    print_count(file, walk->a_updates + walk->d_updates);
    print_piece(file, "   A ", walk->a_updates, "");
    print_piece(file, ", D ", walk->d_updates, "\n");
}

static void print_faults(FILE *file, const struct hart_counters *hart)
{
    const char *label = "faults";

    for (size_t i = 0; i < FAULT_NAMES; i++) {
        uint64_t count = hart->faults[fault_names[i].cause];

        if (count != 0) {
            print_label(file, label);
            print_count(file, count);
            fprintf(file, "   %s\n", trap_cause_name(fault_names[i].cause));
            label = "";
        }
    }
    if (*label != '\0') {
        print_label(file, label);
        fprintf(file, "%*s\n", COUNT_WIDTH, "none");
    }
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
        if (fence[form].count != 0) {
            print_label(file, label);
            print_count(file, fence[form].count);
            fprintf(file, "   %s: ", words[form]);
            print_piece(file, "", fence[form].entries_killed, " killed");
            print_piece(file, ", ", fence[form].useless, " useless\n");
            label = "";
        }
    }
    if (*label != '\0') {
        print_label(file, label);
        fprintf(file, "%*s\n", COUNT_WIDTH, "none");
    }
}

static void print_hart(FILE *file, const struct hart_counters *hart)
{
    print_label(file, "instructions");
    print_count(file, hart->retired);
    print_piece(file, "   of ", hart->attempts, " attempts");
    print_piece(file, ", ", hart->exceptions, " exceptions");
    print_piece(file, ", ", hart->interrupts, " interrupts\n");
}

static void print_counts(FILE *file, const char *title, const struct counts *counts)
{
    const struct mmu_array_counters *array = counts->mmu.total.array;

    fprintf(file, "\n%s\n\n", title);
    if (sum(array[MMU_L1I].accesses) + sum(array[MMU_L1D].accesses) == 0) {
        fprintf(file, "Nothing was translated: satp was Bare, or everything ran in M-mode.\n\n");
    } else {
        print_arrays(file, counts);
        fprintf(file, "\n");
        print_modes(file, counts);
        fprintf(file, "\n");
        print_walks(file, &counts->mmu);
    }
    print_faults(file, &counts->hart);
    print_fences(file, counts->mmu.total.fence);
    print_hart(file, &counts->hart);
}

static void print_end(FILE *file, const struct report *report)
{
    double mips = (double)report->total.hart.attempts / 1e6;

    print_label(file, "ended by");
    fprintf(file, "%*s   code %" PRId64 ", status %u\n", COUNT_WIDTH,
            name_of_reason(report->reason), (int64_t)report->code, report->status);
    print_label(file, "host");
    fprintf(file, "%*.3f s", COUNT_WIDTH - 2, report->host_seconds);
    if (report->host_seconds > 0) {
        fprintf(file, "   %.1f MIPS", mips / report->host_seconds);
    }
    fprintf(file, "\n");
}

static void print_footer(FILE *file)
{
    static const char text[] =
        "access      a request to translate: satp is not Bare, the effective privilege is U or S\n"
        "hit         the array holds a matching entry that answers, with an address or a refusal\n"
        "miss        any other look-up; an L2 is asked when an L1 misses\n"
        "miss ratio  misses / accesses of the row; MPKI: misses per 1000 retired instructions\n"
        "4K, 2M, 1G  the size of the page that answered or was brought; none: no page came of it\n"
        "walk        one run of the page-table algorithm, for a miss of the last level\n"
        "PTE read    one 8-byte read by a walk; refs/walk: PTE reads / walks\n"
        "fence       an SFENCE.VMA; killed: TLB entries it removed; useless: it removed none\n"
        "32 FA, 4x8  32 entries fully associative; 4 sets of 8 ways\n";

    fprintf(file, "\n%s", text);
}

void report_text(FILE *file, const struct report *report)
{
    fprintf(file, "\n");
    print_geometry(file, report);
    if (report->roi != NULL) {
        print_counts(file, "REGION OF INTEREST", report->roi);
    }
    print_counts(file, "WHOLE RUN", &report->total);
    print_end(file, report);
    print_footer(file);
}

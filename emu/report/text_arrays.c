#include "emu/report/text_arrays.h"

#include <inttypes.h>

#include "emu/report/names.h"
#include "emu/report/table.h"
#include "emu/report/wrap.h"

const char *array_label(enum mmu_array array)
{
    static const char *const labels[MMU_ARRAYS] = {
        [MMU_L1I] = "L1I", [MMU_L1D] = "L1D", [MMU_L2] = "L2"};
    return labels[array];
}

uint64_t array_sum(const uint64_t count[MMU_ACCESSES])
{
    return count[MMU_FETCH] + count[MMU_LOAD] + count[MMU_STORE];
}

enum { CLASS_SHARE = 9, KIBIBYTE_SHIFT = 10 };

static void print_row(FILE *file, const char *label, uint64_t accesses, uint64_t hits,
                      uint64_t misses, uint64_t instructions)
{
    table_label(file, label);
    table_count(file, accesses);
    table_count(file, hits);
    table_count(file, misses);
    table_ratio(file, misses, accesses, 100, "%");
    table_ratio(file, misses, instructions, 1000, "");
    fprintf(file, "\n");
}

/* A row for every page size that was met, if there are several. */
static void print_sizes(FILE *file, const struct mmu_array_counters *array, uint64_t instructions)
{
    unsigned met = 0;

    for (size_t size = 0; size <= MMU_NO_SIZE; size++) {
        met += array->hits_by_size[size] + array->misses_by_size[size] != 0;
    }
    for (int size = 0; size <= MMU_NO_SIZE && met > 1; size++) {
        uint64_t hits = array->hits_by_size[size];
        uint64_t misses = array->misses_by_size[size];
        char label[TABLE_LABEL];

        if (hits + misses != 0) {
            snprintf(label, sizeof label, "  %s", mmu_page_size_name((enum mmu_page_size)size));
            print_row(file, label, hits + misses, hits, misses, instructions);
        }
    }
}

static void print_modes(FILE *file, const struct mmu_counters *counters, enum mmu_array which,
                        uint64_t instructions)
{
    static const char *const labels[MMU_MODES] = {
        [MMU_USER] = "  U-mode", [MMU_SUPERVISOR] = "  S-mode"};
    const struct mmu_share_counters *mode = counters->mode;

    if (mode[MMU_USER].array[which].accesses == 0 ||
        mode[MMU_SUPERVISOR].array[which].accesses == 0) {
        return;
    }
    for (size_t i = 0; i < MMU_MODES; i++) {
        print_row(file, labels[i], mode[i].array[which].accesses, mode[i].array[which].hits,
                  mode[i].array[which].misses, instructions);
    }
}

void arrays_as_text(FILE *file, const struct counts *counts, bool with_parts)
{
    const struct mmu_counters *counters = &counts->mmu.total;
    uint64_t instructions = counts->hart.retired;

    table_label(file, "");
    fprintf(file, "%*s%*s%*s%*s%*s\n", TABLE_COUNT, "accesses", TABLE_COUNT, "hits", TABLE_COUNT,
            "misses", TABLE_RATIO, "miss ratio", TABLE_RATIO, "MPKI");
    for (int i = 0; i < MMU_ARRAYS; i++) {
        enum mmu_array which = (enum mmu_array)i;
        const struct mmu_array_counters *array = &counters->array[which];

        if (array_sum(array->accesses) == 0) {
            continue;
        }
        print_row(file, array_label(which), array_sum(array->accesses), array_sum(array->hits),
                  array_sum(array->misses), instructions);
        if (with_parts) {
            print_sizes(file, array, instructions);
            print_modes(file, counters, which, instructions);
        }
    }
}

/* A class in one array: how many misses, and how many of a hundred. */
static void print_class(FILE *file, const struct mmu_array_counters *array,
                        enum mmu_miss_class class)
{
    uint64_t misses = array_sum(array->misses);
    uint64_t count = array->miss_class[class];

    table_count(file, count);
    if (misses == 0) {
        fprintf(file, "%*s", CLASS_SHARE, "-");
    } else {
        fprintf(file, "%*.2f%%", CLASS_SHARE - 1, 100 * (double)count / (double)misses);
    }
}

static void print_class_headings(FILE *file, int arrays)
{
    table_label(file, "misses");
    for (int i = 0; i < arrays; i++) {
        fprintf(file, "%*s", TABLE_COUNT + CLASS_SHARE, array_label((enum mmu_array)i));
    }
    fprintf(file, "\n");
}

void classes_as_text(FILE *file, const struct mmu_counts *counts)
{
    const struct mmu_array_counters *array = counts->total.array;
    int arrays = counts->has_l2 ? MMU_ARRAYS : MMU_ARRAYS - 1;
    bool are_known = counts->has_classes && counts->classes_are_whole;
    bool has_row = false;

    for (size_t i = 0; i < MMU_MISS_CLASSES && are_known; i++) {
        enum mmu_miss_class class = classes_in_order[i];
        char label[TABLE_LABEL];

        if (array[MMU_L1I].miss_class[class] + array[MMU_L1D].miss_class[class] +
                array[MMU_L2].miss_class[class] ==
            0) {
            continue;
        }
        if (!has_row) {
            print_class_headings(file, arrays);
            has_row = true;
        }
        snprintf(label, sizeof label, "  %s", name_of_class(class));
        table_label(file, label);
        for (int which = 0; which < arrays; which++) {
            print_class(file, &array[which], class);
        }
        fprintf(file, "\n");
    }
    if (has_row) {
        fprintf(file, "\n");
    }
}

/* Entries of the bank that holds pages of this size; 0: they are not kept whole. */
static unsigned entries_for(const struct mmu_array_geometry *array, enum mmu_page_size size)
{
    for (unsigned i = 0; i < array->bank_count; i++) {
        const struct mmu_bank_geometry *bank = &array->bank[i];

        if ((bank->sizes & 1u << size) != 0) {
            return bank->sets * bank->ways * bank->pages;
        }
    }
    return 0;
}

/* How far the array reaches with each size of page that it was asked for. */
static void put_reach(struct wrap *line, const struct mmu_array_counters *counters,
                      const struct mmu_array_geometry *geometry)
{
    static const unsigned shifts[MMU_PAGE_SIZES] = {
        [MMU_4K] = 12, [MMU_64K] = 16,  [MMU_2M] = 21,
        [MMU_1G] = 30, [MMU_512G] = 39, [MMU_256T] = 48,
    };
    const char *before = "; ";
    const char *heading = "reach ";

    for (int i = 0; i < MMU_PAGE_SIZES; i++) {
        enum mmu_page_size size = (enum mmu_page_size)i;
        unsigned entries = entries_for(geometry, size);
        char length[LENGTH_LENGTH];
        char piece[64];

        if (entries != 0 && counters->hits_by_size[size] + counters->misses_by_size[size] != 0) {
            (void)length_words(length, (uint64_t)entries << (shifts[size] - KIBIBYTE_SHIFT));
            snprintf(piece, sizeof piece, "%s%s %s", heading, mmu_page_size_name(size), length);
            wrap_put(line, before, piece);
            before = ", ";
            heading = "";
        }
    }
}

/* "32 of 32 in L1D: 4K 30, 2M 2; reach 4K 128 KiB, 2M 64 MiB" */
static void print_valid(FILE *file, const char *label, const struct mmu_counts *counts,
                        const struct mmu_geometry *geometry, enum mmu_array which)
{
    const struct mmu_array_geometry *array = &geometry->array[which];
    char number[GROUPED_LENGTH];
    char piece[64];
    const char *before = ": ";
    struct wrap line;

    line = table_row(file, label, counts->valid[which]);
    snprintf(piece, sizeof piece, "of %s in %s", number_grouped(number, mmu_array_entries(array)),
             array_label(which));
    wrap_put(&line, "", piece);
    for (int size = 0; size <= MMU_NO_SIZE; size++) {
        uint64_t valid = counts->valid_by_size[which][size];

        if (valid != 0) {
            snprintf(piece, sizeof piece, "%s %s",
                     size == MMU_NO_SIZE ? "invalid" : mmu_page_size_name((enum mmu_page_size)size),
                     number_grouped(number, valid));
            wrap_put(&line, before, piece);
            before = ", ";
        }
    }
    put_reach(&line, &counts->total.array[which], array);
    wrap_end(&line);
}

void valid_as_text(FILE *file, const struct mmu_counts *counts, const struct mmu_geometry *geometry)
{
    const char *label = "valid at end";

    for (int which = 0; which < MMU_ARRAYS; which++) {
        if (counts->valid[which] != 0) {
            print_valid(file, label, counts, geometry, (enum mmu_array)which);
            label = "";
        }
    }
}

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/report/report.h"

static struct report report;
static struct counts region;
static char *text;
static size_t length;

static void make_report(void)
{
    struct mmu_counters *mmu = &report.total.mmu.total;

    report = (struct report){
        .geometry =
            {.array = {[MMU_L1I] = {.sets = 1, .ways = 16}, [MMU_L1D] = {.sets = 4, .ways = 8}},
             .asid_bits = 16},
        .ram_length = UINT64_C(128) << 20,
        .total.hart = {.attempts = 2000010, .retired = 2000000, .exceptions = 10},
        .total.mmu.levels = SV39_LEVELS,
        .host_seconds = 0.5,
    };
    mmu->array[MMU_L1D] = (struct mmu_array_counters){
        .accesses = {[MMU_LOAD] = 3000, [MMU_STORE] = 1000},
        .hits = {[MMU_LOAD] = 2500, [MMU_STORE] = 500},
        .misses = {[MMU_LOAD] = 500, [MMU_STORE] = 500},
        .hits_by_size = {[MMU_4K] = 2000, [MMU_2M] = 1000},
        .misses_by_size = {[MMU_4K] = 998, [MMU_NO_SIZE] = 2},
    };
    mmu->walk = (struct mmu_walk_counters){
        .count = 1000,
        .faulted = 2,
        .pte_reads = 2500,
        .pte_reads_by_level = {600, 900, 1000},
        .a_updates = 7,
        .d_updates = 3,
    };
    mmu->fence[MMU_FENCE_VA] =
        (struct mmu_fence_counters){.count = 5, .entries_killed = 4, .useless = 2};
    report.total.hart.faults[TRAP_LOAD_PAGE_FAULT] = 2;
}

static void write_text(void)
{
    FILE *file = open_memstream(&text, &length);

    free(text);
    report_text(file, &report);
    cr_assert(eq(int, fclose(file), 0));
}

static void setup(void)
{
    make_report();
    write_text();
}

static void teardown(void)
{
    free(text);
}

TestSuite(text, .init = setup, .fini = teardown);

/* True if one line holds these words in this order, whatever blanks are between them. */
static bool has_line(const char *words)
{
    char *lines = strdup(text);
    char *rest = lines;
    char *line;
    bool found = false;

    while (!found && (line = strsep(&rest, "\n")) != NULL) {
        char squeezed[512] = "";
        char *word;

        while ((word = strsep(&line, " ")) != NULL) {
            if (*word != '\0') {
                strcat(squeezed, *squeezed == '\0' ? "" : " ");
                strcat(squeezed, word);
            }
        }
        found = strcmp(squeezed, words) == 0;
    }
    free(lines);
    return found;
}

Test(text, rows_say_what_was_counted)
{
    static const struct {
        const char *line;
        const char *why;
    } rows[] = {
        {"TLB L1I 16 FA lru | L1D 4x8 lru | L2 none | ASID 16 bits", "the geometry"},
        {"machine RAM 128 MiB | A and D bits: hw", "the machine"},
        {"L1D 4,000 3,000 1,000 25.0000% 0.5000", "1000 / 4000, and 1000 per 2000 thousands"},
        {"4K 2,998 2,000 998 33.2889% 0.4990", "a row per page size"},
        {"2M 1,000 1,000 0 0.0000% 0.0000", "no misses"},
        {"none 2 0 2 100.0000% 0.0010", "faulted walks"},
        {"walks 1,000 completed 998, faulted 2", "walks"},
        {"PTE reads 2,500 from root to leaf: 1,000, 900, 600", "by level"},
        {"refs/walk 2.5000", "2500 / 1000"},
        {"A/D updates 10 A 7, D 3", "updates"},
        {"faults 2 load page fault", "only those that happened"},
        {"fences 5 one address: 4 killed, 2 useless", "only the forms used"},
        {"instructions 2,000,000 of 2,000,010 attempts, 10 exceptions, 0 interrupts", "the hart"},
        {"host 0.500 s 4.0 MIPS", "attempts per second of the host"},
        {"ended by guest code 0, status 0", "how it ended"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(has_line(rows[i].line), "%s: '%s' in\n%s", rows[i].why, rows[i].line, text);
    }
}

Test(text, sizes_and_arrays_that_were_not_met_have_no_row)
{
    cr_expect(strstr(text, "\n  1G ") == NULL);
    cr_expect(strstr(text, "\nL2 ") == NULL);
    cr_expect(strstr(text, "store page fault") == NULL);
}

Test(text, defines_its_words)
{
    static const char *const words[] = {"\naccess ", "\nhit ",  "\nmiss ",   "\nmiss ratio",
                                        "MPKI:",     "\nwalk ", "refs/walk:"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_expect(strstr(text, words[i]) != NULL, "%s", words[i]);
    }
}

Test(text, fits_a_hundred_columns_even_with_large_numbers)
{
    uint64_t *counts = (uint64_t *)&report.total.mmu.total;

    for (size_t i = 0; i < sizeof report.total.mmu.total / sizeof *counts; i++) {
        counts[i] = UINT64_C(99999999999);
    }
    report.total.mmu.has_l2 = true;
    report.geometry.array[MMU_L1I] = (struct mmu_array_geometry){.sets = 32, .ways = 32};
    report.geometry.array[MMU_L2] = (struct mmu_array_geometry){.sets = 16384, .ways = 4};
    report.total.hart.retired = UINT64_C(999999999999);
    report.total.hart.attempts = UINT64_C(999999999999);
    write_text();
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        cr_expect(le(sz, strcspn(line, "\n"), 100), "%.*s", (int)strcspn(line, "\n"), line);
    }
}

Test(text, shows_the_region_first_and_under_its_own_title)
{
    const char *title;
    const char *whole;

    cr_expect(strstr(text, "REGION OF INTEREST") == NULL);
    region = report.total;
    region.hart.retired = 1234567;
    report.roi = &region;
    write_text();
    title = strstr(text, "REGION OF INTEREST");
    whole = strstr(text, "WHOLE RUN");
    cr_assert(title != NULL && whole != NULL);
    cr_expect(title < whole);
    cr_expect(strstr(title, "1,234,567") < whole);
}

Test(text, says_so_if_nothing_was_translated)
{
    report.total.mmu.total = (struct mmu_counters){0};
    write_text();
    cr_expect(strstr(text, "Nothing was translated") != NULL);
    cr_expect(strstr(text, "miss ratio  misses") != NULL, "the definitions stay");
    cr_expect(strstr(text, "nan") == NULL);
}

Test(text, divides_nothing_by_zero)
{
    report.total.hart.retired = 0;
    report.host_seconds = 0;
    write_text();
    cr_expect(has_line("L1D 4,000 3,000 1,000 25.0000% -"));
    cr_expect(has_line("host 0.000 s"));
}

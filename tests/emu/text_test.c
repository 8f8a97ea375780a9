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

static const struct mmu_bank_geometry plain = {
    .sets = 1, .ways = 16, .pages = 1, .sizes = MMU_ALL_SIZES};

static void make_report(void)
{
    struct mmu_counters *mmu = &report.total.mmu.total;
    struct mmu_counts *counts = &report.total.mmu;

    report = (struct report){
        .geometry = {.array = {[MMU_L1I] = {.bank_count = 1, .bank = {plain}},
                               [MMU_L1D] = {.bank_count = 1,
                                            .bank = {{.sets = 4,
                                                      .ways = 8,
                                                      .pages = 1,
                                                      .sizes = MMU_ALL_SIZES}}}},
                     .asid_bits = 16,
                     .levels = SV39_LEVELS},
        .spec = "l1i=16,l1d=4x8",
        .ram_length = UINT64_C(128) << 20,
        .total.hart = {.attempts = 2000010, .retired = 2000000, .exceptions = 10},
        .total.mmu = {.levels = SV39_LEVELS, .has_classes = true, .classes_are_whole = true},
        .host_seconds = 0.5,
    };
    mmu->array[MMU_L1D] = (struct mmu_array_counters){
        .accesses = {[MMU_LOAD] = 3000, [MMU_STORE] = 1000},
        .hits = {[MMU_LOAD] = 2500, [MMU_STORE] = 500},
        .misses = {[MMU_LOAD] = 500, [MMU_STORE] = 500},
        .hits_by_size = {[MMU_4K] = 2000, [MMU_2M] = 1000},
        .misses_by_size = {[MMU_4K] = 998, [MMU_NO_SIZE] = 2},
        .miss_class = {[MMU_MISS_COMPULSORY] = 600, [MMU_MISS_FLUSH] = 398, [MMU_MISS_FAULT] = 2},
    };
    mmu->mode[MMU_USER].array[MMU_L1D].accesses = 4000;
    mmu->walk = (struct mmu_walk_counters){
        .count = 1000,
        .faulted = 2,
        .pte_reads = 2500,
        .pte_reads_by_level = {600, 900, 1000},
        .cache_hits = 30,
        .cache_hits_by_level = {0, 10, 20},
        .a_updates = 7,
        .d_updates = 3,
    };
    mmu->fence[MMU_FENCE_VA] = (struct mmu_fence_counters){
        .count = 5, .entries_killed = 4, .walk_cache_killed = 1, .useless = 2};
    counts->valid[MMU_L1D] = 31;
    counts->valid_by_size[MMU_L1D][MMU_4K] = 29;
    counts->valid_by_size[MMU_L1D][MMU_2M] = 2;
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
        {"tlb: l1i 16 FA lru | l1d 4x8 lru | l2 none | pwc none | A/D hw | asid 16", "geometry"},
        {"L1D 4,000 3,000 1,000 25.0000% 0.5000", "1000 / 4000, and 1000 per 2000 thousands"},
        {"4K 2,998 2,000 998 33.2889% 0.4990", "a row per page size"},
        {"2M 1,000 1,000 0 0.0000% 0.0000", "no misses"},
        {"none 2 0 2 100.0000% 0.0010", "faulted walks"},
        {"misses L1I L1D", "no L2, no column"},
        {"compulsory 0 - 600 60.00%", "600 of 1000; the L1I missed nothing"},
        {"flush 0 - 398 39.80%", "398 of 1000"},
        {"fault 0 - 2 0.20%", "2 of 1000"},
        {"walks 1,000 completed 998, faulted 2; A set 7, D set 3", "walks"},
        {"PTE reads 2,500 refs/walk 2.5000; levels 1,000, 900, 600", "root first"},
        {"pwc hits 30 levels 20, 10, 0", "likewise"},
        {"faults 2 load page fault 2", "only those that happened"},
        {"fences 5 one address: killed 4, pointers 1, useless 2", "only the forms used"},
        {"flush misses 398 for pages that were taken away: L1D 398", "what the fences cost"},
        {"valid at end 31 of 32 in L1D: 4K 29, 2M 2; reach 4K 128 KiB, 2M 64 MiB",
         "32 times the page"},
        {"instructions 2,000,000 of 2,000,010 attempts, 10 exceptions, 0 interrupts", "the hart"},
        {"ended by guest, code 0, status 0 | RAM 128 MiB | host 0.500 s, 4.0 MIPS",
         "attempts per second of the host"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(has_line(rows[i].line), "%s: '%s' in\n%s", rows[i].why, rows[i].line, text);
    }
}

Test(text, rows_that_would_be_all_zero_are_left_out)
{
    static const char *const words[] = {
        "\n  1G ",     "\nL1I ", "\nL2 ",        "store page fault", "\n  conflict",
        "\n  upgrade", "in L1I", "everything:",  "ESTIMATE",         "negative hits",
        "unkept",      "moves",  "back-invalid", "U-mode",           "S-mode",
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_expect(strstr(text, words[i]) == NULL, "%s", words[i]);
    }
}

Test(text, one_size_of_page_needs_no_row_of_its_own)
{
    struct mmu_array_counters *l1d = &report.total.mmu.total.array[MMU_L1D];

    l1d->hits_by_size[MMU_2M] = 0;
    l1d->misses_by_size[MMU_NO_SIZE] = 0;
    write_text();
    cr_expect(strstr(text, "\n  4K ") == NULL);
}

Test(text, modes_have_rows_where_both_occurred)
{
    struct mmu_share_counters *mode = report.total.mmu.total.mode;

    mode[MMU_USER].array[MMU_L1D].accesses = 0;
    mode[MMU_SUPERVISOR].array[MMU_L1D].accesses = 4000;
    write_text();
    cr_expect(strstr(text, "-mode ") == NULL);
    mode[MMU_USER].array[MMU_L1D].accesses = 3000;
    mode[MMU_USER].array[MMU_L1D].hits = 2250;
    mode[MMU_USER].array[MMU_L1D].misses = 750;
    mode[MMU_SUPERVISOR].array[MMU_L1D].accesses = 1000;
    mode[MMU_SUPERVISOR].array[MMU_L1D].hits = 750;
    mode[MMU_SUPERVISOR].array[MMU_L1D].misses = 250;
    write_text();
    cr_expect(has_line("U-mode 3,000 2,250 750 25.0000% 0.3750"));
    cr_expect(has_line("S-mode 1,000 750 250 25.0000% 0.1250"));
}

Test(text, what_only_some_geometries_count_has_rows)
{
    struct mmu_array_counters *array = report.total.mmu.total.array;

    array[MMU_L1D].negative_hits = 1;
    array[MMU_L1I].back_invalidations = 2;
    array[MMU_L1D].back_invalidations = 3;
    array[MMU_L2].moves = 4;
    array[MMU_L2].unkept_misses = 5;
    write_text();
    cr_expect(has_line("negative hits 1 on invalid PTEs: L1D 1"));
    cr_expect(has_line("back-invalid. 5 removed with the L2's: L1I 2, L1D 3"));
    cr_expect(has_line("moves 4 given back to an L1: L2 4"));
    cr_expect(has_line("unkept 5 misses for pages that are not kept: L2 5"));
}

Test(text, disks_have_a_row_if_anything_was_asked_of_them)
{
    struct virtio_block_counts swap = {.requests = 0};

    report.disk[0] = (struct report_disk){"swap", &swap};
    report.disk_count = 1;
    write_text();
    cr_expect(strstr(text, "disk swap") == NULL);
    swap = (struct virtio_block_counts){
        .requests = 1234, .reads = 1000, .writes = 233, .bytes_read = 4096000};
    write_text();
    cr_expect(has_line("disk swap 1,234 requests: reads 1,000 of 4,096,000 bytes, writes 233 of 0 "
                       "bytes"));
    swap.flushes = 1;
    swap.failed = 2;
    write_text();
    cr_expect(strstr(text, "writes 233 of 0 bytes,\n") != NULL);
    cr_expect(has_line("flushes 1, failed 2"));
}

Test(text, several_disks_have_a_row_each)
{
    const struct virtio_block_counts busy = {.requests = 2, .reads = 2};
    const struct virtio_block_counts idle = {.requests = 0};

    report.disk[0] = (struct report_disk){"drive0", &idle};
    report.disk[1] = (struct report_disk){"drive1", &busy};
    report.disk[2] = (struct report_disk){"drive2", &busy};
    report.disk_count = 3;
    write_text();
    cr_expect(strstr(text, "drive0") == NULL);
    cr_expect(strstr(text, "\n\ndisk drive1 ") != NULL, "they stand apart from what is above");
    cr_expect(strstr(text, "writes 0 of 0 bytes\ndisk drive2 ") != NULL);
}

Test(text, resets_have_a_row_if_there_were_any)
{
    write_text();
    cr_expect(strstr(text, "\nresets ") == NULL);
    report.total.mmu.total.reset = (struct mmu_reset_counters){.count = 2, .entries_killed = 1234};
    write_text();
    cr_expect(has_line("resets 2 of the machine: killed 1,234"));
}

Test(text, classes_that_are_not_whole_are_not_shown)
{
    report.total.mmu.classes_are_whole = false;
    write_text();
    cr_expect(strstr(text, "compulsory   ") == NULL);
    report.total.mmu.classes_are_whole = true;
    report.total.mmu.has_classes = false;
    write_text();
    cr_expect(strstr(text, "compulsory   ") == NULL);
}

Test(text, the_first_line_tells_the_geometry)
{
    static const struct {
        struct mmu_bank_geometry bank;
        const char *words;
    } rows[] = {
        {{1, 10, 1, MMU_ALL_SIZES, false, MMU_TREE_PLRU, false}, "l1d 10 FA plru | "},
        {{64, 2, 1, MMU_ALL_SIZES, false, MMU_FIFO, false}, "l1d 64x2 fifo | "},
        {{1, 32, 1, MMU_ALL_SIZES, false, MMU_LRU, true}, "l1d 32 FA lru? | "},
        {{1, 8, 4, 1 << MMU_4K, true, MMU_TREE_PLRU, false}, "l1d 8 FA plru 4K 4-page pieces | "},
        {{1, 4, 1, MMU_ALL_SIZES & ~3, false, MMU_TREE_PLRU, false}, "l1d 4 FA plru super | "},
        {{1, 4, 1, 1 << MMU_2M | 1 << MMU_1G, false, MMU_LRU, false}, "l1d 4 FA lru 2M+1G | "},
    };
    struct mmu_array_geometry *l1d = &report.geometry.array[MMU_L1D];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        l1d->bank[0] = rows[i].bank;
        write_text();
        cr_expect(strstr(text, rows[i].words) != NULL, "'%s' in %s", rows[i].words, text);
    }
    l1d->bank_count = 2;
    l1d->bank[0] = rows[3].bank;
    l1d->bank[1] = rows[4].bank;
    write_text();
    cr_expect(strstr(text, "l1d 8 FA plru 4K 4-page pieces + 4 FA plru super |") != NULL, "%s",
              text);
}

Test(text, the_first_line_tells_what_is_rare)
{
    static const char *const words[] = {
        "tlb: preset=c906, changed  l1i 16 FA random | ",
        "| l2 16 FA lru exclusive |",
        "| pwc 16 FA lru by VA? strict |",
        "| A/D svadu (the core: svade) |",
        "| asid 9? |",
        "| fence all |",
        "| invalid leaf+non-leaf |",
        "| seed 5\n",
    };
    struct mmu_geometry *geometry = &report.geometry;
    char *lines;
    size_t used = 0;

    report.preset = "c906";
    report.spec = "c906,l2=16:exclusive";
    report.ad = HART_AD_SVADU;
    geometry->array[MMU_L1I].bank[0].policy = MMU_RANDOM;
    geometry->array[MMU_L2] = (struct mmu_array_geometry){.bank_count = 1, .bank = {plain}};
    geometry->inclusion = MMU_EXCLUSIVE;
    geometry->walk_cache = (struct mmu_walk_cache_geometry){
        .kind = MMU_WALK_CACHE_BY_VA,
        .is_strict = true,
        .kind_is_assumed = true,
        .banks = {.bank_count = 1, .bank = {plain}},
    };
    geometry->ad = MMU_AD_BY_SOFTWARE;
    geometry->asid_bits = 9;
    geometry->asid_is_assumed = true;
    geometry->fence_va_removes_all = true;
    geometry->keeps_invalid_leaf = true;
    geometry->keeps_invalid_non_leaf = true;
    geometry->seed = 5;
    write_text();

    /* The line as it would be without an end. */
    lines = strdup(text);
    for (const char *from = text; *from != '\0'; from++) {
        if (strncmp(from, "|\n     ", 7) == 0) {
            used += (size_t)sprintf(lines + used, "| ");
            from += 6;
        } else {
            lines[used++] = *from;
        }
    }
    lines[used] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_expect(strstr(lines, words[i]) != NULL, "'%s' in %s", words[i], text);
    }
    free(lines);
}

Test(text, the_core_is_named_only_if_it_sets_a_and_d_otherwise)
{
    static const struct {
        enum hart_ad ad;
        enum mmu_core_ad core;
        const char *words;
    } rows[] = {
        {HART_AD_HARDWARE, MMU_AD_BY_HARDWARE, "| A/D hw |"},
        {HART_AD_HARDWARE, MMU_AD_BY_SOFTWARE, "| A/D hw (the core: svade) |"},
        {HART_AD_SVADE, MMU_AD_BY_SOFTWARE, "| A/D svade |"},
        {HART_AD_SVADE, MMU_AD_BY_HARDWARE, "| A/D svade (the core: hw) |"},
        {HART_AD_SVADE, MMU_AD_UNKNOWN, "| A/D svade |"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        report.ad = rows[i].ad;
        report.geometry.ad = rows[i].core;
        write_text();
        cr_expect(strstr(text, rows[i].words) != NULL, "'%s' in %s", rows[i].words, text);
    }
}

Test(text, a_preset_is_named)
{
    report.preset = "cva6";
    report.spec = "cva6";
    write_text();
    cr_expect(strstr(text, "\ntlb: preset=cva6  l1i 16 FA") != NULL);
}

Test(text, reach_counts_pages_not_entries)
{
    report.geometry.array[MMU_L1D].bank[0].pages = 4;
    write_text();
    cr_expect(strstr(text, "31   of 128 in L1D: ") != NULL, "%s", text);
    cr_expect(strstr(text, "; reach 4K 512 KiB, 2M 256 MiB\n") != NULL);
}

Test(text, reach_leaves_out_pages_that_are_not_kept)
{
    report.geometry.array[MMU_L1D].bank[0].sizes = 1 << MMU_4K;
    write_text();
    cr_expect(strstr(text, "; reach 4K 128 KiB\n") != NULL);
}

Test(text, cost_is_an_estimate)
{
    report.cost = (struct report_cost){.is_asked = true, .l2_hit = 7, .pte_read = 20};
    write_text();
    cr_expect(has_line("ESTIMATE 50,000 cycles, assumed: 7 for an L2 hit, 20 for a PTE read"));
    report.total.mmu.total.walk.pte_reads = UINT64_C(1) << 62;
    write_text();
    cr_expect(
        has_line("ESTIMATE 2^63 or more cycles, assumed: 7 for an L2 hit, 20 for a PTE read"));
}

Test(text, defines_its_words)
{
    static const char *const words[] = {"\naccess ", "\nhit ",     " miss:",      "\nMPKI ",
                                        "\nwalk ",   "refs/walk:", "compulsory:", "capacity:",
                                        "killed:",   "useless:",   "\nreach "};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_expect(strstr(text, words[i]) != NULL, "%s", words[i]);
    }
}

Test(text, fits_a_hundred_columns_even_with_large_numbers)
{
    uint64_t *counts = (uint64_t *)&report.total.mmu.total;
    const struct virtio_block_counts swap = {UINT64_MAX >> 1, UINT64_MAX >> 1, UINT64_MAX >> 1,
                                             UINT64_MAX >> 1, UINT64_MAX >> 1, UINT64_MAX >> 1,
                                             UINT64_MAX >> 1};

    for (size_t i = 0; i < sizeof report.total.mmu.total / sizeof *counts; i++) {
        counts[i] = UINT64_C(99999999999);
    }
    for (size_t i = 0; i < MMU_ARRAYS; i++) {
        struct mmu_array_geometry *array = &report.geometry.array[i];

        array->bank_count = MMU_MAX_BANKS;
        for (size_t bank = 0; bank < MMU_MAX_BANKS; bank++) {
            array->bank[bank] = (struct mmu_bank_geometry){
                16384, 4, 16, 1 << MMU_4K | 1 << MMU_64K, true, MMU_ROUND_ROBIN, true};
        }
        for (size_t size = 0; size <= MMU_NO_SIZE; size++) {
            report.total.mmu.valid_by_size[i][size] = 1000000;
        }
        report.total.mmu.valid[i] = 7000000;
    }
    for (size_t cause = 0; cause < 16; cause++) {
        report.total.hart.faults[cause] = UINT64_C(99999999999);
    }
    report.preset = "round-robin";
    report.spec = "round-robin";
    report.disk[0] = (struct report_disk){"swap", &swap};
    report.disk_count = 1;
    report.total.mmu.has_l2 = true;
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
    cr_assert(strstr(title, "1,234,567") != NULL && strstr(title, "valid at end") != NULL);
    cr_expect(strstr(title, "1,234,567") < whole);
    cr_expect(strstr(title, "valid at end") < whole);
    cr_expect(strstr(title, "2,000,000") > whole);
    cr_expect(strstr(whole, "valid at end") == NULL, "the run is told in short");
    cr_expect(strstr(whole, "\nL1D ") != NULL);
    cr_expect(strstr(whole, "\n  4K ") == NULL);
}

Test(text, says_so_if_nothing_was_translated)
{
    report.total.mmu.total = (struct mmu_counters){0};
    write_text();
    cr_expect(strstr(text, "Nothing was translated") != NULL);
    cr_expect(strstr(text, "a request to translate") != NULL, "the definitions stay");
    cr_expect(strstr(text, "nan") == NULL);
}

Test(text, divides_nothing_by_zero)
{
    report.total.hart.retired = 0;
    report.host_seconds = 0;
    write_text();
    cr_expect(has_line("L1D 4,000 3,000 1,000 25.0000% -"));
    cr_expect(has_line("ended by guest, code 0, status 0 | RAM 128 MiB | host 0.000 s"));
}

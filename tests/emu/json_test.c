#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/report/report.h"

enum { ASIDS = 3, SUPERPAGES = MMU_ALL_SIZES & ~(1 << MMU_4K | 1 << MMU_64K) };

/* One of everything: an array of two banks, sectors, pieces, a walk cache, things assumed. */
static const struct mmu_geometry geometry = {
    .array = {[MMU_L1I] = {.bank_count = 1,
                           .bank = {{.sets = 1, .ways = 16, .pages = 1, .sizes = MMU_ALL_SIZES}}},
              [MMU_L1D] = {.bank_count = 2,
                           .bank = {{.sets = 4,
                                     .ways = 8,
                                     .pages = 2,
                                     .sizes = 1 << MMU_4K,
                                     .has_pieces = true,
                                     .policy = MMU_TREE_PLRU},
                                    {.sets = 1,
                                     .ways = 3,
                                     .pages = 1,
                                     .sizes = SUPERPAGES,
                                     .policy = MMU_FIFO,
                                     .policy_is_assumed = true}}},
              [MMU_L2] = {.bank_count = 1,
                          .bank = {{.sets = 64, .ways = 2, .pages = 1, .sizes = MMU_ALL_SIZES}}}},
    .inclusion = MMU_INCLUSIVE,
    .walk_cache = {.kind = MMU_WALK_CACHE_BY_VA,
                   .is_strict = true,
                   .kind_is_assumed = true,
                   .banks = {.bank_count = 1,
                             .bank = {{.sets = 1, .ways = 5, .pages = 1, .sizes = 1 << MMU_2M}}}},
    .asid_bits = 9,
    .asid_is_assumed = true,
    .keeps_invalid_leaf = true,
    .keeps_invalid_non_leaf = true,
    .fence_va_removes_all = true,
    .ad = MMU_AD_BY_HARDWARE,
    .levels = SV39_LEVELS,
    .seed = 44,
    .has_classes = true,
};

static struct mmu_share_counters shares[ASIDS];
static struct process nobody = {.share = {.instructions = 800}};
static struct process sort = {.pid = 5,
                              .name = "sort\xff\n",
                              .has_begun = true,
                              .satp = UINT64_C(0x80007) << 44,
                              .has_ended = true,
                              .exit = 139,
                              .faults = {31, 32, 33, 34, 35},
                              .swap_outs = 36,
                              .resident_pages = 37,
                              .touched_pages = 38};
static struct process *of_pid[PROCESSES_MOST] = {[0] = &nobody, [5] = &sort};
static const struct processes processes = {.of_pid = of_pid};
static const struct virtio_block_counts swap = {.requests = 81,
                                                .reads = 82,
                                                .writes = 83,
                                                .flushes = 84,
                                                .bytes_read = 85,
                                                .bytes_written = 86,
                                                .failed = 87};
static struct report report;
static char *text;
static size_t text_length;
static json_t *root;

/* Numbers that are all different, so that a counter under the wrong name shows. */
static void number(void *counters, size_t size, uint64_t first)
{
    uint64_t *count = counters;

    for (size_t i = 0; i < size / sizeof *count; i++) {
        count[i] = first + i;
    }
}

static void make_report(void)
{
    report = (struct report){
        .reason = REPORT_GUEST,
        .code = 300,
        .status = 255,
        .geometry = geometry,
        .spec = "half,of,it",
        .preset = "half",
        .ad = HART_AD_SVADE,
        .total.mmu = {.asid = shares,
                      .asid_count = ASIDS,
                      .has_l2 = true,
                      .has_classes = true,
                      .classes_are_whole = true,
                      .levels = SV39_LEVELS,
                      .valid = {61, 62, 63},
                      .valid_by_size = {[MMU_L1D] = {11, 12, 13, 14, 15, 16, 17}},
                      .valid_by_bank = {[MMU_L1D] = {21, 22}}},
        .markers = {.begin = 71,
                    .end = 72,
                    .reset = 73,
                    .event = 74,
                    .unknown = 75,
                    .ignored_begins = 76,
                    .ignored_ends = 77},
        .processes = &processes,
        .disk = {{"swap", &swap}},
        .disk_count = 1,
        .host_seconds = 1.5,
    };
    number(&sort.share, sizeof sort.share, 900);
    number(&report.total.hart, sizeof report.total.hart, 1000);
    number(&report.total.mmu.total, sizeof report.total.mmu.total, 10000);
    number(&shares[0], sizeof shares[0], 500);
    number(&shares[2], sizeof shares[2], 600);
}

/* Writes the report and reads it again. */
static void write_and_read(void)
{
    FILE *file = open_memstream(&text, &text_length);
    json_error_t error;

    cr_assert(report_json(file, &report));
    cr_assert(eq(int, fclose(file), 0));
    root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    cr_assert(root != NULL, "%s", error.text);
}

/* The value at a path such as "l1d.by_size.4K.hits"; a number picks from a list. */
static json_t *find(const char *path)
{
    json_t *value = root;
    char *copy = strdup(path);
    char *rest = copy;
    char *key;

    while ((key = strsep(&rest, ".")) != NULL && value != NULL) {
        value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
                                     : json_object_get(value, key);
    }
    free(copy);
    return value;
}

static bool is_of_type(const json_t *value, json_type type)
{
    return value != NULL && json_typeof(value) == type;
}

static uint64_t find_number(const char *path)
{
    json_t *value = find(path);

    cr_expect(is_of_type(value, JSON_INTEGER), "%s is no integer", path);
    return (uint64_t)json_integer_value(value);
}

static void setup(void)
{
    make_report();
    write_and_read();
}

static void teardown(void)
{
    json_decref(root);
    free(text);
}

TestSuite(json, .init = setup, .fini = teardown);

Test(json, every_counter_has_its_name)
{
    const struct hart_counters *hart = &report.total.hart;
    const struct mmu_counters *mmu = &report.total.mmu.total;
    const struct mmu_array_counters *l1i = &mmu->array[MMU_L1I];
    const struct mmu_array_counters *l1d = &mmu->array[MMU_L1D];
    const struct mmu_array_counters *l2 = &mmu->array[MMU_L2];
    const struct {
        const char *path;
        uint64_t value;
    } rows[] = {
        {"schema", 1},
        {"instructions", hart->retired},
        {"attempts", hart->attempts},
        {"exceptions", hart->exceptions},
        {"interrupts", hart->interrupts},
        {"ticks", hart->cycles / 100},
        {"exit.code", 300},
        {"exit.status", 255},
        {"tlb.l1i.sets", 1},
        {"tlb.l1i.ways", 16},
        {"tlb.l1i.entries", 16},
        {"tlb.l1i.pages_per_entry", 1},
        {"tlb.l1d.entries", 67},
        {"tlb.l1d.banks.0.sets", 4},
        {"tlb.l1d.banks.0.ways", 8},
        {"tlb.l1d.banks.0.entries", 64},
        {"tlb.l1d.banks.0.pages_per_entry", 2},
        {"tlb.l1d.banks.1.entries", 3},
        {"tlb.l2.entries", 128},
        {"tlb.walk_cache.banks.0.ways", 5},
        {"tlb.asid_bits", 9},
        {"tlb.seed", 44},
        {"l1i.accesses", l1i->accesses[0] + l1i->accesses[1] + l1i->accesses[2]},
        {"l1d.hits", l1d->hits[0] + l1d->hits[1] + l1d->hits[2]},
        {"l2.misses", l2->misses[0] + l2->misses[1] + l2->misses[2]},
        {"l1d.negative_hits", l1d->negative_hits},
        {"l1d.fills", l1d->fills},
        {"l1d.evictions", l1d->evictions},
        {"l1d.invalidations", l1d->invalidations},
        {"l2.back_invalidations", l2->back_invalidations},
        {"l2.moves", l2->moves},
        {"l1d.unkept_misses", l1d->unkept_misses},
        {"l1d.miss_class.compulsory", l1d->miss_class[MMU_MISS_COMPULSORY]},
        {"l1d.miss_class.flush", l1d->miss_class[MMU_MISS_FLUSH]},
        {"l1d.miss_class.conflict", l1d->miss_class[MMU_MISS_CONFLICT]},
        {"l1d.miss_class.capacity", l1d->miss_class[MMU_MISS_CAPACITY]},
        {"l1d.miss_class.upgrade", l1d->miss_class[MMU_MISS_UPGRADE]},
        {"l2.miss_class.fault", l2->miss_class[MMU_MISS_FAULT]},
        {"l1d.arrays.0.accesses", l1d->bank[0].hits + l1d->bank[0].misses},
        {"l1d.arrays.0.hits", l1d->bank[0].hits},
        {"l1d.arrays.1.misses", l1d->bank[1].misses},
        {"l1d.arrays.1.valid", 22},
        {"l1d.valid_by_size.4K", 11},
        {"l1d.valid_by_size.1G", 14},
        {"l1d.valid_by_size.none", 17},
        {"l1i.valid", 61},
        {"l1d.valid", 62},
        {"l2.valid", 63},
        {"l1d.by_size.4K.hits", l1d->hits_by_size[MMU_4K]},
        {"l1d.by_size.64K.misses", l1d->misses_by_size[MMU_64K]},
        {"l1d.by_size.2M.misses", l1d->misses_by_size[MMU_2M]},
        {"l2.by_size.1G.hits", l2->hits_by_size[MMU_1G]},
        {"l2.by_size.512G.hits", l2->hits_by_size[MMU_512G]},
        {"l2.by_size.256T.misses", l2->misses_by_size[MMU_256T]},
        {"l1i.by_size.none.misses", l1i->misses_by_size[MMU_NO_SIZE]},
        {"l1i.by_access.fetch.accesses", l1i->accesses[MMU_FETCH]},
        {"l1d.by_access.load.hits", l1d->hits[MMU_LOAD]},
        {"l1d.by_access.store.misses", l1d->misses[MMU_STORE]},
        {"walks.count", mmu->walk.count},
        {"walks.completed", mmu->walk.completed_by_size[0] + mmu->walk.completed_by_size[1] +
                                mmu->walk.completed_by_size[2] + mmu->walk.completed_by_size[3] +
                                mmu->walk.completed_by_size[4] + mmu->walk.completed_by_size[5]},
        {"walks.faulted", mmu->walk.faulted},
        {"walks.pte_reads", mmu->walk.pte_reads},
        {"walks.pte_reads_by_level.0", mmu->walk.pte_reads_by_level[0]},
        {"walks.pte_reads_by_level.2", mmu->walk.pte_reads_by_level[2]},
        {"walks.walk_cache_hits", mmu->walk.cache_hits},
        {"walks.walk_cache_hits_by_level.0", mmu->walk.cache_hits_by_level[0]},
        {"walks.walk_cache_hits_by_level.2", mmu->walk.cache_hits_by_level[2]},
        {"walks.by_size.2M", mmu->walk.completed_by_size[MMU_2M]},
        {"walks.a_updates", mmu->walk.a_updates},
        {"walks.d_updates", mmu->walk.d_updates},
        {"faults.fetch_page", hart->faults[12]},
        {"faults.load_page", hart->faults[13]},
        {"faults.store_page", hart->faults[15]},
        {"faults.fetch_access", hart->faults[1]},
        {"faults.load_access", hart->faults[5]},
        {"faults.store_access", hart->faults[7]},
        {"fences.all.count", mmu->fence[MMU_FENCE_ALL].count},
        {"fences.asid.entries_killed", mmu->fence[MMU_FENCE_ASID].entries_killed},
        {"fences.va.walk_cache_killed", mmu->fence[MMU_FENCE_VA].walk_cache_killed},
        {"fences.va_asid.useless", mmu->fence[MMU_FENCE_VA_ASID].useless},
        {"resets.count", mmu->reset.count},
        {"resets.entries_killed", mmu->reset.entries_killed},
        {"by_mode.u.l1d.misses", mmu->mode[0].array[MMU_L1D].misses},
        {"by_mode.s.l2.accesses", mmu->mode[1].array[MMU_L2].accesses},
        {"by_mode.s.walks", mmu->mode[1].walks},
        {"by_asid.0.l1i.hits", shares[0].array[MMU_L1I].hits},
        {"by_asid.2.walks", shares[2].walks},
        {"markers.begin", 71},
        {"markers.end", 72},
        {"markers.reset", 73},
        {"markers.event", 74},
        {"markers.unknown", 75},
        {"markers.ignored_begins", 76},
        {"markers.ignored_ends", 77},
        {"disks.0.requests", 81},
        {"disks.0.reads", 82},
        {"disks.0.writes", 83},
        {"disks.0.flushes", 84},
        {"disks.0.bytes_read", 85},
        {"disks.0.bytes_written", 86},
        {"disks.0.failed", 87},
        {"processes.0.pid", 0},
        {"processes.0.instructions", 800},
        {"processes.1.pid", 5},
        {"processes.1.asid", 7},
        {"processes.1.exit", 139},
        {"processes.1.instructions", sort.share.instructions},
        {"processes.1.by_mode.u.l1i.accesses", sort.share.mode[0].array[MMU_L1I].accesses},
        {"processes.1.by_mode.s.l1d.misses", sort.share.mode[1].array[MMU_L1D].misses},
        {"processes.1.by_mode.s.walks", sort.share.mode[1].walks},
        {"processes.1.minor_faults", 31},
        {"processes.1.cow_faults", 32},
        {"processes.1.swap_ins", 33},
        {"processes.1.ad_faults", 34},
        {"processes.1.refused_faults", 35},
        {"processes.1.swap_outs", 36},
        {"processes.1.resident_pages", 37},
        {"processes.1.touched_pages", 38},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(eq(u64, find_number(rows[i].path), rows[i].value), "%s", rows[i].path);
    }
}

Test(json, words_are_words)
{
    static const struct {
        const char *path;
        const char *value;
    } rows[] = {
        {"version", "0.1.0"},
        {"exit.reason", "guest"},
        {"tlb.preset", "half"},
        {"tlb.spec", "half,of,it"},
        {"tlb.l1i.policy", "lru"},
        {"tlb.l1d.banks.0.name", "4K"},
        {"tlb.l1d.banks.0.policy", "plru"},
        {"tlb.l1d.banks.0.page_sizes.0", "4K"},
        {"tlb.l1d.banks.1.name", "2M+1G"},
        {"tlb.l1d.banks.1.policy", "fifo"},
        {"tlb.l1d.banks.1.page_sizes.1", "1G"},
        {"tlb.l2.inclusion", "inclusive"},
        {"tlb.walk_cache.kind", "va"},
        {"tlb.walk_cache.banks.0.name", "2M"},
        {"tlb.page_sizes.0", "4K"},
        {"tlb.page_sizes.1", "64K"},
        {"tlb.page_sizes.2", "2M"},
        {"tlb.page_sizes.3", "1G"},
        {"tlb.invalid.0", "leaf"},
        {"tlb.invalid.1", "non-leaf"},
        {"tlb.fence", "all"},
        {"tlb.ad", "svade"},
        {"tlb.core_ad", "hw"},
        {"l1d.arrays.0.name", "4K"},
        {"l1d.arrays.1.name", "2M+1G"},
        {"processes.1.name", "sort??"},
        {"disks.0.name", "swap"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *value = json_string_value(find(rows[i].path));

        cr_assert(value != NULL, "%s", rows[i].path);
        cr_expect(eq(str, (char *)value, (char *)rows[i].value), "%s", rows[i].path);
    }
}

Test(json, booleans_are_booleans)
{
    static const struct {
        const char *path;
        bool value;
    } rows[] = {
        {"tlb.l1i.pieces", false},
        {"tlb.l1i.policy_assumed", false},
        {"tlb.l1d.banks.0.pieces", true},
        {"tlb.l1d.banks.0.policy_assumed", false},
        {"tlb.l1d.banks.1.policy_assumed", true},
        {"tlb.walk_cache.strict", true},
        {"tlb.walk_cache.kind_assumed", true},
        {"tlb.asid_assumed", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(is_of_type(find(rows[i].path), rows[i].value ? JSON_TRUE : JSON_FALSE), "%s",
                  rows[i].path);
    }
}

Test(json, no_process_has_no_name_and_no_end)
{
    cr_expect(is_of_type(find("processes.0.name"), JSON_NULL));
    cr_expect(is_of_type(find("processes.0.asid"), JSON_NULL));
    cr_expect(is_of_type(find("processes.0.exit"), JSON_NULL));
}

Test(json, lists_hold_no_more_than_there_is)
{
    static const struct {
        const char *path;
        size_t size;
    } rows[] = {
        {"tlb.l1d.banks", 2},
        {"tlb.l1d.banks.0.page_sizes", 1},
        {"tlb.l1d.banks.1.page_sizes", 2},
        {"tlb.page_sizes", 4},
        {"tlb.walk_cache.banks", 1},
        {"l1d.arrays", 2},
        {"walks.walk_cache_hits_by_level", 3},
        {"by_function", 0},
        {"processes", 2},
        {"disks", 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(eq(sz, json_array_size(find(rows[i].path)), rows[i].size), "%s", rows[i].path);
    }
}

Test(json, an_array_of_one_bank_has_no_list_of_banks)
{
    static const char *const paths[] = {"tlb.l1i.banks", "l1i.arrays",     "tlb.l1i.inclusion",
                                        "tlb.l1d.sets",  "tlb.l1d.policy", "l2.arrays"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cr_expect(find(paths[i]) == NULL, "%s", paths[i]);
    }
}

Test(json, a_plain_geometry_says_no_to_all_that_is_rare)
{
    teardown();
    report.geometry.walk_cache = (struct mmu_walk_cache_geometry){.kind = MMU_NO_WALK_CACHE};
    report.geometry.keeps_invalid_leaf = false;
    report.geometry.fence_va_removes_all = false;
    report.geometry.inclusion = MMU_NEITHER;
    report.geometry.ad = MMU_AD_UNKNOWN;
    report.preset = NULL;
    write_and_read();
    cr_expect(is_of_type(find("tlb.walk_cache"), JSON_NULL));
    cr_expect(is_of_type(find("tlb.preset"), JSON_NULL));
    cr_expect(eq(sz, json_array_size(find("tlb.invalid")), 1));
    cr_expect(eq(str, (char *)json_string_value(find("tlb.invalid.0")), "non-leaf"));
    cr_expect(eq(str, (char *)json_string_value(find("tlb.fence")), "exact"));
    cr_expect(eq(str, (char *)json_string_value(find("tlb.l2.inclusion")), "neither"));
    cr_expect(eq(str, (char *)json_string_value(find("tlb.core_ad")), "unknown"));
}

Test(json, a_walk_cache_by_pte_has_one_bank_that_is_called_so)
{
    teardown();
    report.geometry.walk_cache.kind = MMU_WALK_CACHE_BY_PTE;
    report.geometry.walk_cache.banks.bank[0].sizes = MMU_ALL_SIZES;
    write_and_read();
    cr_expect(eq(str, (char *)json_string_value(find("tlb.walk_cache.kind")), "pte"));
    cr_expect(eq(str, (char *)json_string_value(find("tlb.walk_cache.banks.0.name")), "pte"));
}

Test(json, classes_are_there_only_if_every_miss_has_one)
{
    static const struct {
        bool has;
        bool whole;
        bool is_there;
    } rows[] = {{true, true, true}, {false, true, false}, {true, false, false}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        teardown();
        report.total.mmu.has_classes = rows[i].has;
        report.total.mmu.classes_are_whole = rows[i].whole;
        write_and_read();
        cr_expect(eq(int, find("l1i.miss_class") != NULL, rows[i].is_there));
    }
}

Test(json, cost_is_there_only_if_asked_for)
{
    struct counts roi = report.total;

    cr_expect(find("cost") == NULL);
    teardown();
    report.cost = (struct report_cost){.is_asked = true, .l2_hit = 7, .pte_read = 20};
    report.total.mmu.total.array[MMU_L2].hits[MMU_FETCH] = 1;
    report.total.mmu.total.array[MMU_L2].hits[MMU_LOAD] = 10;
    report.total.mmu.total.array[MMU_L2].hits[MMU_STORE] = 100;
    report.total.mmu.total.walk.pte_reads = 1000;
    roi.mmu.total.array[MMU_L2] = (struct mmu_array_counters){.hits = {[MMU_LOAD] = 3}};
    roi.mmu.total.walk.pte_reads = 2;
    report.roi = &roi;
    write_and_read();
    cr_expect(eq(u64, find_number("cost.assumed.l2"), 7));
    cr_expect(eq(u64, find_number("cost.assumed.pte"), 20));
    cr_expect(eq(u64, find_number("cost.cycles"), 111 * 7 + 1000 * 20));
    cr_expect(eq(u64, find_number("roi.cost.cycles"), 3 * 7 + 2 * 20));
}

Test(json, cost_that_is_too_large_is_null)
{
    static const struct {
        uint64_t l2_hits;
        uint64_t pte_reads;
        bool fits;
        const char *why;
    } rows[] = {
        {UINT64_C(1) << 62, 0, true, "2^62 of one cycle"},
        {UINT64_C(1) << 62, UINT64_C(1) << 61, false, "the sum is 2^63"},
        {UINT64_C(1) << 62, (UINT64_C(1) << 61) - 1, true, "two less"},
        {0, UINT64_C(1) << 63, false, "a product is 2^64"},
        {UINT64_MAX, 1, false, "the sum is 2^64 + 1"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        teardown();
        report.cost = (struct report_cost){.is_asked = true, .l2_hit = 1, .pte_read = 2};
        report.total.mmu.total.array[MMU_L2] =
            (struct mmu_array_counters){.hits = {[MMU_LOAD] = rows[i].l2_hits}};
        report.total.mmu.total.walk.pte_reads = rows[i].pte_reads;
        write_and_read();
        cr_expect(is_of_type(find("cost.cycles"), rows[i].fits ? JSON_INTEGER : JSON_NULL), "%s",
                  rows[i].why);
    }
}

Test(json, keys_stand_in_the_order_of_the_manual)
{
    static const char *const keys[] = {
        "schema",      "version", "instructions", "attempts",  "exceptions", "interrupts",
        "ticks",       "exit",    "tlb",          "l1i",       "l1d",        "l2",
        "walks",       "faults",  "fences",       "resets",    "by_mode",    "by_asid",
        "by_function", "roi",     "markers",      "processes", "disks",
    };
    void *iterator = json_object_iter(root);

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cr_assert(iterator != NULL, "%s", keys[i]);
        cr_expect(eq(str, (char *)json_object_iter_key(iterator), (char *)keys[i]));
        iterator = json_object_iter_next(root, iterator);
    }
    cr_expect(iterator == NULL, "a key that is not in the manual");
}

Test(json, an_asid_that_was_never_used_is_left_out)
{
    cr_expect(find("by_asid.1") == NULL);
    cr_expect(eq(sz, json_object_size(find("by_asid")), 2));
}

Test(json, only_the_reason_of_the_end_changes_with_it)
{
    static const char *const words[] = {
        [REPORT_GUEST] = "guest",   [REPORT_LIMIT] = "limit", [REPORT_IDLE] = "idle",
        [REPORT_SIGNAL] = "signal", [REPORT_LAW] = "law",
    };

    for (int reason = REPORT_GUEST; reason <= REPORT_LAW; reason++) {
        teardown();
        report.reason = (enum report_reason)reason;
        write_and_read();
        cr_expect(eq(str, (char *)json_string_value(find("exit.reason")), (char *)words[reason]));
    }
}

Test(json, without_an_l2_all_that_is_its_is_null)
{
    static const char *const paths[] = {"tlb.l2", "l2", "by_mode.u.l2", "by_mode.s.l2",
                                        "by_asid.0.l2"};

    teardown();
    report.geometry.array[MMU_L2].bank_count = 0;
    report.total.mmu.has_l2 = false;
    write_and_read();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cr_expect(is_of_type(find(paths[i]), JSON_NULL), "%s", paths[i]);
    }
}

Test(json, roi_is_null_or_has_the_same_names_but_those_of_the_run)
{
    static const char *const run_only[] = {"schema", "version", "exit",      "tlb",
                                           "roi",    "markers", "processes", "disks"};
    struct counts roi = report.total;
    json_t *again;

    cr_expect(is_of_type(find("roi"), JSON_NULL));
    teardown();
    number(&roi.hart, sizeof roi.hart, 2000);
    report.roi = &roi;
    write_and_read();
    cr_expect(eq(u64, find_number("roi.instructions"), roi.hart.retired));
    cr_expect(eq(u64, find_number("roi.faults.load_page"), roi.hart.faults[13]));
    cr_expect(eq(u64, find_number("roi.l2.valid"), 63));

    again = json_object();
    json_object_update(again, root);
    for (size_t i = 0; i < sizeof run_only / sizeof *run_only; i++) {
        cr_expect(eq(int, json_object_del(again, run_only[i]), 0));
        cr_expect(json_object_get(find("roi"), run_only[i]) == NULL, "%s", run_only[i]);
    }
    cr_expect(eq(sz, json_object_size(again), json_object_size(find("roi"))));
    json_decref(again);
}

Test(json, host_time_is_not_in_it)
{
    char *first = strdup(text);

    teardown();
    report.host_seconds = 99;
    write_and_read();
    cr_expect(eq(str, text, first));
    free(first);
}

Test(json, a_write_that_fails_is_told)
{
    FILE *full = fopen("/dev/full", "w");

    cr_expect(not(report_json(full, &report)), "it is longer than what stdio buffers");
    (void)fclose(full);
}

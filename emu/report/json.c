#include "emu/report/report.h"

#include <jansson.h>
#include <stdio.h>

#include "emu/report/by_process.h"
#include "emu/report/disks.h"
#include "emu/report/functions.h"
#include "emu/report/json_put.h"
#include "emu/report/json_share.h"
#include "emu/report/json_tlb.h"
#include "emu/report/names.h"
#include "emu/report/version.h"

static json_int_t number(uint64_t count)
{
    return (json_int_t)count;
}

static uint64_t sum_of_accesses(const uint64_t count[MMU_ACCESSES])
{
    return count[MMU_FETCH] + count[MMU_LOAD] + count[MMU_STORE];
}

static json_t *array_by_size(const struct mmu_array_counters *array)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int size = 0; size <= MMU_NO_SIZE && is_whole; size++) {
        is_whole = json_put(object, mmu_page_size_name((enum mmu_page_size)size),
                            json_pack("{s:I, s:I}", "hits", number(array->hits_by_size[size]),
                                      "misses", number(array->misses_by_size[size])));
    }
    return json_whole(object, is_whole);
}

static json_t *array_by_access(const struct mmu_array_counters *array)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int access = 0; access < MMU_ACCESSES && is_whole; access++) {
        is_whole = json_put(
            object, name_of_access((enum mmu_access)access),
            json_lookups(array->accesses[access], array->hits[access], array->misses[access]));
    }
    return json_whole(object, is_whole);
}

static json_t *valid_by_size(const uint64_t valid[MMU_PAGE_SIZES + 1])
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int size = 0; size <= MMU_NO_SIZE && is_whole; size++) {
        is_whole =
            json_put_number(object, mmu_page_size_name((enum mmu_page_size)size), valid[size]);
    }
    return json_whole(object, is_whole);
}

static json_t *miss_classes(const struct mmu_array_counters *array)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (size_t i = 0; i < MMU_MISS_CLASSES && is_whole; i++) {
        enum mmu_miss_class class = classes_in_order[i];

        is_whole = json_put_number(object, name_of_class(class), array->miss_class[class]);
    }
    return json_whole(object, is_whole);
}

/* One row per bank of an array that is made of several. */
static json_t *array_banks(const struct mmu_counts *counts, const struct mmu_geometry *geometry,
                           enum mmu_array which)
{
    const struct mmu_array_geometry *shape = &geometry->array[which];
    json_t *list = json_array();
    bool is_whole = true;

    for (unsigned i = 0; i < shape->bank_count && is_whole; i++) {
        const struct mmu_bank_counters *bank = &counts->total.array[which].bank[i];
        json_t *row = json_object();
        char name[SIZES_LENGTH];

        (void)names_of_sizes(name, sizes_within(shape->bank[i].sizes, geometry->levels));
        is_whole = json_add(
            list,
            json_whole(row, json_put_word(row, "name", name) &&
                                json_put_number(row, "accesses", bank->hits + bank->misses) &&
                                json_put_number(row, "hits", bank->hits) &&
                                json_put_number(row, "misses", bank->misses) &&
                                json_put_number(row, "valid", counts->valid_by_bank[which][i])));
    }
    return json_whole(list, is_whole);
}

/* What there is only of some arrays or in some runs. */
static bool put_array_extras(json_t *object, const struct mmu_counts *counts,
                             const struct mmu_geometry *geometry, enum mmu_array which)
{
    const struct mmu_array_counters *array = &counts->total.array[which];

    if (counts->has_classes && counts->classes_are_whole &&
        !json_put(object, "miss_class", miss_classes(array))) {
        return false;
    }
    return geometry->array[which].bank_count < 2 ||
           json_put(object, "arrays", array_banks(counts, geometry, which));
}

static json_t *array_counts(const struct mmu_counts *counts, const struct mmu_geometry *geometry,
                            enum mmu_array which)
{
    const struct mmu_array_counters *array = &counts->total.array[which];
    json_t *object;

    if (which == MMU_L2 && !counts->has_l2) {
        return json_null();
    }
    object = json_lookups(sum_of_accesses(array->accesses), sum_of_accesses(array->hits),
                          sum_of_accesses(array->misses));
    return json_whole(
        object,
        json_put_number(object, "negative_hits", array->negative_hits) &&
            json_put_number(object, "fills", array->fills) &&
            json_put_number(object, "evictions", array->evictions) &&
            json_put_number(object, "invalidations", array->invalidations) &&
            json_put_number(object, "back_invalidations", array->back_invalidations) &&
            json_put_number(object, "moves", array->moves) &&
            json_put_number(object, "unkept_misses", array->unkept_misses) &&
            json_put_number(object, "valid", counts->valid[which]) &&
            json_put(object, "valid_by_size", valid_by_size(counts->valid_by_size[which])) &&
            json_put(object, "by_size", array_by_size(array)) &&
            json_put(object, "by_access", array_by_access(array)) &&
            put_array_extras(object, counts, geometry, which));
}

/* From the leaf level to the root of the deepest page table. */
static json_t *by_level(const uint64_t count[MMU_MAX_LEVELS], unsigned levels)
{
    json_t *list = json_array();
    bool is_whole = true;

    for (unsigned level = 0; level < levels && is_whole; level++) {
        is_whole = json_add(list, json_integer(number(count[level])));
    }
    return json_whole(list, is_whole);
}

static json_t *walks_by_size(const struct mmu_walk_counters *walk)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int size = 0; size < MMU_PAGE_SIZES && is_whole; size++) {
        is_whole = json_put_number(object, mmu_page_size_name((enum mmu_page_size)size),
                                   walk->completed_by_size[size]);
    }
    return json_whole(object, is_whole);
}

static json_t *walks(const struct mmu_counts *counts)
{
    const struct mmu_walk_counters *walk = &counts->total.walk;
    json_t *object = json_object();
    uint64_t completed = 0;

    for (size_t size = 0; size < MMU_PAGE_SIZES; size++) {
        completed += walk->completed_by_size[size];
    }
    return json_whole(object, json_put_number(object, "count", walk->count) &&
                                  json_put_number(object, "completed", completed) &&
                                  json_put_number(object, "faulted", walk->faulted) &&
                                  json_put_number(object, "pte_reads", walk->pte_reads) &&
                                  json_put(object, "pte_reads_by_level",
                                           by_level(walk->pte_reads_by_level, counts->levels)) &&
                                  json_put_number(object, "walk_cache_hits", walk->cache_hits) &&
                                  json_put(object, "walk_cache_hits_by_level",
                                           by_level(walk->cache_hits_by_level, counts->levels)) &&
                                  json_put(object, "by_size", walks_by_size(walk)) &&
                                  json_put_number(object, "a_updates", walk->a_updates) &&
                                  json_put_number(object, "d_updates", walk->d_updates));
}

static json_t *faults(const struct hart_counters *hart)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (size_t i = 0; i < FAULT_NAMES && is_whole; i++) {
        is_whole = json_put_number(object, fault_names[i].key, hart->faults[fault_names[i].cause]);
    }
    return json_whole(object, is_whole);
}

static json_t *fences(const struct mmu_fence_counters *fence)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int form = 0; form < MMU_FENCE_FORMS && is_whole; form++) {
        is_whole = json_put(object, name_of_fence((enum mmu_fence_form)form),
                            json_pack("{s:I, s:I, s:I, s:I}", "count", number(fence[form].count),
                                      "entries_killed", number(fence[form].entries_killed),
                                      "walk_cache_killed", number(fence[form].walk_cache_killed),
                                      "useless", number(fence[form].useless)));
    }
    return json_whole(object, is_whole);
}

static json_t *resets(const struct mmu_reset_counters *reset)
{
    return json_pack("{s:I, s:I}", "count", number(reset->count), "entries_killed",
                     number(reset->entries_killed));
}

static bool share_is_zero(const struct mmu_share_counters *share)
{
    uint64_t any = share->walks;

    for (size_t array = 0; array < MMU_ARRAYS; array++) {
        any |= share->array[array].accesses;
    }
    return any == 0;
}

/* The ASIDs that were used, by number. */
static json_t *by_asid(const struct mmu_counts *counts)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (size_t asid = 0; asid < counts->asid_count && is_whole; asid++) {
        char key[24];

        if (share_is_zero(&counts->asid[asid])) {
            continue;
        }
        snprintf(key, sizeof key, "%zu", asid);
        is_whole = json_put(object, key, json_share(&counts->asid[asid], counts->has_l2));
    }
    return json_whole(object, is_whole);
}

/* What the hart did. */
static bool put_hart_counts(json_t *object, const struct hart_counters *hart)
{
    return json_put_number(object, "instructions", hart->retired) &&
           json_put_number(object, "attempts", hart->attempts) &&
           json_put_number(object, "exceptions", hart->exceptions) &&
           json_put_number(object, "interrupts", hart->interrupts) &&
           json_put_number(object, "ticks", hart->cycles / HART_CYCLES_PER_TICK);
}

/* What the MMU did, and the faults that came of it. */
static bool put_mmu_counts(json_t *object, const struct counts *counts,
                           const struct mmu_geometry *geometry)
{
    return json_put(object, "l1i", array_counts(&counts->mmu, geometry, MMU_L1I)) &&
           json_put(object, "l1d", array_counts(&counts->mmu, geometry, MMU_L1D)) &&
           json_put(object, "l2", array_counts(&counts->mmu, geometry, MMU_L2)) &&
           json_put(object, "walks", walks(&counts->mmu)) &&
           json_put(object, "faults", faults(&counts->hart)) &&
           json_put(object, "fences", fences(counts->mmu.total.fence)) &&
           json_put(object, "resets", resets(&counts->mmu.total.reset)) &&
           json_put(object, "by_mode", json_modes(counts->mmu.total.mode, counts->mmu.has_l2)) &&
           json_put(object, "by_asid", by_asid(&counts->mmu)) &&
           json_put(object, "by_function", functions_as_json(counts));
}

/* The estimate, where one is asked for: null if it is 2^63 cycles or more. */
static bool put_cost(json_t *object, const struct report_cost *cost, const struct counts *counts)
{
    json_t *estimate;
    uint64_t cycles;

    if (!cost->is_asked) {
        return true;
    }
    estimate = json_pack("{s:{s:I, s:I}}", "assumed", "l2", number(cost->l2_hit), "pte",
                         number(cost->pte_read));
    return json_put(
        object, "cost",
        json_whole(estimate, json_put(estimate, "cycles",
                                      report_cost_cycles(cost, &counts->mmu.total, &cycles)
                                          ? json_integer(number(cycles))
                                          : json_null())));
}

/* What is counted for the whole run and for its regions alike. */
static bool put_counts(json_t *object, const struct report *report, const struct counts *counts)
{
    return put_mmu_counts(object, counts, &report->geometry) &&
           put_cost(object, &report->cost, counts);
}

static json_t *roi(const struct report *report)
{
    json_t *object;

    if (report->roi == NULL) {
        return json_null();
    }
    object = json_object();
    return json_whole(object, put_hart_counts(object, &report->roi->hart) &&
                                  put_counts(object, report, report->roi));
}

static json_t *how_it_ended(const struct report *report)
{
    return json_pack("{s:s, s:I, s:I}", "reason", name_of_reason(report->reason), "code",
                     number(report->code), "status", number(report->status));
}

static json_t *markers(const struct marker_counts *counts)
{
    json_t *object = json_object();

    return json_whole(object,
                      json_put_number(object, "begin", counts->begin) &&
                          json_put_number(object, "end", counts->end) &&
                          json_put_number(object, "reset", counts->reset) &&
                          json_put_number(object, "event", counts->event) &&
                          json_put_number(object, "unknown", counts->unknown) &&
                          json_put_number(object, "ignored_begins", counts->ignored_begins) &&
                          json_put_number(object, "ignored_ends", counts->ignored_ends));
}

static bool put_report(json_t *root, const struct report *report)
{
    return json_put(root, "schema", json_integer(REPORT_SCHEMA)) &&
           json_put(root, "version", json_string(PAGEWALK_VERSION)) &&
           put_hart_counts(root, &report->total.hart) &&
           json_put(root, "exit", how_it_ended(report)) &&
           json_put(root, "tlb", tlb_as_json(report)) && put_counts(root, report, &report->total) &&
           json_put(root, "roi", roi(report)) &&
           json_put(root, "markers", markers(&report->markers)) &&
           json_put(root, "processes",
                    processes_as_json(report->processes, report->total.mmu.has_l2)) &&
           json_put(root, "disks", disks_as_json(report));
}

bool report_json(FILE *file, const struct report *report)
{
    json_t *root = json_object();
    bool is_written = put_report(root, report) && json_dumpf(root, file, JSON_INDENT(2)) == 0 &&
                      fputc('\n', file) != EOF;

    json_decref(root);
    return is_written && !ferror(file); /* jansson overlooks some failed writes, the stream none */
}

#include "emu/report/report.h"

#include <jansson.h>
#include <stdio.h>

#include "emu/report/names.h"
#include "emu/report/version.h"

/* A json_t that could not be made is NULL, which json_pack and json_object_set_new refuse: so a
 * failure deep inside reaches the root. */

enum { JSON_SCHEMA = 1 };

static json_int_t number(uint64_t count)
{
    return (json_int_t)count;
}

static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static bool put_number(json_t *object, const char *key, uint64_t count)
{
    return put(object, key, json_integer(number(count)));
}

/* The object if everything could be put into it, else NULL. */
static json_t *whole(json_t *object, bool is_whole)
{
    if (!is_whole) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *lookups(uint64_t accesses, uint64_t hits, uint64_t misses)
{
    return json_pack("{s:I, s:I, s:I}", "accesses", number(accesses), "hits", number(hits),
                     "misses", number(misses));
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
        is_whole = put(object, name_of_size((enum mmu_page_size)size),
                       json_pack("{s:I, s:I}", "hits", number(array->hits_by_size[size]), "misses",
                                 number(array->misses_by_size[size])));
    }
    return whole(object, is_whole);
}

static json_t *array_by_access(const struct mmu_array_counters *array)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int access = 0; access < MMU_ACCESSES && is_whole; access++) {
        is_whole =
            put(object, name_of_access((enum mmu_access)access),
                lookups(array->accesses[access], array->hits[access], array->misses[access]));
    }
    return whole(object, is_whole);
}

static json_t *array_counts(const struct mmu_counts *counts, enum mmu_array which)
{
    const struct mmu_array_counters *array = &counts->total.array[which];
    json_t *object;

    if (which == MMU_L2 && !counts->has_l2) {
        return json_null();
    }
    object = lookups(sum_of_accesses(array->accesses), sum_of_accesses(array->hits),
                     sum_of_accesses(array->misses));
    return whole(object, put_number(object, "negative_hits", array->negative_hits) &&
                             put_number(object, "fills", array->fills) &&
                             put_number(object, "evictions", array->evictions) &&
                             put_number(object, "invalidations", array->invalidations) &&
                             put_number(object, "valid", counts->valid[which]) &&
                             put(object, "by_size", array_by_size(array)) &&
                             put(object, "by_access", array_by_access(array)));
}

/* From the leaf level to the root of the deepest page table. */
static json_t *reads_by_level(const struct mmu_counts *counts)
{
    json_t *array = json_array();
    bool is_whole = true;

    for (unsigned level = 0; level < counts->levels && is_whole; level++) {
        json_t *reads = json_integer(number(counts->total.walk.pte_reads_by_level[level]));
        is_whole = json_array_append_new(array, reads) == 0;
    }
    return whole(array, is_whole);
}

static json_t *walks_by_size(const struct mmu_walk_counters *walk)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int size = 0; size < MMU_PAGE_SIZES && is_whole; size++) {
        is_whole = put_number(object, name_of_size((enum mmu_page_size)size),
                              walk->completed_by_size[size]);
    }
    return whole(object, is_whole);
}

static json_t *walks(const struct mmu_counts *counts)
{
    const struct mmu_walk_counters *walk = &counts->total.walk;
    json_t *object = json_object();
    uint64_t completed = 0;

    for (size_t size = 0; size < MMU_PAGE_SIZES; size++) {
        completed += walk->completed_by_size[size];
    }
    return whole(object, put_number(object, "count", walk->count) &&
                             put_number(object, "completed", completed) &&
                             put_number(object, "faulted", walk->faulted) &&
                             put_number(object, "pte_reads", walk->pte_reads) &&
                             put(object, "pte_reads_by_level", reads_by_level(counts)) &&
                             put(object, "by_size", walks_by_size(walk)) &&
                             put_number(object, "a_updates", walk->a_updates) &&
                             put_number(object, "d_updates", walk->d_updates));
}

static json_t *faults(const struct hart_counters *hart)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (size_t i = 0; i < FAULT_NAMES && is_whole; i++) {
        is_whole = put_number(object, fault_names[i].key, hart->faults[fault_names[i].cause]);
    }
    return whole(object, is_whole);
}

static json_t *fences(const struct mmu_fence_counters *fence)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int form = 0; form < MMU_FENCE_FORMS && is_whole; form++) {
        is_whole = put(object, name_of_fence((enum mmu_fence_form)form),
                       json_pack("{s:I, s:I, s:I, s:I}", "count", number(fence[form].count),
                                 "entries_killed", number(fence[form].entries_killed),
                                 "walk_cache_killed", number(fence[form].walk_cache_killed),
                                 "useless", number(fence[form].useless)));
    }
    return whole(object, is_whole);
}

static json_t *share_of_array(const struct mmu_share_counters *share, enum mmu_array array,
                              bool has_l2)
{
    if (array == MMU_L2 && !has_l2) {
        return json_null();
    }
    return lookups(share->array[array].accesses, share->array[array].hits,
                   share->array[array].misses);
}

static json_t *share_counts(const struct mmu_share_counters *share, bool has_l2)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int i = 0; i < MMU_ARRAYS && is_whole; i++) {
        enum mmu_array array = (enum mmu_array)i;
        is_whole = put(object, name_of_array(array), share_of_array(share, array, has_l2));
    }
    return whole(object, is_whole && put_number(object, "walks", share->walks));
}

static json_t *by_mode(const struct mmu_counts *counts)
{
    const struct mmu_share_counters *mode = counts->total.mode;
    json_t *object = json_object();

    return whole(object, put(object, "u", share_counts(&mode[MMU_USER], counts->has_l2)) &&
                             put(object, "s", share_counts(&mode[MMU_SUPERVISOR], counts->has_l2)));
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
        is_whole = put(object, key, share_counts(&counts->asid[asid], counts->has_l2));
    }
    return whole(object, is_whole);
}

/* What the hart did. */
static bool put_hart_counts(json_t *object, const struct hart_counters *hart)
{
    return put_number(object, "instructions", hart->retired) &&
           put_number(object, "attempts", hart->attempts) &&
           put_number(object, "exceptions", hart->exceptions) &&
           put_number(object, "interrupts", hart->interrupts) &&
           put_number(object, "ticks", hart->cycles / HART_CYCLES_PER_TICK);
}

/* What the MMU did, and the faults that came of it. */
static bool put_mmu_counts(json_t *object, const struct counts *counts)
{
    return put(object, "l1i", array_counts(&counts->mmu, MMU_L1I)) &&
           put(object, "l1d", array_counts(&counts->mmu, MMU_L1D)) &&
           put(object, "l2", array_counts(&counts->mmu, MMU_L2)) &&
           put(object, "walks", walks(&counts->mmu)) &&
           put(object, "faults", faults(&counts->hart)) &&
           put(object, "fences", fences(counts->mmu.total.fence)) &&
           put(object, "by_mode", by_mode(&counts->mmu)) &&
           put(object, "by_asid", by_asid(&counts->mmu));
}

static json_t *roi(const struct counts *counts)
{
    json_t *object;

    if (counts == NULL) {
        return json_null();
    }
    object = json_object();
    return whole(object, put_hart_counts(object, &counts->hart) && put_mmu_counts(object, counts));
}

static json_t *array_geometry(const struct mmu_array_geometry *array)
{
    if (array->sets == 0) {
        return json_null();
    }
    return json_pack("{s:I, s:I, s:I, s:s}", "sets", (json_int_t)array->sets, "ways",
                     (json_int_t)array->ways, "entries", (json_int_t)mmu_array_entries(array),
                     "policy", mmu_policy_name(array->policy));
}

/* Those that an entry can hold: a leaf may be at any level, 64K is Svnapot's. */
static json_t *page_sizes(unsigned levels)
{
    json_t *array = json_array();
    bool is_whole = true;

    for (unsigned size = 0; size <= levels && is_whole; size++) {
        is_whole =
            json_array_append_new(array, json_string(name_of_size((enum mmu_page_size)size))) == 0;
    }
    return whole(array, is_whole);
}

static json_t *geometry(const struct report *report)
{
    const struct mmu_array_geometry *array = report->geometry.array;
    json_t *object = json_object();

    return whole(object, put(object, "l1i", array_geometry(&array[MMU_L1I])) &&
                             put(object, "l1d", array_geometry(&array[MMU_L1D])) &&
                             put(object, "l2", array_geometry(&array[MMU_L2])) &&
                             put_number(object, "asid_bits", report->geometry.asid_bits) &&
                             put(object, "page_sizes", page_sizes(report->geometry.levels)) &&
                             put(object, "ad", json_string(name_of_ad(report->ad))));
}

static json_t *how_it_ended(const struct report *report)
{
    return json_pack("{s:s, s:I, s:I}", "reason", name_of_reason(report->reason), "code",
                     number(report->code), "status", number(report->status));
}

static json_t *markers(const struct marker_counts *counts)
{
    json_t *object = json_object();

    return whole(object, put_number(object, "begin", counts->begin) &&
                             put_number(object, "end", counts->end) &&
                             put_number(object, "reset", counts->reset) &&
                             put_number(object, "event", counts->event) &&
                             put_number(object, "unknown", counts->unknown) &&
                             put_number(object, "ignored_begins", counts->ignored_begins) &&
                             put_number(object, "ignored_ends", counts->ignored_ends));
}

static bool put_report(json_t *root, const struct report *report)
{
    return put(root, "schema", json_integer(JSON_SCHEMA)) &&
           put(root, "version", json_string(PAGEWALK_VERSION)) &&
           put_hart_counts(root, &report->total.hart) && put(root, "exit", how_it_ended(report)) &&
           put(root, "tlb", geometry(report)) && put_mmu_counts(root, &report->total) &&
           put(root, "roi", roi(report->roi)) && put(root, "markers", markers(&report->markers));
}

bool report_json(FILE *file, const struct report *report)
{
    json_t *root = json_object();
    bool is_written = put_report(root, report) && json_dumpf(root, file, JSON_INDENT(2)) == 0 &&
                      fputc('\n', file) != EOF;

    json_decref(root);
    return is_written && !ferror(file); /* jansson overlooks some failed writes, the stream none */
}

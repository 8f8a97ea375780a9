#include "tests/support/slow_versus.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Some numbers in a row within a struct of numbers. */
struct field {
    const char *name;
    size_t first;
    size_t count;
};

#define FIELD(type, name)                                                                          \
    {                                                                                              \
#name, offsetof(struct type, name) / 8, sizeof(((struct type *)0)->name) / 8               \
    }

static const struct field array_fields[] = {
    FIELD(mmu_array_counters, accesses),       FIELD(mmu_array_counters, hits),
    FIELD(mmu_array_counters, misses),         FIELD(mmu_array_counters, hits_by_size),
    FIELD(mmu_array_counters, misses_by_size), FIELD(mmu_array_counters, negative_hits),
    FIELD(mmu_array_counters, fills),          FIELD(mmu_array_counters, evictions),
    FIELD(mmu_array_counters, invalidations),  FIELD(mmu_array_counters, back_invalidations),
    FIELD(mmu_array_counters, moves),          FIELD(mmu_array_counters, unkept_misses),
    FIELD(mmu_array_counters, miss_class),     FIELD(mmu_array_counters, bank),
};

static const struct field walk_fields[] = {
    FIELD(mmu_walk_counters, count),
    FIELD(mmu_walk_counters, completed_by_size),
    FIELD(mmu_walk_counters, faulted),
    FIELD(mmu_walk_counters, pte_reads),
    FIELD(mmu_walk_counters, pte_reads_by_level),
    FIELD(mmu_walk_counters, cache_hits),
    FIELD(mmu_walk_counters, cache_hits_by_level),
    FIELD(mmu_walk_counters, a_updates),
    FIELD(mmu_walk_counters, d_updates),
};

static const struct field fence_fields[] = {
    FIELD(mmu_fence_counters, count),
    FIELD(mmu_fence_counters, entries_killed),
    FIELD(mmu_fence_counters, walk_cache_killed),
    FIELD(mmu_fence_counters, useless),
};

static const struct field share_fields[] = {
    FIELD(mmu_share_counters, array),
    FIELD(mmu_share_counters, walks),
};

static const struct field valid_fields[] = {
    FIELD(slow_valid, pages),
    FIELD(slow_valid, by_size),
    FIELD(slow_valid, by_bank),
};

#define COUNT_OF(fields) (sizeof(fields) / sizeof *(fields))

__attribute__((format(printf, 2, 3))) static void say(struct slow_versus *versus,
                                                      const char *format, ...)
{
    size_t used = strlen(versus->mismatch);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(versus->mismatch + used, sizeof versus->mismatch - used, format, arguments);
    va_end(arguments);
}

/* Two structs of numbers to be compared, and what they are the counts of. */
struct comparison {
    struct slow_versus *versus;
    const char *what;
    size_t index;
    const struct field *fields;
    size_t field_count;
};

static bool same_field(const struct comparison *comparison, const struct field *field,
                       const uint64_t *mmu, const uint64_t *slow)
{
    bool is_same = true;

    for (size_t i = field->first; i < field->first + field->count; i++) {
        if (mmu[i] != slow[i]) {
            say(comparison->versus, "; %s[%zu].%s[%zu]: MMU %" PRIu64 ", slow %" PRIu64,
                comparison->what, comparison->index, field->name, i - field->first, mmu[i],
                slow[i]);
            is_same = false;
        }
    }
    return is_same;
}

/* Compares all fields and names those that differ. */
static bool same(const struct comparison *comparison, const void *mmu, const void *slow)
{
    bool is_same = true;

    for (size_t i = 0; i < comparison->field_count; i++) {
        is_same = same_field(comparison, &comparison->fields[i], mmu, slow) && is_same;
    }
    return is_same;
}

/* Names the counters that differ. */
static bool name_differences(struct slow_versus *versus, const struct mmu_counters *mmu,
                             const struct mmu_counters *slow)
{
    bool is_same = true;

    for (size_t i = 0; i < MMU_ARRAYS; i++) {
        struct comparison array = {versus, "array", i, array_fields, COUNT_OF(array_fields)};
        is_same = same(&array, &mmu->array[i], &slow->array[i]) && is_same;
    }
    struct comparison walk = {versus, "walk", 0, walk_fields, COUNT_OF(walk_fields)};
    is_same = same(&walk, &mmu->walk, &slow->walk) && is_same;
    for (size_t i = 0; i < MMU_FENCE_FORMS; i++) {
        struct comparison fence = {versus, "fence", i, fence_fields, COUNT_OF(fence_fields)};
        is_same = same(&fence, &mmu->fence[i], &slow->fence[i]) && is_same;
    }
    for (size_t i = 0; i < MMU_MODES; i++) {
        struct comparison mode = {versus, "mode", i, share_fields, COUNT_OF(share_fields)};
        is_same = same(&mode, &mmu->mode[i], &slow->mode[i]) && is_same;
    }
    return is_same;
}

static bool same_counters(struct slow_versus *versus)
{
    const struct mmu_counters *mmu = mmu_counters(versus->mmu);
    struct mmu_counters slow = versus->slow.counters;

    slow.walk = versus->slow.walker.counters;
    if (memcmp(mmu, &slow, sizeof slow) == 0) {
        return true;
    }
    if (name_differences(versus, mmu, &slow)) {
        say(versus, "; a counter that has no name here differs");
    }
    return false;
}

bool slow_versus_init(struct slow_versus *versus, const struct mmu_geometry *geometry)
{
    memset(versus, 0, sizeof *versus);
    struct mmu_memory memory = pte_memory_for_mmu(&versus->memory);
    struct sv_memory twin = pte_memory_for_model(&versus->twin);

    versus->mmu = mmu_create(geometry, &memory);
    slow_tlb_init(&versus->slow, geometry, &twin);
    return versus->mmu != NULL;
}

void slow_versus_finish(struct slow_versus *versus)
{
    mmu_destroy(versus->mmu);
    versus->mmu = NULL;
    slow_tlb_finish(&versus->slow);
}

void slow_versus_poke(struct slow_versus *versus, uint64_t pa, uint64_t pte)
{
    *pte_memory_at(&versus->memory, pa) = pte;
    *pte_memory_at(&versus->twin, pa) = pte;
}

void slow_versus_protect(struct slow_versus *versus, unsigned page, bool is_unreadable,
                         bool is_unwritable)
{
    versus->memory.is_unreadable[page] = versus->twin.is_unreadable[page] = is_unreadable;
    versus->memory.is_unwritable[page] = versus->twin.is_unwritable[page] = is_unwritable;
}

void slow_versus_fence(struct slow_versus *versus, const struct mmu_fence *fence)
{
    mmu_fence(versus->mmu, fence);
    slow_tlb_fence(&versus->slow, fence);
}

static const char *const status_words[] = {"ok", "page fault", "access fault"};

static bool is_outcome(enum mmu_status status, uint64_t mmu_pa, enum sv_outcome outcome,
                       uint64_t slow_pa)
{
    static const enum mmu_status expected[] = {
        [SV_OK] = MMU_OK, [SV_PAGE_FAULT] = MMU_PAGE_FAULT, [SV_ACCESS_FAULT] = MMU_ACCESS_FAULT};
    return status == expected[outcome] && (status != MMU_OK || mmu_pa == slow_pa);
}

/* What mmu_probe foretold. */
struct prophecy {
    bool is_asked;
    bool left_a_trace;
    struct mmu_probe probe;
};

static void foretell(struct slow_versus *versus, const struct mmu_mode *mode, uint64_t va,
                     enum mmu_access access, struct prophecy *prophecy)
{
    struct mmu_counters before = *mmu_counters(versus->mmu);
    uint64_t writes = versus->memory.writes;
    uint64_t reads = versus->memory.reads;

    mmu_probe(versus->mmu, mode, va, access, &prophecy->probe);
    prophecy->left_a_trace = versus->memory.writes != writes ||
                             memcmp(&before, mmu_counters(versus->mmu), sizeof before) != 0;
    prophecy->is_asked = true;
    versus->memory.reads = reads; /* a probe's reads are nobody's */
}

/* True if the probe's walk met a pointer in the walk cache after it had read one above it. A real
 * walk remembers the upper one, and may push the lower one out before it asks for it. */
static bool may_have_pushed_out(const struct mmu_probe *probe)
{
    bool has_read = false;

    for (unsigned i = 0; probe->walks && i < probe->walk.step_count; i++) {
        if (has_read && probe->walk.step[i].is_cached) {
            return true;
        }
        has_read = has_read || !probe->walk.step[i].is_cached;
    }
    return false;
}

/* Returns whether mmu_probe was right about an access, or says that it was not. */
static bool came_true(struct slow_versus *versus, const struct prophecy *prophecy, uint64_t slow_pa)
{
    const struct mmu_probe *probe = &prophecy->probe;

    if (prophecy->left_a_trace) {
        say(versus, "; mmu_probe left a trace");
        return false;
    }
    if (prophecy->is_asked && !may_have_pushed_out(probe) &&
        !is_outcome(mmu_rule_status(probe->rule), probe->pa, versus->outcome, slow_pa)) {
        say(versus, "; mmu_probe foretold rule %d, %#" PRIx64, probe->rule, probe->pa);
        return false;
    }
    return true;
}

bool slow_versus_agree(struct slow_versus *versus, const struct mmu_mode *mode, uint64_t va,
                       enum mmu_access access, bool is_foretold)
{
    static const char *const kind[] = {"fetch", "load", "store"};
    struct prophecy prophecy = {.is_asked = false};
    uint64_t mmu_pa = 0;
    uint64_t slow_pa = 0;

    versus->mismatch[0] = '\0';
    if (is_foretold) {
        foretell(versus, mode, va, access, &prophecy);
    }
    enum mmu_status status = mmu_translate(versus->mmu, mode, va, access, &mmu_pa);
    versus->outcome = slow_tlb_translate(&versus->slow, mode, va, access, &slow_pa);
    bool is_same = is_outcome(status, mmu_pa, versus->outcome, slow_pa);
    if (!is_same) {
        say(versus, "; MMU %s %#" PRIx64 ", slow %s %#" PRIx64, status_words[status], mmu_pa,
            status_words[versus->outcome], slow_pa);
    }
    is_same = came_true(versus, &prophecy, slow_pa) && is_same;
    if (versus->memory.reads != versus->twin.reads ||
        versus->memory.writes != versus->twin.writes ||
        versus->memory.last_write_pa != versus->twin.last_write_pa) {
        say(versus, "; page tables are read or written differently");
        is_same = false;
    }
    is_same = same_counters(versus) && is_same;
    if (!is_same) {
        say(versus, "; at a %s of %#" PRIx64 " in mode %d, satp %#" PRIx64 ", %s", kind[access], va,
            mode->privilege, mode->satp, mode->hardware_ad ? "hardware A/D" : "Svade");
    }
    return is_same;
}

static bool same_valid(struct slow_versus *versus, const struct mmu_counts *counts)
{
    bool is_same = true;

    for (enum mmu_array i = MMU_L1I; i <= MMU_L2; i++) {
        struct comparison valid = {versus, "valid", i, valid_fields, COUNT_OF(valid_fields)};
        struct slow_valid slow = slow_tlb_valid(&versus->slow, i);
        struct slow_valid mmu = {.pages = counts->valid[i]};
        memcpy(mmu.by_size, counts->valid_by_size[i], sizeof mmu.by_size);
        memcpy(mmu.by_bank, counts->valid_by_bank[i], sizeof mmu.by_bank);
        is_same = same(&valid, &mmu, &slow) && is_same;
    }
    return is_same;
}

static bool same_asids(struct slow_versus *versus, const struct mmu_counts *counts)
{
    if (counts->asid_count != versus->slow.asid_count) {
        say(versus, "; ASIDs: MMU %zu, slow %" PRIu64, counts->asid_count, versus->slow.asid_count);
        return false;
    }
    bool is_same = true;
    for (size_t i = 0; i < counts->asid_count; i++) {
        struct comparison asid = {versus, "asid", i, share_fields, COUNT_OF(share_fields)};
        is_same = same(&asid, &counts->asid[i], &versus->slow.asid[i]) && is_same;
    }
    return is_same;
}

bool slow_versus_same_contents(struct slow_versus *versus)
{
    struct mmu_law_broken broken = {.law = ""};
    struct mmu_counts counts;

    versus->mismatch[0] = '\0';
    mmu_count(versus->mmu, &counts);
    bool is_same = same_valid(versus, &counts);
    is_same = same_asids(versus, &counts) && is_same;
    is_same = same_counters(versus) && is_same;
    if (!mmu_laws_hold(&counts, &broken)) {
        say(versus, "; broken law: %s: %" PRIu64 " and %" PRIu64, broken.law, broken.left,
            broken.right);
        is_same = false;
    }
    if (memcmp(versus->memory.page, versus->twin.page, sizeof versus->twin.page) != 0) {
        say(versus, "; the page tables differ");
        is_same = false;
    }
    return is_same;
}

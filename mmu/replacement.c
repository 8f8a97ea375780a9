#include "mmu/replacement.h"

#include <stdlib.h>
#include <string.h>

static bool has_stamps(enum mmu_policy policy)
{
    return policy == MMU_LRU || policy == MMU_FIFO;
}

static bool has_bits(enum mmu_policy policy)
{
    return policy == MMU_TREE_PLRU || policy == MMU_BIT_PLRU;
}

static bool make_order(struct replacement *replacement, uint32_t entries)
{
    replacement->order = calloc(entries, sizeof *replacement->order);
    if (replacement->order == NULL) {
        return false;
    }
    for (uint32_t entry = 0; entry < entries; entry++) {
        replacement->order[entry].entry = entry;
    }
    return true;
}

static bool make_stamps(struct replacement *replacement, uint32_t entries)
{
    replacement->stamp = calloc(entries, sizeof *replacement->stamp);
    return replacement->stamp != NULL &&
           (replacement->ways <= REPLACEMENT_FEW || make_order(replacement, entries));
}

bool replacement_init(struct replacement *replacement, const struct mmu_bank_geometry *geometry,
                      uint64_t seed)
{
    uint32_t entries = geometry->sets * geometry->ways;
    bool is_made;

    *replacement =
        (struct replacement){.policy = geometry->policy, .ways = geometry->ways, .random = seed};
    replacement->clock = &replacement->own_clock;
    replacement->cursor = calloc(geometry->sets, sizeof *replacement->cursor);
    is_made = replacement->cursor != NULL;
    if (has_stamps(geometry->policy)) {
        is_made = is_made && make_stamps(replacement, entries);
    }
    if (has_bits(geometry->policy)) {
        replacement->bit = calloc(entries, sizeof *replacement->bit);
        is_made = is_made && replacement->bit != NULL;
    }
    if (!is_made) {
        replacement_finish(replacement);
    }
    return is_made;
}

void replacement_finish(struct replacement *replacement)
{
    free(replacement->stamp);
    free(replacement->elsewhere);
    free(replacement->order);
    free(replacement->bit);
    free(replacement->cursor);
    *replacement = (struct replacement){.ways = 0};
}

void replacement_lend_clock(struct replacement *replacement, uint64_t *clock)
{
    uint64_t now = *replacement->clock;

    replacement->clock = clock == NULL ? &replacement->own_clock : clock;
    if (*replacement->clock < now) {
        *replacement->clock = now;
    }
}

void replacement_copy(struct replacement *replacement, const struct replacement *from,
                      uint32_t sets)
{
    size_t entries = (size_t)sets * from->ways;

    if (from->stamp != NULL) {
        memcpy(replacement->stamp, from->stamp, entries * sizeof *from->stamp);
    }
    if (from->order != NULL) {
        memcpy(replacement->order, from->order, entries * sizeof *from->order);
    }
    if (from->bit != NULL) {
        memcpy(replacement->bit, from->bit, entries * sizeof *from->bit);
    }
    memcpy(replacement->cursor, from->cursor, sets * sizeof *from->cursor);
    replacement->random = from->random;
    *replacement->clock = *from->clock;
}

bool replacement_allow_elsewhere(struct replacement *replacement, uint32_t entries)
{
    replacement->elsewhere = calloc(entries, sizeof *replacement->elsewhere);
    return replacement->elsewhere != NULL;
}

void replacement_note_elsewhere(struct replacement *replacement, uint32_t entry,
                                const uint64_t *stamp)
{
    replacement->stamp[entry] = replacement_stamp(replacement, entry);
    replacement->elsewhere[entry] = stamp;
}

static bool is_sorted(const struct replacement_age *order, uint32_t count)
{
    uint32_t i = 1;

    while (i < count && order[i - 1].stamp <= order[i].stamp) {
        i++;
    }
    return i >= count;
}

/* Sorts by insertion what is gap places apart. */
static void sort_apart(struct replacement_age *order, uint32_t count, uint32_t gap)
{
    for (uint32_t i = gap; i < count; i++) {
        struct replacement_age moving = order[i];
        uint32_t hole = i;

        for (; hole >= gap && order[hole - gap].stamp > moving.stamp; hole -= gap) {
            order[hole] = order[hole - gap];
        }
        order[hole] = moving;
    }
}

/* Shell's sort: quick for a few ways, for many, and for ways that are nearly in order. */
static void sort(struct replacement_age *order, uint32_t count)
{
    uint32_t gap = 1;

    while (gap < count / 9) {
        gap = 3 * gap + 1;
    }
    for (; gap > 0; gap /= 3) {
        sort_apart(order, count, gap);
    }
}

void replacement_sort(struct replacement *replacement, uint32_t set)
{
    struct replacement_age *order = &replacement->order[(size_t)set * replacement->ways];

    for (uint32_t i = 0; i < replacement->ways; i++) {
        order[i].stamp = replacement_stamp(replacement, order[i].entry);
    }
    if (!is_sorted(order, replacement->ways)) {
        sort(order, replacement->ways);
    }
}

uint32_t replacement_oldest_noted(const struct replacement *replacement, uint32_t set)
{
    uint32_t first = set * replacement->ways;
    uint32_t oldest = first;

    for (uint32_t entry = first + 1; entry < first + replacement->ways; entry++) {
        if (replacement_stamp(replacement, entry) < replacement_stamp(replacement, oldest)) {
            oldest = entry;
        }
    }
    return oldest;
}

/* The ways of the lower subtree: the largest power of two below ways, which is at least 2. */
static uint32_t lower_side(uint32_t ways)
{
    return UINT32_C(1) << (31 - __builtin_clz(ways - 1));
}

/* A tree of n ways has a node for each place between two ways: it stands at the last way of its
 * lower side. Its bit is set if it points to the higher side. */
static void point_away(struct replacement *replacement, uint32_t entry)
{
    uint32_t way = entry % replacement->ways;
    bool *node = &replacement->bit[entry - way];
    uint32_t count = replacement->ways;

    while (count > 1) {
        uint32_t lower = lower_side(count);
        bool is_lower = way < lower;

        node[lower - 1] = is_lower;
        if (is_lower) {
            count = lower;
        } else {
            node += lower;
            way -= lower;
            count -= lower;
        }
    }
}

static uint32_t pointed_at(const struct replacement *replacement, uint32_t set)
{
    uint32_t first = set * replacement->ways;
    uint32_t count = replacement->ways;

    while (count > 1) {
        uint32_t lower = lower_side(count);

        if (replacement->bit[first + lower - 1]) {
            first += lower;
            count -= lower;
        } else {
            count = lower;
        }
    }
    return first;
}

/* The use that would set the last clear bit clears all. */
static void set_bit(struct replacement *replacement, uint32_t entry)
{
    uint32_t set = entry / replacement->ways;

    if (replacement->bit[entry]) {
        return;
    }
    replacement->bit[entry] = true;
    replacement->cursor[set]++;
    if (replacement->cursor[set] == replacement->ways) {
        for (uint32_t way = 0; way < replacement->ways; way++) {
            replacement->bit[set * replacement->ways + way] = false;
        }
        replacement->cursor[set] = 0;
    }
}

static uint32_t lowest_clear(const struct replacement *replacement, uint32_t set)
{
    uint32_t entry = set * replacement->ways;

    while (replacement->bit[entry]) {
        entry++;
    }
    return entry;
}

static uint32_t next_in_turn(struct replacement *replacement, uint32_t set)
{
    uint32_t way = replacement->cursor[set];

    replacement->cursor[set] = (way + 1) % replacement->ways;
    return set * replacement->ways + way;
}

/* SplitMix64. */
static uint64_t next_random(struct replacement *replacement)
{
    uint64_t z = replacement->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t any(struct replacement *replacement, uint32_t set)
{
    uint64_t high = next_random(replacement) >> 32;

    return set * replacement->ways + (uint32_t)(high * replacement->ways >> 32);
}

void replacement_use_bits(struct replacement *replacement, uint32_t entry)
{
    if (replacement->policy == MMU_TREE_PLRU) {
        point_away(replacement, entry);
    } else {
        set_bit(replacement, entry);
    }
}

uint32_t replacement_choose(struct replacement *replacement, uint32_t set)
{
    switch (replacement->policy) {
    case MMU_TREE_PLRU: return pointed_at(replacement, set);
    case MMU_BIT_PLRU: return lowest_clear(replacement, set);
    case MMU_ROUND_ROBIN: return next_in_turn(replacement, set);
    case MMU_LRU:
    case MMU_FIFO:
    case MMU_RANDOM: break;
    }
    return any(replacement, set);
}

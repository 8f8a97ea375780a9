/* mmu_geometry_parse: the text of --tlb. docs/tlb.md has the grammar. */
#include <stdint.h>
#include <string.h>

#include "mmu/geometry.h"
#include "mmu/presets.h"

/* A piece of the specification: not NUL-terminated. */
struct text {
    const char *start;
    size_t length;
};

/* The specification as far as it is read: which keys it has named, and what is wrong with it. */
struct reading {
    struct mmu_geometry geometry;
    unsigned seen; /* a bit for each key of this list */
    struct text refused;
};

/* What an ARRAY may say, besides what its banks say. */
struct array_words {
    bool is_l2;
    bool is_walk_cache;
    enum mmu_inclusion inclusion;
    struct mmu_walk_cache_geometry *walk_cache;
};

static const char bad_size[] = "must have 1 to 65536 entries, as N or SETSxWAYS";

static bool text_is(struct text text, const char *word)
{
    return strlen(word) == text.length && memcmp(text.start, word, text.length) == 0;
}

/* Cuts text at the first separator: the part before it is returned, *text keeps what follows.
 * *found tells if there was one; without it everything is returned. */
static struct text cut(struct text *text, char separator, bool *found)
{
    const char *end = memchr(text->start, separator, text->length);
    struct text part = *text;

    *found = end != NULL;
    if (end == NULL) {
        *text = (struct text){.start = text->start + text->length, .length = 0};
        return part;
    }
    part.length = (size_t)(end - text->start);
    text->start += part.length + 1;
    text->length -= part.length + 1;
    return part;
}

/* Takes a question mark off the end, which says that the word before it is assumed. */
static bool cut_assumed(struct text *word)
{
    bool is_assumed = word->length > 0 && word->start[word->length - 1] == '?';

    word->length -= is_assumed;
    return is_assumed;
}

/* Reads a whole decimal number. Returns false for anything else, or a number above limit. */
static bool read_number(struct text text, unsigned limit, unsigned *number)
{
    uint64_t value = 0;

    if (text.length == 0) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        if (text.start[i] < '0' || text.start[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text.start[i] - '0');
        if (value > limit) {
            return false;
        }
    }
    *number = (unsigned)value;
    return true;
}

/* N or SETSxWAYS. Returns NULL, or why it is none. */
static const char *parse_size(struct text size, struct mmu_bank_geometry *bank)
{
    bool is_associative = false;
    struct text first = cut(&size, 'x', &is_associative);

    bank->sets = 1;
    if (!is_associative) {
        return read_number(first, MMU_MAX_ENTRIES, &bank->ways) && bank->ways != 0 ? NULL
                                                                                   : bad_size;
    }
    if (!read_number(first, MMU_MAX_ENTRIES, &bank->sets) ||
        !read_number(size, MMU_MAX_ENTRIES, &bank->ways) || bank->ways == 0) {
        return bad_size;
    }
    if (bank->sets == 0 || (bank->sets & (bank->sets - 1)) != 0) {
        return "must have a power of two as its number of sets";
    }
    return (uint64_t)bank->sets * bank->ways <= MMU_MAX_ENTRIES ? NULL : bad_size;
}

static bool parse_policy(struct text word, struct mmu_bank_geometry *bank)
{
    bool is_assumed = cut_assumed(&word);

    for (unsigned policy = 0; policy < MMU_POLICIES; policy++) {
        if (text_is(word, mmu_policy_name((enum mmu_policy)policy))) {
            bank->policy = (enum mmu_policy)policy;
            bank->policy_is_assumed = is_assumed;
            return true;
        }
    }
    return false;
}

static bool parse_page_size(struct text word, struct mmu_bank_geometry *bank)
{
    if (text_is(word, "super")) {
        bank->sizes |= MMU_ALL_SIZES & ~(1u << MMU_4K | 1u << MMU_64K);
        return true;
    }
    for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
        if (text_is(word, mmu_page_size_name((enum mmu_page_size)size))) {
            bank->sizes |= 1u << size;
            return true;
        }
    }
    return false;
}

/* pages=N. Returns NULL, or why it is not that. */
static const char *parse_pages(struct text word, struct mmu_bank_geometry *bank)
{
    unsigned pages;

    if (!read_number(word, MMU_MAX_SECTOR, &pages) || pages == 0 || (pages & (pages - 1)) != 0) {
        return "must have 1, 2, 4, 8 or 16 pages in an entry";
    }
    bank->pages = pages;
    return NULL;
}

/* The words that only the L2 or the walk cache know. */
static bool parse_array_word(struct text word, struct array_words *words)
{
    if (words->is_l2 && (text_is(word, "inclusive") || text_is(word, "exclusive"))) {
        words->inclusion = word.start[0] == 'i' ? MMU_INCLUSIVE : MMU_EXCLUSIVE;
        return true;
    }
    if (!words->is_walk_cache) {
        return false;
    }
    if (text_is(word, "strict")) {
        words->walk_cache->is_strict = true;
        return true;
    }
    words->walk_cache->kind_is_assumed = cut_assumed(&word);
    if (text_is(word, "pte") || text_is(word, "va")) {
        words->walk_cache->kind =
            word.start[0] == 'p' ? MMU_WALK_CACHE_BY_PTE : MMU_WALK_CACHE_BY_VA;
        return true;
    }
    return false;
}

/* One word behind a colon. Returns NULL, or why it is none. */
static const char *parse_word(struct text word, struct mmu_bank_geometry *bank,
                              struct array_words *words)
{
    bool has_number = false;
    struct text rest = word;
    struct text name = cut(&rest, '=', &has_number);

    if (has_number && text_is(name, "pages") && !words->is_walk_cache) {
        return parse_pages(rest, bank);
    }
    if (text_is(word, "pieces") && !words->is_walk_cache) {
        bank->has_pieces = true;
        return NULL;
    }
    if (parse_policy(word, bank) || parse_page_size(word, bank) || parse_array_word(word, words)) {
        return NULL;
    }
    return "has an unknown word; see docs/tlb.md: a policy (lru, plru, bit-plru, fifo, "
           "round-robin, random), a page size (4K to 256T, super), pages=N, pieces, for l2 "
           "inclusive or exclusive, for pwc pte, va or strict";
}

/* SIZE and its words. */
static const char *parse_bank(struct text value, struct mmu_bank_geometry *bank,
                              struct array_words *words)
{
    bool more = false;
    const char *reason = parse_size(cut(&value, ':', &more), bank);

    bank->pages = 1;
    while (reason == NULL && more) {
        reason = parse_word(cut(&value, ':', &more), bank, words);
    }
    return reason;
}

/* A bank that names no sizes holds those that no other one names. */
static const char *settle_sizes(struct mmu_array_geometry *array)
{
    unsigned named = 0;
    struct mmu_bank_geometry *unnamed = NULL;

    for (unsigned i = 0; i < array->bank_count; i++) {
        struct mmu_bank_geometry *bank = &array->bank[i];

        if ((bank->sizes & named) != 0) {
            return "has a page size in two banks";
        }
        named |= bank->sizes;
        if (bank->sizes == 0 && unnamed != NULL) {
            return "has two banks without page sizes";
        }
        unnamed = bank->sizes == 0 ? bank : unnamed;
    }
    if (unnamed != NULL) {
        unnamed->sizes = MMU_ALL_SIZES & ~named;
        return unnamed->sizes == 0 ? "has a bank that is left no page size" : NULL;
    }
    return NULL;
}

/* One bank, or several joined by plus signs. */
static const char *parse_array(struct text value, struct mmu_array_geometry *array,
                               struct array_words *words)
{
    bool more = true;
    const char *reason = NULL;

    *array = (struct mmu_array_geometry){.bank_count = 0};
    while (reason == NULL && more) {
        if (array->bank_count == MMU_MAX_BANKS) {
            return "has more than four banks";
        }
        reason = parse_bank(cut(&value, '+', &more), &array->bank[array->bank_count++], words);
    }
    return reason == NULL ? settle_sizes(array) : reason;
}

static const char *parse_l1i(struct text value, struct mmu_geometry *geometry)
{
    return parse_array(value, &geometry->array[MMU_L1I], &(struct array_words){.is_l2 = false});
}

static const char *parse_l1d(struct text value, struct mmu_geometry *geometry)
{
    return parse_array(value, &geometry->array[MMU_L1D], &(struct array_words){.is_l2 = false});
}

static const char *parse_l2(struct text value, struct mmu_geometry *geometry)
{
    struct array_words words = {.is_l2 = true};
    const char *reason = NULL;

    geometry->array[MMU_L2] = (struct mmu_array_geometry){.bank_count = 0};
    if (!text_is(value, "none")) {
        reason = parse_array(value, &geometry->array[MMU_L2], &words);
    }
    geometry->inclusion = words.inclusion;
    return reason;
}

static const char *parse_walk_cache(struct text value, struct mmu_geometry *geometry)
{
    struct mmu_walk_cache_geometry *cache = &geometry->walk_cache;
    struct array_words words = {.is_walk_cache = true, .walk_cache = cache};

    *cache = (struct mmu_walk_cache_geometry){.kind = MMU_NO_WALK_CACHE};
    if (text_is(value, "none")) {
        return NULL;
    }
    cache->kind = MMU_WALK_CACHE_BY_PTE;
    const char *reason = parse_array(value, &cache->banks, &words);

    if (reason == NULL && cache->kind == MMU_WALK_CACHE_BY_PTE &&
        cache->banks.bank[0].sizes != MMU_ALL_SIZES) {
        return "names page sizes, which only a walk cache by va has";
    }
    return reason;
}

static const char *parse_asid(struct text value, struct mmu_geometry *geometry)
{
    geometry->asid_is_assumed = cut_assumed(&value);
    return read_number(value, MMU_MAX_ASID_BITS, &geometry->asid_bits)
               ? NULL
               : "must be a number of bits from 0 to 16";
}

static const char *parse_invalid(struct text value, struct mmu_geometry *geometry)
{
    bool more = true;

    geometry->keeps_invalid_leaf = false;
    geometry->keeps_invalid_non_leaf = false;
    if (text_is(value, "none")) {
        return NULL;
    }
    while (more) {
        struct text word = cut(&value, '+', &more);

        if (text_is(word, "leaf")) {
            geometry->keeps_invalid_leaf = true;
        } else if (text_is(word, "non-leaf")) {
            geometry->keeps_invalid_non_leaf = true;
        } else {
            return "must be none, leaf, non-leaf or leaf+non-leaf";
        }
    }
    return NULL;
}

static const char *parse_fence(struct text value, struct mmu_geometry *geometry)
{
    geometry->fence_va_removes_all = text_is(value, "all");
    return geometry->fence_va_removes_all || text_is(value, "exact") ? NULL
                                                                     : "must be exact or all";
}

static const char *parse_ad(struct text value, struct mmu_geometry *geometry)
{
    if (text_is(value, "hw")) {
        geometry->ad = MMU_AD_BY_HARDWARE;
    } else if (text_is(value, "svade")) {
        geometry->ad = MMU_AD_BY_SOFTWARE;
    } else if (text_is(value, "unknown")) {
        geometry->ad = MMU_AD_UNKNOWN;
    } else {
        return "must be hw, svade or unknown";
    }
    return NULL;
}

static const struct {
    const char *key;
    const char *(*parse)(struct text value, struct mmu_geometry *geometry);
} keys[] = {
    {"l1i", parse_l1i},        {"l1d", parse_l1d},   {"l2", parse_l2},
    {"pwc", parse_walk_cache}, {"asid", parse_asid}, {"invalid", parse_invalid},
    {"fence", parse_fence},    {"ad", parse_ad},
};

enum { KEYS = sizeof keys / sizeof *keys };

/* One KEY=VALUE. Returns NULL, or why it was refused. */
static const char *parse_part(struct text part, struct reading *reading)
{
    bool has_value = false;
    struct text key = cut(&part, '=', &has_value);
    unsigned index = 0;

    while (index < KEYS && !text_is(key, keys[index].key)) {
        index++;
    }
    if (index == KEYS) {
        return has_value ? "has an unknown key; there are l1i, l1d, l2, pwc, asid, invalid, fence "
                           "and ad"
                         : "is no preset and no KEY=VALUE";
    }
    if (!has_value) {
        return "needs a value, as in l1d=32";
    }
    if ((reading->seen & (1u << index)) != 0) {
        return "names its key a second time";
    }
    reading->seen |= 1u << index;
    return keys[index].parse(part, &reading->geometry);
}

/* KEY=VALUE parts, separated by commas. */
static const char *parse_parts(struct text list, struct reading *reading)
{
    const char *reason = NULL;
    bool more = true;

    reading->seen = 0;
    while (more && reason == NULL) {
        reading->refused = cut(&list, ',', &more);
        reason = parse_part(reading->refused, reading);
    }
    return reason;
}

/* PRESET, PRESET,PARTS or PARTS. */
static const char *parse_spec(struct text spec, struct reading *reading)
{
    bool has_parts = false;
    struct text rest = spec;
    struct text first = cut(&rest, ',', &has_parts);
    const struct mmu_preset *preset = mmu_preset_find(first.start, first.length);

    if (preset == NULL) {
        return parse_parts(spec, reading);
    }
    struct text parts = {.start = preset->spec, .length = strlen(preset->spec)};
    const char *reason = parse_parts(parts, reading);

    return reason == NULL && has_parts ? parse_parts(rest, reading) : reason;
}

static unsigned sizes_of(const struct mmu_array_geometry *array)
{
    unsigned sizes = 0;

    for (unsigned i = 0; i < array->bank_count; i++) {
        sizes |= array->bank[i].sizes;
    }
    return sizes;
}

/* What no part can tell alone. Returns NULL, or what is wrong with the whole. */
static const char *check_whole(const struct mmu_geometry *geometry)
{
    const struct mmu_array_geometry *array = geometry->array;

    if (array[MMU_L1I].bank_count == 0) {
        return "does not say how large l1i is";
    }
    if (array[MMU_L1D].bank_count == 0) {
        return "does not say how large l1d is";
    }
    if (geometry->inclusion != MMU_NEITHER &&
        (sizes_of(&array[MMU_L1I]) & sizes_of(&array[MMU_L1D]) & sizes_of(&array[MMU_L2])) !=
            MMU_ALL_SIZES) {
        return "has an inclusive or exclusive l2, for which every array must hold all page sizes";
    }
    return NULL;
}

bool mmu_geometry_parse(const char *spec, struct mmu_geometry *geometry,
                        struct mmu_geometry_error *error)
{
    const struct text whole = {.start = spec, .length = strlen(spec)};
    struct reading reading = {
        .geometry = {.asid_bits = MMU_MAX_ASID_BITS, .levels = SV39_LEVELS, .seed = 1}};
    const char *reason = parse_spec(whole, &reading);

    if (reason == NULL) {
        reading.refused = whole;
        reason = check_whole(&reading.geometry);
    }
    if (reason != NULL) {
        error->part = reading.refused.start;
        error->part_length = reading.refused.length;
        error->reason = reason;
        return false;
    }
    *geometry = reading.geometry;
    return true;
}

#include "mmu/geometry.h"

#include <stdint.h>
#include <string.h>

#include "mmu/presets.h"

/* A piece of the specification: not NUL-terminated. */
struct text {
    const char *start;
    size_t length;
};

static const char *const policy_names[] = {
    [MMU_LRU] = "lru",
};

enum { POLICY_COUNT = sizeof policy_names / sizeof *policy_names };

const char *mmu_policy_name(enum mmu_policy policy)
{
    return policy_names[policy];
}

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

/* ENTRIES or SETSxWAYS. Returns NULL, or why it is none. */
static const char *parse_size(struct text size, struct mmu_array_geometry *array)
{
    bool is_associative = false;
    struct text first = cut(&size, 'x', &is_associative);

    array->sets = 1;
    if (!is_associative) {
        if (!read_number(first, MMU_MAX_ENTRIES, &array->ways) || array->ways == 0) {
            return "must have 1 to 65536 entries, as N or SETSxWAYS";
        }
        return NULL;
    }
    if (!read_number(first, MMU_MAX_ENTRIES, &array->sets) ||
        !read_number(size, MMU_MAX_ENTRIES, &array->ways) || array->ways == 0) {
        return "must have 1 to 65536 entries, as N or SETSxWAYS";
    }
    if (array->sets == 0 || (array->sets & (array->sets - 1)) != 0) {
        return "must have a power of two as its number of sets";
    }
    if ((uint64_t)array->sets * array->ways > MMU_MAX_ENTRIES) {
        return "must have 1 to 65536 entries, as N or SETSxWAYS";
    }
    return NULL;
}

static bool parse_policy(struct text word, enum mmu_policy *policy)
{
    for (unsigned i = 0; i < POLICY_COUNT; i++) {
        if (text_is(word, policy_names[i])) {
            *policy = (enum mmu_policy)i;
            return true;
        }
    }
    return false;
}

/* SIZE[:POLICY]. Returns NULL, or why it is no array. */
static const char *parse_array(struct text value, struct mmu_array_geometry *array)
{
    struct mmu_array_geometry parsed = {.policy = MMU_LRU};
    bool has_policy = false;
    struct text size = cut(&value, ':', &has_policy);
    const char *reason = parse_size(size, &parsed);

    if (reason != NULL) {
        return reason;
    }
    if (has_policy && !parse_policy(value, &parsed.policy)) {
        return "has an unknown policy; there is lru";
    }
    *array = parsed;
    return NULL;
}

/* One KEY=VALUE. Sets the key's bit in *seen. Returns NULL, or why it was refused. */
static const char *parse_part(struct text part, struct mmu_geometry *geometry, unsigned *seen)
{
    static const char *const keys[] = {
        [MMU_L1I] = "l1i", [MMU_L1D] = "l1d", [MMU_L2] = "l2", [MMU_ARRAYS] = "asid"};
    bool has_value = false;
    struct text key = cut(&part, '=', &has_value);
    unsigned index = 0;

    while (index <= MMU_ARRAYS && !text_is(key, keys[index])) {
        index++;
    }
    if (index > MMU_ARRAYS) {
        return has_value ? "has an unknown key; there are l1i, l1d, l2 and asid"
                         : "is no preset and no KEY=VALUE";
    }
    if (!has_value) {
        return "needs a value, as in l1d=32";
    }
    if ((*seen & (1u << index)) != 0) {
        return "names its key a second time";
    }
    *seen |= 1u << index;
    if (index == MMU_ARRAYS) {
        return read_number(part, MMU_MAX_ASID_BITS, &geometry->asid_bits)
                   ? NULL
                   : "must be a number of bits from 0 to 16";
    }
    if (index == MMU_L2 && text_is(part, "none")) {
        geometry->array[MMU_L2] = (struct mmu_array_geometry){.sets = 0};
        return NULL;
    }
    return parse_array(part, &geometry->array[index]);
}

static bool refuse(struct mmu_geometry_error *error, struct text part, const char *reason)
{
    error->part = part.start;
    error->part_length = part.length;
    error->reason = reason;
    return false;
}

/* KEY=VALUE parts, separated by commas. Returns NULL, or why *refused, one of them, is wrong. */
static const char *parse_parts(struct text list, struct mmu_geometry *geometry,
                               struct text *refused)
{
    unsigned seen = 0;
    const char *reason = NULL;
    bool more = true;

    while (more && reason == NULL) {
        *refused = cut(&list, ',', &more);
        reason = parse_part(*refused, geometry, &seen);
    }
    return reason;
}

/* PRESET, PRESET,PARTS or PARTS. */
static const char *parse_spec(struct text spec, struct mmu_geometry *geometry, struct text *refused)
{
    bool has_parts = false;
    struct text rest = spec;
    struct text first = cut(&rest, ',', &has_parts);
    const struct mmu_preset *preset = mmu_preset_find(first.start, first.length);

    if (preset == NULL) {
        return parse_parts(spec, geometry, refused);
    }
    struct text parts = {.start = preset->spec, .length = strlen(preset->spec)};
    const char *reason = parse_parts(parts, geometry, refused);

    return reason == NULL && has_parts ? parse_parts(rest, geometry, refused) : reason;
}

bool mmu_geometry_parse(const char *spec, struct mmu_geometry *geometry,
                        struct mmu_geometry_error *error)
{
    const struct text whole = {.start = spec, .length = strlen(spec)};
    struct mmu_geometry parsed = {.asid_bits = MMU_MAX_ASID_BITS, .levels = SV39_LEVELS};
    struct text refused;
    const char *reason = parse_spec(whole, &parsed, &refused);

    if (reason != NULL) {
        return refuse(error, refused, reason);
    }
    if (mmu_array_entries(&parsed.array[MMU_L1I]) == 0) {
        return refuse(error, whole, "does not say how large l1i is");
    }
    if (mmu_array_entries(&parsed.array[MMU_L1D]) == 0) {
        return refuse(error, whole, "does not say how large l1d is");
    }
    *geometry = parsed;
    return true;
}

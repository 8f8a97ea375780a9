/*
 * geometry.h - the shape of an MMU: the arrays of its TLB, their sets, ways and policy, the width
 * of its ASIDs, the depth of its page tables.
 *
 * A geometry is plain data. It is written as a preset's name, a list of key=value parts, or a
 * preset followed by parts that change it:
 *
 *     default    l1i=32,l1d=32,l2=256x4:lru,asid=16    default,l2=none
 *
 * N means N fully associative entries, SETSxWAYS a set-associative array.
 */
#ifndef MMU_GEOMETRY_H
#define MMU_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>

/* The three places a translation is looked up in: L1 by kind of access, then the unified L2. */
enum mmu_array { MMU_L1I, MMU_L1D, MMU_L2 };

/* How the victim of a full set is chosen. */
enum mmu_policy {
    MMU_LRU, /* the entry whose last use is the longest ago */
};

enum {
    MMU_ARRAYS = 3,
    MMU_MAX_ENTRIES = 65536, /* of one array */
    MMU_MAX_ASID_BITS = 16,
    SV39_LEVELS = 3,
    SV48_LEVELS = 4,
    SV57_LEVELS = 5,
};

struct mmu_array_geometry {
    unsigned sets; /* a power of two; 1 is fully associative; 0: there is no such array */
    unsigned ways;
    enum mmu_policy policy;
};

struct mmu_geometry {
    struct mmu_array_geometry array[MMU_ARRAYS];
    unsigned asid_bits; /* ASIDLEN: 0 to 16 [norm:asidlen] */
    unsigned levels;    /* of the largest mode of satp: 3 Sv39, 4 Sv48, 5 Sv57 */
};

/* Why a specification was refused: the part of the text at fault, and a phrase about it. */
struct mmu_geometry_error {
    const char *part; /* points into the specification */
    size_t part_length;
    const char *reason; /* completes the sentence "PART ..."; a constant */
};

/* Reads a specification of the TLB; levels becomes 3, as no specification speaks of it. Writes
 * *geometry and returns true, or writes *error and returns false. */
bool mmu_geometry_parse(const char *spec, struct mmu_geometry *geometry,
                        struct mmu_geometry_error *error);

/* The number of entries of one array, 0 where it is absent. */
static inline unsigned mmu_array_entries(const struct mmu_array_geometry *array)
{
    return array->sets * array->ways;
}

/* The word a specification uses for a policy, such as "lru". */
const char *mmu_policy_name(enum mmu_policy policy);

#endif

/*
 * slow_policy.h - the six replacement policies of docs/tlb.md, each in the plainest way.
 *
 * Every use and every fill of a way gets a time stamp, every tree node and every way a bool of its
 * own. It knows nothing of what the ways hold. slow_policy_init allocates, slow_policy_finish
 * frees.
 */
#ifndef TESTS_SUPPORT_SLOW_POLICY_H
#define TESTS_SUPPORT_SLOW_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/geometry.h"

struct slow_policy {
    enum mmu_policy kind;
    unsigned ways;
    uint64_t now;
    uint64_t *used;        /* [sets * ways] when it was last used */
    uint64_t *filled;      /* [sets * ways] when it was last filled */
    bool *bit;             /* [sets * ways] of the way */
    bool *points_to_upper; /* [sets * ways] of the tree's nodes, numbered from the root, lower first
                            */
    unsigned *next;        /* [sets] the way that round-robin names */
    uint64_t random;       /* the state of SplitMix64 */
};

void slow_policy_init(struct slow_policy *policy, const struct mmu_bank_geometry *bank,
                      uint64_t random);
void slow_policy_finish(struct slow_policy *policy);

/* A hit, a fill or a refill in place of a way. */
void slow_policy_use(struct slow_policy *policy, unsigned set, unsigned way);

/* Notes that a fill took the way, which is not yet a use. */
void slow_policy_fill(struct slow_policy *policy, unsigned set, unsigned way);

/* The way of a full set that has to go. To be asked only if it goes. */
unsigned slow_policy_victim(struct slow_policy *policy, unsigned set);

#endif

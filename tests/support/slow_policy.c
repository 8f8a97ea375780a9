#include "tests/support/slow_policy.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

static void *zeroes(size_t count, size_t size)
{
    void *array = calloc(count, size);
    assert(array != NULL);
    return array;
}

void slow_policy_init(struct slow_policy *policy, const struct mmu_bank_geometry *bank,
                      uint64_t random)
{
    size_t ways = (size_t)bank->sets * bank->ways;

    *policy = (struct slow_policy){
        .kind = bank->policy,
        .ways = bank->ways,
        .used = zeroes(ways, sizeof *policy->used),
        .filled = zeroes(ways, sizeof *policy->filled),
        .bit = zeroes(ways, sizeof *policy->bit),
        .points_to_upper = zeroes(ways, sizeof *policy->points_to_upper),
        .next = zeroes(bank->sets, sizeof *policy->next),
        .random = random,
    };
}

void slow_policy_finish(struct slow_policy *policy)
{
    free(policy->used);
    free(policy->filled);
    free(policy->bit);
    free(policy->points_to_upper);
    free(policy->next);
    *policy = (struct slow_policy){0};
}

/* The ways of a subtree's lower side: the largest power of two below their number. */
static unsigned lower_ways(unsigned ways)
{
    unsigned power = 1;

    while (power * 2 < ways) {
        power *= 2;
    }
    return power;
}

/* Makes each node above a way point to the other side. */
static void turn_tree_away(bool *node, unsigned ways, unsigned way)
{
    while (ways > 1) {
        unsigned lower = lower_ways(ways);
        bool is_lower = way < lower;

        *node = is_lower;
        node += is_lower ? 1 : lower; /* the lower subtree has lower - 1 nodes */
        way -= is_lower ? 0 : lower;
        ways = is_lower ? lower : ways - lower;
    }
}

static unsigned follow_tree(const bool *node, unsigned ways)
{
    unsigned first = 0;

    while (ways > 1) {
        unsigned lower = lower_ways(ways);
        bool is_upper = *node;

        node += is_upper ? lower : 1;
        first += is_upper ? lower : 0;
        ways = is_upper ? ways - lower : lower;
    }
    return first;
}

static void set_bit(bool *bit, unsigned ways, unsigned way)
{
    unsigned count = 0;

    bit[way] = true;
    for (unsigned i = 0; i < ways; i++) {
        count += bit[i];
    }
    for (unsigned i = 0; i < ways && count == ways; i++) {
        bit[i] = false;
    }
}

void slow_policy_use(struct slow_policy *policy, unsigned set, unsigned way)
{
    size_t first = (size_t)set * policy->ways;

    policy->used[first + way] = ++policy->now;
    turn_tree_away(policy->points_to_upper + first, policy->ways, way);
    set_bit(policy->bit + first, policy->ways, way);
}

void slow_policy_fill(struct slow_policy *policy, unsigned set, unsigned way)
{
    policy->filled[(size_t)set * policy->ways + way] = ++policy->now;
}

static unsigned earliest(const uint64_t *when, unsigned ways)
{
    unsigned way = 0;

    for (unsigned i = 1; i < ways; i++) {
        if (when[i] < when[way]) {
            way = i;
        }
    }
    return way;
}

static unsigned lowest_clear(const bool *bit, unsigned ways)
{
    for (unsigned way = 0; way < ways; way++) {
        if (!bit[way]) {
            return way;
        }
    }
    assert(ways == 0 && "all bits are set");
    return 0;
}

static unsigned next_in_turn(struct slow_policy *policy, unsigned set)
{
    unsigned way = policy->next[set];

    policy->next[set] = way + 1 == policy->ways ? 0 : way + 1;
    return way;
}

static unsigned random_way(struct slow_policy *policy)
{
    policy->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = policy->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z = z ^ (z >> 31);
    return (unsigned)(((z >> 32) * policy->ways) >> 32);
}

unsigned slow_policy_victim(struct slow_policy *policy, unsigned set)
{
    size_t first = (size_t)set * policy->ways;

    switch (policy->kind) {
    case MMU_LRU: return earliest(policy->used + first, policy->ways);
    case MMU_TREE_PLRU: return follow_tree(policy->points_to_upper + first, policy->ways);
    case MMU_BIT_PLRU: return lowest_clear(policy->bit + first, policy->ways);
    case MMU_FIFO: return earliest(policy->filled + first, policy->ways);
    case MMU_ROUND_ROBIN: return next_in_turn(policy, set);
    case MMU_RANDOM: return random_way(policy);
    }
    assert(false);
    return 0;
}

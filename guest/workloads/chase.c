/*
 * chase.c - follows pointers from page to page, round and round one random cycle through all pages.
 *
 * The least friendly pattern: each load needs the one before it, no page is read twice before all
 * others are, and there is nothing to predict. With one access to a page and round, an LRU or FIFO
 * TLB misses always or, if all pages fit, never.
 *
 *   chase_pages    pages, one node in each
 *   chase_rounds   rounds, of chase_pages steps
 *   chase_warmup   rounds before the region begins
 *   chase_seed     of the random cycle, not 0
 *
 * The region holds chase_pages * chase_rounds loads, no stores, no other access: three instructions
 * a step, all on one page. The node stands on another cache line in each of 64 neighbouring pages.
 */
#include <stdbool.h>
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

struct node {
    struct node *next;
};

enum { LINE_LENGTH = 64, LINES_PER_PAGE = 64, LINE_STEP = 29 /* odd, so all 64 are used */ };

volatile uint64_t chase_pages = 1024;
volatile uint64_t chase_rounds = 4096;
volatile uint64_t chase_warmup = 1;
volatile uint64_t chase_seed = WORKLOAD_SEED;

static struct node *node_of(uint64_t *arena, uint64_t page)
{
    uint64_t offset = page * LINE_STEP % LINES_PER_PAGE * LINE_LENGTH;

    return (struct node *)((uint64_t)arena + page * PAGE_SIZE + offset);
}

/* Links the nodes of all pages into one cycle. Sattolo's shuffle of nodes that point to themselves:
 * swapping with an earlier one only, never with itself, joins two cycles each time. */
static void link_nodes(uint64_t *arena, uint64_t pages, uint64_t random)
{
    for (uint64_t page = 0; page < pages; page++) {
        node_of(arena, page)->next = node_of(arena, page);
    }
    for (uint64_t page = pages - 1; page > 0; page--) {
        random = workload_random(random);

        struct node *node = node_of(arena, page);
        struct node *other = node_of(arena, workload_below(random, page));
        struct node *next = node->next;

        node->next = other->next;
        other->next = next;
    }
}

__attribute__((always_inline)) static inline struct node *follow(struct node *node, uint64_t steps)
{
    for (; steps > 0; steps--) {
        node = *(struct node *volatile *)&node->next;
    }
    return node;
}

int user_main(void)
{
    uint64_t pages = chase_pages;
    uint64_t rounds = chase_rounds;
    uint64_t warmup = chase_warmup;
    uint64_t seed = chase_seed;

    if (seed == 0) {
        workload_refuse("chase", "the seed must not be 0");
    }

    uint64_t *arena = workload_arena("chase", pages);
    struct node *first = node_of(arena, 0);

    link_nodes(arena, pages, seed);
    struct node *node = follow(first, pages * warmup);
    uint64_t steps = pages * rounds;

    pagewalk_begin();
    node = follow(node, steps);
    pagewalk_end();

    /* Whole rounds end where they began, and a round is all pages. */
    bool is_right = node == first;
    uint64_t checksum = 0;

    for (uint64_t step = 1; step <= pages; step++) {
        node = node->next;
        checksum = workload_checksum(checksum, ((uint64_t)node - (uint64_t)arena) / PAGE_SIZE);
        is_right = is_right && (node == first) == (step == pages);
    }
    return workload_report("chase", checksum, is_right);
}

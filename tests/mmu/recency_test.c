/*
 * Which entry a full LRU array gives up, after every kind of use: the order of last uses, seen
 * from outside through mmu_translate alone.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/mmu_world.h"

#define LEAF (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)

static struct mmu_world world;

/* Pages a, b, c and d of ASID 1. Page d is mapped without D. */
static uint64_t page(char name)
{
    return 0x40200000 + (uint64_t)(name - 'a') * 4096;
}

static void start(const char *geometry)
{
    mmu_world_init(&world, geometry);
    for (char name = 'a'; name <= 'd'; name++) {
        uint64_t flags = name == 'd' ? LEAF & ~SV_D : LEAF;
        mmu_world_map(&world, 1, page(name), 0, sv_pte((uint64_t)name, flags));
    }
}

static void load(const char *names)
{
    for (; *names != '\0'; names++) {
        mmu_world_pa(&world, 1, page(*names), MMU_LOAD);
    }
}

/* True if an array that is asked next finds this page. */
static bool is_in(enum mmu_array array, char name)
{
    return mmu_world_holds(&world, 1, page(name), MMU_LOAD, array);
}

Test(recency, the_entry_not_used_for_longest_goes)
{
    start("l1i=1,l1d=3,asid=16");
    load("abc");
    load("d");
    cr_expect(not(is_in(MMU_L1D, 'a')));
    cr_expect(is_in(MMU_L1D, 'b') && is_in(MMU_L1D, 'c') && is_in(MMU_L1D, 'd'));
    mmu_world_finish(&world);
}

Test(recency, a_hit_is_a_use)
{
    start("l1i=1,l1d=3,asid=16");
    load("abcab");
    load("d");
    cr_expect(not(is_in(MMU_L1D, 'c')));
    cr_expect(is_in(MMU_L1D, 'a') && is_in(MMU_L1D, 'b'));
    mmu_world_finish(&world);
}

/* A refusal is a hit [docs/counters.md], so it is a use. */
Test(recency, a_refusal_is_a_use)
{
    struct mmu_mode user = {.satp = 0};
    uint64_t pa = 0;

    start("l1i=1,l1d=2,asid=16");
    user = mmu_world_mode(&world, 1);
    user.privilege = MMU_USER;
    load("ab");
    cr_expect(eq(int, mmu_translate(world.mmu, &user, page('a'), MMU_LOAD, &pa), MMU_PAGE_FAULT));
    load("c");
    cr_expect(is_in(MMU_L1D, 'a'));
    cr_expect(not(is_in(MMU_L1D, 'b')));
    mmu_world_finish(&world);
}

/* A store that must set D refills d where it is, and that is d's last use. */
Test(recency, a_refill_in_place_is_a_use)
{
    start("l1i=1,l1d=2,asid=16");
    load("da");
    mmu_world_pa(&world, 1, page('d'), MMU_STORE);
    load("b");
    cr_expect(is_in(MMU_L1D, 'd'));
    cr_expect(not(is_in(MMU_L1D, 'a')));
    mmu_world_finish(&world);
}

/* L1D holds one page, so that each look-up of another page reaches L2. */
Test(recency, an_l2_hit_is_a_use_of_l2)
{
    start("l1i=1,l1d=1,l2=3,asid=16");
    load("abca");
    load("d");
    load("c"); /* L1D's */
    cr_expect(is_in(MMU_L2, 'a'));
    cr_expect(not(is_in(MMU_L2, 'b')));
    mmu_world_finish(&world);
}

Test(recency, an_l1_hit_is_no_use_of_l2)
{
    start("l1i=1,l1d=2,l2=3,asid=16");
    load("abaaa"); /* L2 was asked for a, then b */
    load("cd");    /* L2 gives a up */
    load("b");     /* an L2 hit, and L1D gives c up */
    cr_expect(is_in(MMU_L2, 'c'));
    cr_expect(not(is_in(MMU_L2, 'a')));
    mmu_world_finish(&world);
}

Test(recency, a_refill_of_l2_in_place_is_a_use)
{
    start("l1i=1,l1d=1,l2=2,asid=16");
    load("da");
    mmu_world_pa(&world, 1, page('d'), MMU_STORE);
    load("b");
    cr_expect(is_in(MMU_L2, 'd'));
    cr_expect(not(is_in(MMU_L2, 'a')));
    mmu_world_finish(&world);
}

/* A page that a fence removed leaves room; nothing valid has to go for the next one. */
Test(recency, an_invalid_way_is_filled_first)
{
    start("l1i=1,l1d=3,asid=16");
    load("abc");
    mmu_fence(world.mmu, &(struct mmu_fence){.has_va = true, .va = page('b')});
    load("d");
    cr_expect(is_in(MMU_L1D, 'a') && is_in(MMU_L1D, 'c') && is_in(MMU_L1D, 'd'));
    cr_expect(eq(u64, mmu_counters(world.mmu)->array[MMU_L1D].evictions, 0));
    load("b");
    cr_expect(not(is_in(MMU_L1D, 'a')));
    mmu_world_finish(&world);
}

/* Choice: the low bits of the page number choose the set, so that neighbours never share one. */
Test(recency, sets_do_not_disturb_each_other)
{
    start("l1i=1,l1d=4x1,asid=16");
    mmu_world_map(&world, 1, page('a') + 4 * 4096, 0, sv_pte(0x99, LEAF));
    load("abcd");
    cr_expect(is_in(MMU_L1D, 'a') && is_in(MMU_L1D, 'b'));
    mmu_world_pa(&world, 1, page('a') + 4 * 4096, MMU_LOAD);
    cr_expect(not(is_in(MMU_L1D, 'a')));
    cr_expect(is_in(MMU_L1D, 'b') && is_in(MMU_L1D, 'c') && is_in(MMU_L1D, 'd'));
    mmu_world_finish(&world);
}

/* The cyclic closed form of LRU: N pages in N entries never miss again, N + 1 always do. */
Test(recency, a_cycle_of_one_page_too_many_always_misses)
{
    for (unsigned pages = 8; pages <= 9; pages++) {
        mmu_world_init(&world, "l1i=1,l1d=8,asid=16");
        for (unsigned i = 0; i < pages; i++) {
            mmu_world_map(&world, 1, i * 4096, 0, sv_pte(i, LEAF));
        }
        for (unsigned i = 0; i < 100 * pages; i++) {
            mmu_world_pa(&world, 1, i % pages * 4096, MMU_LOAD);
        }
        cr_expect(eq(u64, mmu_counters(world.mmu)->array[MMU_L1D].misses[MMU_LOAD],
                     pages == 8 ? 8 : 900));
        mmu_world_finish(&world);
    }
}

/* The page of number 0 is one like others: nothing that is empty is taken for it. */
Test(recency, an_inclusive_l2_takes_nothing_but_its_victim_from_the_l1s)
{
    mmu_world_init(&world, "l1i=1,l1d=3,l2=2:inclusive,asid=16");
    for (unsigned i = 0; i < 3; i++) {
        mmu_world_map(&world, 0, i * 4096, 0, sv_pte(i, LEAF));
    }
    mmu_world_pa(&world, 0, 1 * 4096, MMU_LOAD);
    mmu_world_pa(&world, 0, 0 * 4096, MMU_LOAD);
    mmu_world_pa(&world, 0, 2 * 4096, MMU_LOAD);
    cr_expect(not(mmu_world_holds(&world, 0, 1 * 4096, MMU_LOAD, MMU_L1D)));
    cr_expect(mmu_world_holds(&world, 0, 0 * 4096, MMU_LOAD, MMU_L1D));
    mmu_world_finish(&world);
}

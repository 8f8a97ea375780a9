/*
 * The slow TLB alone, on cases computed by hand from docs/tlb.md.
 *
 * A script is a string of accesses: a letter loads from that page of the address space, the n-th
 * letter from the n-th page, a capital stores to it, and '!' is a full fence. Its answer has one
 * letter for each access to the L1D: 'h' for a hit, else the class of the miss.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <ctype.h>
#include <string.h>

#include "tests/support/pte_memory.h"
#include "tests/support/slow_tlb.h"
#include "tests/support/sv_model.h"

enum { SPACES = 3 };

#define ALL_FLAGS (SV_V | SV_R | SV_W | SV_X | SV_A | SV_D)

static struct pte_memory memory;
static struct slow_tlb tlb;
static uint64_t satp[SPACES];

static void set_up(const char *spec)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    struct sv_memory view = pte_memory_for_model(&memory);

    memset(&memory, 0, sizeof memory);
    cr_assert(mmu_geometry_parse(spec, &geometry, &error), "%s", spec);
    geometry.has_classes = true;
    slow_tlb_init(&tlb, &geometry, &view);
    for (unsigned asid = 0; asid < SPACES; asid++) {
        satp[asid] = sv_satp(SV_39, asid, pte_memory_new_table(&memory));
    }
}

static uint64_t ppn_for(uint64_t va, int level)
{
    return 0x40000000 + va / sv_span(level) * (sv_span(level) / 4096);
}

static void map(unsigned asid, uint64_t va, int level, uint64_t flags)
{
    pte_memory_map(&memory, satp[asid], va, level, sv_pte(ppn_for(va, level), flags));
}

static enum sv_outcome access_in(unsigned asid, uint64_t va, enum mmu_access access, bool is_svade)
{
    struct mmu_mode mode = {
        .satp = satp[asid], .privilege = MMU_SUPERVISOR, .hardware_ad = !is_svade};
    uint64_t pa = 0;
    enum sv_outcome outcome = slow_tlb_translate(&tlb, &mode, va, access, &pa);

    cr_expect(outcome != SV_OK || pa % 4096 == va % 4096);
    return outcome;
}

static enum sv_outcome load(unsigned asid, uint64_t va)
{
    return access_in(asid, va, MMU_LOAD, false);
}

static void fence(bool has_va, uint64_t va, bool has_asid, uint64_t asid)
{
    struct mmu_fence fence = {.has_va = has_va, .has_asid = has_asid, .va = va, .asid = asid};
    slow_tlb_fence(&tlb, &fence);
}

static uint64_t hits(enum mmu_array array)
{
    const struct mmu_array_counters *counters = &tlb.counters.array[array];
    return counters->hits[MMU_FETCH] + counters->hits[MMU_LOAD] + counters->hits[MMU_STORE];
}

static uint64_t valid(enum mmu_array array)
{
    return slow_tlb_valid(&tlb, array).pages;
}

/* 'h' for a hit of the L1D between the two, else the letter of the class of its miss. */
static char letter_of(const struct mmu_array_counters *before)
{
    static const char letter[] = {'0', 'u', 'c', 'f', 'x', 'p'};
    const struct mmu_array_counters *after = &tlb.counters.array[MMU_L1D];

    for (unsigned i = 0; i < MMU_MISS_CLASSES; i++) {
        if (after->miss_class[i] != before->miss_class[i]) {
            return letter[i];
        }
    }
    return 'h';
}

static void play(const char *script, char *answers)
{
    for (; *script != '\0'; script++) {
        uint64_t va = (uint64_t)(tolower(*script) - 'a') * 4096;
        struct mmu_array_counters before = tlb.counters.array[MMU_L1D];
        if (*script == '!') {
            fence(false, 0, false, 0);
            continue;
        }
        (void)access_in(0, va, isupper(*script) ? MMU_STORE : MMU_LOAD, false);
        *answers++ = letter_of(&before);
    }
    *answers = '\0';
}

struct script {
    const char *why;
    const char *spec;
    const char *script;
    const char *answers;
};

static const struct script scripts[] = {
    {"lru: e takes b's way, then b takes c's", "l1i=1,l1d=4", "abcdaeabc", "cccchchpp"},
    {"fifo: e takes a's way though a was used", "l1i=1,l1d=4:fifo", "abcdaeab", "cccchcxp"},
    {"fifo: after a fence the first is a again", "l1i=1,l1d=4:fifo", "abcde!abcdfab",
     "cccccppppcpp"},
    {"round-robin: e moved the hand, and so f takes b's way", "l1i=1,l1d=4:round-robin",
     "abcde!abcdfab", "cccccppppchp"},
    {"plru: e takes way 0, f way 2", "l1i=1,l1d=4:plru", "abcdefbdec", "cccccchhhp"},
    {"plru of three: d way 0, e and c way 2", "l1i=1,l1d=3:plru", "abcdebcde", "ccccchphp"},
    {"bit-plru: c sets the last bit, so f takes d's way", "l1i=1,l1d=3:bit-plru", "abcdecfe",
     "ccccchch"},
    {"random: ways 2, 3, 3, 0, 1 from seed 1", "l1i=1,l1d=4:random", "abcdefghbega",
     "cccccccchhhp"},
    {"capacity: three pages in turn", "l1i=1,l1d=2", "abcab", "cccpp"},
    {"conflict: a and c share a set of one way", "l1i=1,l1d=2x1", "aca", "ccx"},
    {"flush: the fence took them", "l1i=1,l1d=2", "ab!ab", "ccff"},
    {"upgrade: p has D=0", "l1i=1,l1d=2", "pPP", "cuh"},
    {"fault: z is not mapped", "l1i=1,l1d=2", "zaz", "0c0"},
};

Test(slow_tlb, policies_and_classes_follow_the_definitions)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        char answers[64];

        set_up(scripts[i].spec);
        for (unsigned page = 0; page < 25; page++) {
            map(0, page * 4096, 0, page == 'p' - 'a' ? ALL_FLAGS - SV_D : ALL_FLAGS);
        }
        play(scripts[i].script, answers);
        cr_expect(eq(str, answers, (char *)scripts[i].answers), "%s", scripts[i].why);
        slow_tlb_finish(&tlb);
    }
}

Test(slow_tlb, a_sectored_entry_is_taken_whole)
{
    set_up("l1i=1,l1d=2:pages=4");
    for (unsigned page = 0; page < 12; page++) {
        map(0, page * 4096, 0, ALL_FLAGS);
    }
    (void)load(0, 0x0000);
    (void)load(0, 0x1000);
    (void)load(0, 0x4000);
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].fills, 3));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].evictions, 0));
    (void)load(0, 0x8000); /* takes the entry of pages 0 and 1 */
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].evictions, 2));
    cr_expect(eq(u64, valid(MMU_L1D), 2));
    (void)load(0, 0x4000);
    cr_expect(eq(u64, hits(MMU_L1D), 1));
    fence(true, 0x5000, false, 0); /* another page of the group */
    cr_expect(eq(u64, valid(MMU_L1D), 2));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, pieces_answer_for_their_own_bytes_and_go_with_their_page)
{
    set_up("l1i=1,l1d=8:4K:pieces");
    map(0, 0x200000, 1, ALL_FLAGS);
    (void)load(0, 0x200000);
    (void)load(0, 0x200fff);
    (void)load(0, 0x201000);
    cr_expect(eq(u64, hits(MMU_L1D), 1));
    cr_expect(eq(u64, tlb.notes.piece_hits, 1));
    cr_expect(eq(u64, slow_tlb_valid(&tlb, MMU_L1D).by_size[MMU_2M], 2));
    fence(true, 0x3ff000, false, 0);
    cr_expect(eq(u64, tlb.counters.fence[MMU_FENCE_VA].entries_killed, 2));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, a_page_of_a_size_that_no_bank_holds_is_not_kept)
{
    set_up("l1i=1,l1d=8:4K:64K+4:1G:pieces");
    map(0, 0x200000, 1, ALL_FLAGS);
    (void)load(0, 0x200000);
    (void)load(0, 0x200000);
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].unkept_misses, 2));
    cr_expect(eq(u64, valid(MMU_L1D), 0));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, the_l2_gives_its_piece)
{
    set_up("l1i=1,l1d=8,l2=8:4K:pieces");
    map(0, 0x200000, 1, ALL_FLAGS);
    (void)load(0, 0x200000); /* the walk gives the L1 the page, and the L2 a piece */
    (void)load(0, 0x201000);
    cr_expect(eq(u64, hits(MMU_L1D), 1));
    (void)access_in(0, 0x200000, MMU_FETCH, false); /* the L2 gives its piece */
    (void)access_in(0, 0x201000, MMU_FETCH, false);
    cr_expect(eq(u64, hits(MMU_L1I), 0));
    cr_expect(eq(u64, hits(MMU_L2), 1));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, an_invalid_pte_answers_until_a_fence)
{
    set_up("l1i=1,l1d=4,invalid=leaf");
    map(0, 0x1000, 0, ALL_FLAGS);
    cr_expect(eq(int, load(0, 0), SV_PAGE_FAULT));
    cr_expect(eq(int, load(0, 0x200000), SV_PAGE_FAULT)); /* above the last level: not kept */
    cr_expect(eq(u64, valid(MMU_L1D), 1));
    map(0, 0, 0, ALL_FLAGS);
    map(0, 0x200000, 1, ALL_FLAGS);
    cr_expect(eq(int, load(0, 0), SV_PAGE_FAULT));
    cr_expect(eq(int, load(0, 0x200000), SV_OK));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].negative_hits, 1));
    fence(true, 0, true, 0);
    cr_expect(eq(int, load(0, 0), SV_OK));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, what_leaves_an_inclusive_l2_leaves_the_l1s)
{
    set_up("l1i=4,l1d=4,l2=2:inclusive");
    for (unsigned page = 0; page < 3; page++) {
        map(0, page * 4096, 0, ALL_FLAGS);
    }
    (void)access_in(0, 0, MMU_FETCH, false);
    (void)load(0, 0x0000);
    (void)load(0, 0x1000);
    (void)load(0, 0x2000);
    cr_expect(eq(u64, tlb.counters.array[MMU_L1I].back_invalidations, 1));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].back_invalidations, 1));
    cr_expect(eq(u64, valid(MMU_L1D), 2));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, a_global_page_that_turns_local_leaves_the_l1s)
{
    set_up("l1i=4,l1d=4,l2=4:inclusive");
    map(0, 0x200000, 0, ALL_FLAGS - SV_D);
    (void)load(0, 0x200000);
    uint64_t *megapage = pte_memory_slot(&memory, satp[0], 0x200000, 1);
    *megapage = sv_pte(ppn_for(0x200000, 1), ALL_FLAGS | SV_G);
    (void)load(0, 0x201000);
    (void)access_in(0, 0x201000, MMU_FETCH, false);
    *megapage = sv_pte(ppn_for(0x200000, 1), ALL_FLAGS);
    (void)access_in(0, 0x200000, MMU_STORE, false); /* the 4 KiB page cannot answer */
    cr_expect(eq(u64, tlb.counters.array[MMU_L2].evictions, 1));
    cr_expect(eq(u64, tlb.counters.array[MMU_L2].fills, 2));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1I].back_invalidations, 1));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].back_invalidations, 2)); /* both sizes */
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].fills, 3));
    cr_expect(eq(u64, tlb.notes.taken_slots, 1));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, an_exclusive_l2_holds_what_the_l1_evicts)
{
    set_up("l1i=1,l1d=1,l2=4:exclusive");
    map(0, 0x0000, 0, ALL_FLAGS);
    map(0, 0x1000, 0, ALL_FLAGS);
    (void)load(0, 0x0000);
    cr_expect(eq(u64, valid(MMU_L2), 0));
    (void)load(0, 0x1000);
    cr_expect(eq(u64, valid(MMU_L2), 1));
    (void)load(0, 0x0000); /* changes places with the other */
    cr_expect(eq(u64, tlb.counters.array[MMU_L2].moves, 1));
    cr_expect(eq(u64, tlb.counters.array[MMU_L2].fills, 2));
    cr_expect(eq(u64, tlb.walker.counters.count, 2));
    cr_expect(eq(u64, valid(MMU_L2), 1));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, a_store_sets_d_or_is_refused)
{
    set_up("l1i=1,l1d=4,l2=4");
    map(0, 0, 0, ALL_FLAGS - SV_D);
    (void)load(0, 0);
    cr_expect(eq(int, access_in(0, 0, MMU_STORE, true), SV_PAGE_FAULT));
    cr_expect(eq(u64, hits(MMU_L1D), 1));
    cr_expect(eq(int, access_in(0, 0, MMU_STORE, false), SV_OK));
    cr_expect(eq(u64, tlb.walker.counters.d_updates, 1));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].fills, 1));
    cr_expect(eq(u64, tlb.counters.array[MMU_L2].miss_class[MMU_MISS_UPGRADE], 1));
    cr_expect(eq(int, access_in(0, 0, MMU_STORE, false), SV_OK));
    cr_expect(eq(u64, hits(MMU_L1D), 2));
    slow_tlb_finish(&tlb);
}

Test(slow_tlb, a_new_size_evicts_what_could_not_answer)
{
    set_up("l1i=1,l1d=4");
    map(0, 0x1000, 0, ALL_FLAGS - SV_D);
    (void)load(0, 0x1000);
    *pte_memory_slot(&memory, satp[0], 0x1000, 1) = sv_pte(ppn_for(0, 1), ALL_FLAGS);
    cr_expect(eq(int, access_in(0, 0x1000, MMU_STORE, false), SV_OK));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].evictions, 1));
    cr_expect(eq(u64, tlb.counters.array[MMU_L1D].fills, 2));
    cr_expect(eq(u64, slow_tlb_valid(&tlb, MMU_L1D).by_size[MMU_2M], 1));
    slow_tlb_finish(&tlb);
}

static const struct walk_cache_row {
    const char *why;
    const char *spec;
    uint64_t hits; /* of two walks for neighbouring pages */
    uint64_t reads;
    uint64_t killed_by_va; /* by a fence for the first page */
    uint64_t killed_by_asid;
} walk_cache_rows[] = {
    {"none", "l1i=1,l1d=1", 0, 6, 0, 0},
    {"by PTE, level by level", "l1i=1,l1d=1,pwc=4:pte", 2, 4, 0, 2},
    {"by PTE, strict: all of them", "l1i=1,l1d=1,pwc=4:pte:strict", 2, 4, 2, 0},
    {"by VA, the deepest only", "l1i=1,l1d=1,pwc=4:va", 1, 4, 0, 2},
    {"by VA, one level only", "l1i=1,l1d=1,pwc=4:1G:va", 1, 5, 0, 1},
    {"by VA, strict", "l1i=1,l1d=1,pwc=4:va:strict", 1, 4, 2, 0},
    {"fence=all means pointers, too", "l1i=1,l1d=1,pwc=4:va,fence=all", 1, 4, 2, 0},
};

Test(slow_tlb, walk_caches_answer_pointers)
{
    for (size_t i = 0; i < sizeof walk_cache_rows / sizeof *walk_cache_rows; i++) {
        const struct walk_cache_row *row = &walk_cache_rows[i];
        set_up(row->spec);
        map(0, 0x0000, 0, ALL_FLAGS);
        map(0, 0x1000, 0, ALL_FLAGS);
        (void)load(0, 0x0000);
        (void)load(0, 0x1000);
        fence(true, 0x0000, false, 0);
        fence(false, 0, true, 0);
        cr_expect(eq(u64, tlb.walker.counters.cache_hits, row->hits), "%s", row->why);
        cr_expect(eq(u64, tlb.walker.counters.pte_reads, row->reads), "%s", row->why);
        cr_expect(eq(u64, tlb.counters.fence[MMU_FENCE_VA].walk_cache_killed, row->killed_by_va),
                  "%s", row->why);
        cr_expect(
            eq(u64, tlb.counters.fence[MMU_FENCE_ASID].walk_cache_killed, row->killed_by_asid),
            "%s", row->why);
        slow_tlb_finish(&tlb);
    }
}

static const struct fence_row {
    const char *why;
    const char *spec;
    struct mmu_fence fence;
    uint64_t killed; /* of page 0 of ASIDs 1 and 2, a global page 1, and page 2 of ASID 1 */
} fence_rows[] = {
    {"all", "l1i=1,l1d=8", {0}, 4},
    {"ASID 1", "l1i=1,l1d=8", {.has_asid = true, .asid = 1}, 2},
    {"an ASID without entries", "l1i=1,l1d=8", {.has_asid = true, .asid = 0}, 0},
    {"ASID 1, bits above ASIDLEN", "l1i=1,l1d=8,asid=2", {.has_asid = true, .asid = 5}, 2},
    {"page 0", "l1i=1,l1d=8", {.has_va = true, .va = 0xfff}, 2},
    {"the global page", "l1i=1,l1d=8", {.has_va = true, .va = 0x1000}, 1},
    {"page 0 of ASID 2", "l1i=1,l1d=8", {.has_va = true, .has_asid = true, .asid = 2}, 1},
    {"the global page of ASID 1",
     "l1i=1,l1d=8",
     {.has_va = true, .has_asid = true, .va = 0x1000, .asid = 1},
     0},
    {"fence=all", "l1i=1,l1d=8,fence=all", {.has_va = true, .has_asid = true, .va = 0x9000}, 4},
    {"fence=all, no such address",
     "l1i=1,l1d=8,fence=all",
     {.has_va = true, .va = UINT64_C(1) << 40},
     0},
};

Test(slow_tlb, fences_remove_what_they_name)
{
    for (size_t i = 0; i < sizeof fence_rows / sizeof *fence_rows; i++) {
        uint64_t killed = 0;

        set_up(fence_rows[i].spec);
        map(1, 0x0000, 0, ALL_FLAGS);
        map(2, 0x0000, 0, ALL_FLAGS);
        map(1, 0x1000, 0, ALL_FLAGS | SV_G);
        map(1, 0x2000, 0, ALL_FLAGS);
        (void)load(1, 0x0000);
        (void)load(2, 0x0000);
        (void)load(1, 0x1000);
        cr_expect(eq(int, load(2, 0x1000), SV_OK), "it is global, and not mapped for ASID 2");
        (void)load(1, 0x2000);
        cr_expect(eq(u64, valid(MMU_L1D), 4));
        slow_tlb_fence(&tlb, &fence_rows[i].fence);
        for (unsigned form = 0; form < MMU_FENCE_FORMS; form++) {
            killed += tlb.counters.fence[form].entries_killed;
        }
        cr_expect(eq(u64, killed, fence_rows[i].killed), "%s", fence_rows[i].why);
        slow_tlb_finish(&tlb);
    }
}

Test(slow_tlb, an_asid_without_bits_is_shared)
{
    set_up("l1i=1,l1d=4,asid=1");
    map(0, 0, 0, ALL_FLAGS);
    map(1, 0, 0, ALL_FLAGS);
    (void)load(0, 0);
    (void)load(1, 0);
    cr_expect(eq(u64, hits(MMU_L1D), 0));
    (void)load(2, 0); /* another root, but ASID 0 to this hardware */
    cr_expect(eq(u64, hits(MMU_L1D), 1));
    cr_expect(eq(u64, tlb.asid[0].array[MMU_L1D].accesses, 2));
    slow_tlb_finish(&tlb);
}

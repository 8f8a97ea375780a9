#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "mmu/geometry.h"
#include "mmu/presets.h"

/* As many banks as there can be, and yet they lack a size. */
#define L1I_WITHOUT_512G "l1i=1:4K:64K+1:2M+1:1G+1:256T"

enum { SUPER = MMU_ALL_SIZES & ~(1 << MMU_4K | 1 << MMU_64K), ANY = MMU_ALL_SIZES };

static const struct mmu_geometry usual = {
    .asid_bits = 16, .levels = SV39_LEVELS, .seed = 1, .has_classes = false};

static void expect_bank(const char *spec, const struct mmu_bank_geometry *got,
                        const struct mmu_bank_geometry *want)
{
    cr_expect(eq(u32, got->sets, want->sets), "%s: sets", spec);
    cr_expect(eq(u32, got->ways, want->ways), "%s: ways", spec);
    cr_expect(eq(u32, got->pages, want->pages), "%s: pages", spec);
    cr_expect(eq(u32, got->sizes, want->sizes), "%s: sizes", spec);
    cr_expect(eq(int, got->has_pieces, want->has_pieces), "%s: pieces", spec);
    cr_expect(eq(int, got->policy, want->policy), "%s: policy", spec);
    cr_expect(eq(int, got->policy_is_assumed, want->policy_is_assumed), "%s: assumed", spec);
}

static void parse(const char *spec, struct mmu_geometry *geometry)
{
    struct mmu_geometry_error error;

    cr_assert(mmu_geometry_parse(spec, geometry, &error), "%s: %s", spec, error.reason);
}

/* Behind l1i=1, the rest is what l1d becomes. */
Test(geometry, an_array_is_a_bank_or_several)
{
    static const struct {
        const char *spec;
        unsigned count;
        struct mmu_bank_geometry want[MMU_MAX_BANKS];
    } rows[] = {
        {"l1i=1,l1d=16", 1, {{1, 16, 1, ANY, false, MMU_LRU, false}}},
        {"l1d=4x2:lru,l1i=1", 1, {{4, 2, 1, ANY, false, MMU_LRU, false}}},
        {"l1i=1,l1d=65536x1:plru", 1, {{65536, 1, 1, ANY, false, MMU_TREE_PLRU, false}}},
        {"l1i=1,l1d=65536:bit-plru", 1, {{1, 65536, 1, ANY, false, MMU_BIT_PLRU, false}}},
        {"l1i=1,l1d=7:fifo?", 1, {{1, 7, 1, ANY, false, MMU_FIFO, true}}},
        {"l1i=1,l1d=7:round-robin", 1, {{1, 7, 1, ANY, false, MMU_ROUND_ROBIN, false}}},
        {"l1i=1,l1d=7:random", 1, {{1, 7, 1, ANY, false, MMU_RANDOM, false}}},
        {"l1i=1,l1d=8:64K:4K:pages=16", 1, {{1, 8, 16, 3, false, MMU_LRU, false}}},
        {"l1i=1,l1d=8:plru:pieces:4K:pages=4+4:super",
         2,
         {{1, 8, 4, 1 << MMU_4K, true, MMU_TREE_PLRU, false},
          {1, 4, 1, SUPER, false, MMU_LRU, false}}},
        {"l1i=1,l1d=8+4x1:2M+1:1G+2:512G:256T",
         4,
         {{1, 8, 1, 1 << MMU_4K | 1 << MMU_64K, false, MMU_LRU, false},
          {4, 1, 1, 1 << MMU_2M, false, MMU_LRU, false},
          {1, 1, 1, 1 << MMU_1G, false, MMU_LRU, false},
          {1, 2, 1, 1 << MMU_512G | 1 << MMU_256T, false, MMU_LRU, false}}},
        {"default,l1d=64", 1, {{1, 64, 1, ANY, false, MMU_LRU, false}}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_geometry got;

        parse(rows[i].spec, &got);
        cr_assert(eq(u32, got.array[MMU_L1D].bank_count, rows[i].count), "%s", rows[i].spec);
        for (unsigned bank = 0; bank < rows[i].count; bank++) {
            expect_bank(rows[i].spec, &got.array[MMU_L1D].bank[bank], &rows[i].want[bank]);
        }
    }
}

/* All banks count, and nothing of the array that comes next. */
Test(geometry, the_room_of_an_array_is_that_of_its_banks)
{
    struct mmu_geometry got;

    parse("l1i=2:4K:pages=4+4x2:64K+1:2M+3,l1d=5,l2=4x4:4K+7:2M+2:1G+8x1", &got);
    cr_expect(eq(u32, mmu_array_entries(&got.array[MMU_L1I]), 2 * 4 + 4 * 2 + 1 + 3));
    cr_expect(eq(u32, mmu_array_entries(&got.array[MMU_L1D]), 5));
    cr_expect(eq(u32, mmu_array_entries(&got.array[MMU_L2]), 4 * 4 + 7 + 2 + 8));
}

Test(geometry, what_is_not_named_is_as_documented)
{
    struct mmu_geometry got;

    parse("l1i=3,l1d=2", &got);
    cr_expect(eq(u32, mmu_array_entries(&got.array[MMU_L1I]), 3));
    cr_expect(eq(u32, mmu_array_entries(&got.array[MMU_L1D]), 2));
    got.array[MMU_L1I] = got.array[MMU_L1D] = usual.array[MMU_L1D];
    cr_expect(eq(int, memcmp(&got, &usual, sizeof got), 0));
}

Test(geometry, the_other_parts)
{
    struct mmu_geometry got;

    parse("l1i=1,l1d=1,l2=256x4:inclusive,pwc=8,asid=0?,invalid=leaf,fence=all,ad=hw", &got);
    cr_expect(eq(int, got.inclusion, MMU_INCLUSIVE));
    cr_expect(eq(int, got.walk_cache.kind, MMU_WALK_CACHE_BY_PTE));
    cr_expect(not(got.walk_cache.is_strict));
    cr_expect(eq(u32, mmu_array_entries(&got.walk_cache.banks), 8));
    cr_expect(eq(u32, got.asid_bits, 0));
    cr_expect(got.asid_is_assumed);
    cr_expect(got.keeps_invalid_leaf);
    cr_expect(not(got.keeps_invalid_non_leaf));
    cr_expect(got.fence_va_removes_all);
    cr_expect(eq(int, got.ad, MMU_AD_BY_HARDWARE));

    parse("l1i=1,l1d=1,l2=4:exclusive:fifo,pwc=4:1G+16:2M:va?:strict,invalid=leaf+non-leaf", &got);
    cr_expect(eq(int, got.inclusion, MMU_EXCLUSIVE));
    cr_expect(eq(int, got.array[MMU_L2].bank[0].policy, MMU_FIFO));
    cr_expect(eq(int, got.walk_cache.kind, MMU_WALK_CACHE_BY_VA));
    cr_expect(got.walk_cache.is_strict && got.walk_cache.kind_is_assumed);
    cr_expect(eq(u32, got.walk_cache.banks.bank[1].sizes, 1u << MMU_2M));
    cr_expect(got.keeps_invalid_leaf && got.keeps_invalid_non_leaf);
    cr_expect(eq(int, got.ad, MMU_AD_UNKNOWN));

    parse("l1i=1,l1d=1,invalid=non-leaf,fence=exact,ad=svade", &got);
    cr_expect(got.keeps_invalid_non_leaf);
    cr_expect(not(got.keeps_invalid_leaf));
    cr_expect(not(got.fence_va_removes_all));
    cr_expect(eq(int, got.ad, MMU_AD_BY_SOFTWARE));
}

Test(geometry, a_part_behind_a_preset_replaces_all_of_its_own)
{
    struct mmu_geometry got;

    parse("rocket,l1d=4,pwc=none,asid=16", &got);
    cr_expect(eq(u32, got.array[MMU_L1D].bank_count, 1), "not added to the preset's banks");
    cr_expect(eq(int, got.walk_cache.kind, MMU_NO_WALK_CACHE));
    cr_expect(eq(u32, got.asid_bits, 16));
    parse("default,l2=none", &got);
    cr_expect(eq(u32, got.array[MMU_L2].bank_count, 0));
    parse("u54,asid=3", &got);
    cr_expect(not(got.asid_is_assumed), "it was said");
}

Test(geometry, specifications_that_are_refused_with_the_part_at_fault)
{
    static const struct {
        const char *spec;
        const char *part;
        const char *reason; /* a piece of it */
    } rows[] = {
        {"", "", "preset"},
        {"nonsense", "nonsense", "no preset"},
        {"default,", "", "no preset"},
        {"l1i=32", "l1i=32", "how large l1d is"},
        {"l1d=32", "l1d=32", "how large l1i is"},
        {"l1i=32,l1d=0", "l1d=0", "1 to 65536"},
        {"l1i=32,l1d=", "l1d=", "1 to 65536"},
        {"l1i=32,l1d", "l1d", "needs a value"},
        {"l1i=32,l1d=-1", "l1d=-1", "1 to 65536"},
        {"l1i=32,l1d=65537", "l1d=65537", "1 to 65536"},
        {"l1i=32,l1d=99999999999999999999", "l1d=99999999999999999999", "1 to 65536"},
        {"l1i=32,l1d=3x4", "l1d=3x4", "power of two"},
        {"l1i=32,l1d=0x4", "l1d=0x4", "power of two"},
        {"l1i=32,l1d=4x0", "l1d=4x0", "1 to 65536"},
        {"l1i=32,l1d=65536x2", "l1d=65536x2", "1 to 65536"},
        {"l1i=32,l1d=4x4x4", "l1d=4x4x4", "1 to 65536"},
        {"l1i=32,l1d=32:mru", "l1d=32:mru", "unknown word"},
        {"l1i=32,l1d=32:", "l1d=32:", "unknown word"},
        {"l1i=32,l1d=32:none", "l1d=32:none", "unknown word"},
        {"l1i=none,l1d=32", "l1i=none", "1 to 65536"},
        {"l1i=32,l1d=32,l3=64", "l3=64", "unknown key"},
        {"l1i=32,l1d=32,l1d=64", "l1d=64", "second time"},
        {"l1i=32,l1d=32,asid=17", "asid=17", "0 to 16"},
        {"l1i=32,l1d=32,asid=x", "asid=x", "0 to 16"},
        {"l1i=32,default", "default", "no preset"},
        {"l1i=1,l1d=8:inclusive", "l1d=8:inclusive", "unknown word"},
        {"l1i=1,l1d=8:va", "l1d=8:va", "unknown word"},
        {"l1i=1,l1d=8:4K+4:2M:4K", "l1d=8:4K+4:2M:4K", "two banks"},
        {"l1i=1,l1d=8+4", "l1d=8+4", "without page sizes"},
        {"l1i=1,l1d=8:4K:64K:super+4", "l1d=8:4K:64K:super+4", "no page size"},
        {"l1i=1,l1d=1+1+1+1+1", "l1d=1+1+1+1+1", "four banks"},
        {"l1i=1,l1d=1:4K+", "l1d=1:4K+", "1 to 65536"},
        {"l1i=1,l1d=8:pages=3", "l1d=8:pages=3", "1, 2, 4, 8 or 16"},
        {"l1i=1,l1d=8:pages=32", "l1d=8:pages=32", "1, 2, 4, 8 or 16"},
        {"l1i=1,l1d=8:pages=0", "l1d=8:pages=0", "1, 2, 4, 8 or 16"},
        {"l1i=1,l1d=8:pages=", "l1d=8:pages=", "1, 2, 4, 8 or 16"},
        {"l1i=1,l1d=8:pieces=1", "l1d=8:pieces=1", "unknown word"},
        {"l1i=1,l1d=1,pwc=8:pages=2", "pwc=8:pages=2", "unknown word"},
        {"l1i=1,l1d=1,pwc=8:pieces", "pwc=8:pieces", "unknown word"},
        {"l1i=1,l1d=1,pwc=8:2M", "pwc=8:2M", "only a walk cache by va"},
        {"l1i=1,l1d=1,pwc=8:2M+8", "pwc=8:2M+8", "only a walk cache by va"},
        {"l1i=1,l1d=1,pwc=0", "pwc=0", "1 to 65536"},
        {"l1i=1,l1d=1,invalid=all", "invalid=all", "must be none"},
        {"l1i=1,l1d=1,invalid=leaf+", "invalid=leaf+", "must be none"},
        {"l1i=1,l1d=1,fence=some", "fence=some", "exact or all"},
        {"l1i=1,l1d=1,ad=svadu", "ad=svadu", "hw, svade or unknown"},
        {"l1i=1,l1d=1:4K,l2=8:inclusive", "l1i=1,l1d=1:4K,l2=8:inclusive", "all page sizes"},
        {"l1i=1,l1d=1,l2=8:4K:exclusive", "l1i=1,l1d=1,l2=8:4K:exclusive", "all page sizes"},
        {L1I_WITHOUT_512G ",l1d=1:pages=16,l2=8:inclusive",
         L1I_WITHOUT_512G ",l1d=1:pages=16,l2=8:inclusive", "all page sizes"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_geometry got = {.asid_bits = 99};
        struct mmu_geometry_error error = {.part = NULL};

        cr_assert(not(mmu_geometry_parse(rows[i].spec, &got, &error)), "%s", rows[i].spec);
        cr_expect(eq(u32, got.asid_bits, 99), "%s: nothing is written", rows[i].spec);
        cr_expect(eq(sz, error.part_length, strlen(rows[i].part)), "%s", rows[i].spec);
        cr_expect(eq(int, strncmp(error.part, rows[i].part, error.part_length), 0), "%s",
                  rows[i].spec);
        cr_expect(ne(ptr, strstr(error.reason, rows[i].reason), NULL), "%s: %s", rows[i].spec,
                  error.reason);
    }
}

Test(geometry, every_preset_parses_and_names_every_array)
{
    size_t count = 0;
    const struct mmu_preset *presets = mmu_presets(&count);

    cr_assert(gt(sz, count, 0));
    for (size_t i = 0; i < count; i++) {
        struct mmu_geometry geometry;
        struct mmu_geometry_error error;

        cr_expect(mmu_geometry_parse(presets[i].spec, &geometry, &error), "%s", presets[i].name);
        cr_expect(eq(ptr, (void *)mmu_preset_find(presets[i].name, strlen(presets[i].name)),
                     (void *)&presets[i]));
        cr_expect(ne(ptr, strstr(presets[i].spec, "l2="), NULL), "%s", presets[i].name);
    }
    cr_expect(eq(ptr, (void *)mmu_preset_find("defaul", 6), NULL));
}

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "mmu/geometry.h"
#include "mmu/presets.h"

Test(geometry, specifications_that_are_good)
{
    static const struct {
        const char *spec;
        struct mmu_geometry want;
        const char *why;
    } rows[] = {
        {"default",
         {{{1, 32, MMU_LRU}, {1, 32, MMU_LRU}, {256, 4, MMU_LRU}}, 16, SV39_LEVELS},
         "the preset"},
        {"l1i=8,l1d=16",
         {{{1, 8, MMU_LRU}, {1, 16, MMU_LRU}, {0, 0, MMU_LRU}}, 16, SV39_LEVELS},
         "no l2"},
        {"l1d=1,l1i=1",
         {{{1, 1, MMU_LRU}, {1, 1, MMU_LRU}, {0, 0, MMU_LRU}}, 16, SV39_LEVELS},
         "any order"},
        {"l1i=4x2:lru,l1d=2x1,l2=1x7",
         {{{4, 2, MMU_LRU}, {2, 1, MMU_LRU}, {1, 7, MMU_LRU}}, 16, SV39_LEVELS},
         "sets, ways and a policy"},
        {"default,l2=none",
         {{{1, 32, MMU_LRU}, {1, 32, MMU_LRU}, {0, 0, MMU_LRU}}, 16, SV39_LEVELS},
         "off"},
        {"default,l1d=64,asid=0",
         {{{1, 32, MMU_LRU}, {1, 64, MMU_LRU}, {256, 4, MMU_LRU}}, 0, SV39_LEVELS},
         "a preset changed"},
        {"l1i=65536,l1d=65536x1",
         {{{1, 65536, MMU_LRU}, {65536, 1, MMU_LRU}, {0, 0, MMU_LRU}}, 16, SV39_LEVELS},
         "the largest"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_geometry got;
        struct mmu_geometry_error error;

        cr_assert(mmu_geometry_parse(rows[i].spec, &got, &error), "%s: %s", rows[i].spec,
                  rows[i].why);
        cr_expect(eq(u32, got.asid_bits, rows[i].want.asid_bits), "%s", rows[i].spec);
        cr_expect(eq(u32, got.levels, rows[i].want.levels), "%s", rows[i].spec);
        for (unsigned array = 0; array < MMU_ARRAYS; array++) {
            cr_expect(eq(u32, got.array[array].sets, rows[i].want.array[array].sets), "%s",
                      rows[i].spec);
            cr_expect(eq(u32, got.array[array].ways, rows[i].want.array[array].ways), "%s",
                      rows[i].spec);
        }
    }
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
        {"l1i=32,l1d=32:mru", "l1d=32:mru", "unknown policy"},
        {"l1i=32,l1d=32:", "l1d=32:", "unknown policy"},
        {"l1i=none,l1d=32", "l1i=none", "1 to 65536"},
        {"l1i=32,l1d=32,l3=64", "l3=64", "unknown key"},
        {"l1i=32,l1d=32,l1d=64", "l1d=64", "second time"},
        {"l1i=32,l1d=32,asid=17", "asid=17", "0 to 16"},
        {"l1i=32,l1d=32,asid=x", "asid=x", "0 to 16"},
        {"l1i=32,default", "default", "no preset"},
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

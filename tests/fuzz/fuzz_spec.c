/*
 * fuzz_spec.c - libFuzzer target: arbitrary text as the specification of a TLB.
 *
 * The parser refuses it and says which part of it is wrong, or makes a geometry that keeps the
 * promises of its header. An MMU made of that translates, is fenced, and obeys its laws. There is
 * no corpus on disk: the mutator starts from presets and from random_geometry.h, and knows the
 * words.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/mmu.h"
#include "mmu/presets.h"
#include "mmu/pte.h"
#include "tests/support/chooser.h"
#include "tests/support/random_geometry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

enum { LENGTH = RANDOM_GEOMETRY_LENGTH, MOST_TRANSLATIONS = 4096, ACCESSES = 300 };

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_power_of_two(unsigned number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static void check_bank(const struct mmu_bank_geometry *bank)
{
    require(is_power_of_two(bank->sets) && bank->sets <= MMU_MAX_ENTRIES);
    require(bank->ways >= 1 && bank->ways <= MMU_MAX_ENTRIES / bank->sets);
    require(is_power_of_two(bank->pages) && bank->pages <= MMU_MAX_SECTOR);
    require(bank->sizes != 0 && bank->sizes <= MMU_ALL_SIZES);
    require((unsigned)bank->policy < MMU_POLICIES);
}

/* Returns the page sizes that it holds. */
static unsigned check_array(const struct mmu_array_geometry *array)
{
    unsigned sizes = 0;

    require(array->bank_count <= MMU_MAX_BANKS);
    for (unsigned i = 0; i < array->bank_count; i++) {
        check_bank(&array->bank[i]);
        require((sizes & array->bank[i].sizes) == 0);
        sizes |= array->bank[i].sizes;
    }
    return sizes;
}

static void check_geometry(const struct mmu_geometry *geometry)
{
    unsigned held_by_all = MMU_ALL_SIZES;

    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        held_by_all &= check_array(&geometry->array[array]);
    }
    require(geometry->array[MMU_L1I].bank_count != 0 && geometry->array[MMU_L1D].bank_count != 0);
    require(geometry->inclusion == MMU_NEITHER || held_by_all == MMU_ALL_SIZES);
    require((check_array(&geometry->walk_cache.banks) == 0) ==
            (geometry->walk_cache.kind == MMU_NO_WALK_CACHE));
    require(geometry->asid_bits <= MMU_MAX_ASID_BITS);
    require(geometry->levels == SV39_LEVELS && geometry->seed == 1 && !geometry->has_classes);
}

/* Page tables of all kinds of PTEs, which say the same each time. */
static bool read_pte(void *ctx, uint64_t pa, uint64_t *pte)
{
    struct chooser chooser = chooser_from_seed(pa);
    unsigned dice = chooser_below(&chooser, 16);

    (void)ctx;
    *pte = chooser_word(&chooser) & (PTE_PPN | PTE_G | PTE_A | PTE_D);
    if (dice < 2) {
        return dice == 0;
    }
    *pte |= PTE_V;
    if (dice < 10) {
        *pte &= ~(PTE_A | PTE_D);
    } else {
        *pte |= PTE_R | PTE_W | PTE_X;
        *pte &= ~(UINT64_C(0x3ffff) << PTE_PPN_SHIFT);
    }
    return true;
}

static bool may_write_pte(void *ctx, uint64_t pa)
{
    (void)ctx;
    return pa % 64 != 0;
}

/* Nothing is kept: a page may need A or D again, as if software had cleared them. */
static bool swap_pte(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired)
{
    (void)ctx;
    (void)pa;
    require(expected != desired);
    return true;
}

static void access_something(struct mmu *mmu, struct chooser *chooser)
{
    const struct mmu_mode mode = {
        .satp = (uint64_t)(SATP_MODE_SV39 + chooser_below(chooser, 3)) << SATP_MODE_SHIFT |
                (uint64_t)chooser_below(chooser, 3) % (UINT64_C(1) << mmu_geometry(mmu)->asid_bits)
                    << SATP_ASID_SHIFT,
        .privilege = MMU_SUPERVISOR,
        .hardware_ad = chooser_percent(chooser, 80)};
    uint64_t va = chooser_below(chooser, 5) * PAGE_SIZE;
    uint64_t pa;

    va |= (uint64_t)chooser_below(chooser, 3) << 21 | (uint64_t)chooser_below(chooser, 2) << 30;
    (void)mmu_translate(mmu, &mode, va, (enum mmu_access)chooser_below(chooser, 3), &pa);
}

static void fence(struct mmu *mmu, struct chooser *chooser)
{
    mmu_fence(mmu, &(struct mmu_fence){.has_va = chooser_percent(chooser, 80),
                                       .has_asid = chooser_percent(chooser, 50),
                                       .va = chooser_below(chooser, 5) * PAGE_SIZE,
                                       .asid = chooser_below(chooser, 3)});
}

static void check_laws(const struct mmu *mmu, struct mmu_counts *counts)
{
    struct mmu_law_broken broken;

    mmu_count(mmu, counts);
    require(mmu_laws_hold(counts, &broken));
}

static void use(const struct mmu_geometry *geometry)
{
    const struct mmu_memory memory = {
        .read_pte = read_pte, .may_write_pte = may_write_pte, .swap_pte = swap_pte};
    struct mmu *mmu = mmu_create(geometry, &memory);
    struct chooser chooser = chooser_from_seed(0);
    struct mmu_counts counts;

    require(mmu != NULL);
    for (unsigned i = 0; i < ACCESSES; i++) {
        if (chooser_percent(&chooser, 5)) {
            fence(mmu, &chooser);
        }
        access_something(mmu, &chooser);
    }
    check_laws(mmu, &counts);
    mmu_fence(mmu, &(struct mmu_fence){.has_va = false});
    check_laws(mmu, &counts);
    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        require(counts.valid[array] == 0);
    }
    mmu_destroy(mmu);
}

static bool is_small(const struct mmu_geometry *geometry)
{
    unsigned translations = mmu_array_entries(&geometry->walk_cache.banks);

    for (unsigned array = 0; array < MMU_ARRAYS; array++) {
        translations += mmu_array_entries(&geometry->array[array]);
    }
    return translations <= MOST_TRANSLATIONS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error error = {.part = NULL};
    char *text = calloc(size + 1, 1); /* a sanitizer sees a read beyond its end */

    require(text != NULL);
    if (size != 0) {
        memcpy(text, data, size);
    }
    if (mmu_geometry_parse(text, &geometry, &error)) {
        check_geometry(&geometry);
        geometry.levels = SV57_LEVELS;
        geometry.has_classes = true;
        if (is_small(&geometry)) {
            use(&geometry);
        }
    } else {
        size_t length = strlen(text);

        require(error.part >= text && error.part <= text + length);
        require(error.part_length <= length - (size_t)(error.part - text));
        require(error.reason != NULL && error.reason[0] != '\0');
    }
    free(text);
    return 0;
}

/* A specification to begin with. Returns its length. */
static size_t write_spec(char text[static LENGTH], unsigned seed)
{
    struct chooser chooser = chooser_from_seed(seed);
    size_t count = 0;
    const struct mmu_preset *preset = mmu_presets(&count);

    if (chooser_percent(&chooser, 80)) {
        random_geometry(&chooser, text);
    } else {
        const char *spec = preset[chooser_below(&chooser, (unsigned)count)].spec;
        memcpy(text, spec, strlen(spec) + 1);
    }
    return strlen(text);
}

/* The first place from here on that is behind a separator, or the end. */
static size_t next_word(const uint8_t *data, size_t size, size_t at)
{
    while (at < size && (at == 0 || strchr(",:=+?", data[at - 1]) == NULL)) {
        at++;
    }
    return at;
}

/* Puts a word of the grammar in the place of one, or between two. */
static size_t put_word(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const char *const words[] = {
        "l1i=",       "l1d=", "l2=",  "pwc=",   "asid=", "invalid=",    "fence=",    "ad=",
        "lru",        "plru", "fifo", "random", "super", "round-robin", "bit-plru",  "pieces",
        "pages=",     "4K",   "64K",  "2M",     "1G",    "512G",        "256T",      "pte",
        "va",         "all",  "none", "leaf",   "exact", "non-leaf",    "inclusive", "exclusive",
        "strict",     "hw",   "0",    "1",      "65536", "65537",       "2x65536",   "65536x1",
        "65536x2",    "3x4",  "4x3",  "16",     "32",    "17",          "8",         "0x4",
        "4294967297", "4x0",  "c910", "rocket", "svade", "unknown",     "default",   "l1i=1,l1d=1",
    };
    static const char separators[] = ",:+?=";
    struct chooser chooser = chooser_from_seed(seed);
    const char *word = words[chooser_below(&chooser, sizeof words / sizeof *words)];
    size_t length = strlen(word);
    size_t at = next_word(data, size, chooser_below(&chooser, (unsigned)size + 1));
    size_t gone = chooser_percent(&chooser, 60) ? next_word(data, size, at + 1) - at : 0;

    gone = gone < size - at ? gone : size - at;
    if (size - gone + length + 1 > max_size) {
        return size;
    }
    memmove(data + at + length + 1, data + at + gone, size - at - gone);
    memcpy(data + at, word, length);
    data[at + length] = (uint8_t)separators[chooser_below(&chooser, sizeof separators - 1)];
    return size - gone + length + 1;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    char text[LENGTH];

    if (size < 4 || seed % 32 == 0) {
        size_t length = write_spec(text, seed);

        size = length < max_size ? length : max_size;
        memcpy(data, text, size);
        return size;
    }
    return seed % 4 != 0 && size <= LENGTH ? put_word(data, size, max_size, seed)
                                           : LLVMFuzzerMutate(data, size, max_size);
}

/*
 * What the MMU does when the host has no memory left.
 *
 * The linker is told to wrap malloc and calloc, so that the allocation a test chooses fails.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>

#include "mmu/mmu.h"
#include "mmu/pte.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

/* Allocations until one fails; negative: none does. */
static int left = -1;
static bool others_fail_too;

static bool is_refused(void)
{
    if (left != 0) {
        left -= left > 0;
        return false;
    }
    left = others_fail_too ? 0 : -1;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __real_calloc(count, size);
}

/* A 4 KiB page at every address: each level has one pointer to itself, or this leaf. */
static bool read_pte(void *ctx, uint64_t pa, uint64_t *pte)
{
    unsigned *level = ctx;

    (void)pa;
    *level = *level == 0 ? SV39_LEVELS - 1 : *level - 1;
    *pte = *level == 0 ? PTE_V | PTE_R | PTE_X | PTE_A : PTE_V;
    return true;
}

static bool may_write_pte(void *ctx, uint64_t pa)
{
    (void)ctx;
    (void)pa;
    return true;
}

static bool swap_pte(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired)
{
    (void)ctx;
    (void)pa;
    (void)expected;
    (void)desired;
    return true;
}

static struct mmu_geometry geometry_of(const char *spec)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;

    cr_assert(mmu_geometry_parse(spec, &geometry, &error), "%s", spec);
    geometry.has_classes = true;
    return geometry;
}

static struct mmu *make(const struct mmu_geometry *geometry, unsigned *level)
{
    const struct mmu_memory memory = {
        .read_pte = read_pte, .may_write_pte = may_write_pte, .swap_pte = swap_pte, .ctx = level};
    return mmu_create(geometry, &memory);
}

Test(memory, any_allocation_that_fails_is_no_mmu_and_frees_the_others)
{
    static const char *const specs[] = {
        "l1i=1,l1d=2x2:plru+1:4K:bit-plru,l2=4:fifo",
        "l1i=1:random,l1d=1:round-robin,pwc=2:va",
    };

    for (unsigned i = 0; i < sizeof specs / sizeof *specs; i++) {
        const struct mmu_geometry geometry = geometry_of(specs[i]);
        unsigned level = 0;
        struct mmu *mmu = NULL;
        int allocations = 0;

        for (; mmu == NULL && allocations < 1000; allocations++) {
            left = allocations;
            mmu = make(&geometry, &level);
        }
        cr_expect(ge(int, left, 0), "%s: it went on without the one that failed", specs[i]);
        left = -1;
        cr_expect(gt(int, allocations, 30), "%s", specs[i]);
        cr_assert(mmu != NULL, "%s", specs[i]);
        mmu_destroy(mmu);
        mmu_destroy(NULL);
    }
}

static struct mmu_mode supervisor(uint64_t root)
{
    return (struct mmu_mode){.satp = (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | root,
                             .privilege = MMU_SUPERVISOR};
}

/* Loads from so many pages, in as many address spaces, that the history must grow. */
static void load_from_pages(struct mmu *mmu, unsigned *level, unsigned pages)
{
    uint64_t pa;

    for (unsigned i = 0; i < pages; i++) {
        const struct mmu_mode mode = supervisor(i);
        *level = 0;
        cr_assert(eq(int, mmu_translate(mmu, &mode, i * PAGE_SIZE, MMU_LOAD, &pa), MMU_OK));
    }
}

static bool classes_are_whole(const struct mmu *mmu)
{
    struct mmu_law_broken broken = {.law = ""};
    struct mmu_counts counts;

    mmu_count(mmu, &counts);
    cr_expect(mmu_laws_hold(&counts, &broken), "%s", broken.law);
    return counts.classes_are_whole;
}

Test(memory, classes_are_whole_until_memory_runs_out)
{
    const struct mmu_geometry geometry = geometry_of("l1i=1,l1d=4");
    unsigned level = 0;
    struct mmu *mmu = make(&geometry, &level);

    cr_assert(mmu != NULL);
    others_fail_too = true;
    load_from_pages(mmu, &level, 200);
    cr_expect(classes_are_whole(mmu));
    left = 0;
    load_from_pages(mmu, &level, 200);
    cr_expect(classes_are_whole(mmu), "what it has seen before takes no memory");
    load_from_pages(mmu, &level, 2000);
    left = -1;
    cr_expect(not(classes_are_whole(mmu)));
    mmu_destroy(mmu);
}

/* 32 of each have room from the start. */
Test(memory, classes_are_not_whole_where_one_thing_too_many_is_seen)
{
    static const struct {
        unsigned accesses; /* fetches and loads in turn */
        unsigned satp_step;
        unsigned va_step;
        bool are_whole;
        const char *why;
    } rows[] = {
        {32, 1, 0, true, "32 address spaces, 16 pages in each L1"},
        {33, 1, 0, false, "33 address spaces, which both L1s share"},
        {64, 0, PAGE_SIZE, true, "32 pages in each L1"},
        {65, 0, PAGE_SIZE, false, "33 pages in the L1I"},
    };

    others_fail_too = true;
    for (unsigned row = 0; row < sizeof rows / sizeof *rows; row++) {
        const struct mmu_geometry geometry = geometry_of("l1i=1,l1d=4");
        unsigned level = 0;
        struct mmu *mmu = make(&geometry, &level);
        uint64_t pa;

        cr_assert(mmu != NULL);
        left = 0;
        for (uint64_t i = 0; i < rows[row].accesses; i++) {
            const struct mmu_mode mode = supervisor(i * rows[row].satp_step);
            enum mmu_access access = i % 2 == 0 ? MMU_FETCH : MMU_LOAD;

            level = 0;
            cr_assert(
                eq(int, mmu_translate(mmu, &mode, i * rows[row].va_step, access, &pa), MMU_OK));
        }
        left = -1;
        cr_expect(eq(int, classes_are_whole(mmu), rows[row].are_whole), "%s", rows[row].why);
        mmu_destroy(mmu);
    }
}

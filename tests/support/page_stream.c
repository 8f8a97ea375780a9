#include "tests/support/page_stream.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FIRST_VA UINT64_C(0x40000000)
#define FIRST_PPN UINT64_C(0x80000)

static void map_pages(struct page_stream *stream)
{
    uint64_t satp = sv_satp(SV_39, 1, pte_memory_new_table(&stream->memory));

    for (unsigned page = 0; page < PAGE_STREAM_PAGES; page++) {
        uint64_t pte = sv_pte(FIRST_PPN + page, SV_V | SV_R | SV_W | SV_A | SV_D);
        pte_memory_map(&stream->memory, satp, FIRST_VA + (uint64_t)page * 4096, 0, pte);
    }
    stream->mode = (struct mmu_mode){.satp = satp, .privilege = MMU_SUPERVISOR};
}

void page_stream_init(struct page_stream *stream, const struct page_stream_shape *shape)
{
    char spec[64];
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    struct mmu_memory memory = pte_memory_for_mmu(&stream->memory);
    unsigned sets = shape->sets == 0 ? 1 : shape->sets;

    memset(stream, 0, sizeof *stream);
    map_pages(stream);
    snprintf(spec, sizeof spec, "l1i=1,l1d=%ux%u:%s,l2=none", sets, shape->ways,
             mmu_policy_name(shape->policy));
    cr_assert(mmu_geometry_parse(spec, &geometry, &error), "%s", spec);
    geometry.seed = shape->seed;
    geometry.has_classes = shape->has_classes;
    stream->mmu = mmu_create(&geometry, &memory);
    cr_assert(ne(ptr, stream->mmu, NULL));
}

void page_stream_finish(struct page_stream *stream)
{
    struct mmu_law_broken broken = {.law = ""};
    struct mmu_counts counts;

    mmu_count(stream->mmu, &counts);
    cr_expect(mmu_laws_hold(&counts, &broken), "%s: %" PRIu64 " and %" PRIu64, broken.law,
              broken.left, broken.right);
    mmu_destroy(stream->mmu);
    stream->mmu = NULL;
}

static void access_page(struct page_stream *stream, unsigned page, enum mmu_access access)
{
    uint64_t want = (FIRST_PPN + page) * 4096;
    uint64_t pa = 0;
    enum mmu_status status =
        mmu_translate(stream->mmu, &stream->mode, FIRST_VA + (uint64_t)page * 4096, access, &pa);

    if (page >= PAGE_STREAM_PAGES || status != MMU_OK || pa != want) {
        cr_fatal("page %u came to status %d, pa %#" PRIx64, page, (int)status, pa);
    }
}

void page_stream_load(struct page_stream *stream, unsigned page)
{
    access_page(stream, page, MMU_LOAD);
}

void page_stream_store(struct page_stream *stream, unsigned page)
{
    access_page(stream, page, MMU_STORE);
}

void page_stream_loop(struct page_stream *stream, unsigned count, unsigned rounds)
{
    for (; rounds > 0; rounds--) {
        for (unsigned page = 0; page < count; page++) {
            page_stream_load(stream, page);
        }
    }
}

void page_stream_fence(struct page_stream *stream)
{
    mmu_fence(stream->mmu, &(struct mmu_fence){.has_va = false});
}

void page_stream_mark(struct page_stream *stream)
{
    stream->mark = mmu_counters(stream->mmu)->array[MMU_L1D];
}

/* Loads and stores: an L1D has nothing else. */
static uint64_t both(const uint64_t now[MMU_ACCESSES], const uint64_t mark[MMU_ACCESSES])
{
    return now[MMU_LOAD] + now[MMU_STORE] - mark[MMU_LOAD] - mark[MMU_STORE];
}

uint64_t page_stream_accesses(const struct page_stream *stream)
{
    return both(mmu_counters(stream->mmu)->array[MMU_L1D].accesses, stream->mark.accesses);
}

uint64_t page_stream_misses(const struct page_stream *stream)
{
    return both(mmu_counters(stream->mmu)->array[MMU_L1D].misses, stream->mark.misses);
}

uint64_t page_stream_class(const struct page_stream *stream, enum mmu_miss_class miss_class)
{
    return mmu_counters(stream->mmu)->array[MMU_L1D].miss_class[miss_class] -
           stream->mark.miss_class[miss_class];
}

double page_stream_miss_ratio(const struct page_stream *stream)
{
    return (double)page_stream_misses(stream) / (double)page_stream_accesses(stream);
}

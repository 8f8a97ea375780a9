/*
 * page_stream.h - an MMU that is given page numbers and nothing else: what a TLB sees of a program.
 *
 * Pages 0 to PAGE_STREAM_PAGES - 1 lie side by side, each mapped with 4 KiB, A and D set, in one
 * address space. Accesses are S-mode's loads and stores, so that only the L1D and the walker work;
 * there is no L2. Counts are those since the last mark. Too large for the stack.
 */
#ifndef TESTS_SUPPORT_PAGE_STREAM_H
#define TESTS_SUPPORT_PAGE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "tests/support/pte_memory.h"

enum {
    PAGE_STREAM_PAGES = 24 * 512,
    ELEMENTS_PER_PAGE = 512, /* of 8 bytes */
};

/* The L1D, and what goes with it. */
struct page_stream_shape {
    unsigned sets; /* 0 means 1 */
    unsigned ways;
    enum mmu_policy policy;
    uint64_t seed; /* of random replacement */
    bool has_classes;
};

struct page_stream {
    struct mmu *mmu;
    struct pte_memory memory;
    struct mmu_mode mode;
    struct mmu_array_counters mark; /* the L1D's counts when it was set */
};

/* Makes the page tables and an MMU with an empty L1D of this shape. Counts begin. */
void page_stream_init(struct page_stream *stream, const struct page_stream_shape *shape);

/* Frees the MMU, after its counts have passed the conservation laws. */
void page_stream_finish(struct page_stream *stream);

/* One access to a page. */
void page_stream_load(struct page_stream *stream, unsigned page);
void page_stream_store(struct page_stream *stream, unsigned page);

/* Loads from pages 0 to count - 1, in this order, as often as rounds tells. */
void page_stream_loop(struct page_stream *stream, unsigned count, unsigned rounds);

/* Executes SFENCE.VMA x0, x0. */
void page_stream_fence(struct page_stream *stream);

/* From here on counts begin at 0: what came before was the warm-up. */
void page_stream_mark(struct page_stream *stream);

/* Accesses and misses of the L1D since the mark, and the misses of one class. */
uint64_t page_stream_accesses(const struct page_stream *stream);
uint64_t page_stream_misses(const struct page_stream *stream);
uint64_t page_stream_class(const struct page_stream *stream, enum mmu_miss_class miss_class);

/* Misses per access since the mark. */
double page_stream_miss_ratio(const struct page_stream *stream);

#endif

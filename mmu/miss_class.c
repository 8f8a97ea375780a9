#include "mmu/miss_class.h"

static const struct tlb_match no_match = {.bank = NULL};

bool address_spaces_init(struct address_spaces *spaces)
{
    *spaces = (struct address_spaces){.last = 0};
    return seen_init(&spaces->satp);
}

void address_spaces_finish(struct address_spaces *spaces)
{
    seen_finish(&spaces->satp);
}

uint32_t address_spaces_find(struct address_spaces *spaces, uint64_t satp)
{
    uint32_t number;

    if (spaces->last != 0 && spaces->last_satp == satp) {
        return spaces->last;
    }
    if (seen_add(&spaces->satp, (struct seen_pair){.first = satp}, &number) == SEEN_NO_MEMORY) {
        return 0;
    }
    spaces->last_satp = satp;
    spaces->last = number + 1;
    return spaces->last;
}

bool miss_classifier_init(struct miss_classifier *classifier,
                          const struct mmu_array_geometry *geometry, uint64_t seed)
{
    const struct mmu_array_geometry ideal = {
        .bank_count = 1,
        .bank = {{.sets = 1,
                  .ways = mmu_array_entries(geometry),
                  .pages = 1,
                  .sizes = MMU_ALL_SIZES,
                  .policy = MMU_LRU}},
    };

    *classifier = (struct miss_classifier){.pages = {.count = 0}};
    return seen_init(&classifier->pages) &&
           tlb_init(&classifier->shadow, geometry, seed, &classifier->uncounted) &&
           tlb_init(&classifier->ideal, &ideal, 0, &classifier->uncounted);
}

void miss_classifier_finish(struct miss_classifier *classifier)
{
    seen_finish(&classifier->pages);
    tlb_finish(&classifier->shadow);
    tlb_finish(&classifier->ideal);
}

/* Feeds a shadow one access. Returns whether it held the page. */
static bool feed(struct tlb *shadow, const struct translation *translation)
{
    struct tlb_match match = tlb_find_copy(shadow, translation);

    if (tlb_has(match)) {
        tlb_use(match);
        return true;
    }
    tlb_fill(shadow, translation, no_match, NULL);
    return false;
}

bool miss_classifier_settle(struct miss_classifier *classifier,
                            const struct translation *translation, bool is_upgrade,
                            enum mmu_miss_class *miss_class)
{
    const struct seen_pair page = {
        .first = translation->page,
        .second = (uint64_t)translation->space << 8 | translation->size,
    };
    uint32_t number;
    enum seen_answer seen = seen_add(&classifier->pages, page, &number);
    bool is_kept = classifier->shadow.keeps_as[translation->size] == translation->size;
    bool in_shadow = is_kept && feed(&classifier->shadow, translation);
    bool in_ideal = feed(&classifier->ideal, translation);

    if (is_upgrade) {
        *miss_class = MMU_MISS_UPGRADE;
    } else if (seen == SEEN_NEW) {
        *miss_class = MMU_MISS_COMPULSORY;
    } else if (in_shadow) {
        *miss_class = MMU_MISS_FLUSH;
    } else {
        *miss_class = in_ideal ? MMU_MISS_CONFLICT : MMU_MISS_CAPACITY;
    }
    return seen != SEEN_NO_MEMORY;
}

#include "mmu/miss_class.h"

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

/* One bank of single pages of all sizes, fully associative, LRU. */
static bool is_ideal(const struct mmu_array_geometry *geometry)
{
    const struct mmu_bank_geometry *bank = &geometry->bank[0];

    return geometry->bank_count == 1 && bank->sets == 1 && bank->pages == 1 &&
           bank->sizes == MMU_ALL_SIZES && bank->policy == MMU_LRU;
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

    *classifier = (struct miss_classifier){.is_ideal = is_ideal(geometry)};
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

/* Feeds a shadow one access. Returns whether it held the page. Where nothing is global, what a
 * look-up finds is the same page of the same space. */
static bool feed(struct tlb *shadow, const struct translation *translation)
{
    struct bank *bank = shadow->bank_of[translation->size];
    uint32_t page = bank_find(bank, translation->page, translation->size, translation->space);

    if (page != BANK_NONE) {
        bank_use(bank, page);
        return true;
    }
    bank_add(bank, translation);
    return false;
}

/* Whether this is the first access to the page. */
static enum seen_answer look_back(struct miss_classifier *classifier,
                                  const struct translation *translation)
{
    const struct seen_pair page = {
        .first = translation->page,
        .second = (uint64_t)translation->space << 8 | translation->size,
    };
    uint32_t number;

    return seen_add(&classifier->pages, page, &number);
}

bool miss_classifier_settle(struct miss_classifier *classifier,
                            const struct translation *translation, bool is_upgrade,
                            enum mmu_miss_class *miss_class)
{
    bool is_kept = classifier->shadow.keeps_as[translation->size] == translation->size;
    bool in_shadow = is_kept && feed(&classifier->shadow, translation);
    bool in_ideal = classifier->is_ideal ? in_shadow : feed(&classifier->ideal, translation);
    /* What a shadow holds has been seen. */
    enum seen_answer seen =
        in_shadow || in_ideal ? SEEN_BEFORE : look_back(classifier, translation);

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

#include "mmu/miss_class.h"

#include <stdlib.h>

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

/* What LRU keeps follows from which pages were used in which order, whatever was before. */
static bool is_lru(const struct mmu_array_geometry *geometry)
{
    for (unsigned i = 0; i < geometry->bank_count; i++) {
        if (geometry->bank[i].policy != MMU_LRU) {
            return false;
        }
    }
    return true;
}

/* The ties of an ideal array to its shadow, none at first. */
static bool make_ties(struct miss_classifier *classifier, unsigned entries)
{
    classifier->entry_of = malloc(entries * sizeof *classifier->entry_of);
    classifier->shadow_of = malloc(entries * sizeof *classifier->shadow_of);
    if (classifier->entry_of == NULL || classifier->shadow_of == NULL ||
        !replacement_allow_elsewhere(&classifier->shadow.bank[0].replacement, entries)) {
        return false;
    }
    for (unsigned i = 0; i < entries; i++) {
        classifier->entry_of[i] = BANK_NONE;
        classifier->shadow_of[i] = BANK_NONE;
    }
    return true;
}

bool miss_classifier_init(struct miss_classifier *classifier,
                          const struct mmu_array_geometry *geometry, uint64_t seed, bool is_simple)
{
    const struct mmu_array_geometry ideal = {
        .bank_count = 1,
        .bank = {{.sets = 1,
                  .ways = mmu_array_entries(geometry),
                  .pages = 1,
                  .sizes = MMU_ALL_SIZES,
                  .policy = MMU_LRU}},
    };

    *classifier = (struct miss_classifier){
        .is_ideal = is_ideal(geometry),
        .is_array = is_simple,
        .may_join = is_simple && is_lru(geometry),
        .entries = mmu_array_entries(geometry),
    };
    return seen_init(&classifier->pages) &&
           tlb_init(&classifier->shadow, geometry, seed, &classifier->uncounted) &&
           tlb_init(&classifier->ideal, &ideal, 0, &classifier->uncounted) &&
           (!classifier->is_ideal || make_ties(classifier, mmu_array_entries(geometry)));
}

void miss_classifier_finish(struct miss_classifier *classifier)
{
    seen_finish(&classifier->pages);
    tlb_finish(&classifier->shadow);
    tlb_finish(&classifier->ideal);
    free(classifier->entry_of);
    free(classifier->shadow_of);
}

void miss_classifier_part(struct miss_classifier *classifier, const struct tlb *array,
                          uint32_t space)
{
    if (!classifier->is_array || array->census.sizes == 0) {
        return;
    }
    tlb_tell_of_all(array); /* shortcuts to what is tied to nothing would not be known */
    tlb_copy(&classifier->shadow, array, space);
    classifier->is_array = false;
    classifier->misses = 0;
}

/* Whether an array of one space holds all that its shadow does; then it holds no more. */
static bool is_like(const struct tlb *array, const struct bank *shadow, uint32_t asid,
                    uint32_t space)
{
    for (uint32_t i = 0; i < shadow->sets * shadow->ways; i++) {
        const struct bank_entry *entry = &shadow->entry[i];

        if (entry->held == 0) {
            continue;
        }
        enum mmu_page_size size = bank_entry_size(entry);
        const struct bank *bank = array->bank_of[size];
        uint32_t found = bank_find(bank, bank_entry_group(entry), size, asid);

        if (found == BANK_NONE || (entry->space != 0 && entry->space != space) ||
            (bank->entry[found].globals != 0) != (entry->space == 0)) {
            return false;
        }
    }
    return true;
}

void miss_classifier_join(struct miss_classifier *classifier, const struct tlb *array,
                          uint32_t asid, uint32_t space)
{
    static const struct mmu_fence all = {.has_va = false};

    classifier->misses = 0;
    if (classifier->is_array || !classifier->may_join) {
        return;
    }
    for (unsigned i = 0; i < array->bank_count; i++) {
        if (array->bank[i].used != classifier->shadow.bank[i].used ||
            !is_like(array, &classifier->shadow.bank[i], asid, space)) {
            return;
        }
    }
    tlb_fence(&classifier->shadow, &all); /* the watch hears of what is tied */
    miss_classifier_untie_all(classifier);
    classifier->is_array = true;
}

bool miss_classifier_tie(struct miss_classifier *classifier, const struct bank *bank,
                         uint32_t entry, const struct translation *translation)
{
    if (!classifier->is_ideal) {
        return false;
    }
    struct bank *shadow = &classifier->shadow.bank[0];
    uint32_t found = bank_find(shadow, translation->page, translation->size, translation->space);

    if (found == BANK_NONE) {
        return false;
    }
    miss_classifier_untie(classifier, entry);
    miss_classifier_untie_shadow(classifier, found);
    classifier->entry_of[found] = entry;
    classifier->shadow_of[entry] = found;
    replacement_note_elsewhere(&shadow->replacement, found, &bank->replacement.stamp[entry]);
    bank_reach(shadow, found);
    return true;
}

bool miss_classifier_is_tied_to_other(const struct miss_classifier *classifier, uint32_t entry,
                                      const struct translation *translation)
{
    if (!classifier->is_ideal || classifier->shadow_of[entry] == BANK_NONE) {
        return false;
    }
    const struct translation tied =
        bank_translation(&classifier->shadow.bank[0], classifier->shadow_of[entry]);

    return !translation_is_same(&tied, translation);
}

void miss_classifier_untie(struct miss_classifier *classifier, uint32_t entry)
{
    if (classifier->is_ideal && classifier->shadow_of[entry] != BANK_NONE) {
        miss_classifier_untie_shadow(classifier, classifier->shadow_of[entry]);
    }
}

void miss_classifier_untie_shadow(struct miss_classifier *classifier, uint32_t entry)
{
    if (classifier->is_ideal && classifier->entry_of[entry] != BANK_NONE) {
        replacement_note_elsewhere(&classifier->shadow.bank[0].replacement, entry, NULL);
        classifier->shadow_of[classifier->entry_of[entry]] = BANK_NONE;
        classifier->entry_of[entry] = BANK_NONE;
    }
}

void miss_classifier_untie_all(struct miss_classifier *classifier)
{
    const struct bank *shadow = &classifier->shadow.bank[0];

    for (uint32_t i = 0; classifier->is_ideal && i < shadow->ways; i++) {
        miss_classifier_untie_shadow(classifier, i);
    }
}

enum seen_answer miss_classifier_look_back(struct miss_classifier *classifier,
                                           const struct translation *translation)
{
    const struct seen_pair page = {
        .first = translation->page,
        .second = (uint64_t)translation->space << 8 | translation->size,
    };
    uint32_t number;

    return seen_add(&classifier->pages, page, &number);
}

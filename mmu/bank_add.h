/*
 * bank_add.h - a page comes to a bank that does not hold it: what every miss ends with, inline.
 *
 * Nearly always the bank is full and keeps single pages, and the policy's victim is of the same
 * size: then the way changes hands.
 */
#ifndef MMU_BANK_ADD_H
#define MMU_BANK_ADD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/bank.h"

/* The index of a group's set. */
static inline uint32_t bank_set_of(const struct bank *bank, uint64_t group)
{
    return (uint32_t)(group & (bank->sets - 1));
}

static inline bool bank_is_full(const struct bank *bank, uint32_t set_index)
{
    return bank->set[set_index].used == bank->ways;
}

static inline bool translation_is_piece(const struct translation *translation)
{
    return translation->leaf != translation->size;
}

/* Takes an entry out of the chain that its group is looked for in. */
static inline void bank_unlink(struct bank *bank, uint32_t index)
{
    if (!bank->is_hashed) {
        return;
    }
    const struct bank_entry *entry = &bank->entry[index];
    uint32_t *link = &bank->bucket[entry->bucket];

    while (*link != index) {
        link = &bank->entry[*link].next;
    }
    *link = entry->next;
}

/* Puts it into that of the key that it is to have. */
static inline void bank_link(struct bank *bank, uint32_t index, uint64_t key)
{
    if (!bank->is_hashed) {
        return;
    }
    struct bank_entry *entry = &bank->entry[index];

    entry->bucket = bank_bucket(bank, key);
    entry->next = bank->bucket[entry->bucket];
    bank->bucket[entry->bucket] = index;
}

/* Gives the way of what an entry holds to another page, whatever the two are. */
void bank_replace(struct bank *bank, uint32_t index, const struct translation *translation);

/* The watch hears that the page of an entry goes, in a bank of single pages. */
static inline void bank_tell_of_single(const struct bank *bank, uint32_t index)
{
    struct bank_entry *entry = &bank->entry[index];
    const struct bank_watch *watch = bank->watch;

    if (entry->reached == 0) {
        return;
    }
    entry->reached = 0;
    if (watch != NULL) {
        enum mmu_page_size size = bank_entry_size(entry);

        watch->changed(watch->ctx, watch->array, bank_entry_group(entry) << walk_page_shift(size),
                       size, index);
    }
}

/* Gives the way of a page to another of the same size, both whole, in a bank of single pages:
 * whatever counts pages stays as it is. */
static inline void bank_exchange(struct bank *bank, uint32_t index,
                                 const struct translation *translation)
{
    struct bank_entry *entry = &bank->entry[index];

    bank_tell_of_single(bank, index);
    bank_unlink(bank, index);
    entry->key = bank_key(translation->page, translation->size);
    bank_link(bank, index, entry->key);
    entry->space = translation->space;
    entry->globals = translation->is_global;
    entry->was_taken = false;
    bank->page[index].pte = translation->pte;
    replacement_fill(&bank->replacement, index);
    bank->counters->evictions++;
    bank->counters->fills++;
}

/* bank_fill for a page that the bank does not hold, neither in this space nor globally, and nobody
 * who wants what goes. Calls get a copy, so that the compiler may keep the translation itself in
 * registers. */
static inline uint32_t bank_add(struct bank *bank, const struct translation *translation)
{
    uint32_t set_index = bank_set_of(bank, translation->page);

    if (bank->group_shift != 0 || !bank_is_full(bank, set_index)) {
        const struct translation copy = *translation;

        return bank_fill(bank, &copy, NULL);
    }
    uint32_t index = replacement_victim(&bank->replacement, set_index);
    const struct bank_entry *victim = &bank->entry[index];

    if (victim->pieces != 0 || bank_entry_size(victim) != translation->size ||
        translation_is_piece(translation)) {
        const struct translation copy = *translation;

        bank_replace(bank, index, &copy);
        return index;
    }
    bank_exchange(bank, index, translation);
    return index;
}

#endif

/*
 * direct.h - keeps hart->l0 right, and regions: what loads and stores reach directly or at least
 * without all checks, and what that means for the TLB's counts.
 *
 * Regions are learned from accesses that missed the L1. A page enters the L0 when it is hit again
 * and again, for the view that the hart then has (views.h). It leaves when its L1 entry changes,
 * when another page needs its place, or when somebody begins to watch it.
 */
#ifndef EMU_ENGINE_DIRECT_H
#define EMU_ENGINE_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/engine/code.h"
#include "emu/engine/regions.h"
#include "emu/hart/hart.h"
#include "emu/hart/l0.h"
#include "mmu/mmu.h"

/* Whose hits those of a page are. */
enum direct_kind { DIRECT_NOBODYS, DIRECT_OF_SHORTCUT, DIRECT_OF_REGION };

/* What belongs to an entry of the L0, for when it goes. */
struct direct_page {
    enum direct_kind kind;
    enum mmu_privilege privilege; /* DIRECT_OF_REGION: this and */
    uint32_t asid;                /* this */
    struct mmu_shortcut shortcut; /* DIRECT_OF_SHORTCUT: this */
};

struct direct {
    struct hart *hart;
    const struct code *code;
    struct direct_page page[L0_ENTRIES];
    struct region region[REGIONS];
    unsigned reuse; /* rises if a page that a region brought is hit twice, falls with each */
    struct l0_entry *latest; /* the one whose shortcut is latest-only; NULL: there is none */
    uint64_t unused_stamp;   /* where hits without translation leave theirs */
};

/* Begins with nothing; the hart tells it of loads and stores from then on. The hart and the code
 * must outlive it. */
void direct_init(struct direct *direct, struct hart *hart, const struct code *code);

/* The hart reaches no page directly any more. */
void direct_finish(struct direct *direct);

/* Counts what went by pages and regions; they stay. */
void direct_settle(struct direct *direct);

/* Counts the hits on the page whose shortcut is latest-only, and forgets it. */
void direct_forget_latest(struct direct *direct);

/* Counts the hits on all pages and forgets them, and the regions. */
void direct_forget_all(struct direct *direct);

/* Counts the hits on the page of this size at va and forgets it; if it is a large one, all pages.
 */
void direct_forget(struct direct *direct, uint64_t va, enum mmu_page_size size);

/* No page may be stored to directly any more: somebody has begun to watch one. */
void direct_forget_stores(struct direct *direct);

#endif

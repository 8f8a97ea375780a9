/*
 * permission.h - what a leaf PTE allows: the same rules for a walk that reads it and for a TLB
 * entry that remembers it.
 *
 * Spec: Priv. [translation], [sv32algorithm] steps 6 to 9, [sum], [norm:mstatus_mxr_op].
 */
#ifndef MMU_PERMISSION_H
#define MMU_PERMISSION_H

#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/pte.h"

/* The first rule of steps 6 to 8, and of step 9 under Svade, that refuses the access; MMU_ALLOWED
 * if none does. */
enum mmu_rule permission_check(uint64_t pte, const struct mmu_mode *mode, enum mmu_access access);

/* Step 9: those of A, and D for a store, that are still to be set; 0 if none is. */
static inline uint64_t permission_missing_ad(uint64_t pte, enum mmu_access access)
{
    uint64_t wanted = access == MMU_STORE ? PTE_A | PTE_D : PTE_A;

    return wanted & ~pte;
}

#endif

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

/* Step 9: those of A, and D for a store, that are still to be set; 0 if none is. */
static inline uint64_t permission_missing_ad(uint64_t pte, enum mmu_access access)
{
    uint64_t wanted = access == MMU_STORE ? PTE_A | PTE_D : PTE_A;

    return wanted & ~pte;
}

/* Step 6: the U bit, given privilege and SUM. S-mode never executes a user page. [norm:sstatus_sum]
 */
static inline enum mmu_rule permission_check_user(uint64_t pte, const struct mmu_mode *mode,
                                                  enum mmu_access access)
{
    bool is_user_page = (pte & PTE_U) != 0;

    if (mode->privilege == MMU_USER) {
        return is_user_page ? MMU_ALLOWED : MMU_NOT_FOR_USER;
    }
    if (is_user_page && (access == MMU_FETCH || !mode->sum)) {
        return MMU_NOT_FOR_SUPERVISOR;
    }
    return MMU_ALLOWED;
}

/* Step 8: R, W and X, with MXR for loads only. [norm:mstatus_mxr_op] */
static inline enum mmu_rule permission_check_rwx(uint64_t pte, const struct mmu_mode *mode,
                                                 enum mmu_access access)
{
    switch (access) {
    case MMU_FETCH: return (pte & PTE_X) != 0 ? MMU_ALLOWED : MMU_NOT_EXECUTABLE;
    case MMU_STORE: return (pte & PTE_W) != 0 ? MMU_ALLOWED : MMU_NOT_WRITABLE;
    case MMU_LOAD: break;
    }
    uint64_t readable = mode->mxr ? PTE_R | PTE_X : PTE_R;
    return (pte & readable) != 0 ? MMU_ALLOWED : MMU_NOT_READABLE;
}

/* The first rule of steps 6 to 8, and of step 9 under Svade, that refuses the access; MMU_ALLOWED
 * if none does. */
static inline enum mmu_rule permission_check(uint64_t pte, const struct mmu_mode *mode,
                                             enum mmu_access access)
{
    enum mmu_rule rule = permission_check_user(pte, mode, access);

    if (rule == MMU_ALLOWED) {
        rule = permission_check_rwx(pte, mode, access);
    }
    if (rule != MMU_ALLOWED || mode->hardware_ad || permission_missing_ad(pte, access) == 0) {
        return rule;
    }
    /* Svade [norm:svade_access_ad_bit_clear] */
    return (pte & PTE_A) == 0 ? MMU_A_CLEAR : MMU_D_CLEAR;
}

/* True if nothing refuses the access, and neither A nor D is to be set for it. */
static inline bool permission_would_allow(uint64_t pte, const struct mmu_mode *mode,
                                          enum mmu_access access)
{
    return permission_missing_ad(pte, access) == 0 &&
           permission_check(pte, mode, access) == MMU_ALLOWED;
}

#endif

#include "mmu/permission.h"

#include "mmu/pte.h"

/* Step 6: the U bit, given privilege and SUM. S-mode never executes a user page. [norm:sstatus_sum]
 */
static enum mmu_rule check_user(uint64_t pte, const struct mmu_mode *mode, enum mmu_access access)
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
static enum mmu_rule check_rwx(uint64_t pte, const struct mmu_mode *mode, enum mmu_access access)
{
    switch (access) {
    case MMU_FETCH: return (pte & PTE_X) != 0 ? MMU_ALLOWED : MMU_NOT_EXECUTABLE;
    case MMU_STORE: return (pte & PTE_W) != 0 ? MMU_ALLOWED : MMU_NOT_WRITABLE;
    case MMU_LOAD: break;
    }
    uint64_t readable = mode->mxr ? PTE_R | PTE_X : PTE_R;
    return (pte & readable) != 0 ? MMU_ALLOWED : MMU_NOT_READABLE;
}

enum mmu_rule permission_check(uint64_t pte, const struct mmu_mode *mode, enum mmu_access access)
{
    enum mmu_rule rule = check_user(pte, mode, access);

    if (rule == MMU_ALLOWED) {
        rule = check_rwx(pte, mode, access);
    }
    if (rule != MMU_ALLOWED || mode->hardware_ad || permission_missing_ad(pte, access) == 0) {
        return rule;
    }
    /* Svade [norm:svade_access_ad_bit_clear] */
    return (pte & PTE_A) == 0 ? MMU_A_CLEAR : MMU_D_CLEAR;
}

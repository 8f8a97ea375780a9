/*
 * fence.h - every SFENCE.VMA of the kernel but the two in start.S: one function per reason.
 *
 * A fence is needed where the hart may hold a translation that a changed PTE contradicts, or may
 * remember that there was none. It is as narrow as the manual lets it be: by address and ASID for a
 * leaf, by ASID alone where a non-leaf PTE changed, everything where a global or an ASID changes
 * its meaning. docs/kernel.md has the table. Priv. [norm:sfence_vma_all_asid_va], [sfence.vma]
 *
 * An address space that never ran in this generation has no ASID, so nothing of it is cached: then
 * the functions that take one do nothing. On a hart without ASIDs its ASID is 0.
 */
#ifndef GUEST_KERNEL_FENCE_H
#define GUEST_KERNEL_FENCE_H

#include <stdint.h>

#include "guest/kernel/address_space.h"

void fence_page_mapped(const struct address_space *space, uint64_t va);
void fence_table_added(const struct address_space *space); /* a non-leaf PTE became valid */
void fence_page_unmapped(const struct address_space *space, uint64_t va);
void fence_page_replaced(const struct address_space *space, uint64_t va);
void fence_page_restricted(const struct address_space *space, uint64_t va);
void fence_page_allowed(const struct address_space *space, uint64_t va); /* rights, A or D set */
void fence_accessed_cleared(const struct address_space *space, uint64_t va);
void fence_pages_shared(const struct address_space *parent); /* fork took W from all of them */
void fence_new_space(const struct address_space *space);     /* it runs for the first time */
void fence_new_generation(void);                             /* ASIDs are given out anew */
void fence_switch_without_asids(void);
void fence_kernel_table(void);               /* boot's map is gone, identity and all */
void fence_kernel_stack_mapped(uint64_t va); /* a global leaf: no ASID; once for each page */

#endif

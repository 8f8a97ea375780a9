#include "guest/kernel/fence.h"

#include "guest/include/csr.h"
#include "guest/kernel/asid.h"

/* Leaf PTEs of one address in one address space. The ASID is in a register even if it is 0: x0
 * itself would mean all of them. Priv. [norm:sfence_vma_va_asid] */
static void fence_address(const struct address_space *space, uint64_t va)
{
    if (asid_is_current(space)) {
        __asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(space->asid) : "memory");
    }
}

/* Everything of one address space, but for global pages. Priv. [norm:sfence_vma_asid_only] */
static void fence_space(const struct address_space *space)
{
    if (asid_is_current(space)) {
        __asm__ volatile("sfence.vma x0, %0" : : "r"(space->asid) : "memory");
    }
}

/* The hart may have kept that there was no page. */
void fence_page_mapped(const struct address_space *space, uint64_t va)
{
    fence_address(space, va);
}

/* The hart may have kept that there was no table; a fence by address orders leaves only. */
void fence_table_added(const struct address_space *space)
{
    fence_space(space);
}

/* The frame will be another's. */
void fence_page_unmapped(const struct address_space *space, uint64_t va)
{
    fence_address(space, va);
}

/* Or loads go on to read the frame that was shared. */
void fence_page_replaced(const struct address_space *space, uint64_t va)
{
    fence_address(space, va);
}

/* Or what was forbidden goes on to work. */
void fence_page_restricted(const struct address_space *space, uint64_t va)
{
    fence_address(space, va);
}

/* Or the fault that led here comes again, as long as the hart keeps its copy. */
void fence_page_allowed(const struct address_space *space, uint64_t va)
{
    fence_address(space, va);
}

/* Or the next access finds A = 1 in the hart's copy and does not set it: a page in use would look
 * idle. */
void fence_accessed_cleared(const struct address_space *space, uint64_t va)
{
    fence_address(space, va);
}

/* Or the parent goes on to write frames that are the child's, too. The parent does not run before
 * this, so one fence does for all its pages. */
void fence_pages_shared(const struct address_space *parent)
{
    fence_space(parent);
}

/* Its tables were written while it had no ASID, so without a fence; and satp orders nothing.
 * Priv. [norm:satp_op_sfence_vma] */
void fence_new_space(const struct address_space *space)
{
    fence_space(space);
}

/* Each ASID stands for another address space from now on. */
void fence_new_generation(void)
{
    sfence_vma_all();
}

/* All address spaces are ASID 0: what is kept of the last one would pass for the next one's. */
void fence_switch_without_asids(void)
{
    sfence_vma_all();
}

/* Global pages change, and gigapages become smaller ones. Only a fence without ASID reaches what is
 * global. Priv. [norm:sfence_vma_asid_only] */
void fence_kernel_table(void)
{
    sfence_vma_all();
}

/* The address was another frame's, when the slot was used last, or known as invalid. For every
 * ASID: the page is global. Priv. [norm:sfence_vma_va_all_asid] */
void fence_kernel_stack_mapped(uint64_t va)
{
    __asm__ volatile("sfence.vma %0, x0" : : "r"(va) : "memory");
}

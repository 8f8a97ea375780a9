/*
 * remote_fence.c - fences on other harts; the only one there can be is the one that calls.
 *
 * Spec: SBI 2.0, RFENCE Extension (EID #0x52464E43 "RFNC"); Priv. [sfence.vma].
 */
#include "guest/include/csr.h"
#include "guest/include/sv39.h"
#include "guest/sbi/call.h"
#include "guest/sbi/hart_mask.h"

enum { FENCE_I, SFENCE_VMA, SFENCE_VMA_ASID };

/* Choice: a range of more pages than these costs one fence for all addresses. */
enum { PAGES_ONE_BY_ONE = 64 };

static void fence_page(uint64_t va, bool has_asid, uint64_t asid)
{
    if (has_asid) {
        __asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(asid) : "memory");
    } else {
        __asm__ volatile("sfence.vma %0, zero" : : "r"(va) : "memory");
    }
}

static void fence_all(bool has_asid, uint64_t asid)
{
    if (has_asid) {
        __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
    } else {
        sfence_vma_all();
    }
}

/* A start and a size of 0, and a size of all ones, mean all addresses. */
static enum sbi_error fence_range(uint64_t start, uint64_t size, bool has_asid, uint64_t asid)
{
    uint64_t page = start & ~(PAGE_SIZE - 1);
    uint64_t last = start + size - 1;

    if ((start == 0 && size == 0) || size == UINT64_MAX) {
        fence_all(has_asid, asid);
        return SBI_SUCCESS;
    }
    if (size == 0) {
        return SBI_SUCCESS;
    }
    if (last < start) {
        return SBI_INVALID_ADDRESS;
    }
    if (last - page >= PAGES_ONE_BY_ONE * PAGE_SIZE) {
        fence_all(has_asid, asid);
        return SBI_SUCCESS;
    }
    for (uint64_t left = (last - page) / PAGE_SIZE + 1; left > 0; left--) {
        fence_page(page, has_asid, asid);
        page += PAGE_SIZE;
    }
    return SBI_SUCCESS;
}

struct sbi_result remote_fence_call(struct trap_frame *frame)
{
    bool has_asid = frame->a6 == SFENCE_VMA_ASID;
    bool has_this;

    if (frame->a6 > SFENCE_VMA_ASID) {
        return sbi_error(SBI_NOT_SUPPORTED); /* the others are for guests of a hypervisor */
    }
    if (!hart_mask_read(frame->a0, frame->a1, &has_this)) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    if (!has_this) {
        return sbi_value(0);
    }
    if (frame->a6 == FENCE_I) {
        __asm__ volatile("fence.i" : : : "memory");
        return sbi_value(0);
    }
    return sbi_error(fence_range(frame->a2, frame->a3, has_asid, frame->a4));
}

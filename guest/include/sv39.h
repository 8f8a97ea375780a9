/*
 * sv39.h - Sv39: how a 39-bit virtual address is cut up, and what a page-table entry says.
 *
 *   virtual address   63..39       | 38..30 | 29..21 | 20..12 | 11..0
 *                     as bit 38    | VPN[2] | VPN[1] | VPN[0] | offset
 *
 *   PTE   63 | 62..61 | 60..54   | 53..10 | 9..8 | 7 6 5 4 3 2 1 0
 *          N |  PBMT  | reserved |  PPN   | RSW  | D A G U X W R V
 *
 *   satp  63..60 | 59..44 | 43..0
 *          MODE  |  ASID  | PPN of the root table
 *
 * A PTE with R = W = X = 0 points to the next table; any other is a leaf. A table is one page.
 *
 * Spec: Priv. [sv39], [norm:Sv39_vpn_sz], [norm:satp_mode_sxlen64].
 */
#ifndef GUEST_SV39_H
#define GUEST_SV39_H

#include <stdint.h>

enum {
    PAGE_SHIFT = 12,
    SV39_LEVELS = 3,
    SV39_VPN_BITS = 9,
    PTE_PER_TABLE = 512,
    PTE_PPN_SHIFT = 10,
};

#define PAGE_SIZE (UINT64_C(1) << PAGE_SHIFT)
#define SV39_LOWER_HALF (UINT64_C(1) << 38) /* addresses below are canonical */

#define PTE_V (UINT64_C(1) << 0) /* valid */
#define PTE_R (UINT64_C(1) << 1) /* may be read */
#define PTE_W (UINT64_C(1) << 2) /* may be written */
#define PTE_X (UINT64_C(1) << 3) /* may be executed */
#define PTE_U (UINT64_C(1) << 4) /* belongs to U-mode */
#define PTE_G (UINT64_C(1) << 5) /* in every address space */
#define PTE_A (UINT64_C(1) << 6) /* has been accessed */
#define PTE_D (UINT64_C(1) << 7) /* has been written */

#define PTE_PPN_MASK UINT64_C(0x3ffffffffffc00) /* bits 53..10 */

#define SATP_SV39 (UINT64_C(8) << 60)

/* The index into the table of this level; level 0 holds the leaves of 4 KiB pages. */
static inline uint64_t vpn_index(uint64_t va, unsigned level)
{
    return (va >> (PAGE_SHIFT + SV39_VPN_BITS * level)) & (PTE_PER_TABLE - 1);
}

/* A PTE for the page or table at pa. */
static inline uint64_t pte_make(uint64_t pa, uint64_t flags)
{
    return (pa >> PAGE_SHIFT << PTE_PPN_SHIFT) | flags;
}

/* The address of the page or table that a PTE names. */
static inline uint64_t pte_pa(uint64_t pte)
{
    return (pte & PTE_PPN_MASK) >> PTE_PPN_SHIFT << PAGE_SHIFT;
}

static inline uint64_t page_down(uint64_t address)
{
    return address & ~(PAGE_SIZE - 1);
}

#endif

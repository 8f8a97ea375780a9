/*
 * pte.h - the page-table entry of Sv39 and its wider sisters, field by field.
 *
 *   63 | 62..61 | 60..54   | 53..10 | 9..8 | 7 6 5 4 3 2 1 0
 *    N |  PBMT  | reserved |  PPN   | RSW  | D A G U X W R V
 *
 * Spec: Priv. [sv39], [sv32algorithm], [pteperm]. Version: docs/spec.md.
 */
#ifndef MMU_PTE_H
#define MMU_PTE_H

#include <stdbool.h>
#include <stdint.h>

#define PTE_V (UINT64_C(1) << 0)
#define PTE_R (UINT64_C(1) << 1)
#define PTE_W (UINT64_C(1) << 2)
#define PTE_X (UINT64_C(1) << 3)
#define PTE_U (UINT64_C(1) << 4)
#define PTE_G (UINT64_C(1) << 5)
#define PTE_A (UINT64_C(1) << 6)
#define PTE_D (UINT64_C(1) << 7)
#define PTE_RSW UINT64_C(0x0000000000000300)
#define PTE_PPN UINT64_C(0x003ffffffffffc00)
#define PTE_RESERVED UINT64_C(0x1fc0000000000000)
#define PTE_PBMT UINT64_C(0x6000000000000000)
#define PTE_N (UINT64_C(1) << 63)

enum { PAGE_SHIFT = 12, PTE_SIZE = 8, PTE_PPN_SHIFT = 10, VPN_BITS = 9 };

#define PAGE_SIZE (UINT64_C(1) << PAGE_SHIFT)

/* The 44-bit physical page number. */
static inline uint64_t pte_ppn(uint64_t pte)
{
    return (pte & PTE_PPN) >> PTE_PPN_SHIFT;
}

static inline bool pte_is_valid(uint64_t pte)
{
    return (pte & PTE_V) != 0;
}

/* R or X makes a leaf; with both clear the entry points to the next table. */
static inline bool pte_is_leaf(uint64_t pte)
{
    return (pte & (PTE_R | PTE_X)) != 0;
}

#endif

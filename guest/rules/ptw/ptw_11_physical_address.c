/*
 * PTW-11: the physical address is the offset of the virtual one, below the leaf's level also its
 * VPNs, and above that the leaf's PPN.
 *
 * Priv. [sv32algorithm], step 10: pa.pgoff = va.pgoff; pa.ppn[i-1:0] = va.vpn[i-1:0] of a
 * superpage; the rest is pte.ppn. Priv. [norm:Sv39_page_offset_sz].
 *
 * A row names what is to be reached. The runtime maps it with a leaf that is aligned to the level,
 * so all lower bits come from the virtual address.
 */
#include "guest/rules/runtime/rule.h"

#define FREE_RAM                                                                                   \
    UINT64_C(0x80400000) /* two megapages above the test pages, of which one is used               \
                          */

static const struct rule_case cases[] = {
    {"first byte of a page", RULE_EACH_LEVEL, LEAF_RWX, .pa = RULE_PAGE_BASE, .size = 1},
    {"last byte of a page", RULE_EACH_LEVEL, LEAF_RWX, .pa = RULE_PAGE_BASE + 0x2fff, .size = 1},
    {"offset 0x555", 0, LEAF_RWX, .pa = RULE_PAGE_BASE + 0x3555, .size = 1, .ops = RULE_ANY_DATA},
    {"offset 0xaaa", 0, LEAF_RWX, .pa = RULE_PAGE_BASE + 0x4aaa, .size = 1, .ops = RULE_ANY_DATA},
    {"offset 0xaa8", 0, LEAF_RWX, .pa = RULE_PAGE_BASE + 0x4aa8, .ops = RULE_ANY},
    {"VPN[0] 0x001", RULE_EACH_LEVEL, LEAF_RWX, .pa = FREE_RAM + 0x001000, .ops = RULE_ANY},
    {"VPN[0] 0x155", RULE_EACH_LEVEL, LEAF_RWX, .pa = FREE_RAM + 0x155000},
    {"VPN[0] 0x0aa", RULE_EACH_LEVEL, LEAF_RWX, .pa = FREE_RAM + 0x0aa000},
    {"VPN[0] 0x1ff", RULE_EACH_LEVEL, LEAF_RWX, .pa = FREE_RAM + 0x1ffff8, .ops = RULE_ANY},
};

RULE("PTW-11", "M", cases);

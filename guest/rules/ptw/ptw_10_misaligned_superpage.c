/*
 * PTW-10: a leaf above level 0 whose PPN is not aligned to its size is a page fault.
 *
 * Priv. [sv32algorithm], step 5: a misaligned superpage. Priv. [norm:Sv39_superpage_align_fault].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"aligned megapage", 1, LEAF_RWX, .ops = RULE_ANY, .want = RULE_NO_TRAP},
    {"lowest bit of PPN[0]", 1, LEAF_RWX, .ops = RULE_ANY, .ppn_flip = 1, .want = RULE_PAGE_FAULT},
    {"highest bit of PPN[0]", 1, LEAF_RWX, .ppn_flip = 1 << 8, .want = RULE_PAGE_FAULT},
    {"gigapage, lowest bit of PPN[0]", 2, LEAF_RWX, .ppn_flip = 1, .want = RULE_PAGE_FAULT},
    {"gigapage, lowest bit of PPN[1]", 2, LEAF_RWX, .ppn_flip = 1 << 9, .want = RULE_PAGE_FAULT},
    {"gigapage, highest bit of PPN[1]", 2, LEAF_RWX, .ppn_flip = 1 << 17, .want = RULE_PAGE_FAULT},
    {"terapage, highest bit of PPN[2]", 3, LEAF_RWX, .ppn_flip = 1 << 26, .want = RULE_PAGE_FAULT},
    {"petapage, highest bit of PPN[3]", 4, LEAF_RWX, .ppn_flip = UINT64_C(1) << 35,
     .want = RULE_PAGE_FAULT},
};

RULE("PTW-10", "M", cases);

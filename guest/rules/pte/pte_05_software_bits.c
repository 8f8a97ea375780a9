/*
 * PTE-05: bits 9 and 8 (RSW) belong to software; the hart ignores them, in leaves and in pointers.
 *
 * Priv. [translation]: the implementation shall ignore this field.
 */
#include "guest/rules/runtime/rule.h"

#define RSW_1 (UINT64_C(1) << 8)
#define RSW_2 (UINT64_C(2) << 8)

static const struct rule_case cases[] = {
    {"RSW 1", RULE_EACH_LEVEL, LEAF_RWX | RSW_1},
    {"RSW 2", RULE_EACH_LEVEL, LEAF_RWX | RSW_2},
    {"RSW 3", 0, LEAF_RWX | PTE_RSW, .ops = RULE_ANY, .modes = RULE_S | RULE_U},
    {"RSW 3 in a pointer", 0, LEAF_RWX, .pointer = PTE_V | PTE_RSW,
     .pointer_level = RULE_EACH_LEVEL, .ops = RULE_ANY, .modes = RULE_S | RULE_U},
    /* Nor does it allow anything. */
    {"RSW 3 and no W", 0, LEAF_R | PTE_RSW, .ops = RULE_FETCH | RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"RSW 3 and no V", 0, (LEAF_RWX | PTE_RSW) & ~PTE_V, .want = RULE_PAGE_FAULT},
};

RULE("PTE-05", "M", cases);

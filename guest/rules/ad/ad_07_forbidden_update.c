/*
 * AD-07: if the update would store where PMP forbids it, the access is an access fault of its own
 * kind, and the PTE stays as it is. Where nothing is to be set, a page table may be read only.
 *
 * Priv. [sv32algorithm], step 9: a store to the PTE that would violate a PMA or PMP check.
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)

static void read_only_table(uint64_t va, volatile uint64_t *leaf)
{
    scheme_prepare(va, leaf);
    rule_pmp(0, page_down((uint64_t)leaf), PAGE_SIZE, PMP_R);
}

static const struct rule_case rows[] = {
    {"A=0", 0, RWX, .ops = RULE_ANY | RULE_ANY_ATOMIC, .want = RULE_ACCESS_FAULT,
     .prepare = read_only_table},
    {"A=0", 1, RWX, .ops = RULE_LOAD, .want = RULE_ACCESS_FAULT, .prepare = read_only_table},
    {"A=0", 2, RWX, .ops = RULE_LOAD, .want = RULE_ACCESS_FAULT, .prepare = read_only_table},
    {"A=0", 0, RWX, .ops = RULE_LOAD | RULE_STORE, .modes = RULE_U | RULE_MPRV_S,
     .want = RULE_ACCESS_FAULT, .prepare = read_only_table},
    {"D=0", 0, RWX | PTE_A, .ops = RULE_STORE | RULE_AMO, .want = RULE_ACCESS_FAULT,
     .prepare = read_only_table},
    {"D=0", 1, RWX | PTE_A, .ops = RULE_STORE, .want = RULE_ACCESS_FAULT,
     .prepare = read_only_table},
    {"D=0", 0, RWX | PTE_A, .ops = RULE_FETCH | RULE_LOAD, .prepare = read_only_table},
    {"A=1 D=1", 0, LEAF_RWX, .ops = RULE_FETCH | RULE_LOAD | RULE_STORE,
     .prepare = read_only_table},
};

static void run(void)
{
    SCHEME_RUN(SCHEME_HARDWARE, rows);
}

RULE_PROGRAM("AD-07", "E", run);

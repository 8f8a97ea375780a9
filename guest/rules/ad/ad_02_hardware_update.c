/*
 * AD-02: without Svade hardware sets A on any access, and D on store, SC and AMO and on nothing
 * else. All other bits of the PTE stay.
 *
 * Priv. [translation]: the scheme where Svade is not implemented.
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)

static const struct rule_case rows[] = {
    {"A=0 D=0", RULE_EACH_LEVEL, RWX, .ops = RULE_LOAD, .after = RULE_PTE_A},
    {"A=0 D=0", RULE_EACH_LEVEL, RWX, .ops = RULE_STORE, .after = RULE_PTE_AD},
    {"A=0 D=0", 0, RWX, .ops = RULE_FETCH | RULE_LR, .after = RULE_PTE_A},
    {"A=0 D=0", 0, RWX, .ops = RULE_AMO | RULE_LR_SC, .after = RULE_PTE_AD},
    {"A=0 D=0", 0, RWX, .ops = RULE_LOAD, .modes = RULE_U | RULE_MPRV_S, .after = RULE_PTE_A},
    {"A=0 D=0", 0, RWX, .ops = RULE_STORE, .modes = RULE_U | RULE_MPRV_S, .after = RULE_PTE_AD},
    {"A=0 D=1", 0, RWX | PTE_D, .ops = RULE_LOAD | RULE_STORE, .after = RULE_PTE_A},
    {"A=1 D=0", 0, RWX | PTE_A, .ops = RULE_FETCH | RULE_LOAD | RULE_LR, .after = RULE_PTE_SAME},
    {"A=1 D=0", 0, RWX | PTE_A, .ops = RULE_STORE | RULE_AMO | RULE_LR_SC, .after = RULE_PTE_AD},
    {"RSW and G set", 0, RWX | PTE_RSW | PTE_G, .ops = RULE_STORE, .after = RULE_PTE_AD},
};

static void run(void)
{
    rule_expect_ad_scheme();
    SCHEME_RUN(SCHEME_HARDWARE, rows);
}

RULE_PROGRAM("AD-02", "E", run);

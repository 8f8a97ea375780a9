/*
 * AD-12: menvcfg.ADUE is writable with Svadu and reads 0 without. With ADUE = 0 the machine behaves
 * as with Svade, with ADUE = 1 as without.
 *
 * Priv. [norm:menvcfg_adue_op], [norm:menvcfg_adue_rdonly0].
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)

static const struct rule_case by_software[] = {
    {"ADUE=0, A=0", 0, RWX, .ops = RULE_FETCH | RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT},
    {"ADUE=0, D=0", 0, RWX | PTE_A, .ops = RULE_STORE | RULE_AMO, .want = RULE_PAGE_FAULT},
};
static const struct rule_case by_hardware[] = {
    {"ADUE=1, A=0", 0, RWX, .ops = RULE_FETCH | RULE_LOAD, .after = RULE_PTE_A},
    {"ADUE=1, A=0", 0, RWX, .ops = RULE_STORE, .after = RULE_PTE_AD},
    {"ADUE=1, D=0", 0, RWX | PTE_A, .ops = RULE_STORE | RULE_AMO, .after = RULE_PTE_AD},
};

static void run(void)
{
    rule_expect_ad_scheme();
    rule_reset();

    struct rule_outcome menvcfg = rule_csr_read(RULE_M, 0, CSR_MENVCFG);

    if (menvcfg.trapped) {
        rule_skip("menvcfg.ADUE", "no menvcfg");
        return;
    }
    rule_menvcfg(MENVCFG_ADUE);
    menvcfg = rule_csr_read(RULE_M, 0, CSR_MENVCFG);
    rule_menvcfg(0);

    uint64_t adue = menvcfg.value & MENVCFG_ADUE;
    bool is_there = rule_has("svadu");

    rule_expect_value(is_there ? "ADUE with svadu, written 1" : "ADUE without svadu, written 1",
                      is_there ? MENVCFG_ADUE : 0, adue);
    if (adue == 0) {
        return;
    }
    menvcfg = rule_csr_read(RULE_M, 0, CSR_MENVCFG);
    rule_expect_value("ADUE written 0", 0, menvcfg.value & MENVCFG_ADUE);
    SCHEME_RUN(SCHEME_SVADE, by_software);
    SCHEME_RUN(SCHEME_HARDWARE, by_hardware);
}

RULE_PROGRAM("AD-12", "E", run);

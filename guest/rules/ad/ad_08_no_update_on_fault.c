/*
 * AD-08: neither bit is set by an access that an earlier step refuses: a reserved bit or encoding,
 * a misaligned superpage, U and SUM, or R, W and X.
 *
 * Priv. [sv32algorithm]: steps 3 to 8 come before step 9. Priv. [translation]: updates of D are
 * exact; A may be set by speculation, but only for an access that passes all these checks.
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)

static const struct rule_case rows[] = {
    {"reserved bit 54", 0, RWX | UINT64_C(1) << 54, .ops = RULE_LOAD | RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"W without R", 0, PTE_V | PTE_W | PTE_X, .ops = RULE_FETCH | RULE_LOAD | RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"N", 0, RWX | PTE_N, .ops = RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT,
     .lacks = "svnapot"},
    {"reserved NAPOT size", 0, RWX | PTE_N, .ops = RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT,
     .needs = "svnapot"},
    {"PBMT", 0, RWX | PTE_PBMT_NC, .ops = RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT,
     .lacks = "svpbmt"},
    {"reserved PBMT", 0, RWX | PTE_PBMT, .ops = RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT,
     .needs = "svpbmt"},
    {"not valid", 0, RWX & ~PTE_V, .ops = RULE_LOAD | RULE_STORE, .want = RULE_PAGE_FAULT},
    {"misaligned superpage", 1, RWX, .ppn_flip = 1, .ops = RULE_LOAD | RULE_STORE,
     .want = RULE_PAGE_FAULT},
    {"misaligned superpage", 2, RWX, .ppn_flip = 1 << 9, .ops = RULE_STORE,
     .want = RULE_PAGE_FAULT},
};

/* These pages allow some access, and A may be set by speculation. D may not. */
static const struct refusal {
    const char *name;
    uint64_t leaf;
    enum rule_op op;
    enum rule_mode mode;
    unsigned settings;
} refusals[] = {
    {"page of U, load S", RWX | PTE_U, RULE_LOAD, RULE_S, 0},
    {"page of U, store S", RWX | PTE_U, RULE_STORE, RULE_S, 0},
    {"page of U with SUM, fetch S", RWX | PTE_U, RULE_FETCH, RULE_S, RULE_SUM},
    {"page of S, store U", RWX, RULE_STORE, RULE_U, 0},
    {"page of S, store MPRV=U", RWX, RULE_STORE, RULE_MPRV_U, 0},
    {"no X, fetch", PTE_V | PTE_R | PTE_W, RULE_FETCH, RULE_S, 0},
    {"no R, load", PTE_V | PTE_X, RULE_LOAD, RULE_S, 0},
    {"no R, store", PTE_V | PTE_X, RULE_STORE, RULE_S, 0},
    {"no W, store", PTE_V | PTE_R | PTE_X, RULE_STORE, RULE_S, 0},
    {"no W, amo", PTE_V | PTE_R | PTE_X, RULE_AMO, RULE_S, 0},
    {"no W, A=1, store", PTE_V | PTE_R | PTE_X | PTE_A, RULE_STORE, RULE_S, 0},
};

static void refuse(const struct refusal *refusal)
{
    uint64_t va = rule_va(0, rule_page(1));
    volatile uint64_t *leaf = rule_map(va, rule_page(1), refusal->leaf, 0);
    uint64_t before = *leaf;

    rule_fence();

    struct rule_outcome outcome = rule_access(&(struct rule_access){
        .op = refusal->op, .mode = refusal->mode, .settings = refusal->settings, .va = va});
    bool is_fault = outcome.cause == rule_page_fault(refusal->op) && outcome.tval == va;

    rule_choice(is_fault && (*leaf | PTE_A) == (before | PTE_A), refusal->name,
                rule_text("cause %lu with pte same | +A", rule_page_fault(refusal->op)),
                rule_text("%s %s", rule_outcome_text(&outcome), scheme_change(before, *leaf)));
}

static void run(void)
{
    SCHEME_RUN(SCHEME_ANY, rows);
    rule_reset();
    scheme_select(SCHEME_ANY);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        refuse(&refusals[i]);
    }
}

RULE_PROGRAM("AD-08", "M", run);

/*
 * PRM-10: MXR acts where the effective privilege is S or U; never for M-mode, and not in Bare.
 *
 * Priv. [norm:mstatus_mxr_op], [norm:mstatus_mprv_ldst_op].
 */
#include "guest/rules/runtime/rule.h"

static const struct rule_case cases[] = {
    {"X page, MXR=0", 0, LEAF_X, .modes = RULE_S | RULE_U | RULE_MPRV_S | RULE_MPRV_U,
     .want = RULE_PAGE_FAULT},
    {"X page, MXR=1", 0, LEAF_X, .modes = RULE_S | RULE_U | RULE_MPRV_S | RULE_MPRV_U,
     .settings = RULE_MXR, .want = RULE_NO_TRAP},
};

static struct rule_outcome load(enum rule_mode mode, uint64_t va)
{
    return rule_access(
        &(struct rule_access){.op = RULE_LOAD, .mode = mode, .settings = RULE_MXR, .va = va});
}

/* The virtual address is the physical address of test page 2, so who does not translate it reads
 * that page. */
static void machine_mode(void)
{
    rule_map(rule_page(2), rule_page(1), LEAF_X, 0);
    rule_fence();

    struct rule_outcome machine = load(RULE_M, rule_page(2));
    struct rule_outcome as_machine = load(RULE_MPRV_M, rule_page(2));

    rule_expect_pa("MXR=1, load M", &machine, rule_page(2));
    rule_expect_pa("MXR=1, load MPRV=M", &as_machine, rule_page(2));
}

/* PMP still says who may read what. */
static void bare(void)
{
    rule_pmp(0, rule_page(3), PAGE_SIZE, PMP_X);

    struct rule_outcome open = load(RULE_S, rule_page(2));
    struct rule_outcome execute_only = load(RULE_S, rule_page(3));

    rule_expect_pa("Bare, MXR=1, load S", &open, rule_page(2));
    rule_expect_trap("Bare, MXR=1, load S, PMP for fetches only", &execute_only,
                     CAUSE_LOAD_ACCESS_FAULT, rule_page(3));
}

const struct rule rule = {RULE_TABLE("PRM-10", "M", cases), .program = machine_mode, .once = bare};

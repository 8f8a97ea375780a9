/*
 * SATP-03: in Bare, virtual addresses are physical addresses, and nothing protects memory but PMP
 * and PMAs.
 *
 * Priv. [norm:satp_mode].
 */
#include "guest/rules/runtime/rule.h"

static const enum rule_mode modes[] = {RULE_S, RULE_U, RULE_MPRV_S, RULE_MPRV_U};
static const enum rule_op ops[] = {RULE_FETCH, RULE_LOAD, RULE_LR, RULE_STORE};

enum { MODES = sizeof modes / sizeof *modes, OPS = sizeof ops / sizeof *ops };

static const char *name_of(const char *name, enum rule_op op, enum rule_mode mode)
{
    return rule_text("%s, %s %s", name, rule_op_name(op), rule_mode_name(mode));
}

static void try_open(enum rule_op op, enum rule_mode mode)
{
    uint64_t pa = rule_page(1);
    const char *name = name_of("open page", op, mode);
    struct rule_outcome outcome = rule_try(op, mode, pa);

    if (op == RULE_STORE) {
        rule_expect(!outcome.trapped && *rule_memory(pa) == 0, name, "0 stored",
                    outcome.trapped ? rule_outcome_text(&outcome)
                                    : rule_text("memory %lx", *rule_memory(pa)));
        rule_mark(pa);
        return;
    }
    rule_expect_pa(name, &outcome, pa);
}

static void try_closed(const char *name, enum rule_op op, enum rule_mode mode, uint64_t pa)
{
    struct rule_outcome outcome = rule_try(op, mode, pa);

    rule_expect_trap(name_of(name, op, mode), &outcome, rule_access_fault(op), pa);
}

static void bare(void)
{
    rule_pmp(0, rule_page(2), PAGE_SIZE, 0);
    for (unsigned i = 0; i < OPS * MODES; i++) {
        enum rule_op op = ops[i / MODES];
        enum rule_mode mode = modes[i % MODES];

        if (op == RULE_FETCH && mode >= RULE_M) {
            continue;
        }
        try_open(op, mode);
        try_closed("page closed by PMP", op, mode, rule_page(2));
        if (op != RULE_LR) {
            try_closed("missing memory", op, mode, RULE_MISSING);
        }
    }
}

const struct rule rule = {.id = "SATP-03", .kind = "M", .once = bare};

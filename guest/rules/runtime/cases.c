/*
 * cases.c - rows of struct rule_case: each op, mode and level of a row is set up, tried and told.
 */
#include "guest/rules/runtime/cases.h"

#include "guest/rules/runtime/runtime.h"

enum { CASE_OFFSET = 0x340, CASE_PAGE = 1 };
#define ADDEND UINT64_C(0x1000) /* what a store stores and an AMO adds */
#define AD_BITS (PTE_A | PTE_D)

/* One try: a row with its op, mode and levels chosen. */
struct trial {
    const struct rule_case *row;
    struct rule_access access;
    unsigned level;
    unsigned pointer_level;
    uint64_t pa;
    volatile uint64_t *leaf;
    uint64_t before; /* what *leaf held */
};

static const struct word {
    unsigned bit;
    const char *name;
} op_names[] = {
    {RULE_FETCH, "fetch"}, {RULE_LOAD, "load"}, {RULE_STORE, "store"}, {RULE_AMO, "amo"},
    {RULE_LR, "lr"},       {RULE_SC, "sc"},     {RULE_LR_SC, "lr+sc"},
};
static const struct word mode_names[] = {
    {RULE_U, "U"},           {RULE_S, "S"},           {RULE_M, "M"},
    {RULE_MPRV_U, "MPRV=U"}, {RULE_MPRV_S, "MPRV=S"}, {RULE_MPRV_M, "MPRV=M"},
};
enum {
    OPS = sizeof op_names / sizeof *op_names,
    MODES = sizeof mode_names / sizeof *mode_names,
};

static const char *word_of(const struct word *words, unsigned bit)
{
    while (words->bit != bit) {
        words++;
    }
    return words->name;
}

const char *rule_op_name(enum rule_op op)
{
    return word_of(op_names, op);
}

const char *rule_mode_name(enum rule_mode mode)
{
    return word_of(mode_names, mode);
}

static const char *trial_name(const struct trial *trial)
{
    const struct rule_case *row = trial->row;
    const char *name = rule_text("%s, %s %s", row->name, rule_op_name(trial->access.op),
                                 rule_mode_name(trial->access.mode));

    if (row->level == RULE_EACH_LEVEL) {
        name = rule_text("%s level %u", name, trial->level);
    }
    return row->pointer_level == RULE_EACH_LEVEL
               ? rule_text("%s pointer level %u", name, trial->pointer_level)
               : name;
}

static void change_pointer(const struct trial *trial, uint64_t va)
{
    const struct rule_case *row = trial->row;

    if (row->pointer == 0 && row->table_pa == 0) {
        return;
    }
    volatile uint64_t *pointer = rule_pte(va, trial->pointer_level);
    uint64_t bits = row->pointer != 0 ? row->pointer : PTE_V;
    uint64_t table = row->table_pa != 0 ? row->table_pa : pte_pa(*pointer);

    *pointer = pte_make(table, bits);
}

/* Page tables and marks as the row says. */
static void set_up(struct trial *trial)
{
    const struct rule_case *row = trial->row;
    uint64_t size = rule_size(trial->level);
    uint64_t va = rule_va(trial->level, trial->pa);
    bool is_user = trial->access.mode == RULE_U || trial->access.mode == RULE_MPRV_U;
    uint64_t bits = row->leaf | (is_user && !row->exact_u ? PTE_U : 0);

    rule_reset();
    if (row->want == RULE_NO_TRAP) {
        rule_mark(trial->pa);
    }
    trial->access.va = va ^ row->va_flip;
    trial->leaf = rule_map(va, trial->pa & ~(size - 1), bits, trial->level);
    *trial->leaf ^= row->ppn_flip << PTE_PPN_SHIFT;
    if (row->prepare != NULL) {
        row->prepare(va, trial->leaf);
    }
    trial->before = *trial->leaf;
    change_pointer(trial, va);
    rule_fence();
}

static uint64_t wanted_leaf(const struct trial *trial)
{
    switch (trial->row->after) {
    case RULE_PTE_SAME: return trial->before;
    case RULE_PTE_A: return trial->before | PTE_A;
    case RULE_PTE_AD: return trial->before | AD_BITS;
    case RULE_PTE_ANY: return trial->before | (*trial->leaf & AD_BITS);
    }
    return 0;
}

static const char *leaf_text(const struct trial *trial, uint64_t leaf)
{
    uint64_t change = leaf ^ trial->before;

    if (change == 0) {
        return "pte same";
    }
    if ((change & ~AD_BITS) != 0 || (trial->before & change) != 0) {
        return rule_text("pte %lx", leaf);
    }
    return change == AD_BITS ? "pte +A+D" : change == PTE_A ? "pte +A" : "pte +D";
}

/* The physical address that was reached, told from what was read or is written there. 0 if it was
 * not the one of the trial. */
static uint64_t reached(const struct trial *trial, const struct rule_outcome *outcome)
{
    const struct rule_access *access = &trial->access;
    unsigned bits = (access->size == 0 ? 8 : access->size) * 8;
    unsigned shift = (unsigned)(trial->pa & 7) * 8; /* the access lies in one aligned word */
    uint64_t mask = bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
    uint64_t word = trial->pa & ~UINT64_C(7);
    uint64_t mark = rule_mark_of(word) >> shift & mask;
    uint64_t memory = *rule_memory(word) >> shift & mask;
    bool is_there = false;

    switch (access->op) {
    case RULE_FETCH: is_there = outcome->value == trial->pa; break;
    case RULE_LOAD: is_there = outcome->value == mark; break;
    case RULE_LR: is_there = (outcome->value & mask) == mark; break;
    case RULE_STORE: is_there = memory == (ADDEND & mask); break;
    case RULE_AMO:
        is_there = (outcome->value & mask) == mark && memory == ((mark + ADDEND) & mask);
        break;
    case RULE_SC: is_there = outcome->value != 0 && memory == mark; break;
    case RULE_LR_SC: is_there = outcome->value == 0 && memory == (ADDEND & mask); break;
    }
    return is_there ? trial->pa : 0;
}

/* What else a trap must leave right, in words if it did not. */
static const char *trap_flaw(const struct trial *trial, const struct rule_outcome *outcome)
{
    enum rule_mode mode = trial->access.mode;
    enum rule_mode from = mode == RULE_U || mode == RULE_S ? mode : RULE_M;

    if (outcome->epc != rule_access_pc(&trial->access)) {
        return rule_text(" epc %lx", outcome->epc);
    }
    if (outcome->from != from) {
        return rule_text(" from %s", rule_mode_name(outcome->from));
    }
    if (outcome->to != RULE_M) {
        return " to S";
    }
    return outcome->value != RULE_UNTOUCHED ? rule_text(" rd %lx", outcome->value) : "";
}

/* True if the row wants a trap of this cause. */
static bool is_wanted(const struct trial *trial, uint64_t cause)
{
    enum rule_want want = trial->row->want;
    bool is_page_fault = cause == rule_page_fault(trial->access.op);
    bool is_access_fault = cause == rule_access_fault(trial->access.op);

    return (is_page_fault && want != RULE_ACCESS_FAULT) ||
           (is_access_fault && want != RULE_PAGE_FAULT);
}

static const char *wanted_trap_text(const struct trial *trial)
{
    const struct rule_case *row = trial->row;
    uint64_t page_fault = rule_page_fault(trial->access.op);
    uint64_t access_fault = rule_access_fault(trial->access.op);
    const char *pte = leaf_text(trial, wanted_leaf(trial));
    const char *tval = row->any_tval ? "" : rule_text(" tval %lx", trial->access.va);

    if (row->want == RULE_ANY_FAULT) {
        return rule_text("cause %lu or %lu%s %s", access_fault, page_fault, tval, pte);
    }
    return rule_text("cause %lu%s %s", row->want == RULE_PAGE_FAULT ? page_fault : access_fault,
                     tval, pte);
}

static void check_trap(const struct trial *trial, const struct rule_outcome *outcome)
{
    const char *flaw = outcome->trapped ? trap_flaw(trial, outcome) : "";
    bool is_tval_right = trial->row->any_tval || outcome->tval == trial->access.va;
    bool ok = outcome->trapped && is_wanted(trial, outcome->cause) && is_tval_right &&
              *flaw == '\0' && *trial->leaf == wanted_leaf(trial);

    rule_expect(
        ok, trial_name(trial), wanted_trap_text(trial),
        rule_text("%s %s%s", rule_outcome_text(outcome), leaf_text(trial, *trial->leaf), flaw));
}

static void check_done(const struct trial *trial, const struct rule_outcome *outcome)
{
    bool is_there = !outcome->trapped && reached(trial, outcome) == trial->pa;
    const char *seen = is_there ? rule_text("pa %lx", trial->pa) : rule_outcome_text(outcome);

    rule_expect(is_there && *trial->leaf == wanted_leaf(trial), trial_name(trial),
                rule_text("pa %lx %s", trial->pa, leaf_text(trial, wanted_leaf(trial))),
                rule_text("%s %s", seen, leaf_text(trial, *trial->leaf)));
}

static void run_trial(struct trial *trial)
{
    set_up(trial);
    if (trial->row->menvcfg != 0 && !rule_menvcfg(trial->row->menvcfg)) {
        rule_skip(trial_name(trial), "menvcfg has not these bits");
        return;
    }
    csr_write(CSR_SATP, rule_satp_of(0, 0));

    struct rule_outcome outcome = rule_access(&trial->access);

    if (trial->row->want == RULE_NO_TRAP) {
        check_done(trial, &outcome);
    } else {
        check_trap(trial, &outcome);
    }
}

/* True if a field of the row is this level, or each. */
static bool is_level(unsigned field, unsigned level)
{
    return field == level || field == RULE_EACH_LEVEL;
}

/* Tries the row with its leaf at this level, once for each pointer that it wants changed. */
static void run_pointers(const struct rule_case *row, const struct rule_access *access,
                         unsigned level)
{
    struct trial trial = {
        .row = row,
        .access = *access,
        .level = level,
        .pa = row->pa != 0 ? row->pa : rule_page(CASE_PAGE) + CASE_OFFSET,
    };

    if (row->pointer == 0 && row->table_pa == 0) {
        run_trial(&trial);
        return;
    }
    unsigned wanted = row->pointer_level != 0 ? row->pointer_level : level + 1;

    for (unsigned pointer = level + 1; pointer < rule_paging->levels; pointer++) {
        if (is_level(wanted, pointer)) {
            trial.pointer_level = pointer;
            run_trial(&trial);
        }
    }
}

static void run_levels(const struct rule_case *row, const struct rule_access *access)
{
    for (unsigned level = 0; level < rule_paging->levels; level++) {
        if (is_level(row->level, level)) {
            run_pointers(row, access, level);
        }
    }
}

static const char *reason_to_skip(const struct rule_case *row)
{
    if (row->needs != NULL && !rule_has(row->needs)) {
        return rule_text("no %s", row->needs);
    }
    return row->lacks != NULL && rule_has(row->lacks) ? rule_text("has %s", row->lacks) : NULL;
}

void cases_run(const struct rule_case *row)
{
    unsigned ops = row->ops != 0 ? row->ops : RULE_LOAD;
    unsigned modes = row->modes != 0 ? row->modes : RULE_S;
    const char *reason = reason_to_skip(row);

    if (reason != NULL) {
        rule_skip(row->name, reason);
        return;
    }
    for (unsigned i = 0; i < OPS * MODES; i++) {
        const struct word *op = &op_names[i / MODES];
        const struct word *mode = &mode_names[i % MODES];
        bool is_untranslated = op->bit == RULE_FETCH && mode->bit >= RULE_M;

        if ((ops & op->bit) == 0 || (modes & mode->bit) == 0 || is_untranslated) {
            continue;
        }
        run_levels(row, &(struct rule_access){
                            .op = (enum rule_op)op->bit,
                            .mode = (enum rule_mode)mode->bit,
                            .settings = row->settings,
                            .size = row->size,
                            .value = ADDEND,
                        });
    }
}

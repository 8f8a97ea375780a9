/*
 * AD-15: an access that crosses into another page uses and updates both pages' bits, each for
 * itself; the address of a fault is in the page that it is about.
 *
 * Priv. [translation]: misaligned accesses may be decomposed; each virtual page that is accessed
 * has its A bit, that is written its D bit. A hart may also refuse misaligned data (causes 4 and
 * 6).
 */
#include "guest/rules/ad/scheme.h"

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X)
enum { CROSSING = 0xffc, FETCH_CROSSING = 0xffe };

static const struct crossing {
    const char *name;
    enum rule_op op;
    uint64_t bits[2]; /* A and D of the two pages before */
} crossings[] = {
    {"A=0 and A=0", RULE_LOAD, {0, 0}},
    {"A=0 and A=1", RULE_LOAD, {0, PTE_A}},
    {"A=1 and A=0", RULE_LOAD, {PTE_A, 0}},
    {"A=0 and A=0", RULE_STORE, {0, 0}},
    {"D=0 and D=1", RULE_STORE, {PTE_A, PTE_A | PTE_D}},
    {"D=1 and D=0", RULE_STORE, {PTE_A | PTE_D, PTE_A}},
    {"A=0 and A=0", RULE_FETCH, {0, 0}},
    {"A=1 and A=0", RULE_FETCH, {PTE_A, 0}},
};

/* lui a0, 0x12345 across the border of the pages, then a c.ebreak. */
static struct rule_outcome fetch(uint64_t va)
{
    const uint64_t a[8] = {0};

    *(volatile uint16_t *)(rule_page(1) + FETCH_CROSSING) = 0x5537;
    *(volatile uint16_t *)rule_page(3) = 0x1234;
    *(volatile uint16_t *)(rule_page(3) + 2) = 0x9002;
    __asm__ volatile("fence.i" : : : "memory");

    struct rule_outcome outcome = rule_jump(RULE_S, 0, va, va + 4, a);

    rule_mark(rule_page(3));
    return outcome;
}

static struct rule_outcome cross(enum rule_op op, uint64_t va)
{
    struct rule_outcome outcome = op == RULE_FETCH ? fetch(va) : rule_try(op, RULE_S, va);

    rule_mark(rule_page(3));
    return outcome;
}

/* Bits that hardware sets, or 0 if the page needs none. */
static uint64_t needed(enum rule_op op, uint64_t bits)
{
    return (op == RULE_STORE ? PTE_A | PTE_D : PTE_A) & ~bits;
}

static bool is_misaligned(const struct rule_outcome *outcome)
{
    return outcome->trapped &&
           (outcome->cause == CAUSE_LOAD_MISALIGNED || outcome->cause == CAUSE_STORE_MISALIGNED);
}

static void try_crossing(const struct crossing *crossing, bool is_hardware)
{
    enum rule_op op = crossing->op;
    uint64_t va = rule_va(0, op == RULE_FETCH ? FETCH_CROSSING : CROSSING);
    uint64_t second = page_down(va) + PAGE_SIZE;
    volatile uint64_t *leaf[2] = {rule_map(va, rule_page(1), RWX | crossing->bits[0], 0),
                                  rule_map(second, rule_page(3), RWX | crossing->bits[1], 0)};
    uint64_t before[2] = {*leaf[0], *leaf[1]};
    const char *name = rule_text("%s, %s", rule_op_name(op), crossing->name);

    rule_fence();

    struct rule_outcome outcome = cross(op, va);
    const char *change = rule_text("first %s, second %s", scheme_change(before[0], *leaf[0]),
                                   scheme_change(before[1], *leaf[1]));

    if (is_misaligned(&outcome)) {
        rule_skip(name, "misaligned data is refused");
        return;
    }
    if (is_hardware) {
        uint64_t wanted[2] = {before[0] | needed(op, crossing->bits[0]),
                              before[1] | needed(op, crossing->bits[1])};

        rule_expect(!outcome.trapped && *leaf[0] == wanted[0] && *leaf[1] == wanted[1], name,
                    rule_text("first %s, second %s", scheme_change(before[0], wanted[0]),
                              scheme_change(before[1], wanted[1])),
                    outcome.trapped ? rule_outcome_text(&outcome) : change);
        return;
    }
    uint64_t tval = needed(op, crossing->bits[0]) != 0 ? va : second;
    bool is_same = *leaf[0] == before[0] && *leaf[1] == before[1];

    rule_expect(outcome.cause == rule_page_fault(op) && outcome.tval == tval && is_same, name,
                rule_text("cause %lu tval %lx pte same", rule_page_fault(op), tval),
                rule_text("%s%s", rule_outcome_text(&outcome), is_same ? " pte same" : change));
}

static void run_scheme(enum scheme scheme)
{
    rule_reset();
    if (!scheme_select(scheme)) {
        return;
    }
    for (size_t i = 0; i < sizeof crossings / sizeof *crossings; i++) {
        try_crossing(&crossings[i], scheme == SCHEME_HARDWARE);
    }
}

static void run(void)
{
    run_scheme(SCHEME_HARDWARE);
    run_scheme(SCHEME_SVADE);
}

RULE_PROGRAM("AD-15", "M", run);

/*
 * PRI-01: a page fault or access fault of the fetch comes before an illegal instruction. So what
 * lies in the page, and in the half of an instruction that can be fetched, plays no part.
 *
 * Priv. [norm:exc_priority].
 */
#include "guest/rules/runtime/rule.h"

/* csrw of a read-only CSR in two halves: which CSR it is stands in the second. */
enum { ILLEGAL_LOW = 0x1073, ILLEGAL_HIGH = 0xc000, PAGE = 6, NEXT_PAGE = 8 };

static const struct {
    const char *name;
    uint64_t leaf;        /* of the page with the instruction, or its second half */
    uint64_t pa;          /* 0 stands for the test page */
    unsigned permissions; /* of PMP for the test page */
    uint64_t cause;
} rows[] = {
    {"page not mapped", 0, 0, PMP_R | PMP_W | PMP_X, 12},
    {"page not executable", LEAF_RW, 0, PMP_R | PMP_W | PMP_X, 12},
    {"missing memory", LEAF_RWX, RULE_MISSING, PMP_R | PMP_W | PMP_X, 1},
    {"page closed by PMP", LEAF_RWX, 0, 0, 1},
    {"page not executable by PMP", LEAF_RWX, 0, PMP_R | PMP_W, 1},
    {"executable page", LEAF_RWX, 0, PMP_R | PMP_W | PMP_X, 2},
};

static volatile uint16_t *halfword(uint64_t pa)
{
    return (volatile uint16_t *)pa;
}

static void expect_cause(const char *name, enum rule_mode mode, uint64_t va, uint64_t cause)
{
    static const uint64_t nothing[8];
    struct rule_outcome outcome = rule_jump(mode, 0, va, 0, nothing);

    rule_expect(outcome.trapped && outcome.cause == cause && outcome.epc == va,
                rule_text("%s, %s", name, rule_mode_name(mode)),
                rule_text("cause %lu epc %lx", cause, va),
                rule_text("%s epc %lx", rule_outcome_text(&outcome), outcome.epc));
}

/* The instruction at the start of the page, and one that begins two bytes before. */
static void check_row(unsigned i, enum rule_mode mode)
{
    uint64_t va = rule_va(0, 0) + PAGE_SIZE;
    uint64_t user = mode == RULE_U ? PTE_U : 0;

    rule_map(va - PAGE_SIZE, rule_page(PAGE), LEAF_RX | user, 0);
    rule_map(va, rows[i].pa != 0 ? rows[i].pa : rule_page(NEXT_PAGE),
             rows[i].leaf != 0 ? rows[i].leaf | user : 0, 0);
    rule_pmp(0, rule_page(NEXT_PAGE), PAGE_SIZE, rows[i].permissions);

    *halfword(rule_page(NEXT_PAGE)) = 0; /* the two bytes that are illegal by definition */
    __asm__ volatile("fence.i" : : : "memory");
    expect_cause(rows[i].name, mode, va, rows[i].cause);
}

static void check_second_half(unsigned i, enum rule_mode mode)
{
    uint64_t va = rule_va(0, 0) + PAGE_SIZE;

    *halfword(rule_page(PAGE) + PAGE_SIZE - 2) = ILLEGAL_LOW;
    *halfword(rule_page(NEXT_PAGE)) = ILLEGAL_HIGH;
    __asm__ volatile("fence.i" : : : "memory");
    expect_cause(rule_text("second half, %s", rows[i].name), mode, va - 2, rows[i].cause);
}

static void fetch_before_decode(void)
{
    static const enum rule_mode modes[] = {RULE_S, RULE_U};

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned m = 0; m < 2; m++) {
            check_row(i, modes[m]);
            /* Some simulators abort where missing memory begins within an instruction: TRP-03. */
            if (rule_has("c") && rows[i].pa == 0) {
                check_second_half(i, modes[m]);
            }
        }
    }
    rule_mark(rule_page(NEXT_PAGE));
}

RULE_PROGRAM("PRI-01", "M", fetch_before_decode);

/*
 * TRP-03: where the fetch of an instruction faults, xtval holds the virtual address of the portion
 * that faulted, and xepc the beginning of the instruction.
 *
 * Priv. [norm:stval_faulting_address_variable_instr]. Priv. [norm:mtval_varlen_wr].
 * Priv. [norm:mepc_varlen_wr].
 */
#include "guest/rules/trp/crossing.h"
#include "guest/rules/trp/provoke.h"

/* lui a0, 0x12345 in two halves, and c.ebreak. */
enum { LUI_LOW = 0x5537, LUI_HIGH = 0x1234, C_EBREAK = 0x9002 };

static const struct {
    const char *name;
    enum half first, second;
    unsigned faulty_half;
    uint64_t cause;
} rows[] = {
    {"second page not mapped", HALF_THERE, HALF_UNMAPPED, 1, 12},
    {"second page not executable", HALF_THERE, HALF_READ_ONLY, 1, 12},
    {"second page closed by PMP", HALF_THERE, HALF_CLOSED, 1, 1},
    {"first page not mapped", HALF_UNMAPPED, HALF_THERE, 0, 12},
    {"first page not executable", HALF_READ_ONLY, HALF_THERE, 0, 12},
    {"first page closed by PMP", HALF_CLOSED, HALF_THERE, 0, 1},
    {"first page missing", HALF_MISSING, HALF_THERE, 0, 1},
    {"second page missing", HALF_THERE, HALF_MISSING, 1, 1},
};

static volatile uint16_t *halfword(uint64_t pa)
{
    return (volatile uint16_t *)pa;
}

static void write_code(uint16_t last_of_first_page)
{
    *halfword(crossing_page(0) + PAGE_SIZE - 2) = last_of_first_page;
    *halfword(crossing_page(1)) = LUI_HIGH;
    *halfword(crossing_page(1) + 2) = C_EBREAK;
    __asm__ volatile("fence.i" : : : "memory");
}

static struct rule_outcome run(void)
{
    static const uint64_t nothing[8];
    uint64_t va = crossing_border() - 2;

    return rule_jump(RULE_S, 0, va, va + 4, nothing);
}

static void check_row(unsigned i, const char *csr)
{
    uint64_t va = crossing_border() - 2;

    crossing_map(rows[i].first, rows[i].second);
    struct rule_outcome outcome = run();

    expect_tval(rule_text("%stval, %s", csr, rows[i].name), &outcome, rows[i].cause,
                rows[i].faulty_half == 0 ? va : crossing_border());
    rule_expect_value(rule_text("%sepc, %s", csr, rows[i].name), va, outcome.epc);
}

/* Both pages are there; then the instruction ends with the first page, so that nothing of the
 * second is needed. */
static void check_no_fault(void)
{
    static const uint64_t nothing[8];
    uint64_t va = crossing_border() - 2;

    write_code(LUI_LOW);
    crossing_map(HALF_THERE, HALF_THERE);
    struct rule_outcome outcome = run();

    rule_expect(!outcome.trapped && outcome.value == 0x12345000, "both pages there",
                "the instruction of both halves", rule_outcome_text(&outcome));

    write_code(C_EBREAK);
    crossing_map(HALF_THERE, HALF_UNMAPPED);
    outcome = rule_jump(RULE_S, 0, va, va, nothing);
    rule_expect_done("2 bytes at the end of the page before an unmapped one", &outcome);
}

static void crossing_fetch(void)
{
    if (!rule_has("c")) {
        rule_skip("fetch over the border", "no 2-byte instructions");
        return;
    }
    check_no_fault();
    write_code(LUI_LOW);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        csr_write(CSR_MEDELEG, 0);
        check_row(i, "m");
        csr_write(CSR_MEDELEG, 1 << CAUSE_FETCH_ACCESS_FAULT | 1 << CAUSE_FETCH_PAGE_FAULT);
        check_row(i, "s");
    }
    csr_write(CSR_MEDELEG, 0);
    rule_mark(crossing_page(1));
}

RULE_PROGRAM("TRP-03", "M", crossing_fetch);

/*
 * TRP-02: a misaligned load or store that faults reports the virtual address of the portion that
 * caused the fault: where it crosses into the second page, the start of this page.
 *
 * Priv. [norm:stval_op_load_store_fault]. Priv. [norm:mtval_vaddr_wr2].
 */
#include "guest/rules/trp/crossing.h"
#include "guest/rules/trp/provoke.h"

static const struct {
    const char *name;
    enum rule_op op;
    unsigned size;
    unsigned before; /* bytes before the border */
    enum half first, second;
    unsigned faulty_half;
    uint64_t cause;
} rows[] = {
    {"load 8, second page not mapped", RULE_LOAD, 8, 3, HALF_THERE, HALF_UNMAPPED, 1, 13},
    {"load 2, second page not mapped", RULE_LOAD, 2, 1, HALF_THERE, HALF_UNMAPPED, 1, 13},
    {"store 8, second page not mapped", RULE_STORE, 8, 5, HALF_THERE, HALF_UNMAPPED, 1, 15},
    {"store 4, second page not mapped", RULE_STORE, 4, 2, HALF_THERE, HALF_UNMAPPED, 1, 15},
    {"store 8, second page read-only", RULE_STORE, 8, 4, HALF_THERE, HALF_READ_ONLY, 1, 15},
    {"load 8, second page missing", RULE_LOAD, 8, 6, HALF_THERE, HALF_MISSING, 1, 5},
    {"store 8, second page missing", RULE_STORE, 8, 6, HALF_THERE, HALF_MISSING, 1, 7},
    {"load 8, second page closed by PMP", RULE_LOAD, 8, 2, HALF_THERE, HALF_CLOSED, 1, 5},
    {"load 8, first page not mapped", RULE_LOAD, 8, 3, HALF_UNMAPPED, HALF_THERE, 0, 13},
    {"store 8, first page read-only", RULE_STORE, 8, 3, HALF_READ_ONLY, HALF_THERE, 0, 15},
    {"load 8, first page missing", RULE_LOAD, 8, 3, HALF_MISSING, HALF_THERE, 0, 5},
};

static void check_row(unsigned i, const char *csr)
{
    uint64_t va = crossing_border() - rows[i].before;
    const char *name = rule_text("%s, %s", csr, rows[i].name);

    crossing_map(rows[i].first, rows[i].second);
    struct rule_outcome outcome = rule_access(
        &(struct rule_access){.op = rows[i].op, .mode = RULE_S, .va = va, .size = rows[i].size});

    if (is_misaligned(&outcome)) {
        rule_choice(outcome.tval == va || outcome.tval == 0, name, "misaligned, tval its start",
                    rule_outcome_text(&outcome));
        return;
    }
    expect_tval(name, &outcome, rows[i].cause, rows[i].faulty_half == 0 ? va : crossing_border());
}

static void crossing_data(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        csr_write(CSR_MEDELEG, 0);
        check_row(i, "mtval");
        csr_write(CSR_MEDELEG, 0xb0a2); /* all page faults and access faults */
        check_row(i, "stval");
    }
}

RULE_PROGRAM("TRP-02", "M", crossing_data);

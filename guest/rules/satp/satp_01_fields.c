/*
 * SATP-01: satp holds MODE in bits 63..60, ASID in 59..44 and the PPN of the root table in 43..0.
 * MODE 0 is Bare, 8 Sv39, 9 Sv48 and 10 Sv57.
 *
 * Priv. [norm:satp], [norm:satp_mode_sxlen64].
 */
#include "guest/rules/runtime/rule.h"

#define SATP_MODE (UINT64_C(0xf) << 60)
#define SATP_ASID (UINT64_C(0xffff) << 44)
#define SATP_PPN ((UINT64_C(1) << 44) - 1)

/* Each root maps the same address to another page. */
static uint64_t fill_spaces(void)
{
    uint64_t va = rule_va(0, rule_page(0));

    for (unsigned space = 0; space < RULE_SPACES; space++) {
        rule_choose_space(space);
        rule_map(va, rule_page(space), LEAF_RW, 0);
    }
    return va;
}

static void fields(void)
{
    uint64_t va = fill_spaces();

    for (unsigned space = 0; space < RULE_SPACES; space++) {
        rule_switch(space, 0);
        rule_fence();

        struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

        rule_expect_value("MODE and PPN are read as written", rule_satp_of(space, 0),
                          csr_read(CSR_SATP));
        rule_expect_pa(rule_text("PPN of root %u is the root", space), &outcome, rule_page(space));
    }
}

/* How many bits ASID and PPN have is left open, so these writes look at the other fields only. */
static void borders(void)
{
    uint64_t satp = rule_satp_of(0, 0);

    csr_write(CSR_SATP, satp | SATP_ASID);
    rule_expect_value("ASID of all ones changes neither MODE nor PPN", satp,
                      csr_read(CSR_SATP) & ~SATP_ASID);
    csr_write(CSR_SATP, satp | SATP_PPN);
    rule_expect_value("PPN of all ones changes neither MODE nor ASID", satp & SATP_MODE,
                      csr_read(CSR_SATP) & ~SATP_PPN);
    csr_write(CSR_SATP, satp);
}

static void program(void)
{
    fields();
    borders();
}

static void bare(void)
{
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, rule_page(1));

    rule_expect_value("0 is read as written", 0, csr_read(CSR_SATP));
    rule_expect_pa("MODE 0 does not translate", &outcome, rule_page(1));
}

const struct rule rule = {.id = "SATP-01", .kind = "M", .program = program, .once = bare};

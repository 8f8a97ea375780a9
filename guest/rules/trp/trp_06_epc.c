/*
 * TRP-06: a trap writes xepc with the virtual address of the instruction that encountered it. Bit 0
 * of xepc is always zero; bit 1 is not where instructions of two bytes exist.
 *
 * Priv. [norm:sepc_op_trap_write]. Priv. [norm:sepc].
 */
#include "guest/rules/trp/provoke.h"

/* The second instruction is two bytes behind the start, which is a multiple of four. */
RULE_CODE static void halfway(void)
{
    __asm__ volatile("c.nop\n .option norvc\n .word 0xffffffff\n .option rvc\n" RULE_END);
}

static void check_kinds(enum rule_mode mode)
{
    for (unsigned i = 0; i < TRAP_KINDS; i++) {
        const struct trap_kind *kind = &trap_kinds[i];
        struct rule_outcome outcome = provoke(kind, mode);

        rule_expect_value(rule_text("mepc, %s in %s", kind->name, rule_mode_name(mode)),
                          provoke_pc(kind, mode), outcome.epc);
        if (!provoke_is_delegatable(kind, mode) || !provoke_delegate(kind->cause)) {
            csr_write(CSR_MEDELEG, 0);
            continue;
        }
        outcome = provoke(kind, mode);
        csr_write(CSR_MEDELEG, 0);
        rule_expect_value(rule_text("sepc, %s in %s", kind->name, rule_mode_name(mode)),
                          provoke_pc(kind, mode), outcome.epc);
    }
}

static void check_halfway(void)
{
    struct rule_run run = {.code = halfway, .mode = RULE_S};
    uint64_t start = rule_code_va(RULE_S, halfway);

    if (!rule_has("c")) {
        rule_skip("address that is odd times two", "no 2-byte instructions");
        return;
    }
    struct rule_outcome outcome = rule_run(&run);

    rule_expect_value("mepc, address that is odd times two", start + 2, outcome.epc);
    csr_write(CSR_MEDELEG, 1 << CAUSE_ILLEGAL_INSTRUCTION);
    outcome = rule_run(&run);
    csr_write(CSR_MEDELEG, 0);
    rule_expect_value("sepc, address that is odd times two", start + 2, outcome.epc);
}

static void epc(void)
{
    provoke_prepare();
    check_kinds(RULE_U);
    check_kinds(RULE_S);
    check_halfway();
}

/* Software writes an odd address. */
static void odd_address(void)
{
    uint64_t address = RULE_PAGE_BASE + 5;

    csr_write(CSR_MEPC, address);
    rule_expect_value("bit 0 of mepc", 0, csr_read(CSR_MEPC) & 1);
    csr_write(CSR_SEPC, address);
    rule_expect_value("bit 0 of sepc", 0, csr_read(CSR_SEPC) & 1);
}

const struct rule rule = {.id = "TRP-06", .kind = "M", .program = epc, .once = odd_address};

/*
 * TRP-15: stval, and with it scause and sepc, are written by traps that are taken into S-mode and
 * by software, and never else: not by traps into M-mode, nor by accesses that do not trap.
 *
 * Priv. [norm:stval]. Priv. [norm:scause]. Priv. [norm:sepc_op_trap_write].
 */
#include "guest/rules/trp/provoke.h"

#define STVAL_BEFORE UINT64_C(0x12345678)
#define SEPC_BEFORE UINT64_C(0x34567890)

enum { SCAUSE_BEFORE = 7 };

static void write_before(void)
{
    csr_write(CSR_STVAL, STVAL_BEFORE);
    csr_write(CSR_SEPC, SEPC_BEFORE);
    csr_write(CSR_SCAUSE, SCAUSE_BEFORE);
}

static void expect_untouched(const char *name)
{
    uint64_t stval = csr_read(CSR_STVAL);
    uint64_t sepc = csr_read(CSR_SEPC);
    uint64_t scause = csr_read(CSR_SCAUSE);

    rule_expect(stval == STVAL_BEFORE && sepc == SEPC_BEFORE && scause == SCAUSE_BEFORE, name,
                "all as before", rule_text("stval %lx sepc %lx scause %lu", stval, sepc, scause));
}

static void check_traps(enum rule_mode mode)
{
    for (unsigned i = 0; i < TRAP_KINDS; i++) {
        write_before();
        provoke(&trap_kinds[i], mode);
        expect_untouched(rule_text("%s in %s", trap_kinds[i].name, rule_mode_name(mode)));
    }
}

/* Faults of MPRV accesses, which would be delegated if they were S-mode's. */
static void check_machine_mode(void)
{
    static const enum rule_op ops[] = {RULE_LOAD, RULE_STORE};

    for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++) {
        csr_write(CSR_MEDELEG, 1 << CAUSE_LOAD_PAGE_FAULT | 1 << CAUSE_STORE_PAGE_FAULT);
        write_before();
        rule_try(ops[i], RULE_MPRV_S, rule_va(0, 0));
        csr_write(CSR_MEDELEG, 0);
        expect_untouched(ops[i] == RULE_LOAD ? "load page fault by MPRV"
                                             : "store page fault by MPRV");
    }
}

static void check_access(void)
{
    uint64_t va = rule_va(0, 0) + 4 * PAGE_SIZE;

    rule_map(va, rule_page(1), LEAF_RWX, 0);
    rule_fence();
    write_before();
    rule_try(RULE_LOAD, RULE_S, va);
    expect_untouched("load that does not trap");
}

static void stval_untouched(void)
{
    provoke_prepare();
    check_traps(RULE_U);
    check_traps(RULE_S);
    check_machine_mode();
    check_access();
}

RULE_PROGRAM("TRP-15", "M", stval_untouched);

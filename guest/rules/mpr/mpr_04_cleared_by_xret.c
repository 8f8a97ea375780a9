/*
 * MPR-04: MRET and SRET clear MPRV when they change to a mode below M; an MRET to M-mode leaves it.
 *
 * Priv. [norm:mstatus_mprv_clr_mret_sret_less_priv].
 */
#include "guest/rules/runtime/rule.h"

#define MSTATUS_MPRV (UINT64_C(1) << 17)
#define MPP_SUPERVISOR (UINT64_C(1) << 11)
#define MPP_MACHINE (UINT64_C(3) << 11)

/* MRET to a1 with MPRV = 1 and MPP as in a2. */
RULE_CODE static void machine_return(void)
{
    __asm__ volatile("li t0, 0x1800\n"
                     "csrc mstatus, t0\n"
                     "csrs mstatus, a2\n"
                     "csrw mepc, a1\n"
                     "li t0, 0x20000\n"
                     "csrs mstatus, t0\n"
                     "mret\n" RULE_END);
}

/* SRET from M-mode to a1 with MPRV = 1 and SPP as in a2. */
RULE_CODE static void supervisor_return(void)
{
    __asm__ volatile("li t0, 0x100\n"
                     "csrc mstatus, t0\n"
                     "csrs mstatus, a2\n"
                     "csrw sepc, a1\n"
                     "li t0, 0x20000\n"
                     "csrs mstatus, t0\n"
                     "sret\n" RULE_END);
}

RULE_CODE static void end(void)
{
    __asm__ volatile(RULE_END);
}

static const struct {
    const char *name;
    void (*code)(void);
    uint64_t previous; /* MPP or SPP */
    enum rule_mode to;
    uint64_t mprv;
} rows[] = {
    {"MRET to S", machine_return, MPP_SUPERVISOR, RULE_S, 0},
    {"MRET to U", machine_return, 0, RULE_U, 0},
    {"MRET to M", machine_return, MPP_MACHINE, RULE_M, MSTATUS_MPRV},
    {"SRET to S", supervisor_return, SSTATUS_SPP, RULE_S, 0},
    {"SRET to U", supervisor_return, 0, RULE_U, 0},
};

static void program(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t target = rule_code_va(rows[i].to, end);
        struct rule_outcome outcome = rule_run(&(struct rule_run){
            .code = rows[i].code,
            .mode = RULE_M,
            .a = {0, target, rows[i].previous},
        });
        uint64_t mprv = outcome.mstatus & MSTATUS_MPRV;

        rule_expect(outcome.epc == target && outcome.from == rows[i].to && mprv == rows[i].mprv,
                    rows[i].name,
                    rule_text("MPRV %u in %s", rows[i].mprv != 0, rule_mode_name(rows[i].to)),
                    rule_text("MPRV %u in %s, epc %lx", mprv != 0, rule_mode_name(outcome.from),
                              outcome.epc));
    }
}

RULE_PROGRAM("MPR-04", "M", program);

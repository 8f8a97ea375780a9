/*
 * PRM-14: SUM, MXR and MPRV can be written where there are S-mode, U-mode and paging. SUM and MXR
 * are also in sstatus, MPRV is not.
 *
 * Priv. [norm:mstatus_sum_rdonly0], [norm:mstatus_mxr_rdonly0_no_smode],
 * [norm:mstatus_mprv_rdonly0_no_umode], [norm:sstatus].
 */
#include "guest/rules/runtime/rule.h"

#define MSTATUS_MPP (UINT64_C(3) << 11)
#define MSTATUS_MPRV (UINT64_C(1) << 17)

static const struct {
    const char *name;
    uint64_t bit;
    bool is_in_sstatus;
} fields[] = {
    {"SUM", RULE_SUM, true},
    {"MXR", RULE_MXR, true},
    {"MPRV", MSTATUS_MPRV, false},
};

static void try_field(const char *name, uint64_t bit, bool is_in_sstatus)
{
    csr_set(CSR_MSTATUS, bit);

    uint64_t set = csr_read(CSR_MSTATUS) & bit;
    uint64_t in_sstatus = csr_read(CSR_SSTATUS) & bit;

    csr_clear(CSR_MSTATUS, bit);
    rule_expect_value(rule_text("%s set", name), bit, set);
    rule_expect_value(rule_text("%s in sstatus", name), is_in_sstatus ? bit : 0, in_sstatus);
    rule_expect_value(rule_text("%s cleared", name), 0, csr_read(CSR_MSTATUS) & bit);

    csr_set(CSR_SSTATUS, bit);
    set = csr_read(CSR_MSTATUS) & bit;
    csr_clear(CSR_MSTATUS, bit);
    rule_expect_value(rule_text("%s set through sstatus", name), is_in_sstatus ? bit : 0, set);
}

static void program(void)
{
    /* With MPP = M, MPRV changes no access of this code. */
    csr_set(CSR_MSTATUS, MSTATUS_MPP);
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
        try_field(fields[i].name, fields[i].bit, fields[i].is_in_sstatus);
    }
}

RULE_PROGRAM("PRM-14", "M", program);

/*
 * settings.c - the CSRs that a rule may set: menvcfg and PMP, and how a reset leaves all of them.
 *
 * Their numbers go through rule_csr_write, which survives a machine that has not all of them.
 */
#include "guest/rules/runtime/runtime.h"

#include "guest/include/csr.h"

#define MSTATUS_MPRV (UINT64_C(1) << 17)
#define SETTINGS (RULE_SUM | RULE_MXR | RULE_TVM | RULE_TW | RULE_TSR)

enum {
    PMP_NAPOT = 0x18,
    PMP_OPEN_ENTRY = 7,
    PMP_ENTRY_BITS = 8,
    PMP_SHIFT = 2, /* pmpaddr holds bits 55..2 of an address */
};

bool rule_menvcfg(uint64_t bits)
{
    struct rule_outcome written = rule_csr_write(RULE_M, 0, CSR_MENVCFG, bits);

    rule_fence();
    return !written.trapped && (rule_csr_read(RULE_M, 0, CSR_MENVCFG).value & bits) == bits;
}

static void set_pmp(unsigned entry, uint64_t pmpaddr, uint64_t configuration)
{
    uint64_t shift = (uint64_t)entry * PMP_ENTRY_BITS;
    uint64_t others = rule_csr_read(RULE_M, 0, CSR_PMPCFG0).value & ~(UINT64_C(0xff) << shift);

    rule_csr_write(RULE_M, 0, CSR_PMPADDR0 + entry, pmpaddr);
    rule_csr_write(RULE_M, 0, CSR_PMPCFG0, others | configuration << shift);
    rule_fence();
}

void rule_pmp(unsigned entry, uint64_t pa, uint64_t length, unsigned permissions)
{
    set_pmp(entry, pa >> PMP_SHIFT | ((length >> (PMP_SHIFT + 1)) - 1), PMP_NAPOT | permissions);
}

void settings_open_memory(void)
{
    set_pmp(PMP_OPEN_ENTRY, ~UINT64_C(0) >> 10, PMP_NAPOT | PMP_R | PMP_W | PMP_X);
}

void settings_reset(void)
{
    csr_write(CSR_MEDELEG, 0);
    csr_clear(CSR_MSTATUS, MSTATUS_MPRV | SETTINGS);
    rule_csr_write(RULE_M, 0, CSR_PMPCFG0,
                   (uint64_t)(PMP_NAPOT | PMP_R | PMP_W | PMP_X)
                       << (PMP_OPEN_ENTRY * PMP_ENTRY_BITS));
    rule_menvcfg(0);
}

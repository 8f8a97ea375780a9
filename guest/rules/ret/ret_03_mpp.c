/*
 * RET-03: MPP holds implemented modes only: U, S and M here, so never 2. SPP holds U and S.
 *
 * Priv. [norm:mstatus_xpp_warl].
 */
#include "guest/rules/ret/returns.h"

enum { NO_MODE = 2, MODES = 4 };

static uint64_t write_mpp(uint64_t privilege)
{
    csr_write(CSR_MSTATUS, (csr_read(CSR_MSTATUS) & ~MSTATUS_MPP) | privilege * MSTATUS_MPP_S);
    return (csr_read(CSR_MSTATUS) & MSTATUS_MPP) / MSTATUS_MPP_S;
}

static void mpp(void)
{
    for (unsigned privilege = 0; privilege < MODES; privilege++) {
        if (privilege != NO_MODE) {
            rule_expect_value(rule_text("MPP written %u", privilege), privilege,
                              write_mpp(privilege));
            uint64_t seen = write_mpp(NO_MODE);

            rule_choice(seen != NO_MODE, rule_text("MPP written 2 after %u", privilege),
                        "0 | 1 | 3", rule_text("%lu", seen));
        }
    }
    csr_set(CSR_MSTATUS, MSTATUS_SPP);
    rule_expect_value("SPP written 1", 1, (csr_read(CSR_MSTATUS) & MSTATUS_SPP) != 0);
    csr_clear(CSR_MSTATUS, MSTATUS_SPP);
    rule_expect_value("SPP written 0", 0, (csr_read(CSR_MSTATUS) & MSTATUS_SPP) != 0);
}

const struct rule rule = {.id = "RET-03", .kind = "M", .once = mpp};

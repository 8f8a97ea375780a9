/*
 * TRP-09: no bit of medeleg is read-only one. Bit 11, ECALL from M-mode, and bit 16, double trap,
 * are read-only zero.
 *
 * Priv. [norm:medeleg_no_rd1]. Priv. [norm:medeleg_when_rd0]. Priv. [norm:medeleg_16_no_rd0].
 */
#include "guest/rules/runtime/rule.h"

static void medeleg_bits(void)
{
    csr_write(CSR_MEDELEG, 0);
    rule_expect_value("medeleg after all zeros", 0, csr_read(CSR_MEDELEG));
    csr_write(CSR_MEDELEG, ~UINT64_C(0));
    uint64_t bits = csr_read(CSR_MEDELEG);

    rule_expect_value("bit 11 after all ones", 0, bits >> 11 & 1);
    rule_expect_value("bit 16 after all ones", 0, bits >> 16 & 1);
    csr_write(CSR_MEDELEG, 0);
    rule_expect_value("medeleg after all ones and zeros", 0, csr_read(CSR_MEDELEG));
}

const struct rule rule = {.id = "TRP-09", .kind = "M", .once = medeleg_bits};

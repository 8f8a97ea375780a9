/*
 * TRP-14: xtval and xepc can hold all valid virtual addresses, and zero. They may convert an
 * invalid address into another invalid one, never into a valid one. A read-only zero mtval is
 * legal.
 *
 * Priv. [norm:stval_acc]. Priv. [norm:stval_inv_addr_conv]. Priv. [norm:sepc_acc_invalid_addr].
 * Priv. [norm:mtval_rdonly0].
 */
#include "guest/rules/runtime/rule.h"

enum holder { STVAL, SEPC, MTVAL, MEPC, HOLDERS };

static const struct {
    const char *name;
    bool is_epc; /* bit 0 is always zero, bit 1 may be without instructions of two bytes */
} holders[HOLDERS] = {
    [STVAL] = {"stval", false},
    [SEPC] = {"sepc", true},
    [MTVAL] = {"mtval", false},
    [MEPC] = {"mepc", true},
};

/* Writes the CSR and reads it again. */
static uint64_t hold(enum holder holder, uint64_t value)
{
    switch (holder) {
    case STVAL: csr_write(CSR_STVAL, value); return csr_read(CSR_STVAL);
    case SEPC: csr_write(CSR_SEPC, value); return csr_read(CSR_SEPC);
    case MTVAL: csr_write(CSR_MTVAL, value); return csr_read(CSR_MTVAL);
    case MEPC: csr_write(CSR_MEPC, value); return csr_read(CSR_MEPC);
    case HOLDERS: break;
    }
    return 0;
}

static unsigned va_bits(void)
{
    return PAGE_SHIFT + SV39_VPN_BITS * rule_paging->levels;
}

/* All bits above the address as its top bit. */
static uint64_t canonical(uint64_t va)
{
    unsigned unused = 64 - va_bits();

    return (uint64_t)((int64_t)(va << unused) >> unused);
}

static void expect_held(enum holder holder, const char *which, uint64_t va)
{
    rule_expect_value(rule_text("%s, %s", holders[holder].name, which), va, hold(holder, va));
}

/* Each bit alone, and each bit missing: one case, which names the first address that is not held.
 */
static void check_each_bit(enum holder holder)
{
    const char *name = rule_text("%s, each bit of an address", holders[holder].name);
    unsigned lowest = !holders[holder].is_epc ? 0 : rule_has("c") ? 1 : 2;
    uint64_t even = ~UINT64_C(0) << lowest;

    for (unsigned bit = lowest; bit < va_bits(); bit++) {
        uint64_t alone = canonical(UINT64_C(1) << bit);
        uint64_t missing = ~alone & even;

        if (hold(holder, alone) != alone || hold(holder, missing) != missing) {
            rule_expect(false, name, "all held",
                        rule_text("%lx as %lx, %lx as %lx", alone, hold(holder, alone), missing,
                                  hold(holder, missing)));
            return;
        }
    }
    rule_expect(true, name, "all held", "all held");
}

static void check_invalid(enum holder holder, uint64_t va)
{
    uint64_t held = hold(holder, va);

    rule_choice(held == va || held != canonical(held),
                rule_text("%s, invalid %lx", holders[holder].name, va), "any invalid address",
                rule_text("%lx", held));
}

static void held_addresses(void)
{
    uint64_t half = UINT64_C(1) << (va_bits() - 1);

    for (enum holder holder = STVAL; holder < HOLDERS; holder++) {
        if (holder == MTVAL && hold(MTVAL, half - 1) == 0) {
            rule_skip("mtval", "it is read-only zero");
            continue;
        }
        expect_held(holder, "zero", 0);
        expect_held(holder, "top of the lower half", half - 4);
        expect_held(holder, "bottom of the upper half", canonical(half));
        check_each_bit(holder);
        check_invalid(holder, half);
        check_invalid(holder, canonical(half) - 4);
    }
}

RULE_PROGRAM("TRP-14", "M", held_addresses);

#include "emu/hart/pmp.h"

#include <stdbool.h>

/* pmpaddr on RV64 holds bits 55:2 of an address in its bits 53:0 [norm:pmp_addr_encoding]. */
#define PMP_ADDR UINT64_C(0x003fffffffffffff)

enum {
    PMP_CFG_WRITABLE = PMP_L | PMP_A | PMP_X | PMP_W | PMP_R,
    PMP_ADDR_SHIFT = 2,
    PMP_ENTRIES_PER_CFG = 8,
};

/* The bytes an entry matches: first up to, but not including, end. */
struct pmp_range {
    uint64_t first;
    uint64_t end;
};

void pmp_reset(struct pmp *pmp)
{
    *pmp = (struct pmp){.writes = pmp->writes + 1};
}

uint64_t pmp_read_cfg(const struct pmp *pmp, unsigned pair)
{
    uint64_t value = 0;

    for (unsigned i = PMP_ENTRIES_PER_CFG; i-- > 0;) {
        value = value << 8 | pmp->cfg[pair * PMP_ENTRIES_PER_CFG + i];
    }
    return value;
}

/* R=0 with W=1 is reserved [norm:pmp_rwx_warl]. */
static uint8_t legal_cfg(uint64_t value)
{
    uint64_t cfg = value & PMP_CFG_WRITABLE;
    return (uint8_t)((cfg & PMP_R) != 0 ? cfg : cfg & ~(uint64_t)PMP_W);
}

static bool is_locked(const struct pmp *pmp, unsigned entry)
{
    return (pmp->cfg[entry] & PMP_L) != 0;
}

static unsigned matching_mode(const struct pmp *pmp, unsigned entry)
{
    return pmp->cfg[entry] & PMP_A;
}

/* A locked TOR entry takes its lower bound from the address register before it, which is locked
 * with it [norm:pmp_l_bit_write_protection]. */
static bool bounds_locked_range(const struct pmp *pmp, unsigned entry)
{
    unsigned above = entry + 1;
    return above < PMP_ENTRIES && is_locked(pmp, above) && matching_mode(pmp, above) == PMP_TOR;
}

static struct pmp_range tor_range(const struct pmp *pmp, unsigned entry)
{
    return (struct pmp_range){
        .first = entry == 0 ? 0 : pmp->addr[entry - 1] << PMP_ADDR_SHIFT,
        .end = pmp->addr[entry] << PMP_ADDR_SHIFT,
    };
}

/* n ones at the low end of pmpaddr make a range of 2^(n+3) bytes; all ones the whole space
 * [norm:pmp_napot_encoding_low_bits]. */
static struct pmp_range napot_range(uint64_t addr)
{
    uint64_t size_bits = addr ^ (addr + 1); /* the ones and the zero above them */
    uint64_t first = (addr & ~size_bits) << PMP_ADDR_SHIFT;

    return (struct pmp_range){first, first + ((size_bits + 1) << PMP_ADDR_SHIFT)};
}

static struct pmp_range matched_range(const struct pmp *pmp, unsigned entry)
{
    uint64_t na4_first = pmp->addr[entry] << PMP_ADDR_SHIFT;

    switch (matching_mode(pmp, entry)) {
    case PMP_TOR: return tor_range(pmp, entry);
    case PMP_NA4: return (struct pmp_range){na4_first, na4_first + 4};
    case PMP_NAPOT: return napot_range(pmp->addr[entry]);
    default: return (struct pmp_range){0, 0}; /* PMP_OFF */
    }
}

/* M-mode is bound by locked entries only [norm:pmp_l_bit_m_mode_enforcement]. */
static void add_rule(struct pmp *pmp, unsigned entry)
{
    struct pmp_range range = matched_range(pmp, entry);
    uint8_t permits = pmp->cfg[entry] & PMP_RWX;

    if (range.first < range.end) {
        pmp->rule[pmp->rule_count++] = (struct pmp_rule){
            .first = range.first,
            .last = range.end - 1,
            .for_machine = is_locked(pmp, entry) ? permits : PMP_RWX,
            .for_others = permits,
        };
    }
}

static void make_rules(struct pmp *pmp)
{
    pmp->writes++;
    pmp->rule_count = 0;
    for (unsigned entry = 0; entry < PMP_ENTRIES; entry++) {
        add_rule(pmp, entry);
    }
}

void pmp_write_cfg(struct pmp *pmp, unsigned pair, uint64_t value)
{
    for (unsigned i = 0; i < PMP_ENTRIES_PER_CFG; i++) {
        unsigned entry = pair * PMP_ENTRIES_PER_CFG + i;

        if (!is_locked(pmp, entry)) {
            pmp->cfg[entry] = legal_cfg(value >> (8 * i));
        }
    }
    make_rules(pmp);
}

void pmp_write_addr(struct pmp *pmp, unsigned entry, uint64_t value)
{
    if (!is_locked(pmp, entry) && !bounds_locked_range(pmp, entry)) {
        pmp->addr[entry] = value & PMP_ADDR;
    }
    make_rules(pmp);
}

/* Entries below the one that matches cut pieces off; it bounds the rest itself. */
struct pmp_span pmp_alike(const struct pmp *pmp, uint64_t pa, const struct pmp_span *around)
{
    struct pmp_span span = *around;

    for (unsigned i = 0; i < pmp->rule_count; i++) {
        const struct pmp_rule *rule = &pmp->rule[i];

        if (rule->last < pa) {
            span.first = rule->last + 1 > span.first ? rule->last + 1 : span.first;
        } else if (rule->first > pa) {
            span.last = rule->first - 1 < span.last ? rule->first - 1 : span.last;
        } else {
            span.first = rule->first > span.first ? rule->first : span.first;
            span.last = rule->last < span.last ? rule->last : span.last;
            break;
        }
    }
    return span;
}

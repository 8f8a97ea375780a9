/*
 * VA-04: VPN[0] is bits 20..12 of a virtual address, VPN[1] bits 29..21, VPN[2] bits 38..30 and so
 * on, nine bits each; bits 11..0 are the offset, which is not translated.
 *
 * Priv. [norm:Sv39_vpn_sz].
 */
#include "guest/rules/runtime/rule.h"

enum { ODD_BITS = 0x155, EVEN_BITS = 0xaa };

/* The address with its lowest bits below the level from pa, this VPN at the level, and above it
 * what rule_va says. */
static uint64_t va_with(unsigned level, uint64_t vpn, uint64_t pa)
{
    uint64_t size = rule_size(level);
    uint64_t above = rule_va(0, pa) & ~(size * PTE_PER_TABLE - 1);
    uint64_t va = above | vpn * size | (pa & (size - 1));
    unsigned unused = 64 - PAGE_SHIFT - SV39_VPN_BITS * rule_paging->levels;

    return (uint64_t)((int64_t)(va << unused) >> unused);
}

/* One leaf in the table of this level, at this index. */
static struct rule_outcome try_index(unsigned level, uint64_t vpn, uint64_t pa)
{
    uint64_t va = va_with(level, vpn, pa);
    volatile uint64_t *root = (volatile uint64_t *)((rule_satp_of(0, 0) << 20 >> 20) << PAGE_SHIFT);
    volatile uint64_t *leaf = rule_map(va, pa & ~(rule_size(level) - 1), LEAF_RW, level);
    volatile uint64_t *table =
        level == rule_paging->levels - 1 ? root : (volatile uint64_t *)page_down((uint64_t)leaf);

    /* Where the rule says, whatever rule_map made of it. */
    *leaf = 0;
    table[vpn] = pte_make(pa & ~(rule_size(level) - 1), LEAF_RW);
    rule_fence();

    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_S, va);

    table[vpn] = 0;
    return outcome;
}

/* Each bit of a VPN alone, and bits mixed: what is seen is the first that went wrong. */
static void try_level(unsigned level)
{
    uint64_t pa = rule_page(level);
    struct rule_outcome outcome = try_index(level, ODD_BITS, pa);

    for (uint64_t vpn = 1; vpn < PTE_PER_TABLE && outcome.value == rule_mark_of(pa); vpn <<= 1) {
        outcome = try_index(level, vpn, pa);
    }
    rule_expect_pa(rule_text("VPN[%u], each bit", level), &outcome, pa);
    outcome = try_index(level, EVEN_BITS, pa);
    rule_expect_pa(rule_text("VPN[%u], every other bit", level), &outcome, pa);
}

static void try_offsets(void)
{
    uint64_t pa = rule_page(7);
    uint64_t va = rule_va(0, pa);
    uint64_t seen = 0;

    rule_map(va, pa, LEAF_RW, 0);
    rule_fence();
    for (unsigned bit = 0; bit < PAGE_SHIFT; bit++) {
        volatile uint8_t *byte = (volatile uint8_t *)(pa + (UINT64_C(1) << bit));

        *byte = (uint8_t)(0xc0 + bit);
    }
    for (unsigned bit = 0; bit < PAGE_SHIFT; bit++) {
        struct rule_outcome outcome = rule_access(&(struct rule_access){
            .op = RULE_LOAD, .mode = RULE_S, .va = va + (UINT64_C(1) << bit), .size = 1});

        if (!outcome.trapped && outcome.value == 0xc0 + bit) {
            seen |= UINT64_C(1) << bit;
        }
    }
    rule_expect_value("offset, bits that are kept", PAGE_SIZE - 1, seen);
}

static void program(void)
{
    for (unsigned level = 0; level < rule_paging->levels; level++) {
        try_level(level);
    }
    try_offsets();
}

RULE_PROGRAM("VA-04", "M", program);

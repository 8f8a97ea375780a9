/*
 * AD-09: D is set for writes that are executed, and for no others, in program order: the update is
 * there for the next instruction. (A may be set by speculation.)
 *
 * Priv. [translation]: updates of D must be exact and observed in program order by the local hart.
 */
#include "guest/rules/ad/scheme.h"

#define RW (PTE_V | PTE_R | PTE_W)
enum { OFFSET = 0x40, TABLE_DISTANCE = 0x20000 };

/* a1: a page with D = 0, a2: one that is not mapped, a3: where the first one's PTE can be loaded.
 */

RULE_CODE static void store_not_reached(void)
{
    __asm__ volatile("li t0, 8\n"
                     "1: addi t0, t0, -1\n"
                     "bltz t0, 2f\n"
                     "bnez t0, 1b\n"
                     "j 3f\n"
                     "2: sd zero, 0(a1)\n"
                     "3: ld a0, 0(a3)\n" RULE_END);
}

RULE_CODE static void store_behind_illegal(void)
{
    __asm__ volatile("unimp\n sd zero, 0(a1)\n" RULE_END);
}

RULE_CODE static void store_behind_fault(void)
{
    __asm__ volatile("sd zero, 0(a2)\n sd zero, 0(a1)\n" RULE_END);
}

RULE_CODE static void store_then_look(void)
{
    __asm__ volatile("ld t0, 0(a3)\n sd t0, 0(a1)\n ld a0, 0(a3)\n" RULE_END);
}

RULE_CODE static void store_then_fault(void)
{
    __asm__ volatile("sd zero, 0(a1)\n sd zero, 0(a2)\n" RULE_END);
}

static const struct order {
    const char *name;
    void (*code)(void);
    bool is_dirty;  /* D in memory afterwards */
    bool is_loaded; /* a0 is the PTE as the code saw it */
} orders[] = {
    {"store that a branch skips", store_not_reached, false, true},
    {"store after an illegal instruction", store_behind_illegal, false, false},
    {"store after a store that faults", store_behind_fault, false, false},
    {"store and load of its PTE", store_then_look, true, true},
    {"store before a store that faults", store_then_fault, true, false},
};

static void take(const struct order *order)
{
    uint64_t va = rule_va(0, OFFSET);
    volatile uint64_t *leaf = rule_map(va, rule_page(1), RW, 0);
    uint64_t table_va = page_down(va) + TABLE_DISTANCE;

    rule_map(table_va, page_down((uint64_t)leaf), LEAF_RW, 0);
    rule_fence();

    struct rule_outcome outcome = rule_run(&(struct rule_run){
        .code = order->code,
        .mode = RULE_S,
        .a = {0, va, va + PAGE_SIZE, table_va | ((uint64_t)leaf & (PAGE_SIZE - 1))},
    });
    uint64_t seen = order->is_loaded ? outcome.value : *leaf;

    rule_expect((seen & PTE_D) == (order->is_dirty ? PTE_D : 0) &&
                    *leaf == (seen | (*leaf & PTE_A)),
                order->name, order->is_dirty ? "D=1" : "D=0", rule_text("pte %lx", seen));
    rule_mark(rule_page(1) + OFFSET);
}

static void run(void)
{
    if (!scheme_start(SCHEME_HARDWARE)) {
        return;
    }
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        take(&orders[i]);
    }
}

RULE_PROGRAM("AD-09", "E", run);

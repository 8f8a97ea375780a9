/*
 * FEN-11: stores before the fence are seen by the walks after it, however they were made: here by
 * S-mode itself, which has its page table mapped, in one go with the fence and the load after it.
 *
 * Priv. [norm:sfence_vma_ordering].
 */
#include "guest/rules/runtime/rule.h"

enum { NEW_SPACE = 3, OFFSET = 0x40, TABLE_DISTANCE = 0x20000 };

/* a1: where the PTE is, a2: its new value, a3: the page, a4: 0, the ASID. */
#define LOAD "ld a0, (a3)\n"
#define STORE "sd a2, (a1)\n"

RULE_CODE static void store_and_fence_all(void)
{
    __asm__ volatile(LOAD STORE "sfence.vma\n" LOAD RULE_END);
}

RULE_CODE static void store_and_fence_address(void)
{
    __asm__ volatile(LOAD STORE "sfence.vma a3\n" LOAD RULE_END);
}

RULE_CODE static void store_and_fence_asid(void)
{
    __asm__ volatile(LOAD STORE "sfence.vma zero, a4\n" LOAD RULE_END);
}

RULE_CODE static void store_and_fence_both(void)
{
    __asm__ volatile(LOAD STORE "sfence.vma a3, a4\n" LOAD RULE_END);
}

RULE_CODE static void store_halves(void)
{
    __asm__ volatile(LOAD
                     "sw a2, (a1)\n srli a2, a2, 32\n sw a2, 4(a1)\n sfence.vma\n" LOAD RULE_END);
}

RULE_CODE static void swap(void)
{
    __asm__ volatile(LOAD "amoswap.d a2, a2, (a1)\n sfence.vma\n" LOAD RULE_END);
}

RULE_CODE static void store_conditional(void)
{
    __asm__ volatile(
        LOAD "1: lr.d a5, (a1)\n sc.d a5, a2, (a1)\n bnez a5, 1b\n sfence.vma\n" LOAD RULE_END);
}

static const struct step {
    const char *name;
    void (*code)(void);
    unsigned level; /* of the PTE that is written */
} steps[] = {
    {"leaf, fence of all", store_and_fence_all, 0},
    {"leaf, fence of the address", store_and_fence_address, 0},
    {"leaf, fence of the ASID", store_and_fence_asid, 0},
    {"leaf, fence of both", store_and_fence_both, 0},
    {"leaf in two halves", store_halves, 0},
    {"leaf by amoswap", swap, 0},
    {"leaf by SC", store_conditional, 0},
    {"pointer, fence of all", store_and_fence_all, 1},
    {"pointer, fence of the ASID", store_and_fence_asid, 1},
};

static struct rule_outcome take(const struct step *step)
{
    uint64_t va = rule_va(0, OFFSET);
    uint64_t table_va = page_down(va) + TABLE_DISTANCE;

    rule_reset();
    rule_choose_space(NEW_SPACE);
    rule_map(va, rule_page(2), LEAF_RW, 0);

    uint64_t new_pte = *rule_pte(va, step->level);

    rule_choose_space(0);
    rule_map(va, rule_page(1), LEAF_RW, 0);

    uint64_t pte = (uint64_t)rule_pte(va, step->level);

    /* Where the table is must not change with the pointer that is written. */
    table_va = step->level == 0 ? table_va : table_va + rule_size(1);
    rule_map(table_va, page_down(pte), LEAF_RW, 0);
    rule_fence();
    return rule_run(&(struct rule_run){
        .code = step->code,
        .mode = RULE_S,
        .a = {0, table_va | (pte & (PAGE_SIZE - 1)), new_pte, va, 0},
    });
}

static void run(void)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct rule_outcome outcome = take(&steps[i]);

        rule_expect_pa(steps[i].name, &outcome, rule_page(2) + OFFSET);
    }
}

RULE_PROGRAM("FEN-11", "M", run);

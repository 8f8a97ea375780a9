/*
 * instructions.c - the code of each access: one instruction, for each op and size.
 *
 * The address is in a1, a value to store or add in a2, the result goes to a0.
 */
#include "guest/rules/runtime/runtime.h"

RULE_CODE static void load_1(void)
{
    __asm__ volatile("lbu a0, (a1)\n" RULE_END);
}

RULE_CODE static void load_2(void)
{
    __asm__ volatile("lhu a0, (a1)\n" RULE_END);
}

RULE_CODE static void load_4(void)
{
    __asm__ volatile("lwu a0, (a1)\n" RULE_END);
}

RULE_CODE static void load_8(void)
{
    __asm__ volatile("ld a0, (a1)\n" RULE_END);
}

RULE_CODE static void store_1(void)
{
    __asm__ volatile("sb a2, (a1)\n" RULE_END);
}

RULE_CODE static void store_2(void)
{
    __asm__ volatile("sh a2, (a1)\n" RULE_END);
}

RULE_CODE static void store_4(void)
{
    __asm__ volatile("sw a2, (a1)\n" RULE_END);
}

RULE_CODE static void store_8(void)
{
    __asm__ volatile("sd a2, (a1)\n" RULE_END);
}

RULE_CODE static void amo_4(void)
{
    __asm__ volatile("amoadd.w a0, a2, (a1)\n" RULE_END);
}

RULE_CODE static void amo_8(void)
{
    __asm__ volatile("amoadd.d a0, a2, (a1)\n" RULE_END);
}

RULE_CODE static void lr_4(void)
{
    __asm__ volatile("lr.w a0, (a1)\n" RULE_END);
}

RULE_CODE static void lr_8(void)
{
    __asm__ volatile("lr.d a0, (a1)\n" RULE_END);
}

RULE_CODE static void sc_4(void)
{
    __asm__ volatile("sc.w a0, a2, (a1)\n" RULE_END);
}

RULE_CODE static void sc_8(void)
{
    __asm__ volatile("sc.d a0, a2, (a1)\n" RULE_END);
}

RULE_CODE static void lr_sc_4(void)
{
    __asm__ volatile("lr.w a3, (a1)\n sc.w a0, a2, (a1)\n" RULE_END);
}

RULE_CODE static void lr_sc_8(void)
{
    __asm__ volatile("lr.d a3, (a1)\n sc.d a0, a2, (a1)\n" RULE_END);
}

/* By op, then by size: 1, 2, 4, 8 bytes. Atomic instructions have no small sizes. */
static const struct instructions {
    enum rule_op op;
    void (*code[4])(void);
} instructions[] = {
    {RULE_LOAD, {load_1, load_2, load_4, load_8}},
    {RULE_STORE, {store_1, store_2, store_4, store_8}},
    {RULE_AMO, {amo_4, amo_4, amo_4, amo_8}},
    {RULE_LR, {lr_4, lr_4, lr_4, lr_8}},
    {RULE_SC, {sc_4, sc_4, sc_4, sc_8}},
    {RULE_LR_SC, {lr_sc_4, lr_sc_4, lr_sc_4, lr_sc_8}},
};

void (*instruction_of(enum rule_op op, unsigned size))(void)
{
    const struct instructions *row = instructions;

    while (row->op != op) {
        row++;
    }
    return row->code[size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3];
}

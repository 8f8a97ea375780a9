/*
 * mark.c - words in memory that tell where they are. See rule_mark in rule.h for the layout.
 */
#include "guest/rules/runtime/runtime.h"

#define LUI_A0 UINT64_C(0x537)
#define C_EBREAK UINT64_C(0x9002)

uint64_t rule_mark_of(uint64_t pa)
{
    uint64_t page = pa & ~(PAGE_SIZE - 1);
    uint64_t offset = pa & (PAGE_SIZE - 8);

    return offset << 48 | C_EBREAK << 32 | page | LUI_A0;
}

void rule_mark(uint64_t pa)
{
    *rule_memory(pa & ~UINT64_C(7)) = rule_mark_of(pa);
}

uint64_t rule_marked_pa(uint64_t value)
{
    uint64_t pa = (value & UINT64_C(0xfffff000)) | value >> 48;

    return value == rule_mark_of(pa) ? pa : 0;
}

#include "emu/report/report.h"

bool report_cost_cycles(const struct report_cost *cost, const struct mmu_counters *counters,
                        uint64_t *cycles)
{
    const struct mmu_array_counters *l2 = &counters->array[MMU_L2];
    uint64_t hits = l2->hits[MMU_FETCH] + l2->hits[MMU_LOAD] + l2->hits[MMU_STORE];
    uint64_t l2_cycles;
    uint64_t pte_cycles;
    uint64_t sum;

    if (__builtin_mul_overflow(hits, cost->l2_hit, &l2_cycles) ||
        __builtin_mul_overflow(counters->walk.pte_reads, cost->pte_read, &pte_cycles) ||
        __builtin_add_overflow(l2_cycles, pte_cycles, &sum) || sum > INT64_MAX) {
        return false;
    }
    *cycles = sum;
    return true;
}

/* mmu_probe: what a translation would do, without doing it. */
#include "mmu/unit.h"
#include "mmu/walk.h"

static struct mmu_cached describe(struct tlb_match match, uint64_t va)
{
    const struct translation held = tlb_translation(match);

    return (struct mmu_cached){
        .size = held.size,
        .leaf = held.leaf,
        .va = held.page << walk_page_shift(held.size),
        .pte = held.pte,
        .pa = walk_leaf_pa(held.pte, held.leaf, va),
        .asid = held.space,
        .is_global = held.is_global,
    };
}

/* Asks one array. Returns true if it answers, and so decides the outcome. */
static bool probe_array(const struct mmu *mmu, enum mmu_array array, const struct request *request,
                        struct mmu_probe *probe)
{
    struct answer answer = unit_ask(mmu, array, request);

    probe->array[array].was_asked = true;
    probe->array[array].matched = tlb_has(answer.match);
    probe->array[array].answers = answer.is_hit;
    if (tlb_has(answer.match)) {
        probe->array[array].entry = describe(answer.match, request->va);
    }
    if (answer.is_hit) {
        probe->rule = answer.rule;
        probe->pa = probe->array[array].entry.pa;
    }
    return answer.is_hit;
}

void mmu_probe(const struct mmu *mmu, const struct mmu_mode *mode, uint64_t va,
               enum mmu_access access, struct mmu_probe *probe)
{
    const struct request request = unit_request(mmu, mode, va, access);

    *probe = (struct mmu_probe){.pa = va};
    if (!mmu_is_active(mode)) {
        return;
    }
    if (!walk_is_canonical(mode->satp, va)) {
        probe->rule = MMU_NOT_CANONICAL;
        return;
    }
    if (probe_array(mmu, unit_l1(access), &request, probe)) {
        return;
    }
    if (unit_has_array(mmu, MMU_L2) && probe_array(mmu, MMU_L2, &request, probe)) {
        return;
    }
    probe->walks = true;
    unit_start_walk(&probe->walk, &request);
    walk_run(&(struct walker){.memory = mmu->walker.memory, .cache = mmu->walker.cache},
             &probe->walk);
    probe->rule = probe->walk.rule;
    probe->pa = probe->walk.pa;
}

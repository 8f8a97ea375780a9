#include "tests/support/walk_bench.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* Five different indices, so that a level mistaken for another finds an empty entry. */
#define WIDE_VA                                                                                    \
    (UINT64_C(9) << 48 | UINT64_C(11) << 39 | UINT64_C(3) << 30 | UINT64_C(5) << 21 |              \
     UINT64_C(7) << 12 | UINT64_C(0x9a8))

enum { ASID = 9, MISMATCHES_SHOWN = 5 };

uint64_t walk_table_at(int level)
{
    return pte_memory_pa(WALK_TABLES + (unsigned)level);
}

uint64_t walk_slot_pa(const struct walk_bench *bench, int level)
{
    return walk_table_at(level) + sv_index(bench->va, level) * 8;
}

uint64_t walk_pointer_at(int level)
{
    return sv_pte(walk_table_at(level - 1) >> 12, SV_V);
}

void walk_restore(struct walk_bench *bench, int level)
{
    versus_poke(&bench->versus, walk_slot_pa(bench, level),
                level == 0 ? 0 : walk_pointer_at(level));
}

void walk_bench_init(struct walk_bench *bench, const char *geometry, enum sv_mode satp_mode,
                     int widest)
{
    bench->satp_mode = satp_mode;
    bench->levels = sv_levels(sv_satp(satp_mode, 0, 0));
    bench->va = sv_canonical(WIDE_VA, bench->levels);
    bench->svpbmt = false;
    versus_init(&bench->versus, geometry, widest);
    for (int level = bench->levels - 1; level > 0; level--) {
        walk_restore(bench, level);
    }
    for (unsigned index = 0; index < 512; index++) {
        uint64_t pte = sv_pte(WALK_OPEN_PPN, WALK_OPEN_LEAF);
        versus_poke(&bench->versus, pte_memory_pa(WALK_BELOW) + index * 8, pte);
        versus_poke(&bench->versus, pte_memory_pa(WALK_BELOW_NAPOT) + index * 8, pte);
    }
}

void walk_bench_finish(struct walk_bench *bench)
{
    cr_expect(versus_same_memory(&bench->versus));
    versus_finish(&bench->versus);
}

void walk_bench_each_mode(struct walk_bench *bench, const char *geometry, void (*body)(void))
{
    for (enum sv_mode mode = SV_39; mode <= SV_57; mode++) {
        walk_bench_init(bench, geometry, mode, sv_levels(sv_satp(mode, 0, 0)));
        body();
        walk_bench_finish(bench);
    }
}

struct mmu_mode walk_mode(const struct walk_bench *bench, unsigned n)
{
    return (struct mmu_mode){.satp =
                                 sv_satp(bench->satp_mode, ASID, walk_table_at(bench->levels - 1)),
                             .privilege = n & 1 ? MMU_SUPERVISOR : MMU_USER,
                             .sum = n & 2,
                             .mxr = n & 4,
                             .svpbmt = bench->svpbmt,
                             .hardware_ad = n & 8};
}

void walk_report(struct walk_bench *bench)
{
    bench->mismatches++;
    cr_fail("%s", bench->versus.mismatch);
    if (bench->mismatches == MISMATCHES_SHOWN) {
        cr_fatal("giving up after %u mismatches", bench->mismatches);
    }
}

void walk_try(struct walk_bench *bench, int level, uint64_t pte, unsigned n, enum mmu_access access)
{
    struct mmu_mode mode = walk_mode(bench, n);

    versus_poke(&bench->versus, walk_slot_pa(bench, level), pte);
    versus_fence(&bench->versus);
    if (!versus_agree(&bench->versus, &mode, bench->va, access)) {
        walk_report(bench);
    }
}

void walk_try_candidate(struct walk_bench *bench, int level, uint64_t pte)
{
    for (unsigned n = 0; n < WALK_MODES; n++) {
        walk_try(bench, level, pte, n, MMU_FETCH);
        walk_try(bench, level, pte, n, MMU_LOAD);
        walk_try(bench, level, pte, n, MMU_STORE);
    }
}

void walk_try_all_flags(struct walk_bench *bench, int level, uint64_t ppn, uint64_t more)
{
    for (uint64_t flags = 0; flags < 256; flags++) {
        walk_try_candidate(bench, level, sv_pte(ppn, flags) | more);
    }
}

/*
 * embed.c - a program that knows nothing of this tree: it sees the installed headers only, brings
 * its own memory of one page table, and translates an address.
 */
#include <mmu/mmu.h>
#include <mmu/pte.h>
#include <stdio.h>

enum { ROOT_PA = 0x1000, PTES = 512 };

static uint64_t table[PTES];

static uint64_t *pte_at(uint64_t pa)
{
    return pa >= ROOT_PA && pa < ROOT_PA + sizeof table ? &table[(pa - ROOT_PA) / PTE_SIZE] : NULL;
}

static bool read_pte(void *ctx, uint64_t pa, uint64_t *pte)
{
    const uint64_t *at = pte_at(pa);

    (void)ctx;
    if (at != NULL) {
        *pte = *at;
    }
    return at != NULL;
}

static bool may_write_pte(void *ctx, uint64_t pa)
{
    (void)ctx;
    return pte_at(pa) != NULL;
}

static bool swap_pte(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired)
{
    uint64_t *at = pte_at(pa);

    (void)ctx;
    if (*at != expected) {
        return false;
    }
    *at = desired;
    return true;
}

int main(void)
{
    const struct mmu_memory memory = {
        .read_pte = read_pte, .may_write_pte = may_write_pte, .swap_pte = swap_pte};
    const struct mmu_mode mode = {
        .satp = UINT64_C(8) << SATP_MODE_SHIFT | ROOT_PA >> PAGE_SHIFT,
        .privilege = MMU_SUPERVISOR,
        .hardware_ad = true,
    };
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    struct mmu_counts counts;
    struct mmu_law_broken broken;
    uint64_t pa = 0;

    if (!mmu_geometry_parse("l1i=4,l1d=4", &geometry, &error)) {
        return 1;
    }
    struct mmu *mmu = mmu_create(&geometry, &memory);

    if (mmu == NULL) {
        return 1;
    }
    /* The third gigabyte of virtual addresses is the sixth of physical ones. */
    table[2] = UINT64_C(5) << 28 | PTE_V | PTE_R | PTE_W;
    enum mmu_status status = mmu_translate(mmu, &mode, 0x80001234, MMU_STORE, &pa);

    mmu_count(mmu, &counts);
    bool is_right =
        status == MMU_OK && pa == 0x140001234 && (table[2] & (PTE_A | PTE_D)) == (PTE_A | PTE_D) &&
        counts.total.walk.completed_by_size[MMU_1G] == 1 && mmu_laws_hold(&counts, &broken);

    mmu_destroy(mmu);
    puts(is_right ? "0x80001234 is at 0x140001234" : "wrong translation");
    return is_right ? 0 : 1;
}

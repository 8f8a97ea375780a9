#include "tests/support/access_bench.h"

#include <stddef.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "mmu/pte.h"

static const struct {
    uint64_t pa;
    uint64_t flags; /* 0: not mapped */
} pages[ACCESS_PAGES] = {
    [PAGE_RAM] = {BENCH_DATA, PTE_R | PTE_W},
    [PAGE_RAM_NEXT] = {BENCH_DATA + 0x5000, PTE_R | PTE_W},
    [PAGE_BEFORE_DEVICE] = {BENCH_DATA + 0x8000, PTE_R | PTE_W},
    [PAGE_DEVICE] = {ACCESS_DEVICE_BASE, PTE_R | PTE_W | PTE_X},
    [PAGE_BEFORE_NOTHING] = {BENCH_DATA + 0xa000, PTE_R | PTE_W},
    [PAGE_NOTHING] = {ACCESS_NOTHING_BASE, PTE_R | PTE_W | PTE_X},
    [PAGE_READ_ONLY] = {BENCH_DATA + 0xc000, PTE_R},
    [PAGE_ALIAS] = {BENCH_DATA, PTE_R | PTE_W},
    [PAGE_CODE] = {BENCH_DATA + 0xe000, PTE_R | PTE_X},
    [PAGE_CODE_NEXT] = {BENCH_DATA + 0x12000, PTE_R | PTE_X},
};

static bool device_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    struct access_bench *access =
        (struct access_bench *)((char *)device - offsetof(struct access_bench, device));

    (void)size;
    access->device_reads++;
    *value = ACCESS_DEVICE_VALUE + offset;
    return offset != 8;
}

static bool device_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct access_bench *access =
        (struct access_bench *)((char *)device - offsetof(struct access_bench, device));

    (void)size;
    access->device_writes++;
    access->device_value = value;
    return offset != 8;
}

void access_bench_init(struct access_bench *access)
{
    static const struct device_ops ops = {
        .name = "test device", .length = 0x1000, .read = device_read, .write = device_write};

    bench_init(&access->bench);
    access->device = (struct device){.ops = &ops};
    access->device_reads = access->device_writes = 0;
    bus_attach(&access->bench.bus, ACCESS_DEVICE_BASE, &access->device);
    for (unsigned page = 0; page < ACCESS_PAGES; page++) {
        bench_map(&access->bench, page_va(page, 0), pages[page].pa, pages[page].flags);
    }
    access_bench_enter(access, MMU_SUPERVISOR);
}

void access_bench_finish(struct access_bench *access)
{
    bench_finish(&access->bench);
}

void access_bench_enter(struct access_bench *access, enum mmu_privilege privilege)
{
    struct hart *hart = &access->bench.hart;

    bench_reset(&access->bench);
    bench_enter_sv39(&access->bench);
    hart->privilege = privilege;
    hart->counters.exceptions = 0;
}

uint64_t page_va(enum access_page page, int64_t offset)
{
    return BENCH_VA + page * PAGE_SIZE + (uint64_t)offset;
}

uint64_t page_pa(enum access_page page, int64_t offset)
{
    return pages[page].pa + (uint64_t)offset;
}

uint64_t page_pte_pa(enum access_page page)
{
    return BENCH_TABLES + 2 * PAGE_SIZE + page * PTE_SIZE;
}

void access_bench_protect(struct access_bench *access, uint64_t pa, uint64_t length, uint8_t cfg)
{
    struct pmp *pmp = &access->bench.hart.pmp;

    pmp_write_addr(pmp, 0, (pa | (length / 2 - 1)) >> 2);
    pmp_write_addr(pmp, 1, UINT64_MAX);
    pmp_write_cfg(pmp, 0, (PMP_NAPOT | PMP_R | PMP_W | PMP_X) << 8 | PMP_NAPOT | cfg);
}

uint64_t access_bench_count(const struct access_bench *access, enum mmu_access kind)
{
    const struct mmu_counters *counters = mmu_counters(access->bench.mmu);

    return counters->array[kind == MMU_FETCH ? MMU_L1I : MMU_L1D].accesses[kind];
}

void access_bench_expect_fault(const struct access_bench *access, enum trap_cause cause,
                               uint64_t tval, bool by_pmp, const char *why)
{
    const struct hart *hart = &access->bench.hart;

    cr_expect(eq(u64, hart->counters.exceptions, 1), "%s: exceptions", why);
    cr_expect(eq(int, hart->last_exception.cause, cause), "%s: cause", why);
    cr_expect(eq(u64, hart->last_exception.tval, tval), "%s: tval", why);
    cr_expect(eq(int, hart->last_exception.by_pmp, by_pmp), "%s: by PMP", why);
}

void access_bench_expect_no_fault(const struct access_bench *access, const char *why)
{
    cr_expect(eq(u64, access->bench.hart.counters.exceptions, 0), "%s: exceptions", why);
}

#include "tests/support/stale_world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/random_tables.h"

/* ASIDs that differ in few bits, low and high. With fewer ASID bits some of them are one. */
static const uint64_t asids[] = {0, 1, 2, 3, 0x102, 0x8001};

enum { ASIDS = sizeof asids / sizeof *asids };

static unsigned below(struct stale_world *world, unsigned limit)
{
    return chooser_below(&world->chooser, limit);
}

static bool percent(struct stale_world *world, unsigned chance)
{
    return chooser_percent(&world->chooser, chance);
}

static uint64_t flip(uint64_t word, unsigned bit)
{
    return word ^ UINT64_C(1) << bit;
}

/* The MMU's memory: all that it asks for is noted. */

static bool read_pte(void *ctx, uint64_t pa, uint64_t *pte)
{
    struct stale_world *world = ctx;

    if (world->reads < STALE_READS) {
        world->read_pa[world->reads] = pa;
    }
    world->reads++;
    return pte_memory_peek(&world->memory, pa, pte);
}

static bool may_write_pte(void *ctx, uint64_t pa)
{
    struct stale_world *world = ctx;
    return pte_memory_may_write(&world->memory, pa);
}

static bool swap_pte(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired)
{
    struct stale_world *world = ctx;
    uint64_t *pte = pte_memory_at(&world->memory, pa);

    if (*pte != expected) {
        return false;
    }
    allowed_tlb_before_change(&world->tlb);
    *pte = desired;
    world->stores++;
    world->answer.stores = true;
    world->answer.stored_pa = pa;
    world->answer.stored_pte = desired;
    return true;
}

static bool make_mmu(struct stale_world *world, const char *spec)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    struct mmu_memory memory = {
        .read_pte = read_pte, .may_write_pte = may_write_pte, .swap_pte = swap_pte, .ctx = world};

    if (!mmu_geometry_parse(spec, &geometry, &error)) {
        return false;
    }
    geometry.levels = SV57_LEVELS;
    world->mmu = mmu_create(&geometry, &memory);
    if (world->mmu == NULL) {
        return false;
    }
    allowed_tlb_init(&world->tlb, &world->memory, geometry.asid_bits);
    return true;
}

/* Pages of all three modes; most are canonical in Sv39, and so in all. */
static void choose_pages(struct stale_world *world)
{
    static const int levels[] = {3, 3, 3, 3, 4, 5};

    for (unsigned i = 0; i < ALLOWED_PAGES; i++) {
        world->tlb.page[i].va = sv_canonical(random_page_va(&world->chooser), levels[i % 6]);
    }
}

/* A change of satp. Mostly each ASID has its own root; at times software gets it wrong. */
static void switch_satp(struct stale_world *world)
{
    static const unsigned roots[ASIDS] = {0, 5, 8, 1, 2, 6}; /* Sv39, Sv48, Sv57, Sv39... */
    unsigned space = below(world, ASIDS);
    unsigned root = percent(world, 75) ? roots[space] : below(world, RANDOM_ROOTS);
    uint64_t asid = asids[space] & ((UINT64_C(1) << world->tlb.asid_bits) - 1);

    world->mode.satp = random_table_satp(RANDOM_FIRST_ROOT + root, asid);
    if (percent(world, 3)) {
        world->mode.satp = 0;
    }
    allowed_tlb_set_satp(&world->tlb, world->mode.satp);
}

static void set_scheme(struct stale_world *world)
{
    world->mode.hardware_ad = percent(world, 70);
    world->mode.svpbmt = percent(world, 70);
    allowed_tlb_set_scheme(&world->tlb, !world->mode.hardware_ad, world->mode.svpbmt);
}

/* The PTE that maps a page in some address space, mostly where its walk ends, or one above it. */
static uint64_t choose_slot(struct stale_world *world)
{
    unsigned root = RANDOM_FIRST_ROOT + below(world, RANDOM_ROOTS);
    uint64_t satp =
        percent(world, 60) && world->mode.satp != 0 ? world->mode.satp : random_table_satp(root, 0);
    uint64_t va = world->tlb.page[world->page].va;
    int stop = percent(world, 75) ? 0 : (int)below(world, 4);
    uint64_t table = sv_root(satp);

    for (int level = sv_levels(satp) - 1;; level--) {
        uint64_t slot = table + sv_index(va, level) * 8;
        uint64_t pte = *pte_memory_at(&world->memory, slot);
        table = sv_ppn(pte) << 12;
        if (level <= stop || (pte & (SV_V | SV_R | SV_W | SV_X)) != SV_V ||
            table - PTE_MEMORY_BASE >= RANDOM_TABLES * UINT64_C(4096)) {
            return slot;
        }
    }
}

/* Another PTE in place of an old one: all of it, or a flag, or the page number. */
static uint64_t another_pte(struct stale_world *world, unsigned page, uint64_t old)
{
    static const uint64_t flags[] = {SV_V, SV_R, SV_W, SV_W, SV_X, SV_U, SV_G, SV_A, SV_D, SV_D};
    uint64_t napot = old & SV_N ? 8 : 0;
    unsigned dice = below(world, 10);

    if ((old & (SV_V | SV_R)) != (SV_V | SV_R) || dice < 3) {
        return random_pte(&world->chooser, page);
    }
    if (dice < 6) {
        return old ^ flags[below(world, sizeof flags / sizeof *flags)];
    }
    uint64_t ppn = random_leaf_ppn(&world->chooser, random_table_level(page));
    return (old & ~sv_pte(sv_ppn(old), 0)) | sv_pte(ppn - ppn % 16 + napot, 0);
}

static void store_pte(struct stale_world *world)
{
    uint64_t slot_pa = choose_slot(world);
    unsigned page = (unsigned)((slot_pa - PTE_MEMORY_BASE) / 4096);
    uint64_t *slot = pte_memory_at(&world->memory, slot_pa);
    uint64_t pte = another_pte(world, page, *slot);

    allowed_tlb_before_change(&world->tlb);
    *slot = pte;
    if ((pte & SV_N) != 0 && percent(world, 50)) {
        uint64_t *first = slot - slot_pa / 8 % 16;
        for (unsigned i = 0; i < 16; i++) {
            first[i] = pte;
        }
    }
}

/* An address that a fence may name: of the page, of the superpage around it, or of nothing. */
static uint64_t fence_va(struct stale_world *world)
{
    uint64_t va = world->tlb.page[world->page].va + below(world, 4096);

    if (percent(world, 40)) {
        va ^= chooser_word(&world->chooser) % sv_span((int)below(world, 5));
    }
    return percent(world, 5) ? flip(va, 38 + below(world, 26)) : va;
}

static void fence(struct stale_world *world, bool has_va, bool has_asid)
{
    struct allowed_fence fence = {.has_va = has_va, .has_asid = has_asid};

    if (has_va) {
        fence.va = fence_va(world);
    }
    if (has_asid) {
        fence.asid = asids[below(world, ASIDS)];
        fence.asid |= percent(world, 20) ? (uint64_t)(1 + below(world, 65535)) << 16 : 0;
    }
    mmu_fence(world->mmu, &(struct mmu_fence){.has_va = fence.has_va,
                                              .has_asid = fence.has_asid,
                                              .va = fence.va,
                                              .asid = fence.asid});
    allowed_tlb_fence(&world->tlb, &fence);
}

/* What memory may be read and written changes only together with a fence for everything
 * [norm:pmp_sfence_required]. */
static void fence_all(struct stale_world *world)
{
    allowed_tlb_before_change(&world->tlb);
    for (unsigned page = 0; page < RANDOM_TABLES; page++) {
        world->memory.is_unreadable[page] = percent(world, 2);
        world->memory.is_unwritable[page] = percent(world, 6);
    }
    fence(world, false, false);
}

static void choose_fence(struct stale_world *world)
{
    unsigned dice = below(world, 100);

    if (dice < 8) {
        fence_all(world);
        return;
    }
    fence(world, dice < 75, dice < 45 || dice >= 75);
}

__attribute__((format(printf, 2, 3))) static void say(struct stale_world *world, const char *format,
                                                      ...)
{
    size_t used = strlen(world->mismatch);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(world->mismatch + used, sizeof world->mismatch - used, format, arguments);
    va_end(arguments);
}

static void say_answer(struct stale_world *world, const struct allowed_answer *answer)
{
    static const char *const words[] = {"ok", "page fault", "access fault", "?"};

    say(world, "%s", words[answer->outcome]);
    if (answer->outcome == SV_OK) {
        say(world, " pa %#" PRIx64, answer->pa);
    }
    if (answer->stores) {
        say(world, " storing %#" PRIx64 " at %#" PRIx64, answer->stored_pte, answer->stored_pa);
    }
}

static void explain(struct stale_world *world, const char *what, const struct sv_request *request)
{
    static const char *const kind[] = {"fetch", "load", "store"};
    static const char privilege[] = "USM";

    world->mismatch[0] = '\0';
    say(world, "%s: %s of %#" PRIx64 " in %c-mode, SUM=%d MXR=%d PBMTE=%d, %s, satp %#" PRIx64,
        what, kind[request->kind], request->va, privilege[request->privilege], request->sum,
        request->mxr, world->mode.svpbmt, world->mode.hardware_ad ? "hardware A/D" : "Svade",
        request->satp);
    say(world, "; the MMU: ");
    say_answer(world, &world->answer);
    say(world, "; it read");
    for (unsigned i = 0; i < world->reads && i < STALE_READS; i++) {
        uint64_t pte = 0;
        (void)pte_memory_peek(&world->memory, world->read_pa[i], &pte);
        say(world, " %#" PRIx64 "=%#" PRIx64, world->read_pa[i], pte);
    }
    say(world, "; allowed:");
    for (unsigned i = 0; i < world->set.count; i++) {
        say(world, i < world->set.fresh ? " (memory) " : " (cached) ");
        say_answer(world, &world->set.answer[i]);
    }
}

static bool judge_reads(const struct stale_world *world)
{
    for (unsigned i = 0; i < world->reads && i < STALE_READS; i++) {
        if (!allowed_set_has_read(&world->set, world->read_pa[i])) {
            return false;
        }
    }
    return world->reads <= STALE_READS;
}

/* Holds the MMU's answer against the set. */
static bool judge(struct stale_world *world, const struct sv_request *request)
{
    unsigned n = allowed_set_find(&world->set, &world->answer);

    if (world->set.is_everything) {
        world->lost++;
        return true;
    }
    if (n == world->set.count || world->stores > 1) {
        explain(world, "not allowed", request);
        return false;
    }
    if (!judge_reads(world)) {
        explain(world, "a PTE was read that no walk leads to", request);
        return false;
    }
    world->decided += world->set.count == 1;
    world->allowed += world->answer.outcome == SV_OK;
    world->stale += n >= world->set.fresh;
    world->stale_pa += n >= world->set.fresh && world->answer.outcome == SV_OK;
    return true;
}

static struct sv_request request_for(const struct stale_world *world, uint64_t va,
                                     enum mmu_access access)
{
    static const enum sv_kind kind[] = {
        [MMU_FETCH] = SV_FETCH, [MMU_LOAD] = SV_LOAD, [MMU_STORE] = SV_STORE};
    static const enum sv_privilege privilege[] = {
        [MMU_USER] = SV_USER, [MMU_SUPERVISOR] = SV_SUPERVISOR, [MMU_MACHINE] = SV_MACHINE};
    return (struct sv_request){.satp = world->mode.satp,
                               .va = va,
                               .kind = kind[access],
                               .privilege = privilege[world->mode.privilege],
                               .sum = world->mode.sum,
                               .mxr = world->mode.mxr};
}

/* Translates on the MMU. Returns false if mmu_probe, asked before, foretold something else. */
static bool translate(struct stale_world *world, uint64_t va, enum mmu_access access)
{
    static const enum sv_outcome outcome[] = {
        [MMU_OK] = SV_OK, [MMU_PAGE_FAULT] = SV_PAGE_FAULT, [MMU_ACCESS_FAULT] = SV_ACCESS_FAULT};
    bool is_probed = percent(world, 10);
    struct mmu_probe probe = {.rule = MMU_ALLOWED};
    uint64_t pa = 0;

    world->answer = (struct allowed_answer){.outcome = SV_OK};
    world->stores = 0;
    if (is_probed) {
        mmu_probe(world->mmu, &world->mode, va, access, &probe);
        if (world->stores != 0) {
            return false;
        }
    }
    world->reads = 0;
    enum mmu_status status = mmu_translate(world->mmu, &world->mode, va, access, &pa);
    world->answer.outcome = outcome[status];
    world->answer.pa = pa;
    return !is_probed || mmu_geometry(world->mmu)->walk_cache.kind == MMU_WALK_CACHE_BY_PTE ||
           (mmu_rule_status(probe.rule) == status && (status != MMU_OK || probe.pa == pa));
}

/* The same address with a wrong high bit. If it has one already, another might make it right. */
static uint64_t make_wrong(struct stale_world *world, uint64_t va)
{
    int levels = sv_levels(world->mode.satp);

    if (world->mode.satp == 0 || va != sv_canonical(va, levels)) {
        return va;
    }
    return flip(va, 63 - below(world, 64 - 11 - 9 * (unsigned)levels));
}

static bool try_access(struct stale_world *world)
{
    enum mmu_access access = (enum mmu_access)below(world, 3);
    uint64_t va = world->tlb.page[world->page].va + below(world, 4096);

    world->mode.privilege = percent(world, 70) ? MMU_SUPERVISOR : MMU_USER;
    if (percent(world, 1)) {
        world->mode.privilege = MMU_MACHINE;
    }
    world->mode.sum = percent(world, 80);
    world->mode.mxr = percent(world, 30);
    if (percent(world, 1)) {
        va = make_wrong(world, va);
    }
    struct sv_request request = request_for(world, va, access);
    allowed_tlb_answers(&world->tlb, world->page, &request, &world->set);
    world->accesses += sv_is_translated(&request);
    if (!translate(world, va, access)) {
        explain(world, "mmu_probe foretold something else", &request);
        return false;
    }
    return judge(world, &request);
}

bool stale_world_step(struct stale_world *world)
{
    unsigned dice = below(world, 100);

    if (world->tlb.is_crowded) {
        fence_all(world);
    }
    if (percent(world, 12)) {
        world->page = below(world, ALLOWED_PAGES);
    }
    if (dice < 15) {
        store_pte(world);
    } else if (dice < 22) {
        switch_satp(world);
    } else if (dice < 32) {
        choose_fence(world);
    } else if (dice < 33) {
        set_scheme(world);
    } else {
        return try_access(world);
    }
    return true;
}

bool stale_world_init(struct stale_world *world, const char *geometry, struct chooser chooser)
{
    memset(world, 0, sizeof *world);
    world->chooser = chooser;
    if (!make_mmu(world, geometry)) {
        return false;
    }
    choose_pages(world);
    for (unsigned page = 0; page < RANDOM_TABLES; page++) {
        for (unsigned i = 0; i < RANDOM_HOT; i++) {
            *pte_memory_at(&world->memory, pte_memory_pa(page) + random_hot_index[i] * 8) =
                random_pte(&world->chooser, page);
        }
    }
    world->mode.hardware_ad = true;
    allowed_tlb_set_scheme(&world->tlb, false, false);
    switch_satp(world);
    return true;
}

void stale_world_finish(struct stale_world *world)
{
    mmu_destroy(world->mmu);
    world->mmu = NULL;
}

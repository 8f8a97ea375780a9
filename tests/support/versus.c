#include "tests/support/versus.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What the MMU made of an access. */
struct verdict {
    enum mmu_status status;
    uint64_t pa; /* valid if status is MMU_OK */
};

void versus_init(struct versus *versus, const char *geometry, int levels)
{
    struct mmu_geometry shape;
    struct mmu_geometry_error error;
    struct mmu_memory memory = pte_memory_for_mmu(&versus->memory);

    memset(versus, 0, sizeof *versus);
    cr_assert(mmu_geometry_parse(geometry, &shape, &error), "%s", geometry);
    shape.levels = (unsigned)levels;
    versus->mmu = mmu_create(&shape, &memory);
    cr_assert(ne(ptr, versus->mmu, NULL));
}

void versus_finish(struct versus *versus)
{
    mmu_destroy(versus->mmu);
    versus->mmu = NULL;
}

void versus_poke(struct versus *versus, uint64_t pa, uint64_t pte)
{
    *pte_memory_at(&versus->memory, pa) = pte;
    *pte_memory_at(&versus->twin, pa) = pte;
}

void versus_fence(struct versus *versus)
{
    mmu_fence(versus->mmu, &(struct mmu_fence){0});
}

bool versus_same_memory(const struct versus *versus)
{
    return memcmp(versus->memory.page, versus->twin.page, sizeof versus->memory.page) == 0;
}

static struct sv_request request_of(const struct mmu_mode *mode, uint64_t va,
                                    enum mmu_access access)
{
    static const enum sv_kind kind[] = {
        [MMU_FETCH] = SV_FETCH, [MMU_LOAD] = SV_LOAD, [MMU_STORE] = SV_STORE};
    static const enum sv_privilege privilege[] = {
        [MMU_USER] = SV_USER, [MMU_SUPERVISOR] = SV_SUPERVISOR, [MMU_MACHINE] = SV_MACHINE};
    return (struct sv_request){.satp = mode->satp,
                               .va = va,
                               .kind = kind[access],
                               .privilege = privilege[mode->privilege],
                               .sum = mode->sum,
                               .mxr = mode->mxr,
                               .pbmte = mode->svpbmt,
                               .svade = !mode->hardware_ad};
}

/* True if a verdict of the MMU is the model's last answer. */
static bool is_answer(const struct versus *versus, const struct verdict *verdict)
{
    static const enum mmu_status status[] = {
        [SV_OK] = MMU_OK, [SV_PAGE_FAULT] = MMU_PAGE_FAULT, [SV_ACCESS_FAULT] = MMU_ACCESS_FAULT};
    if (verdict->status != status[versus->answer.outcome]) {
        return false;
    }
    return verdict->status != MMU_OK || verdict->pa == versus->answer.pa;
}

/* Every store of the walker is counted, so equal counts and an equal last store mean that the
 * two memories are still the same, if they were before. */
static bool wrote_the_same(const struct versus *versus)
{
    const struct pte_memory *memory = &versus->memory;
    const struct pte_memory *twin = &versus->twin;
    uint64_t index = (memory->last_write_pa - PTE_MEMORY_BASE) / 8;

    if (memory->writes != twin->writes || memory->last_write_pa != twin->last_write_pa) {
        return false;
    }
    return memory->writes == 0 ||
           memory->page[index / 512][index % 512] == twin->page[index / 512][index % 512];
}

__attribute__((format(printf, 2, 3))) static void say(struct versus *versus, const char *format,
                                                      ...)
{
    size_t used = strlen(versus->mismatch);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(versus->mismatch + used, sizeof versus->mismatch - used, format, arguments);
    va_end(arguments);
}

static void say_pte(struct versus *versus, uint64_t pte)
{
    char flags[] = "DAGUXWRV";

    for (unsigned i = 0; i < 8; i++) {
        if ((pte >> (7 - i) & 1) == 0) {
            flags[i] = '-';
        }
    }
    say(versus, "%#" PRIx64 " (top %#" PRIx64 " ppn %#" PRIx64 " rsw %u %s)", pte, pte >> 54,
        sv_ppn(pte), (unsigned)(pte >> 8 & 3), flags);
}

static void say_outcome(struct versus *versus, const char *who, unsigned outcome, uint64_t pa)
{
    static const char *const words[] = {"ok", "page fault", "access fault"};
    say(versus, "; %s: %s", who, outcome < 3 ? words[outcome] : "?");
    if (outcome == 0) {
        say(versus, " pa %#" PRIx64, pa);
    }
}

/* Explains a disagreement: the access, the two answers, the last PTE, the last stores. */
static void explain(struct versus *versus, const struct sv_request *request, const char *who,
                    const struct verdict *verdict)
{
    static const char *const kind[] = {"fetch", "load", "store"};
    static const char privilege[] = "USM";

    versus->mismatch[0] = '\0';
    say(versus, "%s of %#" PRIx64 " in %c-mode, SUM=%d MXR=%d PBMTE=%d, %s, satp %#" PRIx64,
        kind[request->kind], request->va, privilege[request->privilege], request->sum, request->mxr,
        request->pbmte, request->svade ? "Svade" : "hardware A/D", request->satp);
    say_outcome(versus, who, verdict->status, verdict->pa);
    say_outcome(versus, "the model", versus->answer.outcome, versus->answer.pa);
    say(versus, " (%s); last PTE at level %d ", versus->answer.why, versus->answer.level);
    say_pte(versus, versus->answer.pte);
    say(versus, "; PTE stores %" PRIu64 " and %" PRIu64, versus->memory.writes,
        versus->twin.writes);
    if (versus->memory.writes != 0) {
        say(versus, ", the MMU's last one at %#" PRIx64 ": ", versus->memory.last_write_pa);
        say_pte(versus, *pte_memory_at(&versus->memory, versus->memory.last_write_pa));
    }
}

/* Asks the model, and compares. */
static bool compare(struct versus *versus, const struct sv_request *request,
                    const struct verdict *verdict)
{
    struct sv_memory twin = pte_memory_for_model(&versus->twin);

    versus->answer = sv_translate(&twin, request);
    versus->allowed += versus->answer.outcome == SV_OK;
    versus->refused += versus->answer.outcome != SV_OK;
    if (!is_answer(versus, verdict) || !wrote_the_same(versus)) {
        explain(versus, request, "the MMU", verdict);
        return false;
    }
    return true;
}

bool versus_agree(struct versus *versus, const struct mmu_mode *mode, uint64_t va,
                  enum mmu_access access)
{
    struct sv_request request = request_of(mode, va, access);
    struct verdict verdict = {.pa = 0};

    verdict.status = mmu_translate(versus->mmu, mode, va, access, &verdict.pa);
    return compare(versus, &request, &verdict);
}

bool versus_agree_with_probe(struct versus *versus, const struct mmu_mode *mode, uint64_t va,
                             enum mmu_access access)
{
    struct sv_request request = request_of(mode, va, access);
    struct mmu_counters before = *mmu_counters(versus->mmu);
    uint64_t writes = versus->memory.writes;
    uint64_t reads = versus->memory.reads;
    struct mmu_probe probe;

    mmu_probe(versus->mmu, mode, va, access, &probe);
    bool left_a_trace = versus->memory.writes != writes ||
                        memcmp(&before, mmu_counters(versus->mmu), sizeof before) != 0;
    versus->memory.reads = reads; /* a probe's reads are nobody's */

    if (!versus_agree(versus, mode, va, access)) {
        return false;
    }
    struct verdict verdict = {mmu_rule_status(probe.rule), probe.pa};
    if (!is_answer(versus, &verdict) || left_a_trace) {
        explain(versus, &request, left_a_trace ? "mmu_probe, leaving a trace" : "mmu_probe",
                &verdict);
        return false;
    }
    return true;
}

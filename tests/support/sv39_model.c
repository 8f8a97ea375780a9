#include "tests/support/sv39_model.h"

#include <stddef.h>

/* A PTE under judgement: who wants what of it, and where it was found. */
struct found {
    const struct sv39_request *request;
    int level;
    uint64_t pte;
};

/* A rule of the manual that ends the translation with a page fault where it is broken. */
struct rule {
    const char *words;
    bool (*is_broken)(const struct found *found);
};

static bool has(const struct found *found, uint64_t flag)
{
    return (found->pte & flag) != 0;
}

static bool is_leaf(const struct found *found)
{
    return has(found, SV39_R) || has(found, SV39_X);
}

static bool wants(const struct found *found, enum sv39_kind kind)
{
    return found->request->kind == kind;
}

static bool is_for(const struct found *found, enum sv39_privilege privilege)
{
    return found->request->privilege == privilege;
}

/* The PPN of a PTE: bits 53..10. */
static uint64_t ppn_of(uint64_t pte)
{
    return (pte << 10) >> 20;
}

/* Bytes that a PTE of this level maps: 4 KiB, 2 MiB, 1 GiB. */
static uint64_t span(int level)
{
    return UINT64_C(4096) << (9 * level);
}

/* Step 3. */

static bool is_invalid(const struct found *found)
{
    return !has(found, SV39_V);
}

static bool is_write_only(const struct found *found)
{
    return !has(found, SV39_R) && has(found, SV39_W);
}

static bool has_reserved_bits(const struct found *found)
{
    return found->pte >> 54 != 0;
}

static bool is_reserved_pointer(const struct found *found)
{
    return !is_leaf(found) && has(found, SV39_D | SV39_A | SV39_U);
}

static const struct rule step_3[] = {
    {"step 3: V=0", is_invalid},
    {"step 3: R=0 and W=1 is reserved", is_write_only},
    {"step 3: bits 63..54 are reserved", has_reserved_bits},
    {"step 3: D, A and U of a pointer are reserved", is_reserved_pointer},
};

/* Step 4. */

static bool is_last_pointer(const struct found *found)
{
    return !is_leaf(found) && found->level == 0;
}

static const struct rule step_4[] = {
    {"step 4: a pointer, and no level is left", is_last_pointer},
};

/* Steps 5 to 8. Step 7 belongs to shadow stacks. */

static bool is_misaligned(const struct found *found)
{
    return (ppn_of(found->pte) << 12) % span(found->level) != 0;
}

static bool is_not_for_user(const struct found *found)
{
    return is_for(found, SV39_USER) && !has(found, SV39_U);
}

static bool is_user_code_for_supervisor(const struct found *found)
{
    return is_for(found, SV39_SUPERVISOR) && has(found, SV39_U) && wants(found, SV39_FETCH);
}

static bool is_user_data_without_sum(const struct found *found)
{
    return is_for(found, SV39_SUPERVISOR) && has(found, SV39_U) && !wants(found, SV39_FETCH) &&
           !found->request->sum;
}

static bool is_fetch_without_x(const struct found *found)
{
    return wants(found, SV39_FETCH) && !has(found, SV39_X);
}

static bool is_load_without_r(const struct found *found)
{
    bool readable = has(found, SV39_R) || (found->request->mxr && has(found, SV39_X));
    return wants(found, SV39_LOAD) && !readable;
}

static bool is_store_without_w(const struct found *found)
{
    return wants(found, SV39_STORE) && !has(found, SV39_W);
}

static const struct rule steps_5_to_8[] = {
    {"step 5: a misaligned superpage", is_misaligned},
    {"step 6: U-mode and U=0", is_not_for_user},
    {"step 6: S-mode never fetches from U=1", is_user_code_for_supervisor},
    {"step 6: S-mode, U=1 and SUM=0", is_user_data_without_sum},
    {"step 8: a fetch and X=0", is_fetch_without_x},
    {"step 8: a load and R=0, and not X=1 with MXR=1", is_load_without_r},
    {"step 8: a store and W=0", is_store_without_w},
};

/* The words of the first broken rule; NULL if all are kept. */
static const char *first_broken(const struct rule *rules, size_t count, const struct found *found)
{
    for (size_t i = 0; i < count; i++) {
        if (rules[i].is_broken(found)) {
            return rules[i].words;
        }
    }
    return NULL;
}

#define FIRST_BROKEN(rules, found) first_broken(rules, sizeof(rules) / sizeof *(rules), found)

static struct sv39_answer ended(enum sv39_outcome outcome, const char *why,
                                const struct found *found)
{
    return (struct sv39_answer){
        .outcome = outcome, .why = why, .level = found->level, .pte = found->pte};
}

/* Step 10: the low bits come from va, as many as the page has; the others from the PTE. */
static struct sv39_answer succeeded(const struct found *found)
{
    struct sv39_answer answer = ended(SV39_OK, "step 10: allowed", found);
    answer.pa = (ppn_of(found->pte) << 12) + found->request->va % span(found->level);
    return answer;
}

/* Steps 5 to 10, for the leaf found at pte_pa. */
static struct sv39_answer use_leaf(const struct sv39_memory *memory, const struct found *found,
                                   uint64_t pte_pa)
{
    const char *broken = FIRST_BROKEN(steps_5_to_8, found);
    if (broken != NULL) {
        return ended(SV39_PAGE_FAULT, broken, found);
    }

    uint64_t wanted = SV39_A | (wants(found, SV39_STORE) ? SV39_D : 0);
    if ((found->pte & wanted) == wanted) {
        return succeeded(found);
    }
    if (found->request->svade) {
        return ended(SV39_PAGE_FAULT, "step 9: Svade, and A=0, or a store and D=0", found);
    }
    if (!memory->may_write(memory->ctx, pte_pa)) {
        return ended(SV39_ACCESS_FAULT, "step 9: the PTE may not be written", found);
    }
    memory->write(memory->ctx, pte_pa, found->pte | wanted);
    return succeeded(found);
}

/* Bits 63..39 must all equal bit 38 [norm:Sv39_va_signext]. */
static bool is_canonical(uint64_t va)
{
    uint64_t top = va >> 38;
    return top == 0 || top == UINT64_C(0x3ffffff);
}

static bool is_translated(const struct sv39_request *request)
{
    return request->satp >> 60 == 8 && request->privilege != SV39_MACHINE;
}

/* The table index that va holds for this level: bits 38..30, 29..21, 20..12. */
static uint64_t index_of(uint64_t va, int level)
{
    return va / span(level) % 512;
}

struct sv39_answer sv39_translate(const struct sv39_memory *memory,
                                  const struct sv39_request *request)
{
    struct found found = {.request = request, .level = -1};

    if (!is_translated(request)) {
        return (struct sv39_answer){SV39_OK, request->va, "not translated", -1, 0};
    }
    if (!is_canonical(request->va)) {
        return ended(SV39_PAGE_FAULT, "the virtual address is not canonical", &found);
    }

    uint64_t table = (request->satp << 20) >> 20 << 12; /* step 1: satp.PPN, bits 43..0 */
    for (found.level = 2;; found.level--) {
        uint64_t pte_pa = table + index_of(request->va, found.level) * 8;
        if (!memory->read(memory->ctx, pte_pa, &found.pte)) {
            return ended(SV39_ACCESS_FAULT, "step 2: the PTE may not be read", &found);
        }
        const char *broken = FIRST_BROKEN(step_3, &found);
        if (broken == NULL) {
            broken = FIRST_BROKEN(step_4, &found);
        }
        if (broken != NULL) {
            return ended(SV39_PAGE_FAULT, broken, &found);
        }
        if (is_leaf(&found)) {
            return use_leaf(memory, &found, pte_pa);
        }
        table = ppn_of(found.pte) << 12;
    }
}

#include "tests/support/sv_model.h"

#include <stddef.h>

/* A PTE under judgement: who wants what of it, and where it was found. */
struct found {
    const struct sv_request *request;
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
    return has(found, SV_R) || has(found, SV_X);
}

static bool wants(const struct found *found, enum sv_kind kind)
{
    return found->request->kind == kind;
}

static bool is_for(const struct found *found, enum sv_privilege privilege)
{
    return found->request->privilege == privilege;
}

/* Step 3. */

static bool is_invalid(const struct found *found)
{
    return !has(found, SV_V);
}

static bool is_write_only(const struct found *found)
{
    return !has(found, SV_R) && has(found, SV_W);
}

static bool has_reserved_bits(const struct found *found)
{
    return (found->pte >> 54) % 128 != 0;
}

/* The table of encodings in Priv. [ext:svnapot]: one row of it is not reserved. */
static bool is_reserved_napot(const struct found *found)
{
    bool is_64k = found->level == 0 && sv_ppn(found->pte) % 16 == 8;
    return has(found, SV_N) && !is_64k;
}

/* Memory type 3, or any in a pointer, or any where PBMTE=0 takes Svpbmt away. */
static bool is_reserved_type(const struct found *found)
{
    uint64_t type = (found->pte >> 61) % 4;
    return type == 3 || (type != 0 && (!is_leaf(found) || !found->request->pbmte));
}

static bool is_reserved_pointer(const struct found *found)
{
    return !is_leaf(found) && has(found, SV_D | SV_A | SV_U);
}

static const struct rule step_3[] = {
    {"step 3: V=0", is_invalid},
    {"step 3: R=0 and W=1 is reserved", is_write_only},
    {"step 3: bits 60..54 are reserved", has_reserved_bits},
    {"step 3: N, and not a 64 KiB page at the last level", is_reserved_napot},
    {"step 3: a reserved memory type", is_reserved_type},
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
    return (sv_ppn(found->pte) << 12) % sv_span(found->level) != 0;
}

static bool is_not_for_user(const struct found *found)
{
    return is_for(found, SV_USER) && !has(found, SV_U);
}

static bool is_user_code_for_supervisor(const struct found *found)
{
    return is_for(found, SV_SUPERVISOR) && has(found, SV_U) && wants(found, SV_FETCH);
}

static bool is_user_data_without_sum(const struct found *found)
{
    return is_for(found, SV_SUPERVISOR) && has(found, SV_U) && !wants(found, SV_FETCH) &&
           !found->request->sum;
}

static bool is_fetch_without_x(const struct found *found)
{
    return wants(found, SV_FETCH) && !has(found, SV_X);
}

static bool is_load_without_r(const struct found *found)
{
    bool readable = has(found, SV_R) || (found->request->mxr && has(found, SV_X));
    return wants(found, SV_LOAD) && !readable;
}

static bool is_store_without_w(const struct found *found)
{
    return wants(found, SV_STORE) && !has(found, SV_W);
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

static struct sv_answer ended(enum sv_outcome outcome, const char *why, const struct found *found)
{
    return (struct sv_answer){
        .outcome = outcome, .why = why, .level = found->level, .pte = found->pte};
}

/* The PPN of a leaf as step 2 returns it: of a 64 KiB page, the low four bits are those of the VPN
 * [norm:Svnapot_valid_encoding_ppn_subst]. */
static uint64_t leaf_ppn(const struct found *found)
{
    uint64_t ppn = sv_ppn(found->pte);
    return has(found, SV_N) ? ppn - ppn % 16 + found->request->va / 4096 % 16 : ppn;
}

/* Step 10: the low bits come from va, as many as the page has; the others from the PTE. */
static struct sv_answer succeeded(const struct found *found)
{
    struct sv_answer answer = ended(SV_OK, "step 10: allowed", found);
    answer.pa = (leaf_ppn(found) << 12) + found->request->va % sv_span(found->level);
    return answer;
}

struct sv_answer sv_judge(const struct sv_request *request, int level, uint64_t pte)
{
    struct found found = {.request = request, .level = level, .pte = pte};
    uint64_t wanted = SV_A | (wants(&found, SV_STORE) ? SV_D : 0);
    const char *broken = FIRST_BROKEN(step_3, &found);

    if (broken == NULL) {
        broken = FIRST_BROKEN(step_4, &found);
    }
    if (broken == NULL && !is_leaf(&found)) {
        return ended(SV_POINTER, "step 4: a pointer", &found);
    }
    if (broken == NULL) {
        broken = FIRST_BROKEN(steps_5_to_8, &found);
    }
    if (broken == NULL && request->svade && (pte & wanted) != wanted) {
        broken = "step 9: Svade, and A=0, or a store and D=0";
    }
    if (broken != NULL) {
        return ended(SV_PAGE_FAULT, broken, &found);
    }
    struct sv_answer answer = succeeded(&found);
    answer.sets = wanted & ~pte;
    return answer;
}

/* The bits above the address must all equal its top bit: bit 38, 47 or 56
 * [norm:Sv39_va_signext, norm:Sv48_va_signext, norm:Sv57_va_signext]. */
static bool is_canonical(const struct sv_request *request)
{
    return request->va == sv_canonical(request->va, sv_levels(request->satp));
}

/* Step 9. What is compared and stored is the PTE of memory, not the copy with the VPN in it: only
 * so can the compare of a 64 KiB page ever succeed. */
static struct sv_answer set_a_and_d(const struct sv_memory *memory, uint64_t pte_pa,
                                    struct sv_answer answer)
{
    if (answer.outcome != SV_OK || answer.sets == 0) {
        return answer;
    }
    if (!memory->may_write(memory->ctx, pte_pa)) {
        answer.outcome = SV_ACCESS_FAULT;
        answer.why = "step 9: the PTE may not be written";
        return answer;
    }
    memory->write(memory->ctx, pte_pa, answer.pte | answer.sets);
    return answer;
}

struct sv_answer sv_translate(const struct sv_memory *memory, const struct sv_request *request)
{
    struct found found = {.request = request, .level = -1};

    if (!sv_is_translated(request)) {
        return (struct sv_answer){SV_OK, request->va, "not translated", -1, 0, 0};
    }
    if (!is_canonical(request)) {
        return ended(SV_PAGE_FAULT, "the virtual address is not canonical", &found);
    }

    uint64_t table = sv_root(request->satp); /* step 1 */
    for (found.level = sv_levels(request->satp) - 1;; found.level--) {
        uint64_t pte_pa = table + sv_index(request->va, found.level) * 8;
        if (!memory->read(memory->ctx, pte_pa, &found.pte)) {
            return ended(SV_ACCESS_FAULT, "step 2: the PTE may not be read", &found);
        }
        struct sv_answer answer = sv_judge(request, found.level, found.pte);
        if (answer.outcome != SV_POINTER) {
            return set_a_and_d(memory, pte_pa, answer);
        }
        table = sv_ppn(found.pte) << 12;
    }
}

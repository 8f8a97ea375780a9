#include "emu/report/json_tlb.h"

#include "emu/report/json_put.h"
#include "emu/report/names.h"

static json_t *page_sizes(unsigned sizes)
{
    json_t *list = json_array();
    bool is_whole = true;

    for (int size = 0; size < MMU_PAGE_SIZES && is_whole; size++) {
        is_whole = (sizes & 1u << size) == 0 ||
                   json_add(list, json_string(mmu_page_size_name((enum mmu_page_size)size)));
    }
    return json_whole(list, is_whole);
}

static bool put_bank(json_t *object, const struct mmu_bank_geometry *bank, unsigned levels)
{
    return json_put_number(object, "sets", bank->sets) &&
           json_put_number(object, "ways", bank->ways) &&
           json_put_number(object, "entries", (uint64_t)bank->sets * bank->ways * bank->pages) &&
           json_put_word(object, "policy", mmu_policy_name(bank->policy)) &&
           json_put_bool(object, "policy_assumed", bank->policy_is_assumed) &&
           json_put_number(object, "pages_per_entry", bank->pages) &&
           json_put(object, "page_sizes", page_sizes(sizes_within(bank->sizes, levels))) &&
           json_put_bool(object, "pieces", bank->has_pieces);
}

/* name: of the only bank; NULL: each is called by its sizes. */
static json_t *banks(const struct mmu_array_geometry *array, const char *name, unsigned levels)
{
    json_t *list = json_array();
    bool is_whole = true;

    for (unsigned i = 0; i < array->bank_count && is_whole; i++) {
        json_t *bank = json_object();
        char sizes[SIZES_LENGTH];

        (void)names_of_sizes(sizes, sizes_within(array->bank[i].sizes, levels));
        is_whole = json_add(
            list, json_whole(bank, json_put_word(bank, "name", name == NULL ? sizes : name) &&
                                       put_bank(bank, &array->bank[i], levels)));
    }
    return json_whole(list, is_whole);
}

static json_t *array_geometry(const struct mmu_geometry *geometry, enum mmu_array which)
{
    const struct mmu_array_geometry *array = &geometry->array[which];
    json_t *object;
    bool is_whole;

    if (array->bank_count == 0) {
        return json_null();
    }
    object = json_object();
    if (array->bank_count == 1) {
        is_whole = put_bank(object, &array->bank[0], geometry->levels);
    } else {
        is_whole = json_put_number(object, "entries", mmu_array_entries(array)) &&
                   json_put(object, "banks", banks(array, NULL, geometry->levels));
    }
    if (which == MMU_L2) {
        is_whole =
            is_whole && json_put_word(object, "inclusion", name_of_inclusion(geometry->inclusion));
    }
    return json_whole(object, is_whole);
}

static json_t *walk_cache(const struct mmu_geometry *geometry)
{
    const struct mmu_walk_cache_geometry *cache = &geometry->walk_cache;
    bool is_by_pte = cache->kind == MMU_WALK_CACHE_BY_PTE;
    json_t *object;

    if (cache->kind == MMU_NO_WALK_CACHE) {
        return json_null();
    }
    object = json_object();
    return json_whole(
        object, json_put_word(object, "kind", is_by_pte ? "pte" : "va") &&
                    json_put_bool(object, "kind_assumed", cache->kind_is_assumed) &&
                    json_put_bool(object, "strict", cache->is_strict) &&
                    json_put(object, "banks",
                             banks(&cache->banks, is_by_pte ? "pte" : NULL, geometry->levels)));
}

static json_t *invalid(const struct mmu_geometry *geometry)
{
    json_t *list = json_array();

    return json_whole(
        list, (!geometry->keeps_invalid_leaf || json_add(list, json_string("leaf"))) &&
                  (!geometry->keeps_invalid_non_leaf || json_add(list, json_string("non-leaf"))));
}

json_t *tlb_as_json(const struct report *report)
{
    const struct mmu_geometry *geometry = &report->geometry;
    json_t *object = json_object();

    return json_whole(
        object,
        json_put(object, "preset",
                 report->preset == NULL ? json_null() : json_string(report->preset)) &&
            json_put_word(object, "spec", report->spec) &&
            json_put(object, "l1i", array_geometry(geometry, MMU_L1I)) &&
            json_put(object, "l1d", array_geometry(geometry, MMU_L1D)) &&
            json_put(object, "l2", array_geometry(geometry, MMU_L2)) &&
            json_put(object, "walk_cache", walk_cache(geometry)) &&
            json_put_number(object, "asid_bits", geometry->asid_bits) &&
            json_put_bool(object, "asid_assumed", geometry->asid_is_assumed) &&
            json_put(object, "page_sizes",
                     page_sizes(sizes_within(MMU_ALL_SIZES, geometry->levels))) &&
            json_put(object, "invalid", invalid(geometry)) &&
            json_put_word(object, "fence", geometry->fence_va_removes_all ? "all" : "exact") &&
            json_put_word(object, "ad", name_of_ad(report->ad)) &&
            json_put_word(object, "core_ad", name_of_core_ad(geometry->ad)) &&
            json_put_number(object, "seed", geometry->seed));
}

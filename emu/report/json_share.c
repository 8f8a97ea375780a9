#include "emu/report/json_share.h"

#include "emu/report/json_put.h"
#include "emu/report/names.h"

json_t *json_lookups(uint64_t accesses, uint64_t hits, uint64_t misses)
{
    return json_pack("{s:I, s:I, s:I}", "accesses", (json_int_t)accesses, "hits", (json_int_t)hits,
                     "misses", (json_int_t)misses);
}

static json_t *share_of_array(const struct mmu_share_counters *share, enum mmu_array array,
                              bool has_l2)
{
    if (array == MMU_L2 && !has_l2) {
        return json_null();
    }
    return json_lookups(share->array[array].accesses, share->array[array].hits,
                        share->array[array].misses);
}

json_t *json_share(const struct mmu_share_counters *share, bool has_l2)
{
    json_t *object = json_object();
    bool is_whole = true;

    for (int i = 0; i < MMU_ARRAYS && is_whole; i++) {
        enum mmu_array array = (enum mmu_array)i;
        is_whole = json_put(object, name_of_array(array), share_of_array(share, array, has_l2));
    }
    return json_whole(object, is_whole && json_put_number(object, "walks", share->walks));
}

json_t *json_modes(const struct mmu_share_counters mode[MMU_MODES], bool has_l2)
{
    json_t *object = json_object();

    return json_whole(object, json_put(object, "u", json_share(&mode[MMU_USER], has_l2)) &&
                                  json_put(object, "s", json_share(&mode[MMU_SUPERVISOR], has_l2)));
}

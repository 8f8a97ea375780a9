/*
 * json_share.h - a share of the look-ups and walks, of one mode or one ASID, as JSON.
 */
#ifndef EMU_REPORT_JSON_SHARE_H
#define EMU_REPORT_JSON_SHARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

/* {"accesses", "hits", "misses"}. Returns NULL if there is no memory, as all of these do. */
json_t *json_lookups(uint64_t accesses, uint64_t hits, uint64_t misses);

/* {"l1i", "l1d", "l2", "walks"}; "l2" is null where there is none. */
json_t *json_share(const struct mmu_share_counters *share, bool has_l2);

/* {"u", "s"}: a share for each mode. */
json_t *json_modes(const struct mmu_share_counters mode[MMU_MODES], bool has_l2);

#endif

#include "emu/machine/profile.h"

#include <stdlib.h>
#include <string.h>

size_t profile_rows(const struct symbols *symbols)
{
    return symbols->count + (symbols->is_system ? MMU_MACHINE + 1 : 1);
}

bool profile_init(struct profile *profile, const struct symbols *symbols)
{
    *profile = (struct profile){.symbols = symbols, .first = 1, .last = 0};
    profile->total = calloc(profile_rows(symbols), sizeof *profile->total);
    profile->region = calloc(profile_rows(symbols), sizeof *profile->region);
    if (profile->total == NULL || profile->region == NULL) {
        profile_finish(profile);
        return false;
    }
    return true;
}

void profile_finish(struct profile *profile)
{
    free(profile->total);
    free(profile->region);
    *profile = (struct profile){.symbols = NULL};
}

/* Symbols of data count as none: code that runs there was put there by the guest. */
static void find_row(struct profile *profile, uint64_t pc, enum mmu_privilege privilege)
{
    const struct symbols *symbols = profile->symbols;
    const struct symbol *symbol = symbols_span(symbols, pc, &profile->last);

    profile->first = pc;
    profile->privilege = privilege;
    if (symbol != NULL && symbol->is_code && symbol_is_of(symbol, privilege)) {
        profile->row = (size_t)(symbol - symbols->all);
    } else {
        profile->row = symbols->count + (symbols->is_system ? (size_t)privilege : 0);
    }
}

static void add(struct profile_share *share, unsigned events, uint64_t misses)
{
    for (; events != 0; events &= events - 1) {
        share->count[__builtin_ctz(events)] += misses;
    }
}

/* Counts what is not counted yet. */
static void settle(struct profile *profile)
{
    for (unsigned events = 0; events < sizeof profile->misses / sizeof *profile->misses; events++) {
        if (profile->misses[events] == 0) {
            continue;
        }
        add(&profile->total[profile->row], events, profile->misses[events]);
        if (profile->is_in_region) {
            add(&profile->region[profile->row], events, profile->misses[events]);
        }
        profile->misses[events] = 0;
    }
}

void profile_turn(struct profile *profile, const struct profile_miss *miss)
{
    settle(profile);
    find_row(profile, miss->pc, miss->privilege);
    profile->is_in_region = miss->is_in_region;
}

void profile_forget_region(struct profile *profile)
{
    settle(profile);
    if (profile->region != NULL) {
        memset(profile->region, 0, profile_rows(profile->symbols) * sizeof *profile->region);
    }
}

struct profile_counts profile_of_run(struct profile *profile)
{
    settle(profile);
    return (struct profile_counts){.symbols = profile->symbols, .share = profile->total};
}

struct profile_counts profile_of_region(struct profile *profile)
{
    settle(profile);
    return (struct profile_counts){.symbols = profile->symbols, .share = profile->region};
}

#include "emu/machine/profile.h"

#include <stdlib.h>
#include <string.h>

/* The rows of a table: one for each symbol, one for what none covers. */
static size_t row_count(const struct profile *profile)
{
    return profile->symbols->count + 1;
}

bool profile_init(struct profile *profile, const struct symbols *symbols)
{
    *profile = (struct profile){.symbols = symbols, .first = 1, .last = 0};
    profile->total = calloc(row_count(profile), sizeof *profile->total);
    profile->region = calloc(row_count(profile), sizeof *profile->region);
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
static void find_row(struct profile *profile, uint64_t pc)
{
    const struct symbols *symbols = profile->symbols;
    const struct symbol *symbol = symbols_span(symbols, pc, &profile->last);

    profile->first = pc;
    profile->row =
        symbol != NULL && symbol->is_code ? (size_t)(symbol - symbols->all) : symbols->count;
}

static void count_events(struct profile_share *share, unsigned events)
{
    for (; events != 0; events &= events - 1) {
        share->count[__builtin_ctz(events)]++;
    }
}

void profile_count(struct profile *profile, uint64_t pc, unsigned events, bool is_in_region)
{
    if (pc < profile->first || pc > profile->last) {
        find_row(profile, pc);
    }
    count_events(&profile->total[profile->row], events);
    if (is_in_region) {
        count_events(&profile->region[profile->row], events);
    }
}

void profile_forget_region(struct profile *profile)
{
    if (profile->region != NULL) {
        memset(profile->region, 0, row_count(profile) * sizeof *profile->region);
    }
}

struct profile_counts profile_of_run(const struct profile *profile)
{
    return (struct profile_counts){.symbols = profile->symbols, .share = profile->total};
}

struct profile_counts profile_of_region(const struct profile *profile)
{
    return (struct profile_counts){.symbols = profile->symbols, .share = profile->region};
}

#include "emu/report/text_tlb.h"

#include <inttypes.h>
#include <string.h>

#include "emu/report/names.h"
#include "emu/report/wrap.h"

enum { SUPERPAGES = MMU_ALL_SIZES & ~(1 << MMU_4K | 1 << MMU_64K), PIECE_LENGTH = 128 };

static const char *mark(bool is_assumed)
{
    return is_assumed ? "?" : "";
}

/* One bank: "64x2 fifo", or "8 FA plru 4K 4-page pieces". */
static void bank_words(char text[PIECE_LENGTH], const struct mmu_bank_geometry *bank,
                       unsigned levels)
{
    char size[32];
    char sector[24] = "";
    char held[SIZES_LENGTH + 1] = "";

    if (bank->sets == 1) {
        snprintf(size, sizeof size, "%u FA", bank->ways);
    } else {
        snprintf(size, sizeof size, "%ux%u", bank->sets, bank->ways);
    }
    if (bank->pages > 1) {
        snprintf(sector, sizeof sector, " %u-page", bank->pages);
    }
    if (bank->sizes == SUPERPAGES) {
        snprintf(held, sizeof held, " super");
    } else if (bank->sizes != MMU_ALL_SIZES && bank->sizes != 0) {
        held[0] = ' ';
        (void)names_of_sizes(held + 1, sizes_within(bank->sizes, levels));
    }
    snprintf(text, PIECE_LENGTH, "%s %s%s%s%s%s", size, mmu_policy_name(bank->policy),
             mark(bank->policy_is_assumed), held, sector, bank->has_pieces ? " pieces" : "");
}

/* "NAME BANK + BANK AFTER": one piece of the line for each bank. */
static void put_array(struct wrap *line, const char *name, const struct mmu_array_geometry *array,
                      const char *after, unsigned levels)
{
    if (array->bank_count == 0) {
        char none[PIECE_LENGTH];

        snprintf(none, sizeof none, "%s none", name);
        wrap_put(line, " | ", none);
    }
    for (unsigned i = 0; i < array->bank_count; i++) {
        bool is_last = i + 1 == array->bank_count;
        char words[PIECE_LENGTH];
        char piece[2 * PIECE_LENGTH];

        bank_words(words, &array->bank[i], levels);
        snprintf(piece, sizeof piece, "%s%s%s%s", i == 0 ? name : "", i == 0 ? " " : "", words,
                 is_last ? after : "");
        wrap_put(line, i == 0 ? " | " : " + ", piece);
    }
}

static const char *inclusion_words(enum mmu_inclusion inclusion)
{
    static const char *const words[] = {
        [MMU_NEITHER] = "", [MMU_INCLUSIVE] = " inclusive", [MMU_EXCLUSIVE] = " exclusive"};
    return words[inclusion];
}

static void put_walk_cache(struct wrap *line, const struct mmu_geometry *geometry)
{
    const struct mmu_walk_cache_geometry *cache = &geometry->walk_cache;
    char after[32];

    snprintf(after, sizeof after, " by %s%s%s", cache->kind == MMU_WALK_CACHE_BY_PTE ? "PTE" : "VA",
             mark(cache->kind_is_assumed), cache->is_strict ? " strict" : "");
    put_array(line, "pwc", &cache->banks, after, geometry->levels);
}

/* Who sets A and D here; and in the core, where that is known to be another. */
static void put_ad(struct wrap *line, const struct report *report)
{
    static const enum hart_ad of_core[] = {
        [MMU_AD_BY_HARDWARE] = HART_AD_HARDWARE, [MMU_AD_BY_SOFTWARE] = HART_AD_SVADE};
    enum mmu_core_ad core = report->geometry.ad;
    char piece[PIECE_LENGTH];

    if (core == MMU_AD_UNKNOWN || of_core[core] == report->ad) {
        snprintf(piece, sizeof piece, "A/D %s", name_of_ad(report->ad));
    } else {
        snprintf(piece, sizeof piece, "A/D %s (the core: %s)", name_of_ad(report->ad),
                 name_of_core_ad(core));
    }
    wrap_put(line, " | ", piece);
}

static bool is_random(const struct mmu_array_geometry *array)
{
    for (unsigned i = 0; i < array->bank_count; i++) {
        if (array->bank[i].policy == MMU_RANDOM) {
            return true;
        }
    }
    return false;
}

/* What most geometries do not have. */
static void put_rare(struct wrap *line, const struct mmu_geometry *geometry)
{
    const struct mmu_array_geometry *array = geometry->array;
    char piece[PIECE_LENGTH];

    if (geometry->fence_va_removes_all) {
        wrap_put(line, " | ", "fence all");
    }
    if (geometry->keeps_invalid_leaf || geometry->keeps_invalid_non_leaf) {
        snprintf(piece, sizeof piece, "invalid %s%s%s", geometry->keeps_invalid_leaf ? "leaf" : "",
                 geometry->keeps_invalid_leaf && geometry->keeps_invalid_non_leaf ? "+" : "",
                 geometry->keeps_invalid_non_leaf ? "non-leaf" : "");
        wrap_put(line, " | ", piece);
    }
    if (is_random(&array[MMU_L1I]) || is_random(&array[MMU_L1D]) || is_random(&array[MMU_L2]) ||
        is_random(&geometry->walk_cache.banks)) {
        snprintf(piece, sizeof piece, "seed %" PRIu64, geometry->seed);
        wrap_put(line, " | ", piece);
    }
}

void tlb_as_text(FILE *file, const struct report *report)
{
    const struct mmu_geometry *geometry = &report->geometry;
    char label[PIECE_LENGTH] = "tlb:";
    char piece[PIECE_LENGTH];
    struct wrap line;

    if (report->preset != NULL) {
        snprintf(label, sizeof label, "tlb: preset=%s%s  ", report->preset,
                 strcmp(report->preset, report->spec) == 0 ? "" : ", changed");
    }
    line = wrap_begin(file, label, sizeof "tlb: " - 1);
    put_array(&line, "l1i", &geometry->array[MMU_L1I], "", geometry->levels);
    put_array(&line, "l1d", &geometry->array[MMU_L1D], "", geometry->levels);
    put_array(&line, "l2", &geometry->array[MMU_L2], inclusion_words(geometry->inclusion),
              geometry->levels);
    put_walk_cache(&line, geometry);
    put_ad(&line, report);
    snprintf(piece, sizeof piece, "asid %u%s", geometry->asid_bits,
             mark(geometry->asid_is_assumed));
    wrap_put(&line, " | ", piece);
    put_rare(&line, geometry);
    wrap_end(&line);
}

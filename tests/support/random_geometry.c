#include "tests/support/random_geometry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mmu/geometry.h"

struct writer {
    struct chooser *chooser;
    char *text;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format,
                                                      ...)
{
    size_t used = strlen(writer->text);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(writer->text + used, RANDOM_GEOMETRY_LENGTH - used, format, arguments);
    va_end(arguments);
}

static unsigned below(struct writer *writer, unsigned limit)
{
    return chooser_below(writer->chooser, limit);
}

static bool percent(struct writer *writer, unsigned chance)
{
    return chooser_percent(writer->chooser, chance);
}

static void put_sets(struct writer *writer, unsigned set_powers, unsigned ways)
{
    unsigned sets = 1U << below(writer, set_powers);
    put(writer, "%ux%u", sets, 1 + below(writer, ways));
}

static void put_size(struct writer *writer)
{
    if (percent(writer, 3)) {
        put_sets(writer, 8, 8);
    } else if (percent(writer, 40)) {
        put_sets(writer, 4, 4);
    } else {
        put(writer, "%u", 1 + below(writer, percent(writer, 80) ? 8 : 20));
    }
}

static void put_policy(struct writer *writer)
{
    static const char *const word[] = {"",     "lru",         "plru",  "bit-plru",
                                       "fifo", "round-robin", "random"};
    unsigned which = below(writer, 7);

    if (which > 0) {
        put(writer, ":%s%s", word[which], percent(writer, 10) ? "?" : "");
    }
}

static void put_page_sizes(struct writer *writer, unsigned sizes)
{
    static const char *const word[MMU_PAGE_SIZES] = {"4K", "64K", "2M", "1G", "512G", "256T"};
    unsigned super = 0x3c;

    if ((sizes & super) == super && percent(writer, 50)) {
        put(writer, ":super");
        sizes -= super;
    }
    for (unsigned i = 0; i < MMU_PAGE_SIZES; i++) {
        if ((sizes >> i & 1) != 0) {
            put(writer, ":%s", word[i]);
        }
    }
}

/* What a bank is for: in an L1 or L2 with every page size, in one that lacks some, or of pointers.
 */
enum bank_use { OF_WHOLE_ARRAY, OF_ARRAY, OF_POINTERS };

/* The words of a bank in one of their orders. No sizes: none are named. */
static void put_bank(struct writer *writer, unsigned sizes, enum bank_use use)
{
    bool policy_is_last = percent(writer, 50);

    put_size(writer);
    if (!policy_is_last) {
        put_policy(writer);
    }
    if (use != OF_POINTERS && percent(writer, 40)) {
        put(writer, ":pages=%u", 1U << below(writer, 5));
    }
    put_page_sizes(writer, sizes);
    if (use == OF_ARRAY && percent(writer, 40)) {
        put(writer, ":pieces");
    }
    if (policy_is_last) {
        put_policy(writer);
    }
}

/* Banks that share out these sizes, in any way. */
static void put_banks(struct writer *writer, unsigned sizes, enum bank_use use)
{
    unsigned banks = 1 + below(writer, MMU_MAX_BANKS);
    unsigned share[MMU_MAX_BANKS] = {0};
    const char *plus = "";

    for (unsigned i = 0; i < MMU_PAGE_SIZES; i++) {
        share[below(writer, banks)] |= sizes & 1U << i;
    }
    for (unsigned i = 0; i < banks; i++) {
        if (share[i] != 0) {
            put(writer, "%s", plus);
            put_bank(writer, share[i], use);
            plus = "+";
        }
    }
}

static void put_array(struct writer *writer, bool must_hold_all)
{
    unsigned all = (1U << MMU_PAGE_SIZES) - 1;
    unsigned some = 1 + below(writer, all);

    if (percent(writer, 40)) {
        put_bank(writer, 0, must_hold_all ? OF_WHOLE_ARRAY : OF_ARRAY);
    } else if (must_hold_all || percent(writer, 40)) {
        put_banks(writer, all, must_hold_all ? OF_WHOLE_ARRAY : OF_ARRAY);
    } else {
        put_banks(writer, percent(writer, 80) ? some | 1 : some, OF_ARRAY);
    }
}

static void put_arrays(struct writer *writer)
{
    static const char *const inclusion[] = {"", ":inclusive", ":exclusive"};
    bool has_l2 = percent(writer, 70);
    unsigned which = has_l2 ? below(writer, 3) : 0;

    put(writer, "l1i=");
    put_array(writer, which > 0);
    put(writer, ",l1d=");
    put_array(writer, which > 0);
    if (has_l2) {
        put(writer, ",l2=");
        put_array(writer, which > 0);
        put(writer, "%s", inclusion[which]);
    }
}

static void put_walk_cache(struct writer *writer)
{
    unsigned pointers = (1 + below(writer, 15)) << MMU_2M;

    if (percent(writer, 35)) {
        return;
    }
    put(writer, ",pwc=");
    if (percent(writer, 40)) {
        put_bank(writer, 0, OF_POINTERS);
        put(writer, "%s", percent(writer, 50) ? ":pte" : "");
    } else {
        if (percent(writer, 40)) {
            put_bank(writer, 0, OF_POINTERS);
        } else {
            put_banks(writer, pointers, OF_POINTERS);
        }
        put(writer, ":va%s", percent(writer, 10) ? "?" : "");
    }
    put(writer, "%s", percent(writer, 40) ? ":strict" : "");
}

void random_geometry(struct chooser *chooser, char text[static RANDOM_GEOMETRY_LENGTH])
{
    static const char *const asid[] = {"", ",asid=0", ",asid=1", ",asid=2", ",asid=7?", ",asid=16"};
    static const char *const invalid[] = {"", ",invalid=none", ",invalid=leaf", ",invalid=non-leaf",
                                          ",invalid=leaf+non-leaf"};
    struct writer writer = {.chooser = chooser, .text = text};

    text[0] = '\0';
    put_arrays(&writer);
    put_walk_cache(&writer);
    put(&writer, "%s", asid[below(&writer, 6)]);
    put(&writer, "%s", invalid[below(&writer, 5)]);
    put(&writer, "%s", percent(&writer, 12) ? ",fence=all" : "");
}

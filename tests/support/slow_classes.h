/*
 * slow_classes.h - why a miss happened: the shadows of one array.
 *
 * Three memories that no fence empties: a growing list of all pages ever settled, the array once
 * more but tagged by address space, and a fully associative LRU as a list whose first is the most
 * recent. slow_classes_init allocates, slow_classes_finish frees.
 */
#ifndef TESTS_SUPPORT_SLOW_CLASSES_H
#define TESTS_SUPPORT_SLOW_CLASSES_H

#include <stdbool.h>
#include <stddef.h>

#include "mmu/counters.h"
#include "tests/support/slow_array.h"

struct slow_page_list {
    struct slow_translation *page;
    size_t count;
    size_t room;
};

struct slow_classes {
    struct slow_page_list seen;
    struct slow_array shadow;
    struct slow_page_list recent;
    size_t entries; /* of recent at most */
};

/* The address space that all global pages belong to. */
#define SLOW_SHARED_SPACE UINT64_MAX

void slow_classes_init(struct slow_classes *classes, const struct mmu_array_geometry *shape,
                       uint64_t first_random);
void slow_classes_finish(struct slow_classes *classes);

/* The class of a miss that brought this page, whose tag is its address space: compulsory or one
 * that comes after it. Only pages that a bank keeps can be in a shadow. */
enum mmu_miss_class slow_classes_of(struct slow_classes *classes,
                                    const struct slow_translation *page, bool is_kept);

/* Notes that a look-up was settled with this page. */
void slow_classes_settle(struct slow_classes *classes, const struct slow_translation *page,
                         bool is_kept);

#endif

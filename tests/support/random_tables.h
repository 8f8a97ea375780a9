/*
 * random_tables.h - page tables full of everything: which page is a table of which level, and what
 * may stand in it.
 *
 * The pages of a pte_memory are tables of five levels. One of level 2, 3 or 4 is also the root of
 * an Sv39, Sv48 or Sv57 address space, so that the modes share what lies below. Only a few entries
 * of each table are used, and addresses are made of those, so that addresses meet.
 */
#ifndef TESTS_SUPPORT_RANDOM_TABLES_H
#define TESTS_SUPPORT_RANDOM_TABLES_H

#include <stdint.h>

#include "tests/support/chooser.h"
#include "tests/support/sv_model.h"

enum {
    RANDOM_TABLES = 30,     /* pages 0 to 29 */
    RANDOM_FIRST_ROOT = 20, /* this and all above are roots */
    RANDOM_ROOTS = RANDOM_TABLES - RANDOM_FIRST_ROOT,
    RANDOM_HOT = 8, /* entries of a table that are used */
};

extern const unsigned random_hot_index[RANDOM_HOT];

/* Level of the table that a page is meant to be. */
int random_table_level(unsigned page);

/* The value of satp for an address space with this root. */
uint64_t random_table_satp(unsigned root, uint64_t asid);

/* A PTE as it may stand in a page: mostly a pointer or a leaf without fault, now and then one that
 * breaks a rule. Each leaf has a physical page number of its own. */
uint64_t random_pte(struct chooser *chooser, unsigned page);

/* A physical page number that a leaf of this level may have. */
uint64_t random_leaf_ppn(struct chooser *chooser, int level);

/* The address of a 4 KiB page, canonical in Sv57. */
uint64_t random_page_va(struct chooser *chooser);

#endif

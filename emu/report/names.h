/*
 * names.h - the words that reports use: one spelling of every array, cause, mode and class.
 *
 * The JSON's names are among them, so none may change its spelling: docs/counters.md.
 */
#ifndef EMU_REPORT_NAMES_H
#define EMU_REPORT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "emu/hart/hart.h"
#include "emu/hart/trap.h"
#include "emu/report/report.h"
#include "mmu/mmu.h"

/* An exception that the MMU or PMP causes. */
struct fault_name {
    enum trap_cause cause;
    const char *key; /* in the JSON */
};

enum { FAULT_NAMES = 6 };

extern const struct fault_name fault_names[FAULT_NAMES];

/* "l1i", "l1d", "l2". */
const char *name_of_array(enum mmu_array array);

/* "fetch", "load", "store". */
const char *name_of_access(enum mmu_access access);

/* "all", "asid", "va", "va_asid". */
const char *name_of_fence(enum mmu_fence_form form);

/* "compulsory", "flush", "conflict", "capacity", "upgrade", "fault". */
const char *name_of_class(enum mmu_miss_class class);

/* The classes in the order that people are shown; the enum's is the one in which they apply. */
extern const enum mmu_miss_class classes_in_order[MMU_MISS_CLASSES];

/* "neither", "inclusive", "exclusive". */
const char *name_of_inclusion(enum mmu_inclusion inclusion);

/* "hw", "svade", "unknown". */
const char *name_of_core_ad(enum mmu_core_ad ad);

/* Those of a bank's page sizes that page tables of so many levels can have; if they have none of
 * them, all. A leaf may be at any level, 64K is Svnapot's. */
unsigned sizes_within(unsigned sizes, unsigned levels);

enum { SIZES_LENGTH = 32 };

/* Writes page sizes joined by +, such as "2M+1G"; returns text. */
const char *names_of_sizes(char text[SIZES_LENGTH], unsigned sizes);

/* As --ad takes it: "hw", "svade", "svadu". */
const char *name_of_ad(enum hart_ad ad);

/* "guest", "limit", "idle", "signal", "law". */
const char *name_of_reason(enum report_reason reason);

/* 'U', 'S' or 'M'. */
char letter_of_privilege(enum mmu_privilege privilege);

/* A copy of a name from the guest, with a ? for each byte that is no printable ASCII; to be freed.
 * NULL if there is no memory. */
char *name_printable(const char *name);

enum { GROUPED_LENGTH = 27 }; /* of the largest number, its commas and a NUL */

/* Writes a number with a comma before every third digit from the right; returns text. */
const char *number_grouped(char text[GROUPED_LENGTH], uint64_t number);

#endif

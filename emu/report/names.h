/*
 * names.h - the words that reports use: one spelling of every array, page size, cause and mode.
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

/* "4K" and so on; "none" for MMU_NO_SIZE. */
const char *name_of_size(enum mmu_page_size size);

/* "fetch", "load", "store". */
const char *name_of_access(enum mmu_access access);

/* "all", "asid", "va", "va_asid". */
const char *name_of_fence(enum mmu_fence_form form);

/* As --ad takes it: "hw", "svade", "svadu". */
const char *name_of_ad(enum hart_ad ad);

/* "guest", "limit", "idle", "signal", "law". */
const char *name_of_reason(enum report_reason reason);

/* 'U', 'S' or 'M'. */
char letter_of_privilege(enum mmu_privilege privilege);

enum { GROUPED_LENGTH = 27 }; /* of the largest number, its commas and a NUL */

/* Writes a number with a comma before every third digit from the right; returns text. */
const char *number_grouped(char text[GROUPED_LENGTH], uint64_t number);

#endif

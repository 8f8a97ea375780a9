/*
 * pmp.h - physical memory protection: 16 entries, OFF, TOR, NA4 and NAPOT, with locks.
 *
 * Choice: the grain is 4 bytes; R=0 with W=1, which is reserved, is stored as neither.
 *
 * Spec: Priv. [pmp]; rules PMP-01, PMP-02.
 */
#ifndef EMU_HART_PMP_H
#define EMU_HART_PMP_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"

enum { PMP_ENTRIES = 16 };

/* One byte of pmpcfg: L | 0 0 | A A | X W R. */
enum {
    PMP_R = 0x01,
    PMP_W = 0x02,
    PMP_X = 0x04,
    PMP_A = 0x18,
    PMP_L = 0x80,
    PMP_OFF = 0x00,
    PMP_TOR = 0x08,
    PMP_NA4 = 0x10,
    PMP_NAPOT = 0x18,
};

enum { PMP_RWX = PMP_R | PMP_W | PMP_X };

/* What an entry that is not off, and matches anything, comes to. */
struct pmp_rule {
    uint64_t first; /* byte that it matches */
    uint64_t last;
    uint8_t for_machine; /* of PMP_RWX: what it permits M-mode */
    uint8_t for_others;
};

struct pmp {
    uint8_t cfg[PMP_ENTRIES];
    uint64_t addr[PMP_ENTRIES]; /* bits 55:2 of an address */
    /* What the registers say, lowest entry first; made anew by every write to one of them. */
    struct pmp_rule rule[PMP_ENTRIES];
    unsigned rule_count;
    uint64_t writes; /* rises whenever a register may have changed */
};

/* All entries off and unlocked: S and U may reach nothing. */
void pmp_reset(struct pmp *pmp);

/* The register pmpcfg(2*pair), eight entries from 8*pair on. pair is 0 or 1. */
uint64_t pmp_read_cfg(const struct pmp *pmp, unsigned pair);

/* WARL write of the same; locked entries keep their value. */
void pmp_write_cfg(struct pmp *pmp, unsigned pair, uint64_t value);

/* WARL write of pmpaddr(entry); ignored if the entry is locked, or bounds a locked TOR range. */
void pmp_write_addr(struct pmp *pmp, unsigned entry, uint64_t value);

/* Those of PMP_RWX that an access of size bytes (1 to 8, or any length) at pa is permitted at this
 * privilege. The lowest entry that covers any of the bytes decides, and must cover all of them. */
static inline unsigned pmp_permissions(const struct pmp *pmp, uint64_t pa, uint64_t size,
                                       enum mmu_privilege privilege)
{
    bool is_machine = privilege == MMU_MACHINE;
    uint64_t last = pa + (size - 1); /* wraps only where no entry reaches */

    for (unsigned i = 0; i < pmp->rule_count; i++) {
        const struct pmp_rule *rule = &pmp->rule[i];

        if (pa > rule->last || last < rule->first) {
            continue; /* no byte matches */
        }
        if (pa < rule->first || last > rule->last) {
            return 0; /* some bytes do, some do not [norm:pmp_full_match_required] */
        }
        return is_machine ? rule->for_machine : rule->for_others;
    }
    return is_machine ? PMP_RWX : 0; /* [norm:pmp_no_entry_match] */
}

/* Bytes from first to last. */
struct pmp_span {
    uint64_t first;
    uint64_t last;
};

/* The bytes of *around that are next to pa, which is one of them, and for which the same entry
 * decides as for pa, or none for all. */
struct pmp_span pmp_alike(const struct pmp *pmp, uint64_t pa, const struct pmp_span *around);

/* The one of PMP_RWX that an access needs [norm:pmp_rwx_check]. */
static inline unsigned pmp_needed(enum mmu_access access)
{
    return access == MMU_FETCH ? PMP_X : access == MMU_LOAD ? PMP_R : PMP_W;
}

/* True if such an access is permitted. */
static inline bool pmp_allows(const struct pmp *pmp, uint64_t pa, uint64_t size,
                              enum mmu_access access, enum mmu_privilege privilege)
{
    return (pmp_permissions(pmp, pa, size, privilege) & pmp_needed(access)) != 0;
}

#endif

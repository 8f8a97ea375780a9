/*
 * views.h - numbers for the views of a hart: what decides about addresses besides page tables and
 * TLB.
 *
 * Two moments with the same view reach the same bytes by the same address, as long as the TLB stays
 * as it is. So what an engine remembers under the number of a view is right again when the view
 * comes back: after a system call, or when a process runs again.
 */
#ifndef EMU_ENGINE_VIEWS_H
#define EMU_ENGINE_VIEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/hart.h"
#include "emu/hart/l0.h"

struct view {
    uint64_t satp;
    uint64_t mstatus; /* SUM, MXR, MPRV, MPP */
    uint64_t menvcfg;
    uint64_t pmp_writes; /* the same number: PMP has not changed */
    enum mmu_privilege privilege;
};

struct views {
    struct view view[L0_VIEWS]; /* number 1 is the first */
    unsigned count;
    unsigned current; /* 0: none yet */
};

/* Makes the hart's view as it is now the current one. Returns false if there is no number left for
 * it: all are forgotten then, and with them must be what is remembered under them. */
bool views_look(struct views *views, const struct hart *hart);

#endif

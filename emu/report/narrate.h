/*
 * narrate.h - one translation told in words: what the address is made of, who was asked, what was
 * read, and what came of it or which rule said no.
 */
#ifndef EMU_REPORT_NARRATE_H
#define EMU_REPORT_NARRATE_H

#include <stdint.h>
#include <stdio.h>

#include "devices/bus.h"
#include "emu/hart/pmp.h"
#include "mmu/mmu.h"

/* What is told: an access, what mmu_probe found out about it, and the memory at its end. */
struct narration {
    struct mmu_mode mode; /* the access is made in */
    uint64_t va;
    enum mmu_access access;
    struct mmu_probe probe;
    struct mmu_probe tables; /* the same by the page tables alone, as if nothing were cached */
    const struct pmp *pmp;
    const struct bus *bus;
};

enum { NARRATE_HEADING_WIDTH = 11 };

/* Tells it, in lines that begin with a heading of that width or are indented by it. */
void narrate(FILE *file, const struct narration *narration);

#endif

/*
 * text_tlb.h - the geometry in one line, or a few: what was measured on.
 */
#ifndef EMU_REPORT_TEXT_TLB_H
#define EMU_REPORT_TEXT_TLB_H

#include <stdio.h>

#include "emu/report/report.h"

/* Prints it, with a ? behind what the preset's source does not tell. */
void tlb_as_text(FILE *file, const struct report *report);

#endif

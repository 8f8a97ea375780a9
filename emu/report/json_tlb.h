/*
 * json_tlb.h - the geometry as the JSON tells it: "tlb".
 */
#ifndef EMU_REPORT_JSON_TLB_H
#define EMU_REPORT_JSON_TLB_H

#include <jansson.h>

#include "emu/report/report.h"

/* Returns NULL if there is no memory. */
json_t *tlb_as_json(const struct report *report);

#endif

/*
 * dotted.h - the names of the values of a JSON document: l1d.misses, walks.pte_reads_by_level[0].
 *
 * An element of a list is named by its symbol, or its name, or else by its number from 0. Elements
 * of one name are one: their numbers are added up.
 */
#ifndef EMU_REPORT_DOTTED_H
#define EMU_REPORT_DOTTED_H

#include <jansson.h>

/* The values inside an object or a list by their keys, as an object to be released; it is empty for
 * anything else. A sum that is too large is a real, so that it is no count. NULL without memory. */
json_t *dotted_inside(json_t *value);

/* "NAME.KEY", or "NAME[0]", to be freed. Names are for printing: what would move a cursor becomes
 * "?". NULL without memory. */
char *dotted_join(const char *name, const char *key);

#endif

/*
 * tlb_file.h - a specification of the TLB that stands in a file: --tlb=@FILE.
 *
 * Its lines are joined by commas. What follows a # and lines that are then empty are left out, as
 * are blanks at both ends of a line.
 */
#ifndef EMU_CLI_TLB_FILE_H
#define EMU_CLI_TLB_FILE_H

#include "emu/machine/error.h"

/* Returns the specification, to be freed, or NULL and sets *error, which does not name the file. */
char *tlb_file_read(const char *name, struct error *error);

#endif

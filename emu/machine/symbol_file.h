/*
 * symbol_file.h - reads symbols from an ELF file, or from a list as nm or the kernel's
 * /proc/kallsyms write it.
 *
 * A line is an address in hexadecimal, a size (nm -S) or none, a letter for the type, and the name;
 * kallsyms adds the [module]. The list ends with the file or before a line that begins with a NUL.
 * Functions are what is text: t, T, w or W. In a list with sizes, text without one is a label: so
 * the answers are those of the ELF file that the list was made from.
 */
#ifndef EMU_MACHINE_SYMBOL_FILE_H
#define EMU_MACHINE_SYMBOL_FILE_H

#include <stdbool.h>

#include "emu/machine/error.h"
#include "emu/machine/symbols.h"

/* Fills symbols, which must be zero, and sorts them; what has no address (undefined, common,
 * debugging) and the labels of assemblers are left out. Returns false and sets *error, naming the
 * file and the line, if it cannot be read, has a line of another form, is a damaged or stripped ELF
 * file, or tells no addresses; symbols_finish is due either way. */
bool symbol_file_read(struct symbols *symbols, const char *path, struct error *error);

#endif

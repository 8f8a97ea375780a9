/*
 * elf_symbols.h - takes the symbols out of an ELF file's symbol table.
 */
#ifndef EMU_MACHINE_ELF_SYMBOLS_H
#define EMU_MACHINE_ELF_SYMBOLS_H

#include <stdbool.h>

#include "emu/machine/elf_file.h"
#include "emu/machine/symbols.h"

/* Adds functions, objects and labels that have a name and a place to symbols, and sorts them; none
 * if the file has no symbol table, which is no error. Returns false with the error set if the table
 * is damaged; symbols may then hold some of them. */
bool elf_symbols_read(const struct elf_file *file, struct symbols *symbols);

#endif

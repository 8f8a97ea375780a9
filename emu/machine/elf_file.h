/*
 * elf_file.h - the bytes of an ELF file, with headers that have been checked.
 *
 * Who is trusted with what: libelf knows the byte order and the layouts, but no offset, length or
 * count from the file reaches it, or is used here, before it has been held against the file's
 * length. Used by elf_loader.c and elf_symbols.c only.
 */
#ifndef EMU_MACHINE_ELF_FILE_H
#define EMU_MACHINE_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "emu/machine/error.h"

struct elf_file {
    const char *name;    /* for messages */
    struct error *error; /* where they go */
    uint8_t *bytes;
    uint64_t length;
    GElf_Ehdr header; /* valid once elf_file_open has returned true, as is elf */
    Elf *elf;
};

/* Sets the error to "NAME REASON" and returns false. Of a very long name the end is told. */
bool elf_file_refuse(const struct elf_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool elf_file_refuse_for_memory(const struct elf_file *file);

/* True if the file has all of [offset, offset + length). */
bool elf_file_has(const struct elf_file *file, uint64_t offset, uint64_t length);

/* Reads the file called name from disk into bytes, which are then the caller's to free. Returns
 * false with nothing to free if it is no regular file of a sane length, or cannot be read. */
bool elf_file_read(struct elf_file *file);

/* Checks the ELF header of bytes and that both tables of headers lie within them. Returns true, and
 * elf_file_close must follow, or false. */
bool elf_file_open(struct elf_file *file);

/* The bytes remain. */
void elf_file_close(struct elf_file *file);

#endif

/*
 * elf_loader.h - reads an ELF program: what to load where, where it starts, its symbols.
 *
 * Accepts little-endian ELF64 executables for RISC-V that load somewhere, statically. Whatever the
 * bytes are, the result is a program whose every segment lies within the file, or one sentence that
 * says what is wrong with it.
 */
#ifndef EMU_MACHINE_ELF_LOADER_H
#define EMU_MACHINE_ELF_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/error.h"
#include "emu/machine/symbols.h"

struct elf_segment {
    uint64_t pa;            /* where it is loaded: p_paddr */
    uint64_t memory_length; /* bytes beyond file_length are zero */
    const uint8_t *bytes;   /* file_length bytes, inside the program's own copy of the file */
    uint64_t file_length;   /* at most memory_length */
};

struct elf_program {
    uint64_t entry;
    struct elf_segment *segment; /* PT_LOAD with memory_length > 0, in address order, no overlap */
    size_t segment_count;        /* at least 1 */
    struct symbols symbols;
    uint8_t *file; /* the whole file */
    size_t file_length;
};

/* Reads the file. Returns true, or sets *error and returns false with nothing to free. */
bool elf_program_read(struct elf_program *program, const char *path, struct error *error);

/* The same from memory, which is copied; name stands for the path in messages. */
bool elf_program_parse(struct elf_program *program, const char *name, const uint8_t *bytes,
                       size_t length, struct error *error);

void elf_program_finish(struct elf_program *program);

#endif

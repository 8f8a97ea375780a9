/*
 * elf_loader.h - reads an ELF program: what to load where, where it starts, its symbols.
 *
 * Accepts little-endian ELF64 executables for RISC-V that load somewhere, statically: bare-metal
 * ones at physical addresses, and those that a kernel runs at virtual ones. Whatever the bytes are,
 * the result is a program whose every segment lies within the file, or one sentence that says what
 * is wrong with it.
 */
#ifndef EMU_MACHINE_ELF_LOADER_H
#define EMU_MACHINE_ELF_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/error.h"
#include "emu/machine/symbols.h"

struct elf_segment {
    uint64_t pa;            /* where it is loaded: p_paddr; p_vaddr if it needs a kernel */
    uint64_t memory_length; /* bytes beyond file_length are zero */
    const uint8_t *bytes;   /* file_length bytes, inside the program's own copy of the file */
    uint64_t file_length;   /* at most memory_length */
};

struct elf_program {
    bool needs_kernel; /* it lies below RAM: a program of Linux, at virtual addresses */
    bool is_movable;   /* static-pie: its addresses count from where its kernel puts it */
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

/* Stores 8 bytes, little-endian, where the file holds what is loaded at an address; false if it
 * does not hold all of them. */
bool elf_program_set(struct elf_program *program, uint64_t address, uint64_t value);

void elf_program_finish(struct elf_program *program);

#endif

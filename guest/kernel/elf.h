/*
 * elf.h - a static RISC-V executable put into an address space, as areas: no page is read here.
 */
#ifndef GUEST_KERNEL_ELF_H
#define GUEST_KERNEL_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"
#include "guest/kernel/inode.h"

struct elf_image {
    uint64_t entry;
    uint64_t headers_va; /* AT_PHDR; 0: in no segment */
    uint64_t header_size, header_count;
};

/* Adds an area per segment with exactly its permissions, a static-pie at USER_PIE_BASE, and starts
 * brk behind the last. 0, or ERROR_NOT_EXECUTABLE with *why in words. Never sleeps. Believes
 * nothing: offsets and sizes outside the file, overlaps, segments outside the user's part, a page
 * that two segments with different permissions share (it gets both permissions' union only if
 * neither becomes W and X, else it is refused), PT_INTERP. */
int64_t elf_load(struct address_space *space, struct inode *file, struct elf_image *image,
                 const char **why);

/* Is it for programs at all, by its first bytes? */
bool elf_is(const struct inode *file);

/* The name of the function at pc, from the file's symbol table, as much as fits, ended by a NUL;
 * false: there is none, or no file. Believes nothing either. */
bool elf_function_at(const struct inode *file, uint64_t pc, char *name, size_t size);

#endif

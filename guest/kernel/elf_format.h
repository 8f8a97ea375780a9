/*
 * elf_format.h - what is in an ELF file of 64 bits, little-endian, as far as the kernel reads it.
 */
#ifndef GUEST_KERNEL_ELF_FORMAT_H
#define GUEST_KERNEL_ELF_FORMAT_H

#include <stdint.h>

enum { ELF_CLASS_64 = 2, ELF_LITTLE_ENDIAN = 1 };
enum { ELF_TYPE_EXECUTABLE = 2, ELF_TYPE_DYNAMIC = 3 };
enum { ELF_MACHINE_RISCV = 243 };
enum { ELF_SEGMENT_LOAD = 1, ELF_SEGMENT_INTERPRETER = 3 };
enum { ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 };
enum { ELF_SECTION_SYMBOLS = 2 };
enum { ELF_SYMBOL_TYPE = 0xf, ELF_SYMBOL_FUNCTION = 2 };

struct elf_header {
    uint8_t magic[4], class, data, version, abi[9];
    uint16_t type, machine;
    uint32_t file_version;
    uint64_t entry, segments_offset, sections_offset;
    uint32_t flags;
    uint16_t header_size, segment_size, segment_count;
    uint16_t section_size, section_count, section_names;
};

/* A program header. */
struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, va, pa, file_size, memory_size, align;
};

struct elf_section {
    uint32_t name, type;
    uint64_t flags, va, offset, size;
    uint32_t link, info;
    uint64_t align, entry_size;
};

struct elf_symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t value, size;
};

_Static_assert(sizeof(struct elf_header) == 64, "the file header has 64 bytes");
_Static_assert(sizeof(struct elf_segment) == 56, "a program header has 56 bytes");
_Static_assert(sizeof(struct elf_section) == 64, "a section header has 64 bytes");
_Static_assert(sizeof(struct elf_symbol) == 24, "a symbol has 24 bytes");

#endif

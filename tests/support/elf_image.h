/*
 * elf_image.h - a small, valid RISC-V program as the bytes of its file, for tests to damage.
 *
 * The struct is the file: an offset into it is a file offset. Segments are out of address order on
 * purpose, and the third program header is a spare one. The names come last, so that a file that is
 * cut anywhere lacks something.
 *
 *   0x8000_0000  code (16 bytes)     0x8000_1000  data (8 bytes, then zeros up to 0x100)
 */
#ifndef TESTS_SUPPORT_ELF_IMAGE_H
#define TESTS_SUPPORT_ELF_IMAGE_H

#include <elf.h>
#include <stdint.h>

#define ELF_IMAGE_CODE UINT64_C(0x80000000)
#define ELF_IMAGE_DATA UINT64_C(0x80001000)

/* Indexes into segment, section and symbol. */
enum { IMAGE_DATA, IMAGE_CODE, IMAGE_SPARE, IMAGE_SEGMENTS };
enum { IMAGE_NULL, IMAGE_SYMBOLS, IMAGE_NAMES, IMAGE_SECTIONS };
enum { IMAGE_MAX_SYMBOLS = 16 };

struct elf_image {
    Elf64_Ehdr header;
    Elf64_Phdr segment[IMAGE_SEGMENTS];
    Elf64_Shdr section[IMAGE_SECTIONS];
    Elf64_Sym symbol[IMAGE_MAX_SYMBOLS];
    uint8_t code[16];
    uint8_t data[8];
    char interpreter[40]; /* what the spare header is about, with what follows it */
    Elf64_Dyn dynamic;
    char names[128];
};

/* Makes the valid program. Its symbols: an empty one, _start, main, tohost, and ones to leave out.
 */
void elf_image_init(struct elf_image *image);

#endif

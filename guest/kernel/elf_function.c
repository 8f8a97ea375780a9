#include "guest/kernel/elf.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/elf_format.h"
#include "guest/kernel/layout.h"

/* The part of a file that a section names. */
struct part {
    const struct inode *file;
    uint64_t offset, length;
};

/* Copies one of equal-sized pieces out of a file; false: it is not there. */
static bool read_piece(const struct part *from, uint64_t offset, void *to, size_t size)
{
    if (offset > from->length || size > from->length - offset) {
        return false;
    }
    return inode_read(from->file, from->offset + offset, to, size) == size;
}

static bool read_section(const struct part *file, const struct elf_header *header, uint32_t number,
                         struct elf_section *section)
{
    if (number >= header->section_count || header->section_size != sizeof *section ||
        header->sections_offset > file->length) {
        return false;
    }
    return read_piece(file, header->sections_offset + number * sizeof *section, section,
                      sizeof *section);
}

static bool find_part(const struct part *file, const struct elf_section *section, struct part *part)
{
    if (section->offset > file->length || section->size > file->length - section->offset) {
        return false;
    }
    *part = (struct part){file->file, section->offset, section->size};
    return true;
}

/* The symbol table, and the names in the string table that it is linked to. */
static bool find_symbols(const struct part *file, const struct elf_header *header,
                         struct part *symbols, struct part *names)
{
    struct elf_section section;

    for (uint32_t number = 0; read_section(file, header, number, &section); number++) {
        if (section.type == ELF_SECTION_SYMBOLS) {
            return find_part(file, &section, symbols) &&
                   read_section(file, header, section.link, &section) &&
                   find_part(file, &section, names);
        }
    }
    return false;
}

/* Copies as much of the text at an offset as fits. */
static void copy_name(const struct part *names, uint64_t offset, char *name, size_t size)
{
    size_t length = 0;

    while (length + 1 < size && read_piece(names, offset + length, &name[length], 1) &&
           name[length] != '\0') {
        length++;
    }
    name[length] = '\0';
}

static bool is_function_at(const struct elf_symbol *symbol, uint64_t address)
{
    return (symbol->info & ELF_SYMBOL_TYPE) == ELF_SYMBOL_FUNCTION && address >= symbol->value &&
           address - symbol->value < symbol->size;
}

bool elf_function_at(const struct inode *file, uint64_t pc, char *name, size_t size)
{
    struct part whole, symbols, names;
    struct elf_header header;
    struct elf_symbol symbol;

    if (file == NULL) {
        return false;
    }
    whole = (struct part){file, 0, file->length};
    if (!read_piece(&whole, 0, &header, sizeof header) ||
        !find_symbols(&whole, &header, &symbols, &names)) {
        return false;
    }
    if (header.type == ELF_TYPE_DYNAMIC) {
        pc -= USER_PIE_BASE;
    }
    for (uint64_t at = 0; read_piece(&symbols, at, &symbol, sizeof symbol); at += sizeof symbol) {
        if (is_function_at(&symbol, pc)) {
            copy_name(&names, symbol.name, name, size);
            return true;
        }
    }
    return false;
}

#include "guest/kernel/elf.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/elf_format.h"
#include "guest/kernel/layout.h"

/* The part of a file that a section names. */
struct part {
    const uint8_t *bytes;
    uint64_t length;
};

/* Copies one of equal-sized pieces out of a file, which may lie unaligned; false: not in it. */
static bool read_piece(const struct part *from, uint64_t offset, void *to, size_t size)
{
    if (offset > from->length || size > from->length - offset) {
        return false;
    }
    memcpy(to, from->bytes + offset, size);
    return true;
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
    *part = (struct part){file->bytes + section->offset, section->size};
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

/* The text at an offset, if it has an end. */
static const char *name_at(const struct part *names, uint64_t offset)
{
    for (uint64_t end = offset; end < names->length; end++) {
        if (names->bytes[end] == '\0') {
            return (const char *)names->bytes + offset;
        }
    }
    return NULL;
}

static bool is_function_at(const struct elf_symbol *symbol, uint64_t address)
{
    return (symbol->info & ELF_SYMBOL_TYPE) == ELF_SYMBOL_FUNCTION && address >= symbol->value &&
           address - symbol->value < symbol->size;
}

const char *elf_function_at(const struct file *file, uint64_t pc)
{
    struct part whole, symbols, names;
    struct elf_header header;
    struct elf_symbol symbol;

    if (file == NULL) {
        return NULL;
    }
    whole = (struct part){file->bytes, file->length};
    if (!read_piece(&whole, 0, &header, sizeof header) ||
        !find_symbols(&whole, &header, &symbols, &names)) {
        return NULL;
    }
    if (header.type == ELF_TYPE_DYNAMIC) {
        pc -= USER_PIE_BASE;
    }
    for (uint64_t at = 0; read_piece(&symbols, at, &symbol, sizeof symbol); at += sizeof symbol) {
        if (is_function_at(&symbol, pc)) {
            return name_at(&names, symbol.name);
        }
    }
    return NULL;
}

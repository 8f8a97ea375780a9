#include "emu/machine/elf_symbols.h"

#include <stdint.h>
#include <string.h>

/* Choice: a file may let many symbols share one long name, and each gets a copy. All the copies are
 * together at most so many times as long as the file. */
enum { MAX_NAMES_RATIO = 4 };

/* A symbol table and the names that it uses. */
struct symbol_table {
    Elf_Data *data;
    size_t count;
    const char *names;
    uint64_t names_length; /* at least 1: the last byte is a NUL */
};

/* Finds the section of the symbols; NULL if there is none. An ELF file has one at most. */
static Elf_Scn *find_section(const struct elf_file *file, GElf_Shdr *shdr)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section)) != NULL;) {
        if (gelf_getshdr(section, shdr) != NULL && shdr->sh_type == SHT_SYMTAB) {
            return section;
        }
    }
    return NULL;
}

/* True if the section is made of symbols, and the section of their names is one of strings. */
static bool find_names(const struct elf_file *file, const GElf_Shdr *shdr, GElf_Shdr *names)
{
    Elf_Scn *section = elf_getscn(file->elf, shdr->sh_link);

    return shdr->sh_entsize == sizeof(Elf64_Sym) && shdr->sh_size % sizeof(Elf64_Sym) == 0 &&
           gelf_getshdr(section, names) != NULL && names->sh_type == SHT_STRTAB;
}

/* Both sections must lie in the file. The names must end in a NUL: then they are a string from
 * every offset on. */
static bool open_table(const struct elf_file *file, Elf_Scn *section, const GElf_Shdr *shdr,
                       struct symbol_table *table)
{
    GElf_Shdr names;

    if (!find_names(file, shdr, &names)) {
        return elf_file_refuse(file, "has a symbol table that makes no sense");
    }
    if (!elf_file_has(file, shdr->sh_offset, shdr->sh_size) ||
        !elf_file_has(file, names.sh_offset, names.sh_size)) {
        return elf_file_refuse(file, "is truncated: its symbols lie beyond its end");
    }
    if (names.sh_size == 0 || file->bytes[names.sh_offset + names.sh_size - 1] != 0) {
        return elf_file_refuse(file, "has symbol names that do not end");
    }
    *table = (struct symbol_table){
        .data = elf_getdata(section, NULL),
        .count = shdr->sh_size / sizeof(Elf64_Sym),
        .names = (const char *)file->bytes + names.sh_offset,
        .names_length = names.sh_size,
    };
    if (table->data == NULL || (table->data->d_buf == NULL && table->count != 0)) {
        return elf_file_refuse(file, "has symbols that cannot be read: %s", elf_errmsg(-1));
    }
    return true;
}

/* False for files, sections, thread-local offsets, what is defined elsewhere, and the labels that
 * assemblers make: .L..., and $x... and $d..., which tell code from data. */
static bool is_for_people(const GElf_Sym *symbol, const char *name)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    bool is_mapping = type == STT_NOTYPE && GELF_ST_BIND(symbol->st_info) == STB_LOCAL &&
                      (strncmp(name, "$x", 2) == 0 || strncmp(name, "$d", 2) == 0);

    return (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE) &&
           symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_COMMON && name[0] != 0 &&
           strncmp(name, ".L", 2) != 0 && !is_mapping;
}

/* True for a function, and for a label that lies in a section of code. */
static bool is_code(const struct elf_file *file, const GElf_Sym *symbol)
{
    GElf_Shdr shdr;

    if (GELF_ST_TYPE(symbol->st_info) != STT_NOTYPE) {
        return GELF_ST_TYPE(symbol->st_info) == STT_FUNC;
    }
    return gelf_getshdr(elf_getscn(file->elf, symbol->st_shndx), &shdr) != NULL &&
           (shdr.sh_flags & SHF_EXECINSTR) != 0;
}

static bool copy_symbol(const struct elf_file *file, const GElf_Sym *entry, const char *name,
                        struct symbols *symbols)
{
    struct symbol symbol = {
        .name = (char *)name,
        .address = entry->st_value,
        .size = entry->st_size,
        .is_function = GELF_ST_TYPE(entry->st_info) == STT_FUNC,
        .is_code = is_code(file, entry),
    };
    return symbols_add(symbols, &symbol);
}

static bool copy_symbols(const struct elf_file *file, const struct symbol_table *table,
                         struct symbols *symbols)
{
    uint64_t names_left = MAX_NAMES_RATIO * file->length;

    for (size_t i = 0; i < table->count; i++) {
        GElf_Sym entry;
        if (gelf_getsym(table->data, (int)i, &entry) == NULL ||
            entry.st_name >= table->names_length) {
            return elf_file_refuse(file, "has a symbol whose name is nowhere");
        }
        const char *name = table->names + entry.st_name;
        if (!is_for_people(&entry, name)) {
            continue;
        }
        size_t name_length = strlen(name);
        if (name_length > names_left) {
            return elf_file_refuse(file, "has symbol names that are together too long");
        }
        names_left -= name_length;
        if (!copy_symbol(file, &entry, name, symbols)) {
            return elf_file_refuse_for_memory(file);
        }
    }
    return true;
}

bool elf_symbols_read(const struct elf_file *file, struct symbols *symbols)
{
    GElf_Shdr shdr;
    struct symbol_table table = {0};
    Elf_Scn *section = find_section(file, &shdr);

    if (section == NULL) {
        return true;
    }
    if (!open_table(file, section, &shdr, &table) || !copy_symbols(file, &table, symbols)) {
        return false;
    }
    symbols_sort(symbols);
    return true;
}

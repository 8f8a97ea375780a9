#include "emu/machine/elf_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "emu/machine/file_bytes.h"

static struct file_source source_of(const struct elf_file *file)
{
    return (struct file_source){.name = file->name, .kind = "a program", .error = file->error};
}

bool elf_file_refuse(const struct elf_file *file, const char *format, ...)
{
    const struct file_source source = source_of(file);
    char reason[sizeof file->error->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    return file_refuse(&source, "%s", reason);
}

bool elf_file_refuse_for_memory(const struct elf_file *file)
{
    return elf_file_refuse(file, "does not fit into the memory of this host");
}

bool elf_file_has(const struct elf_file *file, uint64_t offset, uint64_t length)
{
    return offset <= file->length && length <= file->length - offset;
}

bool elf_file_read(struct elf_file *file)
{
    const struct file_source source = source_of(file);
    struct file_bytes read;

    if (!file_bytes_read(&read, &source)) {
        return false;
    }
    file->bytes = read.bytes;
    file->length = read.length;
    return true;
}

/* The first bytes, whose layout is the same in every ELF file. */
static bool check_identity(const struct elf_file *file)
{
    const uint8_t *ident = file->bytes;

    if (file->length == 0) {
        return elf_file_refuse(file, "is empty");
    }
    if (file->length < SELFMAG || memcmp(ident, ELFMAG, SELFMAG) != 0) {
        return elf_file_refuse(file, "is not an ELF file");
    }
    if (file->length < sizeof(Elf64_Ehdr)) {
        return elf_file_refuse(file, "is truncated: it ends within its ELF header");
    }
    if (ident[EI_CLASS] == ELFCLASS32) {
        return elf_file_refuse(file, "is a 32-bit ELF file, not a 64-bit one");
    }
    if (ident[EI_DATA] == ELFDATA2MSB) {
        return elf_file_refuse(file, "is a big-endian ELF file, not a little-endian one");
    }
    if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
        ident[EI_VERSION] != EV_CURRENT) {
        return elf_file_refuse(file,
                               "is an ELF file of an unknown kind: class %u, data %u, version %u",
                               ident[EI_CLASS], ident[EI_DATA], ident[EI_VERSION]);
    }
    return true;
}

/* The header is read apart from the rest: libelf looks at tables as soon as it is given a file. */
static bool read_header(struct elf_file *file)
{
    Elf_Data from = {
        .d_buf = file->bytes,
        .d_type = ELF_T_EHDR,
        .d_version = EV_CURRENT,
        .d_size = sizeof(Elf64_Ehdr),
    };
    Elf_Data to = {
        .d_buf = &file->header,
        .d_version = EV_CURRENT,
        .d_size = sizeof file->header,
    };

    if (elf_version(EV_CURRENT) == EV_NONE || elf64_xlatetom(&to, &from, ELFDATA2LSB) == NULL) {
        return elf_file_refuse(file, "cannot be read: %s", elf_errmsg(-1));
    }
    return true;
}

static bool check_machine(const struct elf_file *file)
{
    static const struct {
        uint16_t number;
        const char *name;
    } machines[] = {
        {EM_386, "x86"},
        {EM_X86_64, "x86-64"},
        {EM_ARM, "Arm"},
        {EM_AARCH64, "AArch64"},
        {EM_PPC64, "64-bit PowerPC"},
        {EM_MIPS, "MIPS"},
        {EM_LOONGARCH, "LoongArch"},
        {EM_IA_64, "Itanium"},
        {EM_ALPHA, "Alpha"},
        {EM_BPF, "BPF"},
    };
    uint16_t machine = file->header.e_machine;

    if (machine == EM_RISCV) {
        return true;
    }
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        if (machines[i].number == machine) {
            return elf_file_refuse(file, "is for %s, not RISC-V", machines[i].name);
        }
    }
    return elf_file_refuse(file, "is for machine number %u, not RISC-V", machine);
}

/* A table without entries may claim to lie anywhere. */
static bool has_table(const struct elf_file *file, uint64_t offset, uint64_t count, uint64_t size)
{
    return count == 0 || elf_file_has(file, offset, count * size);
}

/* Both tables of headers lie in the file and are made of what ELF64 says they are made of. Choice:
 * the escapes for tables of 65280 entries and more are not followed: no executable needs them. */
static bool check_tables(const struct elf_file *file)
{
    const GElf_Ehdr *header = &file->header;

    if (header->e_phnum == PN_XNUM || (header->e_shnum == 0 && header->e_shoff != 0)) {
        return elf_file_refuse(file, "has more headers than its ELF header can count");
    }
    if (header->e_phnum != 0 && header->e_phentsize != sizeof(Elf64_Phdr)) {
        return elf_file_refuse(file, "has program headers of %u bytes, not %zu",
                               header->e_phentsize, sizeof(Elf64_Phdr));
    }
    if (header->e_shnum != 0 && header->e_shentsize != sizeof(Elf64_Shdr)) {
        return elf_file_refuse(file, "has section headers of %u bytes, not %zu",
                               header->e_shentsize, sizeof(Elf64_Shdr));
    }
    if (!has_table(file, header->e_phoff, header->e_phnum, sizeof(Elf64_Phdr))) {
        return elf_file_refuse(file, "is truncated: its program headers lie beyond its end");
    }
    if (!has_table(file, header->e_shoff, header->e_shnum, sizeof(Elf64_Shdr))) {
        return elf_file_refuse(file, "is truncated: its section headers lie beyond its end");
    }
    return true;
}

bool elf_file_open(struct elf_file *file)
{
    if (!check_identity(file) || !read_header(file) || !check_machine(file) ||
        !check_tables(file)) {
        return false;
    }
    file->elf = elf_memory((char *)file->bytes, file->length);
    if (file->elf == NULL) {
        return elf_file_refuse(file, "cannot be read: %s", elf_errmsg(-1));
    }
    return true;
}

void elf_file_close(struct elf_file *file)
{
    elf_end(file->elf);
    file->elf = NULL;
}

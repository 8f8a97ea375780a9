#include "emu/machine/elf_loader.h"

#include <ctype.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/elf_file.h"
#include "emu/machine/elf_symbols.h"
#include "emu/machine/platform.h"

/* Finds the first program header of a type, if there is one. */
static bool find_segment(const struct elf_file *file, uint32_t type, GElf_Phdr *phdr)
{
    for (int i = 0; i < file->header.e_phnum; i++) {
        if (gelf_getphdr(file->elf, i, phdr) != NULL && phdr->p_type == type) {
            return true;
        }
    }
    return false;
}

/* Refuses a program that asks for a dynamic linker, and names that. */
static bool refuse_dynamic(const struct elf_file *file, const GElf_Phdr *phdr)
{
    char interpreter[100] = "an interpreter";
    size_t limit = sizeof interpreter - 1;
    size_t length = 0;

    if (phdr->p_filesz < limit) {
        limit = phdr->p_filesz;
    }
    if (elf_file_has(file, phdr->p_offset, limit)) {
        const uint8_t *text = file->bytes + phdr->p_offset;
        while (length < limit && isprint(text[length])) {
            interpreter[length] = (char)text[length];
            length++;
        }
    }
    if (length != 0) {
        interpreter[length] = 0;
    }
    return elf_file_refuse(file, "is dynamically linked and asks for %s: link it with -static",
                           interpreter);
}

/* True for a position-independent executable: a shared library, of the same ELF type, lacks a flag.
 */
static bool is_executable_anywhere(const struct elf_file *file)
{
    GElf_Phdr phdr;
    GElf_Dyn entry;
    Elf_Data *data;

    if (!find_segment(file, PT_DYNAMIC, &phdr) ||
        !elf_file_has(file, phdr.p_offset, phdr.p_filesz)) {
        return false;
    }
    data = elf_getdata_rawchunk(file->elf, (int64_t)phdr.p_offset, phdr.p_filesz, ELF_T_DYN);
    for (int i = 0; data != NULL && gelf_getdyn(data, i, &entry) != NULL; i++) {
        if (entry.d_tag == DT_FLAGS_1) {
            return (entry.d_un.d_val & DF_1_PIE) != 0;
        }
    }
    return false;
}

/* Only statically linked programs are run. */
static bool check_type(const struct elf_file *file)
{
    unsigned type = file->header.e_type;
    GElf_Phdr phdr;

    if (type == ET_REL) {
        return elf_file_refuse(file, "is a relocatable object file, not an executable: link it");
    }
    if (type == ET_CORE) {
        return elf_file_refuse(file, "is a core dump, not an executable");
    }
    if (type != ET_EXEC && type != ET_DYN) {
        return elf_file_refuse(file, "is of ELF type %u, not an executable", type);
    }
    if (find_segment(file, PT_INTERP, &phdr)) {
        return refuse_dynamic(file, &phdr);
    }
    if (type == ET_DYN && !is_executable_anywhere(file)) {
        return elf_file_refuse(file, "is a shared library, not an executable");
    }
    return true;
}

/* True for what is loaded, even if there is nothing in it to load. */
static bool takes_place(const GElf_Phdr *phdr)
{
    return phdr->p_type == PT_LOAD && (phdr->p_memsz != 0 || phdr->p_filesz != 0);
}

/* Choice: what lies wholly below RAM, by both kinds of address, can be no bare-metal program, and
 * is one of Linux. */
static bool needs_kernel(const struct elf_file *file)
{
    bool has_segment = false;
    GElf_Phdr phdr;

    for (int i = 0; i < file->header.e_phnum; i++) {
        if (gelf_getphdr(file->elf, i, &phdr) == NULL || !takes_place(&phdr)) {
            continue;
        }
        has_segment = true;
        if (phdr.p_vaddr >= PLATFORM_RAM_BASE || phdr.p_paddr >= PLATFORM_RAM_BASE ||
            phdr.p_memsz > PLATFORM_RAM_BASE - phdr.p_vaddr) {
            return false;
        }
    }
    return has_segment;
}

static bool check_segment(const struct elf_file *file, const GElf_Phdr *phdr)
{
    if (phdr->p_filesz > phdr->p_memsz) {
        return elf_file_refuse(
            file, "has a segment at 0x%" PRIx64 " that is longer in the file than in memory",
            phdr->p_paddr);
    }
    if (phdr->p_memsz > UINT64_MAX - phdr->p_paddr) {
        return elf_file_refuse(
            file, "has a segment at 0x%" PRIx64 " that runs over the end of the address space",
            phdr->p_paddr);
    }
    if (phdr->p_filesz != 0 && !elf_file_has(file, phdr->p_offset, phdr->p_filesz)) {
        return elf_file_refuse(
            file, "is truncated: its segment at 0x%" PRIx64 " lies beyond its end", phdr->p_paddr);
    }
    return true;
}

static int compare_segments(const void *left, const void *right)
{
    const struct elf_segment *a = left;
    const struct elf_segment *b = right;

    return (a->pa > b->pa) - (a->pa < b->pa);
}

static bool check_overlap(const struct elf_file *file, const struct elf_program *program)
{
    for (size_t i = 1; i < program->segment_count; i++) {
        const struct elf_segment *lower = &program->segment[i - 1];
        const struct elf_segment *upper = &program->segment[i];

        if (upper->pa - lower->pa < lower->memory_length) {
            return elf_file_refuse(file,
                                   "has segments that overlap, at 0x%" PRIx64 " and 0x%" PRIx64,
                                   lower->pa, upper->pa);
        }
    }
    return true;
}

static bool read_segments(const struct elf_file *file, struct elf_program *program)
{
    program->segment = calloc(file->header.e_phnum + 1U, sizeof *program->segment); /* never 0 */
    if (program->segment == NULL) {
        return elf_file_refuse_for_memory(file);
    }
    for (int i = 0; i < file->header.e_phnum; i++) {
        GElf_Phdr phdr;
        if (gelf_getphdr(file->elf, i, &phdr) == NULL) {
            return elf_file_refuse(file, "cannot be read: %s", elf_errmsg(-1));
        }
        if (!takes_place(&phdr)) {
            continue;
        }
        if (!check_segment(file, &phdr)) {
            return false;
        }
        program->segment[program->segment_count++] = (struct elf_segment){
            .pa = program->needs_kernel ? phdr.p_vaddr : phdr.p_paddr,
            .memory_length = phdr.p_memsz,
            .bytes = file->bytes + (phdr.p_filesz != 0 ? phdr.p_offset : 0),
            .file_length = phdr.p_filesz,
        };
    }
    if (program->segment_count == 0) {
        return elf_file_refuse(file, "has no segment to load");
    }
    qsort(program->segment, program->segment_count, sizeof *program->segment, compare_segments);
    return check_overlap(file, program);
}

static bool is_loaded(const struct elf_program *program, uint64_t pa)
{
    for (size_t i = 0; i < program->segment_count; i++) {
        const struct elf_segment *segment = &program->segment[i];

        if (pa - segment->pa < segment->memory_length) {
            return true;
        }
    }
    return false;
}

/* Choice: an entry that is no physical address of the program is looked for among its virtual ones,
 * as QEMU does: a kernel linked to run high and be loaded low may name either. */
static uint64_t entry_pa(const struct elf_file *file, const struct elf_program *program)
{
    uint64_t entry = file->header.e_entry;
    GElf_Phdr phdr;

    if (is_loaded(program, entry) || program->needs_kernel) {
        return entry;
    }
    for (int i = 0; i < file->header.e_phnum; i++) {
        if (gelf_getphdr(file->elf, i, &phdr) != NULL && phdr.p_type == PT_LOAD &&
            entry - phdr.p_vaddr < phdr.p_memsz) {
            return entry - phdr.p_vaddr + phdr.p_paddr;
        }
    }
    return entry;
}

static bool read_entry(const struct elf_file *file, struct elf_program *program)
{
    program->entry = entry_pa(file, program);
    if (!is_loaded(program, program->entry)) {
        return elf_file_refuse(file, "has its entry point 0x%" PRIx64 " outside its segments",
                               program->entry);
    }
    if (program->entry % 2 != 0) {
        return elf_file_refuse(file, "has its entry point at 0x%" PRIx64 ", which is odd",
                               program->entry);
    }
    return true;
}

/* Choice: only a kernel loads what may lie anywhere: nothing here relocates. */
static bool check_place(const struct elf_file *file, struct elf_program *program)
{
    program->is_movable = file->header.e_type == ET_DYN;
    return !program->is_movable || program->needs_kernel ||
           elf_file_refuse(file, "is a position-independent executable, not one for a fixed "
                                 "address: link it with -no-pie");
}

/* Takes over file->bytes, which are freed if it fails. */
static bool read_program(struct elf_program *program, struct elf_file *file)
{
    bool is_good = false;

    *program = (struct elf_program){.file = file->bytes, .file_length = file->length};
    if (elf_file_open(file)) {
        program->needs_kernel = needs_kernel(file);
        is_good = check_type(file) && read_segments(file, program) && read_entry(file, program) &&
                  check_place(file, program) && elf_symbols_read(file, &program->symbols);
        elf_file_close(file);
    }
    if (!is_good) {
        elf_program_finish(program);
    }
    return is_good;
}

bool elf_program_read(struct elf_program *program, const char *path, struct error *error)
{
    struct elf_file file = {.name = path, .error = error};

    return elf_file_read(&file) && read_program(program, &file);
}

bool elf_program_parse(struct elf_program *program, const char *name, const uint8_t *bytes,
                       size_t length, struct error *error)
{
    struct elf_file file = {.name = name, .error = error, .length = length};

    file.bytes = malloc(length != 0 ? length : 1);
    if (file.bytes == NULL) {
        return elf_file_refuse_for_memory(&file);
    }
    if (length != 0) {
        memcpy(file.bytes, bytes, length);
    }
    return read_program(program, &file);
}

bool elf_program_set(struct elf_program *program, uint64_t address, uint64_t value)
{
    for (size_t i = 0; i < program->segment_count; i++) {
        const struct elf_segment *segment = &program->segment[i];
        uint64_t offset = address - segment->pa;

        if (segment->file_length >= sizeof value && offset <= segment->file_length - sizeof value) {
            memcpy(program->file + (segment->bytes - program->file) + offset, &value, sizeof value);
            return true;
        }
    }
    return false;
}

void elf_program_finish(struct elf_program *program)
{
    symbols_finish(&program->symbols);
    free(program->segment);
    free(program->file);
    *program = (struct elf_program){0};
}

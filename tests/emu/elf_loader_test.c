#include "emu/machine/elf_loader.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/elf_image.h"

/* One field of the image and what to put there. Little-endian hosts only, as the image is. */
struct patch {
    size_t offset;
    size_t size; /* 0: no patch */
    uint64_t value;
};

#define SET(field, value)                                                                          \
    {                                                                                              \
        offsetof(struct elf_image, field), SIZE_OF(field), value                                   \
    }
#define SIZE_OF(field) sizeof(((struct elf_image *)NULL)->field)

struct damage {
    const char *why;
    struct patch patch[6];
    const char *want; /* part of the message */
};

static const struct damage damages[] = {
    {"the last byte of the magic", {SET(header.e_ident[EI_MAG3], 'G')}, "is not an ELF file"},
    {"ELF32", {SET(header.e_ident[EI_CLASS], ELFCLASS32)}, "is a 32-bit ELF file"},
    {"most significant byte first", {SET(header.e_ident[EI_DATA], ELFDATA2MSB)}, "is a big-endian"},
    {"no such class", {SET(header.e_ident[EI_CLASS], 3)}, "unknown kind: class 3, data 1"},
    {"no such byte order", {SET(header.e_ident[EI_DATA], 9)}, "unknown kind: class 2, data 9"},
    {"no such version", {SET(header.e_ident[EI_VERSION], 7)}, "version 7"},
    {"a PC's program", {SET(header.e_machine, EM_X86_64)}, "is for x86-64, not RISC-V"},
    {"an Arm program", {SET(header.e_machine, EM_AARCH64)}, "is for AArch64, not RISC-V"},
    {"a machine nobody knows", {SET(header.e_machine, 0xbeef)}, "machine number 48879, not RISC-V"},
    {"an object file", {SET(header.e_type, ET_REL)}, "is a relocatable object file"},
    {"a core file", {SET(header.e_type, ET_CORE)}, "is a core dump"},
    {"a type nobody knows", {SET(header.e_type, 0x1234)}, "is of ELF type 4660"},
    {"a library", {SET(header.e_type, ET_DYN)}, "is a shared library, not an executable"},
    {"a library with a table of flags",
     {SET(header.e_type, ET_DYN), SET(segment[IMAGE_SPARE].p_type, PT_DYNAMIC),
      SET(dynamic.d_tag, DT_FLAGS_1), SET(dynamic.d_un.d_val, DF_1_NOW),
      SET(segment[IMAGE_SPARE].p_offset, offsetof(struct elf_image, dynamic))},
     "is a shared library, not an executable"},
    {"a table of flags that lies nowhere",
     {SET(header.e_type, ET_DYN), SET(segment[IMAGE_SPARE].p_type, PT_DYNAMIC),
      SET(dynamic.d_tag, DT_FLAGS_1), SET(dynamic.d_un.d_val, DF_1_PIE),
      SET(segment[IMAGE_SPARE].p_offset, UINT64_MAX - 7)},
     "is a shared library, not an executable"},
    {"a position-independent executable for the bare machine",
     {SET(header.e_type, ET_DYN), SET(segment[IMAGE_SPARE].p_type, PT_DYNAMIC),
      SET(dynamic.d_tag, DT_FLAGS_1), SET(dynamic.d_un.d_val, DF_1_PIE),
      SET(segment[IMAGE_SPARE].p_offset, offsetof(struct elf_image, dynamic))},
     "link it with -no-pie"},
    {"a dynamic executable",
     {SET(segment[IMAGE_SPARE].p_type, PT_INTERP)},
     "is dynamically linked and asks for /lib/ld-linux-riscv64-lp64d.so.1:"},
    {"a dynamic position-independent executable",
     {SET(header.e_type, ET_DYN), SET(segment[IMAGE_SPARE].p_type, PT_INTERP)},
     "is dynamically linked"},
    {"an interpreter whose name is not in the file",
     {SET(segment[IMAGE_SPARE].p_type, PT_INTERP), SET(segment[IMAGE_SPARE].p_offset, UINT64_MAX)},
     "asks for an interpreter:"},
    {"an interpreter whose name fills the file",
     {SET(segment[IMAGE_SPARE].p_type, PT_INTERP), SET(segment[IMAGE_SPARE].p_filesz, UINT64_MAX)},
     "asks for /lib/ld-linux-riscv64-lp64d.so.1:"},
    {"an interpreter that would speak to the terminal",
     {SET(segment[IMAGE_SPARE].p_type, PT_INTERP), SET(interpreter[4], 27)},
     "asks for /lib:"},
    {"program headers far away",
     {SET(header.e_phoff, UINT64_MAX)},
     "its program headers lie beyond its end"},
    {"program headers that end one byte late",
     {SET(header.e_phoff, sizeof(struct elf_image) - IMAGE_SEGMENTS * sizeof(Elf64_Phdr) + 1)},
     "its program headers lie beyond its end"},
    {"as many program headers as can be",
     {SET(header.e_phnum, PN_XNUM - 1)},
     "its program headers lie beyond its end"},
    {"still more program headers", {SET(header.e_phnum, PN_XNUM)}, "more headers than"},
    {"small program headers", {SET(header.e_phentsize, 32)}, "program headers of 32 bytes, not 56"},
    {"section headers far away",
     {SET(header.e_shoff, UINT64_MAX - 63)},
     "its section headers lie beyond its end"},
    {"more section headers than the file holds",
     {SET(header.e_shnum, 0xfeff)},
     "its section headers lie beyond its end"},
    {"still more section headers",
     {SET(header.e_shnum, 0), SET(section[IMAGE_NULL].sh_size, UINT32_MAX)},
     "more headers than"},
    {"small section headers", {SET(header.e_shentsize, 40)}, "section headers of 40 bytes, not 64"},
    {"no program headers", {SET(header.e_phnum, 0)}, "has no segment to load"},
    {"no program headers, far away",
     {SET(header.e_phnum, 0), SET(header.e_phoff, UINT64_MAX)},
     "has no segment to load"},
    {"no PT_LOAD",
     {SET(segment[IMAGE_CODE].p_type, PT_NOTE), SET(segment[IMAGE_DATA].p_type, PT_NOTE)},
     "has no segment to load"},
    {"a segment that begins beyond the end",
     {SET(segment[IMAGE_DATA].p_offset, sizeof(struct elf_image) + 1)},
     "its segment at 0x80001000 lies beyond its end"},
    {"a segment that ends one byte late",
     {SET(segment[IMAGE_DATA].p_offset, sizeof(struct elf_image) - 7)},
     "its segment at 0x80001000 lies beyond its end"},
    {"a segment whose offset and length wrap",
     {SET(segment[IMAGE_DATA].p_offset, UINT64_MAX - 3)},
     "its segment at 0x80001000 lies beyond its end"},
    {"a segment longer in the file than in memory",
     {SET(segment[IMAGE_CODE].p_memsz, 15)},
     "segment at 0x80000000 that is longer in the file"},
    {"a segment in the file only",
     {SET(segment[IMAGE_CODE].p_memsz, 0)},
     "segment at 0x80000000 that is longer in the file"},
    {"a segment that wraps",
     {SET(segment[IMAGE_DATA].p_memsz, UINT64_MAX)},
     "segment at 0x80001000 that runs over the end of the address space"},
    {"a segment that ends at the very top, whose end is therefore 0",
     {SET(segment[IMAGE_DATA].p_paddr, UINT64_MAX - 0xff)},
     "segment at 0xffffffffffffff00 that runs over the end of the address space"},
    {"segments that share one byte",
     {SET(segment[IMAGE_DATA].p_paddr, ELF_IMAGE_CODE + 15)},
     "overlap, at 0x80000000 and 0x8000000f"},
    {"segments at one place",
     {SET(segment[IMAGE_DATA].p_paddr, ELF_IMAGE_CODE)},
     "overlap, at 0x80000000 and 0x80000000"},
    {"segments that overlap where the file says nothing",
     {SET(segment[IMAGE_CODE].p_paddr, ELF_IMAGE_DATA + 0xff)},
     "overlap, at 0x80001000 and 0x800010ff"},
    {"an entry before every segment",
     {SET(header.e_entry, ELF_IMAGE_CODE - 2)},
     "its entry point 0x7ffffffe outside its segments"},
    {"an entry right behind a segment",
     {SET(header.e_entry, ELF_IMAGE_CODE + 16)},
     "its entry point 0x80000010 outside its segments"},
    {"an odd entry",
     {SET(header.e_entry, ELF_IMAGE_CODE + 1)},
     "its entry point at 0x80000001, which is odd"},
    {"symbols of another size",
     {SET(section[IMAGE_SYMBOLS].sh_entsize, 16)},
     "has a symbol table that makes no sense"},
    {"half a symbol",
     {SET(section[IMAGE_SYMBOLS].sh_size, 36)},
     "has a symbol table that makes no sense"},
    {"names in no section",
     {SET(section[IMAGE_SYMBOLS].sh_link, 0xffffffff)},
     "has a symbol table that makes no sense"},
    {"names in a section of symbols",
     {SET(section[IMAGE_SYMBOLS].sh_link, IMAGE_SYMBOLS)},
     "has a symbol table that makes no sense"},
    {"more symbols than the file holds",
     {SET(section[IMAGE_SYMBOLS].sh_size, UINT64_C(24) << 50)},
     "its symbols lie beyond its end"},
    {"symbols whose end wraps",
     {SET(section[IMAGE_SYMBOLS].sh_offset, UINT64_MAX - 7)},
     "its symbols lie beyond its end"},
    {"names beyond the end",
     {SET(section[IMAGE_NAMES].sh_offset, sizeof(struct elf_image) - 127)},
     "its symbols lie beyond its end"},
    {"no names", {SET(section[IMAGE_NAMES].sh_size, 0)}, "has symbol names that do not end"},
    {"a last name without an end",
     {SET(names[SIZE_OF(names) - 1], 'x')},
     "has symbol names that do not end"},
    {"a name behind the names",
     {SET(symbol[2].st_name, SIZE_OF(names))},
     "has a symbol whose name is nowhere"},
};

static const struct damage harmless[] = {
    {"nothing", {{0}}, NULL},
    {"a segment of no length, anywhere",
     {SET(segment[IMAGE_SPARE].p_type, PT_LOAD), SET(segment[IMAGE_SPARE].p_filesz, 0),
      SET(segment[IMAGE_SPARE].p_paddr, ELF_IMAGE_CODE + 1)},
     NULL},
    {"a segment of zeros only needs no place in the file",
     {SET(segment[IMAGE_DATA].p_filesz, 0), SET(segment[IMAGE_DATA].p_offset, UINT64_MAX)},
     NULL},
    {"a segment that ends where the next begins",
     {SET(segment[IMAGE_DATA].p_paddr, ELF_IMAGE_CODE + 16)},
     NULL},
};

static const struct damage stripped[] = {
    {"no section headers at all", {SET(header.e_shnum, 0), SET(header.e_shoff, 0)}, NULL},
    {"sections but no symbols", {SET(section[IMAGE_SYMBOLS].sh_type, SHT_PROGBITS)}, NULL},
    {"dynamic symbols are not ours", {SET(section[IMAGE_SYMBOLS].sh_type, SHT_DYNSYM)}, NULL},
    {"an empty symbol table", {SET(section[IMAGE_SYMBOLS].sh_size, 0)}, NULL},
};

static void apply(struct elf_image *image, const struct damage *damage)
{
    elf_image_init(image);
    for (size_t i = 0; i < sizeof damage->patch / sizeof *damage->patch; i++) {
        const struct patch *patch = &damage->patch[i];
        memcpy((uint8_t *)image + patch->offset, &patch->value, patch->size);
    }
}

static bool parse(struct elf_program *program, const struct elf_image *image, size_t length,
                  struct error *error)
{
    return elf_program_parse(program, "hello.elf", (const uint8_t *)image, length, error);
}

Test(elf_loader, a_program_is_read_in_address_order)
{
    struct elf_image image;
    struct elf_program program;
    struct error error;

    elf_image_init(&image);
    cr_assert(parse(&program, &image, sizeof image, &error), "%s", error.text);
    cr_expect(eq(u64, program.entry, ELF_IMAGE_CODE + 4));
    cr_assert(eq(sz, program.segment_count, 2));

    const struct elf_segment *code = &program.segment[0];
    cr_expect(eq(u64, code->pa, ELF_IMAGE_CODE));
    cr_expect(eq(u64, code->memory_length, 16));
    cr_expect(eq(u64, code->file_length, 16));
    cr_expect(eq(ptr, (void *)code->bytes, program.file + offsetof(struct elf_image, code)));
    cr_expect(eq(int, memcmp(code->bytes, image.code, sizeof image.code), 0));

    const struct elf_segment *data = &program.segment[1];
    cr_expect(eq(u64, data->pa, ELF_IMAGE_DATA));
    cr_expect(eq(u64, data->memory_length, 0x100));
    cr_expect(eq(u64, data->file_length, 8));
    cr_expect(eq(int, memcmp(data->bytes, image.data, sizeof image.data), 0));
    elf_program_finish(&program);
}

/* Moves the image: its code to va and pa, its data 0x1000 above. */
static void move(struct elf_image *image, uint64_t va, uint64_t pa)
{
    elf_image_init(image);
    image->segment[IMAGE_CODE].p_vaddr = va;
    image->segment[IMAGE_CODE].p_paddr = pa;
    image->segment[IMAGE_DATA].p_vaddr = va + 0x1000;
    image->segment[IMAGE_DATA].p_paddr = pa + 0x1000;
    image->header.e_entry = va + 4;
}

Test(elf_loader, what_lies_wholly_below_ram_needs_a_kernel)
{
    static const struct {
        uint64_t va;
        uint64_t pa;
        bool needs_kernel;
        uint64_t entry;
        const char *why;
    } rows[] = {
        {0x10000, 0x10000, true, 0x10004, "a program of Linux"},
        {0x10000, 0x50000, true, 0x10004, "it lies at its virtual addresses"},
        {0x7fffef00, 0x7fffef00, true, 0x7fffef04, "it ends where RAM begins"},
        {0x7fffef01, 0x7fffef01, false, 0, "one byte more"},
        {0x80000000, 0x80000000, false, 0x80000004, "a bare-metal program"},
        {0x10000, 0x80000000, false, 0x80000004, "linked low, loaded into RAM"},
        {UINT64_C(0xffffffff80000000), 0x10000, false, 0x10004, "linked high, loaded low"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elf_image image;
        struct elf_program program;
        struct error error;

        move(&image, rows[i].va, rows[i].pa);
        if (rows[i].entry == 0) {
            image.header.e_entry -= 1; /* even */
        }
        cr_assert(parse(&program, &image, sizeof image, &error), "%s: %s", rows[i].why, error.text);
        cr_expect(eq(int, program.needs_kernel, rows[i].needs_kernel), "%s", rows[i].why);
        cr_expect(rows[i].entry == 0 || program.entry == rows[i].entry, "%s", rows[i].why);
        cr_expect(eq(u64, program.segment[0].pa, rows[i].needs_kernel ? rows[i].va : rows[i].pa),
                  "%s", rows[i].why);
        elf_program_finish(&program);
    }
}

Test(elf_loader, one_segment_in_ram_makes_it_bare_metal)
{
    struct elf_image image;
    struct elf_program program;
    struct error error;

    elf_image_init(&image);
    image.segment[IMAGE_DATA].p_vaddr = 0x20000;
    image.segment[IMAGE_DATA].p_paddr = 0x20000;
    cr_assert(parse(&program, &image, sizeof image, &error), "%s", error.text);
    cr_expect(not(program.needs_kernel));
    elf_program_finish(&program);
}

Test(elf_loader, a_kernel_may_put_a_program_anywhere)
{
    struct elf_image image;
    struct elf_program program;
    struct error error;

    move(&image, 0, 0);
    image.header.e_type = ET_DYN;
    image.segment[IMAGE_SPARE].p_type = PT_DYNAMIC;
    image.segment[IMAGE_SPARE].p_offset = offsetof(struct elf_image, dynamic);
    image.dynamic = (Elf64_Dyn){.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE | DF_1_NOW};
    cr_assert(parse(&program, &image, sizeof image, &error), "%s", error.text);
    cr_expect(program.needs_kernel);
    cr_expect(program.is_movable);
    elf_program_finish(&program);
}

Test(elf_loader, bytes_of_the_file_can_be_set)
{
    static const struct {
        uint64_t address;
        bool is_set;
        const char *why;
    } rows[] = {
        {ELF_IMAGE_CODE, true, "the first eight bytes"},
        {ELF_IMAGE_CODE + 8, true, "the last eight bytes"},
        {ELF_IMAGE_CODE + 9, false, "one byte behind the segment"},
        {ELF_IMAGE_CODE - 1, false, "one byte before it"},
        {ELF_IMAGE_DATA, true, "another segment"},
        {ELF_IMAGE_DATA + 8, false, "zeros that the file does not hold"},
        {0, false, "nowhere"},
        {UINT64_MAX, false, "nowhere, at the end"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elf_image image;
        struct elf_program program;
        struct error error;
        uint64_t value = UINT64_C(0x1122334455667788);

        elf_image_init(&image);
        cr_assert(parse(&program, &image, sizeof image, &error), "%s", error.text);
        cr_expect(eq(int, elf_program_set(&program, rows[i].address, value), rows[i].is_set), "%s",
                  rows[i].why);
        for (size_t at = 0; at < program.segment_count && rows[i].is_set; at++) {
            const struct elf_segment *segment = &program.segment[at];
            uint64_t offset = rows[i].address - segment->pa;

            if (offset < segment->file_length) {
                cr_expect(eq(int, memcmp(segment->bytes + offset, &value, sizeof value), 0), "%s",
                          rows[i].why);
            }
        }
        cr_expect(eq(int, memcmp(program.file, &image, sizeof image) == 0, !rows[i].is_set), "%s",
                  rows[i].why);
        elf_program_finish(&program);
    }
}

Test(elf_loader, symbols_that_people_named_are_kept)
{
    static const struct symbol wanted[] = {
        {.name = "stack_size", .address = 4096},
        {.name = "_start", .address = ELF_IMAGE_CODE},
        {.name = "main", .address = ELF_IMAGE_CODE + 8, .size = 8, .is_function = true},
        {.name = "$data", .address = ELF_IMAGE_DATA},
        {.name = "tohost", .address = ELF_IMAGE_DATA, .size = 8},
    };
    struct elf_image image;
    struct elf_program program;
    struct error error;

    elf_image_init(&image);
    cr_assert(parse(&program, &image, sizeof image, &error), "%s", error.text);
    cr_assert(eq(sz, program.symbols.count, sizeof wanted / sizeof *wanted));
    for (size_t i = 0; i < program.symbols.count; i++) {
        const struct symbol *got = &program.symbols.all[i];
        cr_expect(eq(str, got->name, wanted[i].name));
        cr_expect(eq(u64, got->address, wanted[i].address), "%s", got->name);
        cr_expect(eq(u64, got->size, wanted[i].size), "%s", got->name);
        cr_expect(eq(int, got->is_function, wanted[i].is_function), "%s", got->name);
    }
    elf_program_finish(&program);
}

Test(elf_loader, functions_are_code_and_labels_where_their_section_is)
{
    for (int is_text = 0; is_text < 2; is_text++) {
        struct elf_image image;
        struct elf_program program;
        struct error error;

        elf_image_init(&image);
        image.section[IMAGE_SYMBOLS].sh_flags = is_text ? SHF_EXECINSTR : 0; /* all lie in it */
        cr_assert(parse(&program, &image, sizeof image, &error), "%s", error.text);
        cr_assert(eq(sz, program.symbols.count, 5));
        for (size_t i = 0; i < program.symbols.count; i++) {
            const struct symbol *got = &program.symbols.all[i];
            bool is_label = strcmp(got->name, "_start") == 0 || strcmp(got->name, "$data") == 0;

            cr_expect(eq(int, got->is_code, got->is_function || (is_label && is_text)), "%s",
                      got->name);
        }
        elf_program_finish(&program);
    }
}

Test(elf_loader, a_damaged_file_is_refused_with_the_reason)
{
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct elf_image image;
        struct elf_program program;
        struct error error = {""};

        apply(&image, &damages[i]);
        cr_assert(not(parse(&program, &image, sizeof image, &error)), "%s: accepted",
                  damages[i].why);
        cr_expect(eq(int, strncmp(error.text, "hello.elf ", 10), 0), "%s: %s", damages[i].why,
                  error.text);
        cr_expect(ne(ptr, strstr(error.text, damages[i].want), NULL), "%s: %s", damages[i].why,
                  error.text);
    }
}

Test(elf_loader, what_does_not_matter_is_accepted)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        struct elf_image image;
        struct elf_program program;
        struct error error = {""};

        apply(&image, &harmless[i]);
        cr_assert(parse(&program, &image, sizeof image, &error), "%s: %s", harmless[i].why,
                  error.text);
        cr_expect(eq(sz, program.segment_count, 2), "%s", harmless[i].why);
        elf_program_finish(&program);
    }
}

Test(elf_loader, without_a_symbol_table_there_are_no_symbols)
{
    for (size_t i = 0; i < sizeof stripped / sizeof *stripped; i++) {
        struct elf_image image;
        struct elf_program program;
        struct error error = {""};

        apply(&image, &stripped[i]);
        cr_assert(parse(&program, &image, sizeof image, &error), "%s: %s", stripped[i].why,
                  error.text);
        cr_expect(eq(sz, program.symbols.count, 0), "%s", stripped[i].why);
        elf_program_finish(&program);
    }
}

Test(elf_loader, a_file_cut_anywhere_is_refused)
{
    struct elf_image image;

    elf_image_init(&image);
    for (size_t length = 0; length < sizeof image; length++) {
        struct elf_program program;
        struct error error = {""};
        const char *want = length == 0                   ? "is empty"
                           : length < SELFMAG            ? "is not an ELF file"
                           : length < sizeof(Elf64_Ehdr) ? "within its ELF header"
                                                         : "is truncated: its ";

        cr_assert(not(parse(&program, &image, length, &error)), "%zu bytes accepted", length);
        cr_expect(ne(ptr, strstr(error.text, want), NULL), "%zu bytes: %s", length, error.text);
    }
}

Test(elf_loader, an_entry_may_be_a_virtual_address)
{
    const uint64_t high = UINT64_C(0xffffffff80000000);
    struct elf_image image;
    struct elf_program program;
    struct error error;

    elf_image_init(&image);
    image.segment[IMAGE_CODE].p_vaddr = high;
    image.header.e_entry = high + 12;
    cr_assert(parse(&program, &image, sizeof image, &error), "%s", error.text);
    cr_expect(eq(u64, program.entry, ELF_IMAGE_CODE + 12));
    elf_program_finish(&program);

    image.header.e_entry = high + 16;
    cr_expect(not(parse(&program, &image, sizeof image, &error)));
    cr_expect(ne(ptr, strstr(error.text, "0xffffffff80000010 outside"), NULL), "%s", error.text);
}

/* 160 KB that would become 256 MB if every symbol got its copy of the name. */
Test(elf_loader, many_symbols_with_one_long_name_do_not_fill_memory)
{
    enum { SYMBOLS = 4096, NAME = 65536 };
    struct large {
        struct elf_image image;
        Elf64_Sym symbol[SYMBOLS];
        char name[NAME];
    } *large = calloc(1, sizeof *large);
    struct elf_program program;
    struct error error = {""};

    elf_image_init(&large->image);
    large->image.section[IMAGE_SYMBOLS].sh_offset = offsetof(struct large, symbol);
    large->image.section[IMAGE_SYMBOLS].sh_size = sizeof large->symbol;
    large->image.section[IMAGE_NAMES].sh_offset = offsetof(struct large, name);
    large->image.section[IMAGE_NAMES].sh_size = sizeof large->name;
    memset(large->name, 'n', NAME - 1);
    for (size_t i = 0; i < SYMBOLS; i++) {
        large->symbol[i] = large->image.symbol[2];
        large->symbol[i].st_name = 0;
    }
    cr_expect(not(parse(&program, &large->image, sizeof *large, &error)));
    cr_expect(ne(ptr, strstr(error.text, "names that are together too long"), NULL), "%s",
              error.text);
    free(large);
}

/* A folder for the files of one test. */
static char folder[200];

static void make_folder(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%s/pagewalk-XXXXXX", base != NULL ? base : P_tmpdir);
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
}

static void remove_folder(void)
{
    char path[256];

    snprintf(path, sizeof path, "%s/file", folder);
    unlink(path);
    rmdir(folder);
}

/* Makes a file of length bytes, the first of which are given, and returns its path. */
static const char *make_file(const void *bytes, size_t count, off_t length)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/file", folder);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    cr_assert(ge(int, fd, 0));
    cr_assert(eq(int, write(fd, bytes, count) == (ssize_t)count, 1));
    cr_assert(eq(int, ftruncate(fd, length), 0));
    close(fd);
    return path;
}

static void expect_unreadable(const char *path, const char *want)
{
    struct elf_program program;
    struct error error = {""};

    cr_expect(not(elf_program_read(&program, path, &error)), "%s", path);
    cr_expect(eq(int, strncmp(error.text, path, strlen(path)), 0), "%s", error.text);
    cr_expect(ne(ptr, strstr(error.text, want), NULL), "%s", error.text);
}

Test(elf_loader, a_file_on_disk_is_read, .init = make_folder, .fini = remove_folder)
{
    struct elf_image image;
    struct elf_program program;
    struct error error;

    elf_image_init(&image);
    const char *path = make_file(&image, sizeof image, sizeof image);
    cr_assert(elf_program_read(&program, path, &error), "%s", error.text);
    cr_expect(eq(sz, program.file_length, sizeof image));
    cr_expect(eq(int, memcmp(program.file, &image, sizeof image), 0));
    elf_program_finish(&program);
}

Test(elf_loader, what_is_no_program_is_not_read, .init = make_folder, .fini = remove_folder)
{
    expect_unreadable("no/such/file", "cannot be opened: No such file or directory");
    expect_unreadable(folder, "is a directory");
    expect_unreadable("/dev/zero", "is not a regular file");
    expect_unreadable(make_file("", 0, 0), "is empty");
    expect_unreadable(make_file("#!/bin/sh\n", 10, 10), "is not an ELF file");
    expect_unreadable(make_file("", 0, ((off_t)1 << 30) + 1), "is larger than 1024 MiB");
}

Test(elf_loader, a_pipe_without_a_writer_is_not_waited_for, .init = make_folder,
     .fini = remove_folder, .timeout = 10)
{
    char path[256];

    snprintf(path, sizeof path, "%s/file", folder);
    cr_assert(eq(int, mkfifo(path, 0600), 0));
    expect_unreadable(path, "is not a regular file");
}

Test(elf_loader, a_very_long_name_leaves_room_for_the_reason)
{
    char name[2000];
    struct elf_program program;
    struct error error = {""};

    memset(name, 'd', sizeof name);
    strcpy(name + sizeof name - 12, "/program.el");
    cr_expect(not(elf_program_parse(&program, name, NULL, 0, &error)));
    cr_expect(ne(ptr, strstr(error.text, "ddd/program.el is empty"), NULL), "%s", error.text);
}

/*
 * fuzz_elf_loader.c - libFuzzer target: arbitrary bytes as an ELF file.
 *
 * Whatever they are, the loader keeps the promises of its header: a program that is wholly inside
 * the file, or one sentence. There is no corpus on disk: the mutator starts from the valid program
 * of the unit tests and puts numbers that matter into its headers.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/elf_loader.h"
#include "tests/support/elf_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Reads every byte, so that a sanitizer sees one that is not the file's. */
static void check_segments(const struct elf_program *program)
{
    static volatile uint8_t sink;
    bool has_entry = false;
    uint64_t end = 0;

    require(program->segment_count > 0);
    for (size_t i = 0; i < program->segment_count; i++) {
        const struct elf_segment *segment = &program->segment[i];
        require(segment->memory_length > 0 && segment->file_length <= segment->memory_length);
        require(segment->pa >= end);
        end = segment->pa + segment->memory_length;
        require(end > segment->pa);
        require(!program->needs_kernel || end <= UINT64_C(0x80000000));
        require(segment->bytes >= program->file);
        require(segment->file_length <=
                program->file_length - (size_t)(segment->bytes - program->file));
        for (size_t at = 0; at < segment->file_length; at++) {
            sink = segment->bytes[at];
        }
        has_entry |= program->entry >= segment->pa && program->entry < end;
    }
    (void)sink;
    require(has_entry && program->entry % 2 == 0);
    require(program->needs_kernel || !program->is_movable);
}

/* Stores into the file at addresses where that may go wrong: around the ends of its segments. */
static void check_set(struct elf_program *program)
{
    for (size_t i = 0; i < program->segment_count; i++) {
        const struct elf_segment *segment = &program->segment[i];

        for (uint64_t offset = 0; offset < 10; offset++) {
            (void)elf_program_set(program, segment->pa + segment->file_length - offset, offset);
            (void)elf_program_set(program, segment->pa + offset - 1, offset);
        }
    }
}

/* What is taken over into the symbols of a program and its kernel lies in the range. */
static void check_range(const struct symbols *symbols)
{
    const struct symbol_range range = {0x1000, 0x80000007, 0, "kernel:", 0};
    struct symbols taken = {.all = NULL};

    require(symbols_add_range(&taken, symbols, &range));
    symbols_sort(&taken);
    for (size_t i = 0; i < taken.count; i++) {
        const struct symbol *symbol = &taken.all[i];

        require(symbol->address >= range.first && symbol->address <= range.last);
        require(symbol->size <= range.last - symbol->address + 1);
    }
    require(symbols_at(&taken, range.last + 1) == NULL);
    symbols_finish(&taken);
}

static void check_symbols(const struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const struct symbol *symbol = &symbols->all[i];
        const struct symbol *found = symbols_at(symbols, symbol->address);
        require(symbol->name[0] != 0);
        require(i == 0 || symbols->all[i - 1].address <= symbol->address);
        require(found != NULL && found->address <= symbol->address);
        require(found->is_function || !symbol->is_function);
    }
    require(symbols->count == 0 || symbols_find(symbols, symbols->all[0].name) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct elf_program program;
    struct error error = {""};

    if (!elf_program_parse(&program, "fuzz.elf", data, size, &error)) {
        require(strncmp(error.text, "fuzz.elf ", 9) == 0 && strchr(error.text, '\n') == NULL);
        return 0;
    }
    require(program.file_length == size && memcmp(program.file, data, size) == 0);
    check_segments(&program);
    check_symbols(&program.symbols);
    check_range(&program.symbols);
    check_set(&program);
    elf_program_finish(&program);
    return 0;
}

/* Puts a number at which something changes into a field of 1, 2, 4 or 8 bytes of the headers. */
static void set_field(uint8_t *data, size_t size, unsigned random)
{
    const size_t headers = offsetof(struct elf_image, code);
    const uint64_t numbers[] = {
        0,         1,          2,          size - 1,       size,
        size + 1,  0x7fffffff, 0xffffffff, UINT64_MAX - 7, UINT64_MAX,
        INT64_MAX, 0xffff,     0x80000000, 0x80000010,     offsetof(struct elf_image, names),
        ET_DYN,    PT_DYNAMIC, 0x10000,    DT_FLAGS_1,     offsetof(struct elf_image, dynamic),
        0x10004,   0x7ffffff0, DF_1_PIE,
    };
    size_t width = (size_t)1 << (random & 3);
    size_t at = (random >> 2) % (headers / width) * width;

    memcpy(data + at, &numbers[(random >> 16) % (sizeof numbers / sizeof *numbers)], width);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct elf_image image;

    if (size < sizeof image && max_size >= sizeof image && seed % 16 != 0) {
        elf_image_init(&image);
        memcpy(data, &image, sizeof image);
        size = sizeof image;
    }
    if (size >= sizeof image && seed % 4 != 0) {
        set_field(data, size, seed / 16 * 2654435761U);
        return size;
    }
    return LLVMFuzzerMutate(data, size, max_size);
}

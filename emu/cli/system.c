#include "emu/cli/system.h"

#include <string.h>

#include "emu/machine/carried.h"
#include "emu/machine/linux_image.h"
#include "emu/machine/symbol_file.h"
#include "emu/machine/system_symbols.h"

static const char elf_magic[] = "\177ELF";

static bool is_elf(const struct file_bytes *file)
{
    return file->length >= strlen(elf_magic) &&
           memcmp(file->bytes, elf_magic, strlen(elf_magic)) == 0;
}

static bool take_elf(struct system_file *file, const struct file_source *source,
                     const uint8_t *bytes, uint64_t length)
{
    struct elf_program *program = &file->program;

    if (!elf_program_parse(program, source->name, bytes, length, source->error)) {
        return false;
    }
    if (program->needs_kernel) {
        return file_refuse(source, "is a program of Linux, not %s", source->kind);
    }
    file->image = (struct boot_image){.name = source->name,
                                      .segment = program->segment,
                                      .segment_count = program->segment_count,
                                      .entry = program->entry};
    return true;
}

/* All of the file is loaded at one place, and is entered there. */
static void take_raw(struct system_file *file, const char *name, uint64_t pa,
                     uint64_t memory_length)
{
    file->segment = (struct elf_segment){.pa = pa,
                                         .memory_length = memory_length,
                                         .bytes = file->raw.bytes,
                                         .file_length = file->raw.length};
    file->image = (struct boot_image){
        .name = name, .segment = &file->segment, .segment_count = 1, .entry = pa};
}

/* Reads a file; where it is ELF it is taken, and *is_taken says so. */
static bool read_image(struct system_file *file, const struct file_source *source, bool *is_taken)
{
    bool is_good;

    file->is_there = true;
    *is_taken = false;
    if (!file_bytes_read_some(&file->raw, source)) {
        return false;
    }
    if (!is_elf(&file->raw)) {
        return linux_image_is_unpacked(&file->raw, source);
    }
    *is_taken = true;
    is_good = take_elf(file, source, file->raw.bytes, file->raw.length);
    file_bytes_finish(&file->raw); /* the program has a copy */
    return is_good;
}

static bool read_firmware(struct system_file *file, const char *name, struct error *error)
{
    const struct file_source source = {.name = name, .kind = "firmware", .error = error};
    bool is_taken;

    if (!read_image(file, &source, &is_taken)) {
        return false;
    }
    if (!is_taken && linux_image_is(&file->raw)) {
        return file_refuse(&source, "is an Image of Linux, which --kernel is for, not firmware");
    }
    if (!is_taken) {
        take_raw(file, name, BOOT_FIRMWARE_BASE, file->raw.length);
    }
    return true;
}

static bool take_own_firmware(struct system_file *file, struct error *error)
{
    const struct file_source source = {
        .name = "the bundled firmware", .kind = "firmware", .error = error};

    file->is_there = true;
    return take_elf(file, &source, carried_firmware,
                    (uint64_t)(carried_firmware_end - carried_firmware));
}

static bool read_kernel(struct system_file *file, const char *name, struct error *error)
{
    const struct file_source source = {.name = name, .kind = "a kernel", .error = error};
    uint64_t memory_length;
    bool is_taken;

    if (!read_image(file, &source, &is_taken)) {
        return false;
    }
    if (is_taken) {
        return true;
    }
    memory_length = file->raw.length;
    if (linux_image_is(&file->raw) && !linux_image_read(&file->raw, &source, &memory_length)) {
        return false;
    }
    take_raw(file, name, BOOT_KERNEL_BASE, memory_length);
    return true;
}

/* A list takes the place of the kernel's own symbols. */
static bool merge_symbols(struct system *system, const char *list, struct error *error)
{
    const struct symbols *own = system->kernel.is_there ? &system->kernel.program.symbols : NULL;
    const struct symbols *kernel = list == NULL ? own : &system->listed;

    return (list == NULL || symbol_file_read(&system->listed, list, error)) &&
           system_symbols_make(&system->symbols, &system->firmware.program.symbols, kernel, error);
}

bool system_init(struct system *system, const struct options *options, struct error *error)
{
    *system = (struct system){.symbols = {.all = NULL}};
    system->firmware_is_own = options->bios == NULL;
    return (options->bios == NULL ? take_own_firmware(&system->firmware, error)
                                  : read_firmware(&system->firmware, options->bios, error)) &&
           (options->kernel == NULL || read_kernel(&system->kernel, options->kernel, error)) &&
           merge_symbols(system, options->symbols, error);
}

static void finish_file(struct system_file *file)
{
    file_bytes_finish(&file->raw);
    elf_program_finish(&file->program);
}

void system_finish(struct system *system)
{
    symbols_finish(&system->symbols);
    symbols_finish(&system->listed);
    finish_file(&system->kernel);
    finish_file(&system->firmware);
}

/* Only what is carried here does not tell of its memory itself. */
struct machine_system system_of_machine(const struct system *system)
{
    return (struct machine_system){
        .firmware = &system->firmware.image,
        .kernel = system->kernel.is_there ? &system->kernel.image : NULL,
        .reserves_firmware = system->firmware_is_own,
    };
}

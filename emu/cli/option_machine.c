#include <stdlib.h>
#include <string.h>

#include "emu/cli/option_setters.h"
#include "emu/cli/option_take.h"
#include "emu/cli/parse.h"
#include "emu/cli/tlb_file.h"
#include "mmu/pte.h"

/* The options that say what the machine is and what is started in it. */

enum { FOLLOW_CORE = HART_AD_SVADU + 1 }; /* the word behind the schemes */

#define MAX_MEMORY (UINT64_C(1) << 40)
#define MAX_DISK_LATENCY UINT64_C(10000000000) /* ticks: a quarter of an hour */

bool apply_tlb(struct options *options, const char *argument, struct error *error)
{
    bool is_file = *argument == '@';
    char *text = is_file ? tlb_file_read(argument + 1, error) : NULL;
    const char *spec = is_file ? text : argument;
    struct mmu_geometry_error refused;

    if (spec == NULL) {
        return false;
    }
    if (!mmu_geometry_parse(spec, &options->geometry, &refused)) {
        (void)error_set(error, "'%.*s' %s", (int)refused.part_length, refused.part, refused.reason);
        free(text);
        return false;
    }
    free(options->tlb_text);
    options->tlb_text = text;
    options->tlb = spec;
    return true;
}

bool apply_mem(struct options *options, const char *argument, struct error *error)
{
    uint64_t size;

    if (!parse_size(argument, &size)) {
        return error_set(error, "is no size: give bytes, or a number with K, M or G");
    }
    if (size == 0 || size > MAX_MEMORY || size % PAGE_SIZE != 0) {
        return error_set(error, "must be a multiple of 4096 bytes, from 4K to 1024G");
    }
    options->ram_length = size;
    return true;
}

bool apply_swap(struct options *options, const char *argument, struct error *error)
{
    static const char file[] = "file:";
    uint64_t size;

    if (strncmp(argument, file, strlen(file)) == 0) {
        options->swap = (struct swap_wish){.is_asked = true};
        return take_file(&options->swap.file, argument + strlen(file), error);
    }
    if (!parse_size(argument, &size)) {
        return error_set(error, "is no size: give bytes, or a number with K, M or G, or file:PATH");
    }
    if (size == 0 || size > MAX_MEMORY || size % PAGE_SIZE != 0) {
        return error_set(error, "must be a multiple of 4096 bytes, from 4K to 1024G");
    }
    options->swap = (struct swap_wish){.is_asked = true, .length = size};
    return true;
}

bool apply_disk_latency(struct options *options, const char *argument, struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number > MAX_DISK_LATENCY) {
        return error_set(error, "must be a number of ticks up to 10000000000");
    }
    options->disk_latency = number;
    return true;
}

bool apply_disk_fail(struct options *options, const char *argument, struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number == 0 || number > INT64_MAX) {
        return error_set(error, "must be a number from 1 to 2^63 - 1");
    }
    options->disk_fail = number;
    return true;
}

bool apply_ad(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {[HART_AD_HARDWARE] = "hw",
                                        [HART_AD_SVADE] = "svade",
                                        [HART_AD_SVADU] = "svadu",
                                        [FOLLOW_CORE] = "core"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be hw, svade, svadu or core");
    }
    options->follows_core = index == FOLLOW_CORE;
    if (!options->follows_core) {
        options->ad = (enum hart_ad)index;
    }
    return true;
}

bool apply_seed(struct options *options, const char *argument, struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number > INT64_MAX) {
        return error_set(error, "must be a number from 0 to 2^63 - 1");
    }
    options->seed = number;
    return true;
}

bool apply_engine(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {[MACHINE_FAST] = "fast", [MACHINE_REFERENCE] = "reference"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be fast or reference");
    }
    options->engine = (enum machine_engine)index;
    return true;
}

bool apply_mmu(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"sv39", "sv48", "sv57"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be sv39, sv48 or sv57");
    }
    options->mmu_levels = SV39_LEVELS + (unsigned)index;
    return true;
}

bool apply_bios(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->bios, argument, error);
}

bool apply_kernel(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->kernel, argument, error);
}

bool apply_initrd(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->initrd, argument, error);
}

bool apply_dtb(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->dtb, argument, error);
}

bool apply_append(struct options *options, const char *argument, struct error *error)
{
    (void)error;
    options->append = argument;
    return true;
}

/* FILE or FILE,ro: what the file is called is copied without that. */
bool apply_drive(struct options *options, const char *argument, struct error *error)
{
    static const char read_only[] = ",ro";
    size_t length = strlen(argument);
    size_t tail = strlen(read_only);
    struct drive_wish *drive = &options->drive[options->drive_count];

    if (options->drive_count == OPTION_DRIVES) {
        return error_set(error, "is one drive too many: a machine has %d", OPTION_DRIVES);
    }
    drive->is_read_only = length >= tail && strcmp(argument + length - tail, read_only) == 0;
    length -= drive->is_read_only ? tail : 0;
    if (length == 0) {
        return error_set(error, "a file needs a name");
    }
    drive->file = strndup(argument, length);
    if (drive->file == NULL) {
        return error_set(error, "out of memory");
    }
    options->drive_count++;
    return true;
}

bool apply_no_reboot(struct options *options, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    options->no_reboot = true;
    return true;
}

bool apply_time(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"virtual", "host"};
    static const enum option_time times[] = {OPTION_TIME_VIRTUAL, OPTION_TIME_HOST};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be virtual or host");
    }
    options->time = times[index];
    return true;
}

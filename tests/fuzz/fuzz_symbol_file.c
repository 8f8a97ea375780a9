/*
 * fuzz_symbol_file.c - libFuzzer target: arbitrary bytes as a file of symbols, a list or ELF.
 *
 * Whatever they are, there are symbols in order, none without a name, each found again at its
 * address, or there is one sentence. The profile that is made of them, as those of a program and as
 * those of a kernel, has a row for every pc.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "emu/machine/profile.h"
#include "emu/machine/symbol_file.h"
#include "emu/machine/system_symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool read_bytes(struct symbols *symbols, const uint8_t *data, size_t size,
                       struct error *error)
{
    int descriptor = memfd_create("fuzz", 0);
    char path[32];
    bool is_read;

    require(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    is_read = symbol_file_read(symbols, path, error);
    close(descriptor);
    return is_read;
}

static void check_symbols(const struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const struct symbol *symbol = &symbols->all[i];
        const struct symbol *found = symbols_at(symbols, symbol->address);

        require(symbol->name[0] != '\0');
        require(i == 0 || symbols->all[i - 1].address <= symbol->address);
        require(found != NULL && found->address <= symbol->address);
        require(found->is_function || !symbol->is_function);
    }
}

static uint64_t sum_of(struct profile *profile)
{
    const struct profile_counts counts = profile_of_run(profile);
    uint64_t sum = 0;

    for (size_t row = 0; row < profile_rows(counts.symbols); row++) {
        sum += counts.share[row].count[MMU_WALK_MADE];
    }
    return sum;
}

/* A miss in each mode at the first and the last address of everything, and right before. */
static void check_profile(const struct symbols *symbols)
{
    static const enum mmu_privilege privileges[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};
    struct profile profile;
    uint64_t misses = 0;

    require(profile_init(&profile, symbols));
    for (size_t i = 0; i < symbols->count; i++) {
        for (size_t mode = 0; mode < 3; mode++) {
            for (uint64_t back = 0; back < 2; back++) {
                const struct profile_miss miss = {.pc = symbols->all[i].address - back,
                                                  .privilege = privileges[mode],
                                                  .events = 1U << MMU_WALK_MADE};

                profile_count(&profile, &miss);
                misses++;
            }
        }
    }
    require(sum_of(&profile) == misses);
    profile_finish(&profile);
}

/* Beside itself as firmware, which lies below the kernel. */
static void check_system(const struct symbols *symbols)
{
    struct symbols system = {.all = NULL};
    struct error error = {""};

    require(system_symbols_make(&system, symbols, symbols, &error));
    require(system.count <= symbols->count && system.is_system);
    check_symbols(&system);
    for (size_t i = 0; i < system.count; i++) {
        require((system.all[i].modes & 1U << MMU_USER) == 0 && system.all[i].modes != 0);
    }
    check_profile(&system);
    symbols_finish(&system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct symbols symbols = {.all = NULL};
    struct error error = {""};

    if (read_bytes(&symbols, data, size, &error)) {
        require(symbols.count != 0);
        check_symbols(&symbols);
        check_profile(&symbols);
        check_system(&symbols);
    } else {
        require(strncmp(error.text, "--symbols=/proc/self/fd/", 24) == 0);
        require(strchr(error.text, '\n') == NULL);
    }
    symbols_finish(&symbols);
    return 0;
}

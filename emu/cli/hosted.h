/*
 * hosted.h - a program of Linux with what it needs to run: the bundled kernel, the files that this
 * kernel starts it from, and the symbols of both.
 */
#ifndef EMU_CLI_HOSTED_H
#define EMU_CLI_HOSTED_H

#include <stdbool.h>

#include "emu/cli/options.h"
#include "emu/machine/elf_loader.h"
#include "emu/machine/error.h"
#include "emu/machine/host_files.h"
#include "emu/machine/initrd.h"
#include "emu/machine/symbols.h"

struct hosted {
    struct elf_program kernel;
    struct host_files files; /* what --file and --root named */
    struct initrd initrd;
    struct symbols symbols; /* the program's, and the kernel's with "kernel:" before the name */
};

/* Where the kernel puts a program that may lie anywhere: USER_PIE_BASE there. */
#define HOSTED_MOVABLE_BASE UINT64_C(0x200000000)

/* What the kernel needs of RAM. */
#define HOSTED_LEAST_MEMORY (UINT64_C(16) << 20)

/* Makes it for a program that was read from the first of the options' words; the words from
 * first_argument on are its further arguments. Returns false and sets *error if it cannot run;
 * hosted_finish is due either way. */
bool hosted_init(struct hosted *hosted, const struct elf_program *program,
                 const struct options *options, int first_argument, struct error *error);

/* Frees what it holds. One of zeroes is allowed. */
void hosted_finish(struct hosted *hosted);

/* The boot arguments for the kernel, or NULL. */
const char *hosted_bootargs(const struct options *options);

#endif

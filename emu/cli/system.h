/*
 * system.h - the files of a system, which is what --bios and --kernel start: read, told apart and
 * ready to be loaded. What is no ELF file is loaded as it is: an Image of Linux, or raw bytes.
 */
#ifndef EMU_CLI_SYSTEM_H
#define EMU_CLI_SYSTEM_H

#include <stdbool.h>

#include "emu/cli/options.h"
#include "emu/machine/boot.h"
#include "emu/machine/elf_loader.h"
#include "emu/machine/error.h"
#include "emu/machine/file_bytes.h"
#include "emu/machine/machine.h"
#include "emu/machine/symbols.h"

/* Firmware or a kernel. */
struct system_file {
    bool is_there;
    struct boot_image image;
    struct elf_program program; /* of an ELF file, which has the symbols; else zero */
    struct file_bytes raw;      /* of any other; else zero */
    struct elf_segment segment; /* the only one of a raw file */
};

struct system {
    struct system_file firmware;
    bool firmware_is_own; /* it is what pagewalk carries */
    struct system_file kernel;
    struct symbols listed;  /* those of --symbols */
    struct symbols symbols; /* the kernel's, and the firmware's with "firmware:" before the name */
};

/* Reads what the options name. Returns false and sets *error if it is no system; system_finish is
 * due either way. */
bool system_init(struct system *system, const struct options *options, struct error *error);

/* Frees what it holds. One of zeroes is allowed. */
void system_finish(struct system *system);

/* The system as a machine takes it; valid as long as this one stays where it is. */
struct machine_system system_of_machine(const struct system *system);

#endif

/*
 * signature.h - the memory between begin_signature and end_signature, as test suites compare it:
 * lines of one granule each, a little-endian number in hexadecimal.
 */
#ifndef EMU_CLI_SIGNATURE_H
#define EMU_CLI_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/machine/elf_loader.h"
#include "emu/machine/error.h"
#include "emu/machine/machine.h"

struct signature {
    uint64_t pa;
    uint64_t length; /* bytes; may be 0 */
};

/* Finds the program's signature in the machine's memory. Returns false and sets *error if there is
 * none: a symbol is missing, or what lies between them is not RAM. name stands for the program. */
bool signature_find(struct signature *signature, const struct elf_program *program,
                    const char *name, const struct machine *machine, struct error *error);

/* Writes it, granularity bytes a line, the last padded with zeros. */
void signature_write(FILE *file, const struct signature *signature, const struct machine *machine,
                     unsigned granularity);

#endif

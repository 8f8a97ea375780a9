/*
 * session.h - a program in a machine, made from the options and ready to run.
 */
#ifndef EMU_CLI_SESSION_H
#define EMU_CLI_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "emu/cli/console.h"
#include "emu/cli/hosted.h"
#include "emu/cli/options.h"
#include "emu/machine/elf_loader.h"
#include "emu/machine/error.h"
#include "emu/machine/machine.h"

struct session {
    const char *name; /* of the program, as given */
    struct elf_program program;
    struct hosted hosted;          /* what it needs if it needs a kernel; else zero */
    struct symbols listed;         /* those of --symbols */
    const struct symbols *symbols; /* to name places by: listed, or the program's, and with them the
                                      kernel's */
    const char *symbols_name;      /* of the file that they are from */
    char *arguments;               /* the guest's, joined by spaces */
    struct console console;
    struct machine *machine;
};

/* Reads PROGRAM, the first of the options' words, and loads it into a machine, or else the bundled
 * kernel, if it needs one, and PROGRAM as a file for that; the words from first_argument on are
 * handed to it; --set is done, and --from and --to are set. The guest's console writes to output.
 * Returns false and sets *error if there can be no run. session_close is
 * due either way, and the session must stay where it is until then. */
bool session_open(struct session *session, const struct options *options, int first_argument,
                  FILE *output, struct error *error);

void session_close(struct session *session);

#endif

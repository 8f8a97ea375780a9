/*
 * session.h - a program or a system in a machine, made from the options and ready to run.
 */
#ifndef EMU_CLI_SESSION_H
#define EMU_CLI_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "emu/cli/console.h"
#include "emu/cli/hosted.h"
#include "emu/cli/options.h"
#include "emu/cli/system.h"
#include "emu/machine/elf_loader.h"
#include "emu/machine/error.h"
#include "emu/machine/file_bytes.h"
#include "emu/machine/machine.h"

struct session {
    const char *name; /* of the program, or of the system's kernel or firmware, as given */
    struct elf_program program;    /* zero where a system is started */
    struct hosted hosted;          /* what it needs if it needs a kernel; else zero */
    struct system system;          /* zero where a program is started */
    struct file_bytes initrd;      /* those of --initrd */
    struct file_bytes device_tree; /* and of --dtb */
    struct symbols listed;         /* those of --symbols */
    const struct symbols *symbols; /* to name places by: listed, or the program's, and with them the
                                      kernel's */
    const char *symbols_name;      /* of the file that they are from */
    char *arguments;               /* the guest's, joined by spaces */
    struct console console;
    struct machine *machine;
};

/* Reads the system that the options name, or else PROGRAM, the first of their words, and loads it
 * into a machine. A program that needs a kernel becomes a file for the bundled one, which is loaded
 * in its place; the words from first_argument on are handed to a program. --set is done, and --from
 * and --to are set. The guest's console writes to output. Returns false and sets *error if there
 * can be no run. session_close is due either way, and the session must stay where it is until then.
 */
bool session_open(struct session *session, const struct options *options, int first_argument,
                  FILE *output, struct error *error);

/* Runs the machine as machine_run does, with the terminal in raw mode for a system, or once the
 * guest asks for input. */
struct machine_exit session_run(struct session *session, const struct engine_goal *goal,
                                const struct engine_observer *observer);

void session_close(struct session *session);

#endif

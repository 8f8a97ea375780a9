/*
 * options.h - the options of all commands: one table that is parsed from and that --help is printed
 * from.
 *
 * Options stand before PROGRAM; what follows it belongs to the guest. (walk, which hands nothing to
 * the guest, takes options anywhere.) Names are written out: an abbreviation would change its
 * meaning when an option is added.
 */
#ifndef EMU_CLI_OPTIONS_H
#define EMU_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/cli/command.h"
#include "emu/hart/hart.h"
#include "emu/machine/error.h"
#include "emu/machine/machine.h"
#include "emu/report/limit.h"
#include "emu/report/report.h"
#include "mmu/mmu.h"

/* One --set. */
struct setting {
    const char *text; /* SYMBOL=VALUE as given, for messages */
    size_t symbol_length;
    uint64_t value;
};

/* --mode: the privilege that walk uses instead of the hart's own. */
struct chosen_mode {
    bool is_chosen;
    enum mmu_privilege privilege;
};

/* --swap: a disk for the bundled kernel to swap pages to. */
struct swap_wish {
    bool is_asked;
    uint64_t length;  /* bytes of memory, where it is in memory */
    const char *file; /* an image; NULL: in memory */
};

/* One --file or --root. */
struct file_wish {
    const char *name; /* as given: HOST, HOST:GUEST or DIR */
    bool is_tree;
};

/* One --drive. */
struct drive_wish {
    char *file; /* without ",ro" */
    bool is_read_only;
};

/* --time: what mtime counts; by who types unless told. */
enum option_time { OPTION_TIME_UNTOLD, OPTION_TIME_VIRTUAL, OPTION_TIME_HOST };

/* --classes, and what the command does unless told. */
enum classes_wish { CLASSES_BY_COMMAND, CLASSES_ON, CLASSES_OFF };

struct check_format;

enum { OPTION_ROWS = 46 }; /* of the table in option_table.h */

enum { OPTION_DRIVES = 8 };

struct options {
    bool wants_help;
    struct mmu_geometry geometry;
    const char *tlb; /* its specification: as given, or the text of the file that was given */
    char *tlb_text;  /* of the file; NULL: there was none */
    enum classes_wish classes;
    uint64_t seed;
    struct report_cost cost;
    const char *json; /* files: NULL where not asked for, "-" for standard output */
    const char *bios; /* files; NULL: none */
    const char *kernel;
    const char *initrd;
    const char *dtb;
    const char *append; /* NULL: not given */
    struct drive_wish drive[OPTION_DRIVES];
    unsigned drive_count;
    bool no_reboot;
    enum option_time time;
    uint64_t ram_length;
    struct swap_wish swap;
    uint64_t disk_latency;   /* ticks of mtime for each request */
    uint64_t disk_fail;      /* which request fails, from 1 on; 0: none */
    struct file_wish *files; /* in the order of the command line */
    size_t file_count;
    bool verbose;
    enum machine_engine engine;
    enum hart_ad ad;
    bool follows_core;   /* --ad=core: ad is what the geometry says */
    unsigned mmu_levels; /* of the largest paging mode: 3, 4 or 5 */
    struct setting *settings;
    size_t setting_count;
    const char *symbols; /* a file; NULL: the program's own are used */
    const char *from;    /* places; NULL: none */
    const char *to;
    struct limit *limits; /* of diff */
    size_t limit_count;
    uint64_t max_instructions;
    const char *signature;
    unsigned signature_granularity; /* bytes a line: 4, 8 or 16 */
    const char *trace_insn;
    const char *trace_walk;
    const char *dump_dtb;
    const char *at;
    const char *process; /* a name or an ASID; NULL: the one that runs */
    enum mmu_access access;
    struct chosen_mode mode;
    const struct check_format *format;
    const char *rule; /* a glob of ids; NULL: all */
    bool lists;
    const char *runner;             /* a command with {}; NULL: this emulator */
    const char *rules;              /* folder; NULL: where the suite is */
    unsigned timeout;               /* seconds */
    const char *isa;                /* NULL: as the device tree has it */
    const char *given[OPTION_ROWS]; /* the argument last given to each row; NULL: none */
    char **words; /* those that are no options: PROGRAM, unless a system is started, and what
                     follows, in argv */
    int word_count;
};

/* True if a system is to be started, firmware or a kernel or both: then no word is a PROGRAM. */
static inline bool options_start_system(const struct options *options)
{
    return options->bios != NULL || options->kernel != NULL;
}

/* Reads the words of argv from argv[1] on, argv[0] being the command's name. Returns true, or sets
 * *error and returns false; options_finish is due either way. Texts stay where they are in argv. */
bool options_parse(struct options *options, const struct command *command, int argc, char **argv,
                   struct error *error);

void options_finish(struct options *options);

/* Prints how the command is used: what it does, examples, its options. */
void options_help(FILE *file, const struct command *command);

#endif

/*
 * command.h - a command of the command line: its name, its help, and what it does.
 */
#ifndef EMU_CLI_COMMAND_H
#define EMU_CLI_COMMAND_H

#include <stdbool.h>

struct options;

/* One bit per command, for the table of options. */
enum command_bit {
    COMMAND_RUN = 1 << 0,
    COMMAND_STAT = 1 << 1,
    COMMAND_WALK = 1 << 2,
    COMMAND_PRESETS = 1 << 3,
    COMMAND_CHECK = 1 << 4,
    COMMAND_DIFF = 1 << 5,
};

/* What pagewalk exits with, unless the guest says. */
enum {
    STATUS_OK = 0,
    STATUS_RULE_BROKEN = 1,    /* check: a test failed */
    STATUS_LIMIT_EXCEEDED = 1, /* diff: a number grew too much */
    STATUS_LIMIT = 124,        /* out of instructions, or asleep for ever */
    STATUS_ERROR = 125,        /* an error of ours or of the command line */
    STATUS_SIGNAL = 128,       /* plus the signal's number */
    STATUS_GUEST_LIMIT = 255,  /* the largest code a guest can hand on */
};

struct command {
    const char *name;
    enum command_bit bit;
    const char *arguments; /* as the usage line shows them */
    const char *summary;   /* for the list of commands */
    const char *help;      /* what it does and how it is used, by example */
    int most_words;        /* words that are not options; -1: a PROGRAM and any number of ARGs */
    int least_words;
    /* Does it and returns the exit status, after saying on standard error what went wrong. */
    int (*run)(const struct options *options);
};

extern const struct command command_run;
extern const struct command command_stat;
extern const struct command command_walk;
extern const struct command command_presets;
extern const struct command command_check;
extern const struct command command_diff;

#endif

/*
 * main.c - the command line: finds the command, reads its options, and does it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emu/cli/command.h"
#include "emu/cli/complain.h"
#include "emu/cli/options.h"
#include "emu/report/version.h"

enum { COMMANDS = 6 };

static const struct command *const commands[COMMANDS] = {
    &command_run, &command_stat, &command_diff, &command_walk, &command_check, &command_presets,
};

static int print_help(void)
{
    printf("usage: pagewalk COMMAND [options] ...\n"
           "\n"
           "Runs RISC-V programs through a real Sv39 MMU and tells exactly what the MMU did.\n"
           "\n"
           "Commands:\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        printf("  pagewalk %-8s %s\n", commands[i]->name, commands[i]->summary);
    }
    printf("\n"
           "  pagewalk COMMAND --help   what it does, by example, and its options\n"
           "  pagewalk --version        the version\n"
           "\n"
           "To begin with:\n"
           "  pagewalk run hello.elf    runs a program\n"
           "  pagewalk stat hello.elf   runs it, then prints what its TLB did\n");
    return STATUS_OK;
}

static int print_version(void)
{
    printf("pagewalk %s\n", PAGEWALK_VERSION);
    return STATUS_OK;
}

/* argv[0] is the command's name. */
static int run_command(const struct command *command, int argc, char **argv)
{
    struct options options;
    struct error error;
    int status = STATUS_OK;

    if (!options_parse(&options, command, argc, argv, &error)) {
        status = complain(&error);
    } else if (options.wants_help) {
        options_help(stdout, command);
    } else {
        status = command->run(&options);
    }
    options_finish(&options);
    return status;
}

static int dispatch(int argc, char **argv)
{
    struct error error;

    if (argc < 2) {
        error_set(&error, "no command given; see pagewalk --help");
        return complain(&error);
    }
    if (strcmp(argv[1], "--help") == 0) {
        return print_help();
    }
    if (strcmp(argv[1], "--version") == 0) {
        return print_version();
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) == 0) {
            return run_command(commands[i], argc - 1, argv + 1);
        }
    }
    error_set(&error, "unknown %s '%s'; see pagewalk --help",
              argv[1][0] == '-' ? "option" : "command", argv[1]);
    return complain(&error);
}

/* A standard descriptor that is closed would be given to the next file that is opened, and the
 * guest would write into it. Gives it something that can be neither read nor written instead. */
static void occupy_standard_descriptors(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) < 0) {
            (void)open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

int main(int argc, char **argv)
{
    struct error error;
    int status;

    occupy_standard_descriptors();
    status = dispatch(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status != STATUS_ERROR) {
        error_set(&error, "standard output: not everything could be written");
        status = complain(&error);
    }
    return status;
}

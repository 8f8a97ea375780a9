/*
 * console.c - what picolibc must be told about the machine: where standard output goes, and how a
 * program ends.
 *
 * Add it to a program's sources; docs/programs.md has the whole command. Everything else is
 * picolibc's own: its start code turns the floating-point unit on, and calls main and exit; its
 * heap is the memory between data and stack. There is no standard input.
 */
#include <stdio.h>
#include <unistd.h>

#include "guest/include/console.h"
#include "guest/include/finisher.h"

static int put(char character, FILE *file)
{
    (void)file;
    console_put(character);
    return character;
}

static FILE uart = FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdout = &uart;
FILE *const stderr = &uart;

/* exit() ends here. */
_Noreturn void _exit(int status)
{
    finisher_exit((uint16_t)(status & 0xff));
}

/*
 * bare.c - two programs on a machine without virtual memory: both were linked for the same address,
 * and there is one memory. Each has a stack of its own; more a loader could not give it.
 */
#include "guest/user/bare.h"

#include "guest/include/console.h"
#include "guest/include/finisher.h"
#include "guest/user/print.h"
#include "guest/user/turns.h"

enum { PROGRAMS = 2, STACK_LENGTH = 4096 };

static struct bare_context contexts[PROGRAMS];
static char second_stack[STACK_LENGTH] __attribute__((aligned(16)));
static uint64_t running;

void print_output(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        console_put(text[i]);
    }
}

static void let_other_run(void)
{
    uint64_t me = running;

    running = 1 - me;
    bare_switch(&contexts[me], &contexts[running]);
}

static void second_begins(void)
{
    turns("second", let_other_run);
    finisher_exit(0);
}

void bare_main(void)
{
    contexts[1].ra = (uint64_t)second_begins;
    contexts[1].sp = (uint64_t)(second_stack + STACK_LENGTH);
    turns("first", let_other_run);
    let_other_run();
    finisher_exit(1); /* not reached: the second ends the run */
}

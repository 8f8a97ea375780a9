#include "emu/cli/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

enum { STACK_BYTES = 65536 };

/* Signals that end the process where nobody else catches them, and what was done about each before.
 * SIGINT, SIGTERM and SIGHUP end the run instead, see console.h. */
static const int fatal[] = {SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,
                            SIGSEGV, SIGSYS,  SIGXCPU, SIGALRM, SIGPROF, SIGVTALRM,
                            SIGUSR1, SIGUSR2, SIGIO,   SIGPWR};
enum { FATAL = sizeof fatal / sizeof *fatal };

static struct {
    int descriptor;
    volatile sig_atomic_t is_taken; /* by the process, which may be in the background */
    volatile sig_atomic_t is_raw;
    struct termios found;
    struct termios raw;
    struct sigaction fatal_before[FATAL];
    struct sigaction stop_before;
    struct sigaction go_on_before;
    char stack[STACK_BYTES]; /* for handlers: the other may have overflowed */
} terminal;

bool terminal_is_in_front(int descriptor)
{
    pid_t group = tcgetpgrp(descriptor);

    return group < 0 || group == getpgrp(); /* one that controls nobody has no background */
}

/* These are called by handlers. */

static void make_raw(void)
{
    if (terminal.is_taken && terminal_is_in_front(terminal.descriptor)) {
        terminal.is_raw = true; /* first: a signal between the two is to undo it */
        (void)tcsetattr(terminal.descriptor, TCSANOW, &terminal.raw);
    }
}

static void give_back(void)
{
    if (terminal.is_raw && terminal_is_in_front(terminal.descriptor)) {
        (void)tcsetattr(terminal.descriptor, TCSANOW, &terminal.found);
    }
    terminal.is_raw = false;
}

/* The signal comes again when the handler returns, and does what it would have done. */
static void on_fatal(int number)
{
    give_back();
    for (size_t i = 0; i < FATAL; i++) {
        if (fatal[i] == number) {
            (void)sigaction(number, &terminal.fatal_before[i], NULL);
        }
    }
    (void)raise(number);
}

static void on_stop(int number)
{
    int saved = errno;

    (void)number;
    give_back();
    (void)raise(SIGSTOP); /* SIGCONT ends it, and its handler goes on from there */
    errno = saved;
}

static void on_go_on(int number)
{
    int saved = errno;

    (void)number;
    make_raw();
    errno = saved;
}

/* A signal that is ignored stays so: somebody had a reason. */
static void take_over(int number, void (*handler)(int), struct sigaction *before)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_RESTART};

    sigfillset(&action.sa_mask);
    (void)sigaction(number, NULL, before);
    if ((before->sa_flags & SA_SIGINFO) != 0 || before->sa_handler != SIG_IGN) {
        (void)sigaction(number, &action, NULL);
    }
}

static void catch_signals(void)
{
    stack_t stack = {.ss_sp = terminal.stack, .ss_size = sizeof terminal.stack};
    stack_t before;

    if (sigaltstack(NULL, &before) == 0 && (before.ss_flags & SS_DISABLE) != 0) {
        (void)sigaltstack(&stack, NULL);
    }
    for (size_t i = 0; i < FATAL; i++) {
        take_over(fatal[i], on_fatal, &terminal.fatal_before[i]);
    }
    take_over(SIGTSTP, on_stop, &terminal.stop_before);
    take_over(SIGCONT, on_go_on, &terminal.go_on_before);
}

static void release_signals(void)
{
    (void)sigaction(SIGCONT, &terminal.go_on_before, NULL);
    (void)sigaction(SIGTSTP, &terminal.stop_before, NULL);
    for (size_t i = 0; i < FATAL; i++) {
        (void)sigaction(fatal[i], &terminal.fatal_before[i], NULL);
    }
}

void terminal_take(int descriptor)
{
    if (terminal.is_taken || tcgetattr(descriptor, &terminal.found) != 0) {
        return;
    }
    terminal.descriptor = descriptor;
    terminal.raw = terminal.found;
    terminal.raw.c_iflag &= (tcflag_t) ~(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
    terminal.raw.c_lflag &= (tcflag_t) ~(ECHO | ICANON | IEXTEN | ISIG);
    terminal.raw.c_cc[VMIN] = 1;
    terminal.raw.c_cc[VTIME] = 0;
    catch_signals();
    terminal.is_taken = true;
    make_raw();
}

void terminal_leave(void)
{
    if (terminal.is_taken) {
        terminal.is_taken = false;
        give_back();
        release_signals();
    }
}

bool terminal_is_taken(void)
{
    return terminal.is_taken;
}

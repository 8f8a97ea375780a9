/*
 * terminal.h - the host's terminal in raw mode: every key comes at once and as it is, nothing is
 * echoed, no key makes a signal. Output is left as it was, so that messages look as ever.
 *
 * A process has one terminal: so there is one state here, which signal handlers share. The terminal
 * is given back as it was found when it is left, and also before a signal kills or stops the
 * process; it is taken again when the process goes on in the foreground. Only SIGKILL leaves it
 * raw.
 */
#ifndef EMU_CLI_TERMINAL_H
#define EMU_CLI_TERMINAL_H

#include <stdbool.h>

/* Takes the terminal that a descriptor is, which must stay open; in the background, once the
 * process is in the foreground. Nothing is done to one that has been taken. */
void terminal_take(int descriptor);

/* Gives it back, if it has been taken. */
void terminal_leave(void);

/* True if it has been taken. */
bool terminal_is_taken(void);

/* True if the process is in the foreground of that terminal: in the background a read would stop
 * it. */
bool terminal_is_in_front(int descriptor);

#endif

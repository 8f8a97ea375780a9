/*
 * signal_default.h - what signals do by themselves, as sets. What is in none ends the process.
 */
#ifndef GUEST_KERNEL_SIGNAL_DEFAULT_H
#define GUEST_KERNEL_SIGNAL_DEFAULT_H

#include "guest/kernel/signal.h"

#define SIGNALS_UNBLOCKABLE (SIGNAL_BIT(SIGNAL_KILL) | SIGNAL_BIT(SIGNAL_STOP))

#define SIGNALS_STOPPING                                                                           \
    (SIGNAL_BIT(SIGNAL_STOP) | SIGNAL_BIT(SIGNAL_TERMINAL_STOP) |                                  \
     SIGNAL_BIT(SIGNAL_TERMINAL_INPUT) | SIGNAL_BIT(SIGNAL_TERMINAL_OUTPUT))

#define SIGNALS_IGNORED                                                                            \
    (SIGNAL_BIT(SIGNAL_CHILD) | SIGNAL_BIT(SIGNAL_CONTINUE) | SIGNAL_BIT(SIGNAL_URGENT) |          \
     SIGNAL_BIT(SIGNAL_WINDOW))

/* They end it, too, and would leave a core: signs of a mistake. */
#define SIGNALS_DUMPING                                                                            \
    (SIGNAL_BIT(SIGNAL_QUIT) | SIGNAL_BIT(SIGNAL_ILLEGAL) | SIGNAL_BIT(SIGNAL_TRAP) |              \
     SIGNAL_BIT(SIGNAL_ABORT) | SIGNAL_BIT(SIGNAL_BUS) | SIGNAL_BIT(SIGNAL_FLOAT) |                \
     SIGNAL_BIT(SIGNAL_SEGMENT) | SIGNAL_BIT(SIGNAL_SYSTEM_CALL))

#endif

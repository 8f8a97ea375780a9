/*
 * bare.h - what bare.c and bare_start.S know of each other.
 */
#ifndef GUEST_USER_BARE_H
#define GUEST_USER_BARE_H

#include <stdint.h>

/* What a C function keeps for its caller. The order is bare_start.S's. */
struct bare_context {
    uint64_t ra, sp;
    uint64_t s[12];
};

/* bare_start.S: goes on as `to` says, after storing in `from` how to come back here. */
void bare_switch(struct bare_context *from, const struct bare_context *to);

/* The first C code, in M-mode, on a stack. */
__attribute__((noreturn)) void bare_main(void);

#endif

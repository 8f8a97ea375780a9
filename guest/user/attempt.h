/*
 * attempt.h - tries in a child what should kill, and tells how it ended.
 */
#ifndef GUEST_USER_ATTEMPT_H
#define GUEST_USER_ATTEMPT_H

struct attempt {
    const char *what;
    void (*make)(void);
};

/* Prints what is tried, then how the process ended that made it. Returns whether it was killed. */
int attempt(const struct attempt *attempt);

#endif

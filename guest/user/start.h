/*
 * start.h - what start.S calls.
 */
#ifndef GUEST_USER_START_H
#define GUEST_USER_START_H

/* Every program provides it; its result is the exit code. argv[argc] is NULL. */
int main(int argc, char **argv);

#endif

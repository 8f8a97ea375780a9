/*
 * turns.h - one program, to be run twice at once: turns_linux.c runs it under a kernel with virtual
 * memory, bare.c on a machine without. The object file of turns.c is the same.
 */
#ifndef GUEST_USER_TURNS_H
#define GUEST_USER_TURNS_H

/* Writes its name into its memory, lets the other run, and tells what it finds. */
void turns(const char *me, void (*let_other_run)(void));

#endif

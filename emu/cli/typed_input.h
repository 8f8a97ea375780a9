/*
 * typed_input.h - input that comes when it likes: keys of a terminal, or a pipe where the host's
 * time counts.
 *
 * What is typed is read whether the guest wants it or not, so that Ctrl-A, which introduces what is
 * meant for pagewalk, always works: it keeps some, and what does not fit is lost. A pipe is read
 * when the guest wants it, and nothing in it means anything.
 */
#ifndef EMU_CLI_TYPED_INPUT_H
#define EMU_CLI_TYPED_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TYPED_INPUT_ROOM = 65536 };

struct typed_input {
    int descriptor;
    bool has_keys;   /* Ctrl-A means something */
    bool has_ended;  /* no more will come */
    bool is_command; /* the last key was Ctrl-A */
    bool wants_end;  /* Ctrl-A x was typed */
    bool wants_help; /* Ctrl-A h was typed; whoever helps makes it false */
    size_t begin;    /* of what the guest has not taken, in room, which is a ring */
    size_t count;
    uint8_t room[TYPED_INPUT_ROOM];
};

/* has_keys: it is a terminal. */
void typed_input_init(struct typed_input *input, int descriptor, bool has_keys);

/* Reads what is there, without waiting. */
void typed_input_read(struct typed_input *input);

/* Takes a character for the guest. Returns false if there is none now. */
bool typed_input_take(struct typed_input *input, uint8_t *character);

#endif

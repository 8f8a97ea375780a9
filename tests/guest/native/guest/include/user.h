/*
 * user.h - takes the place of guest/include/user.h where a workload is built for the host.
 */
#ifndef NATIVE_USER_H
#define NATIVE_USER_H

#include <stdint.h>

#include "guest/include/format.h"

/* What a workload provides. */
int user_main(void);

/* native.c: what the supervisor does for a guest. */
__attribute__((noreturn)) void user_exit(int code);
uint64_t user_arena(uint64_t pages);
void user_print(const char *text);

static inline void user_print_hex(uint64_t value)
{
    char text[FORMAT_LENGTH];

    user_print(format_hex(text, value));
}

#endif

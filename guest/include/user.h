/*
 * user.h - the supervisor's services for a user program: system calls, and printing with them.
 */
#ifndef GUEST_USER_H
#define GUEST_USER_H

#include <stddef.h>
#include <stdint.h>

#include "guest/include/boot.h"
#include "guest/include/format.h"

/* What a program provides. Its result is the exit code of the run. */
int user_main(void);

static inline uint64_t user_call(uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a2 __asm__("a2") = third;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

/* Ends the run. */
__attribute__((noreturn)) static inline void user_exit(int code)
{
    for (;;) {
        user_call(SYS_EXIT, (uint64_t)code, 0, 0);
    }
}

/* Maps pages more, not cleared. Returns their address, page aligned, or 0 if they do not fit. */
static inline uint64_t user_arena(uint64_t pages)
{
    return user_call(SYS_ARENA, pages, 0, 0);
}

static inline void user_print(const char *text)
{
    user_call(SYS_WRITE, 1, (uint64_t)text, text_length(text));
}

static inline void user_print_decimal(uint64_t value)
{
    char text[FORMAT_LENGTH];

    user_print(format_decimal(text, value));
}

static inline void user_print_hex(uint64_t value)
{
    char text[FORMAT_LENGTH];

    user_print(format_hex(text, value));
}

#endif

/*
 * format.h - numbers as text, for both sides of the privilege line.
 *
 * The supervisor and the user program cannot call the same function: a page is the one's or the
 * other's (Priv. [norm:sstatus_sum]). What both need is therefore inline.
 */
#ifndef GUEST_FORMAT_H
#define GUEST_FORMAT_H

#include <stddef.h>
#include <stdint.h>

enum { FORMAT_LENGTH = 24 }; /* holds "0x", 20 digits and the closing NUL */

/* Writes value in the base (2 to 16) to the end of text; returns where it starts. */
static inline char *format_number(char text[FORMAT_LENGTH], uint64_t value, unsigned base)
{
    char *start = text + FORMAT_LENGTH - 1;

    *start = '\0';
    do {
        uint64_t digit = value % base;

        *--start = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value /= base;
    } while (value != 0);
    return start;
}

static inline const char *format_decimal(char text[FORMAT_LENGTH], uint64_t value)
{
    return format_number(text, value, 10);
}

/* In base 16, with 0x in front. */
static inline const char *format_hex(char text[FORMAT_LENGTH], uint64_t value)
{
    char *start = format_number(text, value, 16);

    *--start = 'x';
    *--start = '0';
    return start;
}

static inline size_t text_length(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return length;
}

#endif

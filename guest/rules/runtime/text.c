/*
 * text.c - short texts made of words and numbers, for the lines of cases.
 */
#include "guest/rules/runtime/runtime.h"

#include <stdarg.h>

#include "guest/include/format.h"

enum { TEXTS = 12, TEXT_LENGTH = 160 };

/* The texts that are alive, and the next to be overwritten. */
static char texts[TEXTS][TEXT_LENGTH];
static unsigned next_text;

static char *append(char *end, const char *limit, const char *text)
{
    while (*text != '\0' && end < limit) {
        *end++ = *text++;
    }
    return end;
}

const char *rule_text(const char *format, ...)
{
    char *text = texts[next_text];
    char *end = text;
    char *limit = text + TEXT_LENGTH - 1;
    char number[FORMAT_LENGTH];
    va_list arguments;

    next_text = (next_text + 1) % TEXTS;
    va_start(arguments, format);
    for (; *format != '\0' && end < limit; format++) {
        if (*format != '%') {
            *end++ = *format;
            continue;
        }
        format++;
        if (*format == 's') {
            end = append(end, limit, va_arg(arguments, const char *));
        } else if (*format == 'u') {
            end = append(end, limit, format_decimal(number, va_arg(arguments, unsigned)));
        } else {
            format++; /* the u or x of lu and lx */
            uint64_t value = va_arg(arguments, uint64_t);
            end =
                append(end, limit,
                       *format == 'x' ? format_hex(number, value) : format_decimal(number, value));
        }
    }
    va_end(arguments);
    *end = '\0';
    return text;
}

bool text_equal(const char *one, const char *other)
{
    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

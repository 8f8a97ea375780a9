#include "guest/kernel/format.h"

#include <stdbool.h>
#include <stdint.h>

struct output {
    format_sink put;
    void *context;
};

static void put_byte(const struct output *output, char byte)
{
    output->put(output->context, byte);
}

static void put_text(const struct output *output, const char *text)
{
    for (; *text != '\0'; text++) {
        put_byte(output, *text);
    }
}

static void put_number(const struct output *output, uint64_t number, unsigned base)
{
    char digits[20]; /* 2^64 - 1 has as many in base 10 */
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0) {
        put_byte(output, digits[--count]);
    }
}

static void put_signed(const struct output *output, int64_t number)
{
    if (number < 0) {
        put_byte(output, '-');
    }
    put_number(output, number < 0 ? -(uint64_t)number : (uint64_t)number, 10);
}

/* Writes one conversion, by its letter. */
static void put_conversion(const struct output *output, char letter, bool is_long, va_list *list)
{
    switch (letter) {
    case 's': put_text(output, va_arg(*list, const char *)); break;
    case 'c': put_byte(output, (char)va_arg(*list, int)); break;
    case 'd': put_signed(output, is_long ? va_arg(*list, long) : va_arg(*list, int)); break;
    case 'u':
    case 'x':
        put_number(output, is_long ? va_arg(*list, unsigned long) : va_arg(*list, unsigned),
                   letter == 'x' ? 16 : 10);
        break;
    default: put_byte(output, letter);
    }
}

void format_list(format_sink put, void *context, const char *format, va_list list)
{
    const struct output output = {put, context};
    va_list rest; /* a va_list that is a parameter has no address to pass on */

    va_copy(rest, list);
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put_byte(&output, *format);
            continue;
        }
        bool is_long = format[1] == 'l';

        format += is_long ? 2 : 1;
        put_conversion(&output, *format, is_long, &rest);
    }
    va_end(rest);
}

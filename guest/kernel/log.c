#include "guest/kernel/log.h"

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/console.h"

static void put_text(const char *text)
{
    for (; *text != '\0'; text++) {
        console_put_byte((uint8_t)*text);
    }
}

static void put_number(uint64_t number, unsigned base)
{
    char digits[20]; /* 2^64 - 1 has as many in base 10 */
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0) {
        console_put_byte((uint8_t)digits[--count]);
    }
}

static void put_signed(int64_t number)
{
    if (number < 0) {
        console_put_byte('-');
    }
    put_number(number < 0 ? -(uint64_t)number : (uint64_t)number, 10);
}

/* Prints one conversion, by its letter. */
static void put_conversion(char letter, bool is_long, va_list *list)
{
    switch (letter) {
    case 's': put_text(va_arg(*list, const char *)); break;
    case 'c': console_put_byte((uint8_t)va_arg(*list, int)); break;
    case 'd': put_signed(is_long ? va_arg(*list, long) : va_arg(*list, int)); break;
    case 'u':
    case 'x':
        put_number(is_long ? va_arg(*list, unsigned long) : va_arg(*list, unsigned),
                   letter == 'x' ? 16 : 10);
        break;
    default: console_put_byte((uint8_t)letter);
    }
}

void log_line_list(const char *format, va_list list)
{
    va_list rest; /* a va_list that is a parameter has no address to pass on */

    va_copy(rest, list);
    put_text("kernel: ");
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            console_put_byte((uint8_t)*format);
            continue;
        }
        bool is_long = format[1] == 'l';

        format += is_long ? 2 : 1;
        put_conversion(*format, is_long, &rest);
    }
    console_put_byte('\n');
    va_end(rest);
}

void log_line(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    log_line_list(format, list);
    va_end(list);
}

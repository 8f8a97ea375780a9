#include "guest/user/print.h"

#include <stdarg.h>

#include "guest/include/format.h"

enum { LINE_LENGTH = 255 };

struct line {
    char text[LINE_LENGTH];
    size_t length;
};

static void add_text(struct line *line, const char *text)
{
    for (; *text != '\0' && line->length < LINE_LENGTH; text++) {
        line->text[line->length++] = *text;
    }
}

static void add_number(struct line *line, uint64_t value, unsigned base)
{
    char text[FORMAT_LENGTH];

    add_text(line, format_number(text, value, base));
}

void print(const char *format, ...)
{
    struct line line;
    va_list values;

    line.length = 0;
    va_start(values, format);
    while (*format != '\0') {
        const char one[2] = {*format, '\0'};

        if (*format != '%') {
            add_text(&line, one);
            format++;
        } else if (format[1] == 's') {
            add_text(&line, va_arg(values, const char *));
            format += 2;
        } else {
            add_number(&line, va_arg(values, uint64_t), format[2] == 'x' ? 16 : 10);
            format += 3;
        }
    }
    va_end(values);
    print_output(line.text, line.length);
}

uint64_t number_of(const char *text)
{
    unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
    uint64_t value = 0;

    for (text += base == 16 ? 2 : 0;; text++) {
        if (*text >= '0' && *text <= '9') {
            value = value * base + (uint64_t)(*text - '0');
        } else if (base == 16 && *text >= 'a' && *text <= 'f') {
            value = value * base + (uint64_t)(*text - 'a') + 10;
        } else {
            return value;
        }
    }
}

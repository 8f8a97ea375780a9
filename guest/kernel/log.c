#include "guest/kernel/log.h"

#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/console.h"
#include "guest/kernel/format.h"

static void put(void *context, char byte)
{
    (void)context;
    console_put_byte((uint8_t)byte);
}

void log_line_list(const char *format, va_list list)
{
    for (const char *mark = "kernel: "; *mark != '\0'; mark++) {
        put(NULL, *mark);
    }
    format_list(put, NULL, format, list);
    put(NULL, '\n');
}

void log_line(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    log_line_list(format, list);
    va_end(list);
}

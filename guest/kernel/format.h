/*
 * format.h - text with numbers in it, for messages and for files that are made when they are read.
 */
#ifndef GUEST_KERNEL_FORMAT_H
#define GUEST_KERNEL_FORMAT_H

#include <stdarg.h>

/* Gets one byte after the other. */
typedef void (*format_sink)(void *context, char byte);

/* Knows %s, %c, %u, %d, %x with an optional l, and %%. */
__attribute__((format(printf, 3, 0))) void format_list(format_sink put, void *context,
                                                       const char *format, va_list list);

#endif

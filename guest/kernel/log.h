/*
 * log.h - messages of the kernel on the UART, each a line that begins with "kernel: ".
 */
#ifndef GUEST_KERNEL_LOG_H
#define GUEST_KERNEL_LOG_H

#include <stdarg.h>

/* With the conversions of format.h. */
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);

__attribute__((format(printf, 1, 0))) void log_line_list(const char *format, va_list list);

#endif

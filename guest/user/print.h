/*
 * print.h - lines of text out of a program that has no C library.
 */
#ifndef GUEST_USER_PRINT_H
#define GUEST_USER_PRINT_H

#include <stddef.h>
#include <stdint.h>

/* Prints on standard output, all of it by one write. Knows %s, %lu and %lx; a format that needs
 * more than 255 characters is cut. */
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);

/* What print writes with: output.c for a program of Linux, bare.c without. */
void print_output(const char *text, size_t length);

/* The number that the text begins with, decimal, or with 0x in front hexadecimal. */
uint64_t number_of(const char *text);

#endif

/*
 * bytes.h - memory and text; the compiler may call the first four by itself.
 */
#ifndef GUEST_KERNEL_BYTES_H
#define GUEST_KERNEL_BYTES_H

#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
int memcmp(const void *first, const void *second, size_t length);

size_t text_length(const char *text);

bool text_equal(const char *first, const char *second);
bool text_begins(const char *text, const char *beginning);

/* Copies as much as fits and always ends it with a NUL. size is not 0. */
void text_copy(char *to, size_t size, const char *from);

#endif

#include "guest/kernel/bytes.h"

#include <stdint.h>

/* Eight bytes that may be part of anything. */
typedef uint64_t __attribute__((may_alias)) word;

static bool is_aligned(const void *address)
{
    return (uintptr_t)address % sizeof(word) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    uint8_t *next = to;
    const uint8_t *source = from;

    if (is_aligned(to) && is_aligned(from)) { /* as pages are */
        size_t words = length / sizeof(word);

#pragma GCC unroll 8
        for (size_t i = 0; i < words; i++) {
            ((word *)next)[i] = ((const word *)source)[i];
        }
        next += words * sizeof(word);
        source += words * sizeof(word);
        length -= words * sizeof(word);
    }
    for (; length > 0; length--) {
        *next++ = *source++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    uint8_t *bytes = to;
    const uint8_t *source = from;

    if ((uintptr_t)to - (uintptr_t)from >= length) {
        return memcpy(to, from, length); /* its order is right: no byte is written before read */
    }
    while (length-- > 0) {
        bytes[length] = source[length];
    }
    return to;
}

void *memset(void *to, int byte, size_t length)
{
    uint8_t *next = to;
    word pattern = (uint8_t)byte * UINT64_C(0x0101010101010101);

    if (is_aligned(to)) {
        size_t words = length / sizeof(word);

#pragma GCC unroll 8
        for (size_t i = 0; i < words; i++) {
            ((word *)next)[i] = pattern;
        }
        next += words * sizeof(word);
        length -= words * sizeof(word);
    }
    for (; length > 0; length--) {
        *next++ = (uint8_t)byte;
    }
    return to;
}

int memcmp(const void *first, const void *second, size_t length)
{
    const uint8_t *a = first;
    const uint8_t *b = second;

    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i]) {
            return a[i] - b[i];
        }
    }
    return 0;
}

size_t text_length(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return length;
}

bool text_equal(const char *first, const char *second)
{
    while (*first != '\0' && *first == *second) {
        first++;
        second++;
    }
    return *first == *second;
}

bool text_begins(const char *text, const char *beginning)
{
    while (*beginning != '\0' && *text == *beginning) {
        text++;
        beginning++;
    }
    return *beginning == '\0';
}

void text_copy(char *to, size_t size, const char *from)
{
    size_t length = 0;

    while (length + 1 < size && from[length] != '\0') {
        to[length] = from[length];
        length++;
    }
    to[length] = '\0';
}

/*
 * memory.c - the two functions that a compiler may call for initialisers and copies of structs.
 *
 * Nearly all of these are multiples of 8 bytes at multiples of 8, and are done by words.
 */
#include "guest/rules/runtime/runtime.h"

/* A word that may hold a part of any object. */
typedef uint64_t __attribute__((may_alias)) memory_word;

enum { WORD = sizeof(memory_word) };

void *memset(void *memory, int value, size_t length)
{
    unsigned char *bytes = memory;

    if ((uintptr_t)bytes % WORD == 0) {
        uint64_t word = (unsigned char)value * UINT64_C(0x0101010101010101);

        for (; length >= WORD; length -= WORD, bytes += WORD) {
            *(memory_word *)bytes = word;
        }
    }
    while (length-- > 0) {
        *bytes++ = (unsigned char)value;
    }
    return memory;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    unsigned char *bytes = to;
    const unsigned char *source = from;

    if (((uintptr_t)bytes | (uintptr_t)source) % WORD == 0) {
        for (; length >= WORD; length -= WORD, bytes += WORD, source += WORD) {
            *(memory_word *)bytes = *(const memory_word *)source;
        }
    }
    while (length-- > 0) {
        *bytes++ = *source++;
    }
    return to;
}

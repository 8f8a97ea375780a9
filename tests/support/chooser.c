#include "tests/support/chooser.h"

#include <stdlib.h>

/* splitmix64: a counter and this mixer. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t next_random(struct chooser *chooser)
{
    return mix(chooser->random += UINT64_C(0x9e3779b97f4a7c15));
}

static uint64_t next_byte(struct chooser *chooser)
{
    if (chooser->left == 0) {
        return next_random(chooser) % 256;
    }
    chooser->left--;
    return *chooser->bytes++;
}

unsigned chooser_below(struct chooser *chooser, unsigned limit)
{
    if (chooser->left == 0) {
        return (unsigned)(next_random(chooser) % limit);
    }
    uint64_t value = next_byte(chooser);
    if (limit > 256) {
        value |= next_byte(chooser) << 8;
    }
    return (unsigned)(value % limit);
}

bool chooser_percent(struct chooser *chooser, unsigned chance)
{
    return chooser_below(chooser, 100) < chance;
}

uint64_t chooser_word(struct chooser *chooser)
{
    uint64_t word = 0;

    if (chooser->left == 0) {
        return next_random(chooser);
    }
    for (unsigned i = 0; i < 64; i += 8) {
        word |= next_byte(chooser) << i;
    }
    return word;
}

uint64_t chooser_serial(struct chooser *chooser)
{
    return mix(++chooser->serial * UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t chooser_setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 0);
}

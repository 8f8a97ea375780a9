/*
 * chooser.h - where a test that tries everything takes its decisions from: a seed, or given bytes.
 *
 * From a seed the decisions never end and are the same each time. From bytes, as a fuzzer makes
 * them, they end with the last byte; all later ones are 0.
 */
#ifndef TESTS_SUPPORT_CHOOSER_H
#define TESTS_SUPPORT_CHOOSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chooser {
    uint64_t random;
    const uint8_t *bytes; /* NULL: random */
    size_t left;          /* bytes */
    uint64_t serial;
};

static inline struct chooser chooser_from_seed(uint64_t seed)
{
    return (struct chooser){.random = seed};
}

static inline struct chooser chooser_from_bytes(const uint8_t *bytes, size_t count)
{
    return (struct chooser){.bytes = bytes, .left = count};
}

/* True if all bytes are used. */
static inline bool chooser_is_done(const struct chooser *chooser)
{
    return chooser->bytes != NULL && chooser->left == 0;
}

/* A number below limit, which is at most 65536. */
unsigned chooser_below(struct chooser *chooser, unsigned limit);

/* True with this chance of 100. */
bool chooser_percent(struct chooser *chooser, unsigned chance);

/* 64 decided bits. */
uint64_t chooser_word(struct chooser *chooser);

/* 64 bits that look random, other ones each time; no decision is spent on them. */
uint64_t chooser_serial(struct chooser *chooser);

/* The value of an environment variable, or another where it is not set. */
uint64_t chooser_setting(const char *name, uint64_t otherwise);

#endif

/*
 * chooser.h - where a test that tries everything takes its decisions from: a seed, or given bytes.
 *
 * From a seed the decisions are the same each time. Bytes, as a fuzzer makes them, may decide for a
 * while; after the last byte the seed decides again.
 */
#ifndef TESTS_SUPPORT_CHOOSER_H
#define TESTS_SUPPORT_CHOOSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chooser {
    uint64_t random;
    uint64_t serial;
    const uint8_t *bytes;
    size_t left; /* bytes */
};

static inline struct chooser chooser_from_seed(uint64_t seed)
{
    return (struct chooser){.random = seed};
}

/* Takes the next decisions from bytes. */
static inline void chooser_use_bytes(struct chooser *chooser, const uint8_t *bytes, size_t count)
{
    chooser->bytes = bytes;
    chooser->left = count;
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

/*
 * proc_text.h - the texts of /proc, made for the process that reads them, when it does.
 */
#ifndef GUEST_KERNEL_PROC_TEXT_H
#define GUEST_KERNEL_PROC_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* A piece of a text: what lies behind its first `skip` bytes, as far as there is room. */
struct text {
    char *bytes;
    uint64_t skip, size;
    uint64_t length; /* how much of `bytes` is written */
};

__attribute__((format(printf, 2, 3))) void text_add(struct text *text, const char *format, ...);

/* Writes all of a text, or of what there is room for; may sleep. */
typedef void (*text_function)(struct text *text);

/* The name of a file below /proc that is a text, and what writes it. The last one's are NULL. */
struct proc_text {
    const char *path;
    text_function write;
};

extern const struct proc_text proc_texts[];

#endif

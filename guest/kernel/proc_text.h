/*
 * proc_text.h - the texts of /proc, made when they are read.
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

struct process;

/* Writes all of a text, or of what there is room for. Sleeps only if the process is the current
 * one: another may be gone then. */
typedef void (*text_function)(struct text *text, const struct process *process);

/* The name of a file below /proc that is a text, and what writes it. The last one's are NULL. */
struct proc_text {
    const char *path;
    text_function write;
};

extern const struct proc_text proc_texts[];

/* Those that any process has. */
void proc_write_stat(struct text *text, const struct process *process);
void proc_write_status(struct text *text, const struct process *process);
void proc_write_cmdline(struct text *text, const struct process *process);

#endif

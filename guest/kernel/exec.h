/*
 * exec.h - a program made ready to run: image, stack, arguments.
 */
#ifndef GUEST_KERNEL_EXEC_H
#define GUEST_KERNEL_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/path.h"

enum { EXEC_TEXT_PAGES = 32 }; /* arguments and environment together: 128 KiB */

/* Arguments, then environment, as one run of NUL-terminated strings, in kernel frames that need not
 * be neighbours. */
struct exec_strings {
    struct frame *pages[EXEC_TEXT_PAGES];
    size_t length; /* bytes */
    size_t arguments, environment;
};

/* Adds a string of the kernel; 0, ERROR_TOO_LONG (list too long) or ERROR_NO_MEMORY. May sleep. The
 * caller counts it in arguments or environment. */
int64_t exec_strings_add(struct exec_strings *strings, const char *text);

/* The same from user memory, also ERROR_BAD_ADDRESS. */
int64_t exec_strings_add_user(struct exec_strings *strings, struct address_space *from,
                              uint64_t va);

/* The `count` texts take the place of the first argument. 0, or an error and nothing changed. May
 * sleep. */
int64_t exec_strings_replace_first(struct exec_strings *strings, const char *const *texts,
                                   size_t count);

/* Where the string that begins there ends: behind its NUL. */
size_t exec_strings_end(const struct exec_strings *strings, size_t offset);

void exec_strings_free(struct exec_strings *strings);

/* What a program starts with. */
struct exec_program {
    struct address_space *space;
    uint64_t entry, sp;
    bool is_elf;                /* what cannot be executed was a program at least */
    char executable[PATH_SIZE]; /* the absolute path of its file */
};

/* Makes an address space with the file of that path in it, or that of its interpreter if it is a
 * script (exec_script.h), which changes the strings; guard page and stack, on which are argc,
 * argv, envp and the auxiliary vector as Linux has them (AT_PHDR, PHENT, PHNUM, PAGESZ, BASE,
 * FLAGS, ENTRY, UID, EUID, GID, EGID, SECURE, HWCAP, CLKTCK, RANDOM, EXECFN), sp being a multiple
 * of 16. AT_RANDOM's bytes are fixed: runs are repeatable. 0, or an error after which there is
 * nothing to give back; *why is words for it or NULL. May sleep. */
int64_t exec_prepare(uint32_t pid, const char *path, struct exec_strings *strings,
                     struct exec_program *program, const char **why);

/* What a process that runs this path is called: its last part. */
const char *exec_name(const char *path);

/* Makes pid 1 of what /etc/pagewalk/start says: path, how many arguments, these, environment.
 * Called once, by boot; never fails: ends the run with a message, 127 if there is no such file, 126
 * if it cannot be executed. Runs before the scheduler, so memory_take() cannot sleep. */
void exec_first(void);

#endif

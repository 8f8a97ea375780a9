/*
 * native.c - runs a workload of guest/workloads on the host: native_chase chase_pages=64 ...
 *
 * The same source, seen by another counter. Linked with -rdynamic, so that the sizes can be found
 * by their names.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/include/user.h"

enum { NATIVE_PAGE_SIZE = 4096, STATUS_MISUSED = 3 };

void user_exit(int code)
{
    exit(code);
}

/* Fresh pages come from the kernel: giving them touches nothing that a counter could see. */
uint64_t user_arena(uint64_t pages)
{
    void *arena = mmap(NULL, pages * NATIVE_PAGE_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return arena == MAP_FAILED ? 0 : (uint64_t)arena;
}

void user_print(const char *text)
{
    ssize_t done = write(STDOUT_FILENO, text, strlen(text));

    (void)done; /* whoever reads it will miss it */
}

/* Does what --set=SYMBOL=VALUE does for a guest. */
static int set_symbol(char *setting)
{
    char *equals = strchr(setting, '=');
    uint64_t *symbol;

    if (equals == NULL) {
        return 0;
    }
    *equals = '\0';
    symbol = dlsym(RTLD_DEFAULT, setting);
    if (symbol == NULL) {
        return 0;
    }
    *symbol = strtoull(equals + 1, NULL, 0);
    return 1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!set_symbol(argv[i])) {
            (void)fprintf(stderr, "%s: %s: not a symbol with a value\n", argv[0], argv[i]);
            return STATUS_MISUSED;
        }
    }
    return user_main();
}

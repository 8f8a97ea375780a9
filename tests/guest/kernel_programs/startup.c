/* startup.c - what a program finds on its stack. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
    const Elf64_Phdr *headers = (const Elf64_Phdr *)getauxval(AT_PHDR);
    const char *path = (const char *)getauxval(AT_EXECFN);
    const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
    int loads = 0, sum = 0;

    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) {
        loads += headers[i].p_type == PT_LOAD;
    }
    for (int i = 0; i < 16; i++) {
        sum |= random[i];
    }
    for (char **variable = environ; *variable != NULL; variable++) {
        printf("%s\n", *variable);
    }
    printf("one place: %d\n",
           (char *)argv[0] + strlen(argv[0]) + 1 == (argc > 1 ? argv[1] : environ[0]));
    printf("home: %s\n", getenv("HOME"));
    printf("page size: %lu, %ld\n", getauxval(AT_PAGESZ), sysconf(_SC_PAGESIZE));
    printf("has segments: %d, headers of 56: %d\n", loads > 0, getauxval(AT_PHENT) == 56);
    printf("path: %s\n", path);
    printf("random bytes: %d, secure: %lu, base: %lu\n", sum != 0, getauxval(AT_SECURE),
           getauxval(AT_BASE));
    printf("argc is aligned: %d\n", ((uintptr_t)argv - 8) % 16 == 0);
    for (int i = 1; i < argc; i++) {
        printf("an argument of %zu bytes\n", strlen(argv[i]));
    }
    return 0;
}

/* made_code.c - runs code that it writes itself, and then writes anew. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

/* addi a0, a0, IMMEDIATE; ret */
static int add_by_code(char *page, uint32_t immediate, int number)
{
    const uint32_t code[] = {0x00050513 | immediate << 20, 0x00008067};

    if (mprotect(page, PAGE, PROT_READ | PROT_WRITE) != 0) {
        return -1;
    }
    memcpy(page, code, sizeof code);
    if (mprotect(page, PAGE, PROT_READ | PROT_EXEC) != 0) {
        return -2;
    }
    __builtin___clear_cache(page, page + sizeof code); /* a system call */
    return ((int (*)(int))(uintptr_t)page)(number);
}

int main(void)
{
    char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    printf("%d\n", add_by_code(page, 1, 41));
    printf("%d\n", add_by_code(page, 1000, 1));
    return 0;
}

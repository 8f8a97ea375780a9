/* faults.c - does what no MMU and no hart allows, as its argument says. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const int constant = 1;
static int variable = 1;
static volatile int deepest = 1 << 30;

__attribute__((noinline)) static void write_null(void)
{
    *(volatile int *)0 = 1;
}

__attribute__((noinline)) static void read_nowhere(void)
{
    (void)*(volatile int *)0x123456789000;
}

__attribute__((noinline)) static void read_kernel(void)
{
    (void)*(volatile int *)0xffffffc080002000;
}

__attribute__((noinline)) static void write_constant(void)
{
    *(volatile int *)&constant = 1;
}

__attribute__((noinline)) static void write_code(void)
{
    *(volatile int *)(uintptr_t)write_code = 1;
}

__attribute__((noinline)) static void run_data(void)
{
    ((void (*)(void))(uintptr_t)&variable)();
}

__attribute__((noinline)) static void write_closed(void)
{
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    *page = 1;
}

__attribute__((noinline)) static int overflow_stack(int depth)
{
    volatile char frame[4096];

    memset((char *)frame, depth, sizeof frame);
    return deepest > depth ? frame[7] + overflow_stack(depth + 1) + frame[9] : 0;
}

__attribute__((noinline)) static void run_illegal(void)
{
    __asm__ volatile(".word 0");
}

__attribute__((noinline)) static void run_breakpoint(void)
{
    __asm__ volatile("ebreak");
}

__attribute__((noinline)) static void run_privileged(void)
{
    __asm__ volatile("csrr t0, satp");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*work)(void);
    } works[] = {
        {"write_null", write_null},
        {"read_nowhere", read_nowhere},
        {"read_kernel", read_kernel},
        {"write_constant", write_constant},
        {"write_code", write_code},
        {"run_data", run_data},
        {"write_closed", write_closed},
        {"run_illegal", run_illegal},
        {"run_breakpoint", run_breakpoint},
        {"run_privileged", run_privileged},
        {"abort", abort},
    };

    printf("before\n");
    fflush(stdout);
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        if (argc > 1 && strcmp(argv[1], works[i].name) == 0) {
            works[i].work();
        }
    }
    return overflow_stack(1);
}

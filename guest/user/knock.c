/*
 * knock.c - the ways into the kernel: all that a program tries by itself fail, two are open.
 */
#include "guest/include/linux.h"
#include "guest/user/attempt.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

#define KERNEL_CODE UINT64_C(0xffffffc080001000) /* docs/kernel.md */

static void load_from_kernel(void)
{
    (void)*(volatile uint64_t *)KERNEL_CODE;
}

static void store_to_kernel(void)
{
    *(volatile uint64_t *)KERNEL_CODE = 0;
}

static void jump_into_kernel(void)
{
    ((void (*)(void))KERNEL_CODE)();
}

static void take_another_page_table(void)
{
    __asm__ volatile("csrw satp, zero");
}

static void forget_translations(void)
{
    __asm__ volatile("sfence.vma");
}

static void return_like_kernel(void)
{
    __asm__ volatile("sret");
}

static const struct attempt closed[] = {
    {"load from the kernel", load_from_kernel}, {"store to the kernel", store_to_kernel},
    {"jump into the kernel", jump_into_kernel}, {"write satp", take_another_page_table},
    {"fence the TLB", forget_translations},     {"return as the kernel does", return_like_kernel},
};

/* By an ECALL a program enters where the kernel wants it, and asks. */
static void ask(void)
{
    print("ecall: the kernel answers that this is process %lu\n", (uint64_t)linux_pid());
}

/* A child that never asks for anything has the hart, and yet this process runs again: the timer's
 * interrupt has taken the hart back. */
static void be_interrupted(void)
{
    int64_t child = linux_fork();
    int status = 0;

    if (child == 0) {
        for (;;) {
            __asm__ volatile("");
        }
    }
    linux_yield();
    print("interrupt: a loop without end has had the hart, and I have it again\n");
    linux_kill(child, LINUX_SIGKILL);
    linux_wait(child, &status);
}

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int wrong = 0;

    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        wrong += attempt(&closed[i]) == 0;
    }
    ask();
    be_interrupted();
    return wrong;
}

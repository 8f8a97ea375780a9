/*
 * swapped.c - a page that must make room for others, and comes back when it is asked for.
 */
#include "guest/include/linux.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

enum { PAGE_SIZE = 4096, PAGES = 6144 }; /* 24 MiB */

#define FIRST_VA UINT64_C(0x40000000)

/* Places for pagewalk to look at the page. */
__attribute__((noipa)) static void page_is_in(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) static void page_is_out(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) static void page_is_back(void)
{
    __asm__ volatile("");
}

static volatile uint64_t *page(uint64_t number)
{
    return (volatile uint64_t *)(FIRST_VA + number * PAGE_SIZE);
}

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (linux_map(FIRST_VA, (uint64_t)PAGES * PAGE_SIZE) < 0) {
        return 1;
    }
    *page(0) = 4711;
    print("page 0 at 0x%lx: I store 4711 there\n", FIRST_VA);
    page_is_in();
    for (uint64_t number = 1; number < PAGES; number++) {
        *page(number) = number;
    }
    print("I have stored to %lu MiB of other pages\n", (uint64_t)PAGES * PAGE_SIZE >> 20);
    page_is_out();
    print("page 0 holds %lu\n", *page(0));
    page_is_back();
    return *page(0) == 4711 ? 0 : 1;
}

/*
 * pages.c - loads from so many pages, one after the other, again and again: pages PAGES ROUNDS. The
 * rounds are a region of interest; every page was touched before.
 */
#include "guest/include/linux.h"
#include "guest/include/pagewalk.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

enum { PAGE_SIZE = 4096 };

/* A round of loads, one for each page. */
static void load_round(uint64_t va, uint64_t pages)
{
    for (uint64_t end = va + pages * PAGE_SIZE; va != end; va += PAGE_SIZE) {
        (void)*(const volatile uint64_t *)va;
    }
}

int main(int argc, char **argv)
{
    uint64_t pages = argc == 3 ? number_of(argv[1]) : 0;
    uint64_t rounds = argc == 3 ? number_of(argv[2]) : 0;
    int64_t va = linux_map(0, pages * PAGE_SIZE);

    if (va < 0 || pages == 0) {
        print("usage: pages PAGES ROUNDS\n");
        return 1;
    }
    load_round((uint64_t)va, pages);
    pagewalk_begin();
    for (uint64_t round = 0; round < rounds; round++) {
        load_round((uint64_t)va, pages);
    }
    pagewalk_end();
    return 0;
}

/*
 * pressure.c - uses more memory than there is, in ways of which it is known how often a page must
 * come back.
 *
 *   pressure reread PAGES ROUNDS   writes each page once, then reads all of them again and again
 *   pressure hot PAGES HOT         writes each page once, and reads HOT other pages after each
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE_SIZE = 4096, PAGE_WORDS = PAGE_SIZE / 8 };
static volatile uint64_t *map(uint64_t pages)
{
    void *memory =
        mmap(NULL, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        exit(2);
    }
    return memory;
}

static void check(const volatile uint64_t *memory, uint64_t number)
{
    if (memory[number * PAGE_WORDS] != number + 1) {
        printf("page %lu is lost\n", (unsigned long)number);
        exit(1);
    }
}

static void reread(uint64_t pages, uint64_t rounds)
{
    volatile uint64_t *memory = map(pages);

    for (uint64_t number = 0; number < pages; number++) {
        memory[number * PAGE_WORDS] = number + 1;
    }
    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t number = 0; number < pages; number++) {
            check(memory, number);
        }
    }
}

static void use_hot_pages(uint64_t pages, uint64_t hot)
{
    volatile uint64_t *memory = map(pages);
    volatile uint64_t *hot_memory = map(hot);

    for (uint64_t number = 0; number < hot; number++) {
        hot_memory[number * PAGE_WORDS] = number + 1;
    }
    for (uint64_t number = 0; number < pages; number++) {
        memory[number * PAGE_WORDS] = number + 1;
        for (uint64_t other = 0; other < hot; other++) {
            check(hot_memory, other);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        return 2;
    }
    uint64_t pages = strtoull(argv[2], NULL, 10);
    uint64_t count = strtoull(argv[3], NULL, 10);

    if (strcmp(argv[1], "hot") == 0) {
        use_hot_pages(pages, count);
    } else {
        reread(pages, count);
    }
    puts("every page is there");
    return 0;
}

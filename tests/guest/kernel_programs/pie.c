/*
 * pie.c - a static program that runs wherever it is loaded. No library: it relocates itself.
 *
 *   pie         tells where it is, and what the kernel told it of that
 *   pie ARG     faults
 */
#include <elf.h>
#include <stdint.h>

enum { CALL_WRITE = 64, CALL_EXIT = 93, CALL_BRK = 214 };
enum { PAGE_SIZE = 4096, AUX_MOST = AT_ENTRY + 1, STATUS = 5 };

/* Known to the linker: the file's first byte, the first byte behind .bss, the dynamic section. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern char _end[] __attribute__((visibility("hidden")));
extern const Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));

void _start(void);
void start(const uint64_t *stack);

/* The stack as the kernel left it goes to start(). */
__asm__(".globl _start\n"
        ".type _start, @function\n"
        "_start: mv a0, sp\n"
        "        call start\n");

static char zeroes[3 * PAGE_SIZE];
static const char *const texts[] = {"constants are found by relocated addresses\n",
                                    "and all of them\n"};
static const char *const *volatile list = texts; /* two steps, both relocated */

static uint64_t call(uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a2 __asm__("a2") = third;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

static void print(const char *text)
{
    uint64_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    call(CALL_WRITE, 1, (uint64_t)text, length);
}

static void print_number(const char *what, uint64_t number)
{
    char digits[] = "0x0000000000000000\n";

    for (int i = 17; i > 1; i--, number >>= 4) {
        digits[i] = "0123456789abcdef"[number & 15];
    }
    print(what);
    print(digits);
}

/* Only relative relocations are left in a static program. */
static void relocate(uint64_t base)
{
    const Elf64_Rela *first = 0;
    uint64_t size = 0;

    for (const Elf64_Dyn *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_RELA) {
            first = (const Elf64_Rela *)(base + entry->d_un.d_ptr);
        } else if (entry->d_tag == DT_RELASZ) {
            size = entry->d_un.d_val;
        }
    }
    for (const Elf64_Rela *rela = first; size > 0; rela++, size -= sizeof *rela) {
        *(uint64_t *)(base + rela->r_offset) = base + (uint64_t)rela->r_addend;
    }
    __asm__ volatile("" : : : "memory");
}

static void read_auxiliaries(const uint64_t *stack, uint64_t values[AUX_MOST])
{
    const uint64_t *next = stack + 1 + stack[0] + 1; /* argc, argv, NULL */

    while (*next != 0) {
        next++; /* the environment */
    }
    for (next++; next[0] != AT_NULL; next += 2) {
        if (next[0] < AUX_MOST) {
            values[next[0]] = next[1];
        }
    }
}

__attribute__((noinline)) static void write_null(void)
{
    volatile uint64_t nowhere = 0; /* else the compiler knows better */

    *(volatile int *)nowhere = 1;
}

static uint64_t sum_of_zeroes(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < sizeof zeroes; i++) {
        sum += ((volatile char *)zeroes)[i];
    }
    return sum;
}

void start(const uint64_t *stack)
{
    uint64_t base = (uint64_t)__ehdr_start;
    uint64_t values[AUX_MOST];
    uint64_t last = ((uint64_t)_end + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;

    relocate(base);
    read_auxiliaries(stack, values);
    if (stack[0] > 1) {
        write_null();
    }
    print(list[0]);
    print(list[1]);
    print_number("loaded at       ", base);
    print_number("headers at +    ", values[AT_PHDR] - base);
    print_number("headers         ", values[AT_PHNUM] - ((const Elf64_Ehdr *)base)->e_phnum);
    print_number("entry at _start+", values[AT_ENTRY] - (uint64_t)_start);
    print_number("dynamic linker  ", values[AT_BASE]);
    print_number("break at end+   ", call(CALL_BRK, 0, 0, 0) - last);
    print_number("break grows by  ", call(CALL_BRK, last + 100, 0, 0) - last);
    *(volatile char *)(last + 99) = 1;
    print_number("zeroes          ", sum_of_zeroes());
    call(CALL_EXIT, STATUS, 0, 0);
}

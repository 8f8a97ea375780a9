/* segments.c - three kinds of pages, put together by several linker scripts, without a library. */
static const char text[] = "constants are there\n";
static volatile int data = 5;
static volatile int zeroes[1000];

enum { CALL_WRITE = 64, CALL_EXIT = 93 };

static long system_call(long number, long first, long second, long third)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = first;
    register long a1 __asm__("a1") = second;
    register long a2 __asm__("a2") = third;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

void _start(void);

void _start(void)
{
    int sum = 0;

    for (int i = 0; i < 1000; i++) {
        sum += zeroes[i];
        zeroes[i] = 1;
    }
    data += zeroes[999];
    system_call(CALL_WRITE, 1, (long)text, sizeof text - 1);
    system_call(CALL_EXIT, data + sum, 0, 0);
}

/*
 * sections.c - an executable's sections, each with the rights that it needs and no other: every
 * access that a section forbids is tried, each in a process of its own.
 */
#include "guest/include/linux.h"
#include "guest/user/attempt.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

enum { RETURN = 0x8082, FRAME_LENGTH = 2048 };

static const uint64_t constant = RETURN;
static volatile uint64_t datum = RETURN; /* code, if it could be run */

static void load(uint64_t va)
{
    (void)*(volatile uint64_t *)va;
}

static void store(uint64_t va)
{
    *(volatile uint64_t *)va = 0;
}

static void run(uint64_t va)
{
    ((void (*)(void))va)();
}

/* Somewhere in the code. */
static uint64_t code(void)
{
    return (uint64_t)main & ~UINT64_C(7);
}

static void load_code(void)
{
    load(code());
}

static void load_constants(void)
{
    load((uint64_t)&constant);
}

static void store_to_data(void)
{
    store((uint64_t)&datum);
}

static void store_to_code(void)
{
    store(code());
}

static void store_to_constants(void)
{
    store((uint64_t)&constant);
}

static void run_constants(void)
{
    run((uint64_t)&constant);
}

static void run_data(void)
{
    run((uint64_t)&datum);
}

static void run_stack(void)
{
    volatile uint64_t word = RETURN;

    run((uint64_t)&word);
}

static void load_from_nowhere(void)
{
    load(0);
}

/* Needs some stack for each call, less than the guard page has: it cannot be stepped over. */
__attribute__((noipa)) static uint64_t descend(uint64_t depth)
{
    volatile char frame[FRAME_LENGTH];

    frame[0] = (char)depth;
    return depth == 0 ? 0 : descend(depth - 1) + (uint64_t)frame[0];
}

static void outgrow_stack(void)
{
    descend(UINT64_MAX);
}

static const struct attempt allowed[] = {
    {"load from the code", load_code},
    {"load from the constants", load_constants},
    {"store to the data", store_to_data},
};

static const struct attempt forbidden[] = {
    {"store to the code", store_to_code}, {"store to the constants", store_to_constants},
    {"run the constants", run_constants}, {"run the data", run_data},
    {"run the stack", run_stack},         {"load from address 0", load_from_nowhere},
    {"call without end", outgrow_stack},
};

int main(int argc, char **argv)
{
    int wrong = 0;

    (void)argc;
    (void)argv;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        wrong += attempt(&allowed[i]) != 0;
    }
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        wrong += attempt(&forbidden[i]) == 0;
    }
    return wrong;
}

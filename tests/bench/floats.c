/*
 * floats.c - every kind of floating-point instruction: bodies that attract each other (sums,
 * products, square roots, divisions), a polynomial, the same in singles, numbers converted and
 * compared.
 *
 *   floats_rounds   steps in time
 *
 * It is compiled so that no multiplication is joined with an addition: the bits of its results are
 * then the same on every machine that rounds as IEEE 754 says.
 */
#include <stdbool.h>
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

enum { BODIES = 8, TERMS = 12 };

volatile uint64_t floats_rounds = 100;

struct body {
    double place[3];
    double speed[3];
    double mass;
};

/* Between -1 and 1. */
static double fraction(uint64_t random)
{
    return (double)(int64_t)random / 9223372036854775808.0;
}

static uint64_t make_bodies(struct body *body, uint64_t random)
{
    for (unsigned i = 0; i < BODIES; i++) {
        for (unsigned axis = 0; axis < 3; axis++) {
            random = workload_random(random);
            body[i].place[axis] = (double)(10 * i) + fraction(random);
            random = workload_random(random);
            body[i].speed[axis] = fraction(random);
        }
        body[i].mass = 1.0 + (double)i;
    }
    return random;
}

static void attract(struct body *a, struct body *b, double step)
{
    double away[3];
    double square = 1e-2; /* never 0, however near they come */

    for (unsigned axis = 0; axis < 3; axis++) {
        away[axis] = a->place[axis] - b->place[axis];
        square += away[axis] * away[axis];
    }

    double pull = step / (square * __builtin_sqrt(square));

    for (unsigned axis = 0; axis < 3; axis++) {
        a->speed[axis] -= away[axis] * b->mass * pull;
        b->speed[axis] += away[axis] * a->mass * pull;
    }
}

static void advance(struct body *body, double step)
{
    for (unsigned i = 0; i < BODIES; i++) {
        for (unsigned j = i + 1; j < BODIES; j++) {
            attract(&body[i], &body[j], step);
        }
    }
    for (unsigned i = 0; i < BODIES; i++) {
        for (unsigned axis = 0; axis < 3; axis++) {
            body[i].place[axis] += step * body[i].speed[axis];
        }
    }
}

/* The first terms of the exponential series at x. */
static double series(double x)
{
    double sum = 1;

    for (unsigned term = TERMS; term > 0; term--) {
        sum = 1 + sum * x / (double)term;
    }
    return sum;
}

static float series_of_singles(float x)
{
    float sum = 1;

    for (unsigned term = TERMS; term > 0; term--) {
        sum = 1 + sum * x / (float)term;
    }
    return sum;
}

static uint64_t bits_of(double number)
{
    union {
        double number;
        uint64_t bits;
    } both = {.number = number};

    return both.bits;
}

int user_main(void)
{
    uint64_t rounds = floats_rounds;
    struct body *body =
        (struct body *)workload_arena("floats", workload_pages(BODIES * sizeof *body / 8 + 1));
    uint64_t random = make_bodies(body, WORKLOAD_SEED);
    uint64_t checksum = 0;
    bool is_right = true;

    pagewalk_begin();
    for (uint64_t round = 0; round < rounds; round++) {
        advance(body, 1e-3);
        random = workload_random(random);

        double x = fraction(random);
        double both = series(x) * series(-x); /* 1, nearly */
        float single = series_of_singles((float)x);

        is_right = is_right && both > 1 - 1e-8 && both < 1 + 1e-8;
        checksum = workload_checksum(checksum, bits_of(both) + (uint64_t)(single * 65536.0F));
    }
    pagewalk_end();

    for (unsigned i = 0; i < BODIES; i++) {
        checksum = workload_checksum(checksum, bits_of(body[i].place[0]));
        is_right = is_right && body[i].place[0] == body[i].place[0];
    }
    return workload_report("floats", checksum, is_right);
}

/*
 * numbers.c - arithmetic with doubles, printed in many ways.
 *
 * An ordinary C program: built for the host it prints the same, digit by digit, since every
 * operation is rounded as IEEE 754 says. Nothing is contracted to a fused operation (-std=c17), and
 * no decimal has more than 15 digits: picolibc prints the shortest that tell a double from others.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { ORDER = 7, BODIES = 3 };

/* Pi by the arithmetic-geometric mean: the number of right digits doubles with each step. */
static double mean_pi(unsigned steps)
{
    double a = 1;
    double b = sqrt(0.5);
    double t = 0.25;
    double p = 1;

    for (unsigned i = 0; i < steps; i++) {
        double next = (a + b) / 2;

        b = sqrt(a * b);
        t -= p * (a - next) * (a - next);
        a = next;
        p *= 2;
    }
    return (a + b) * (a + b) / (4 * t);
}

/* Solves H x = H 1, H being the Hilbert matrix, by elimination with pivots: x is not quite 1. */
static void solve_hilbert(double x[ORDER])
{
    double m[ORDER][ORDER + 1];

    for (int row = 0; row < ORDER; row++) {
        m[row][ORDER] = 0;
        for (int column = 0; column < ORDER; column++) {
            m[row][column] = 1.0 / (row + column + 1);
            m[row][ORDER] += m[row][column];
        }
    }
    for (int step = 0; step < ORDER; step++) {
        int pivot = step;

        for (int row = step; row < ORDER; row++) {
            pivot = fabs(m[row][step]) > fabs(m[pivot][step]) ? row : pivot;
        }
        for (int column = 0; column <= ORDER; column++) {
            double kept = m[step][column];

            m[step][column] = m[pivot][column];
            m[pivot][column] = kept;
        }
        for (int row = step + 1; row < ORDER; row++) {
            double factor = m[row][step] / m[step][step];

            for (int column = step; column <= ORDER; column++) {
                m[row][column] -= factor * m[step][column];
            }
        }
    }
    for (int row = ORDER; row-- > 0;) {
        x[row] = m[row][ORDER];
        for (int column = row + 1; column < ORDER; column++) {
            x[row] -= m[row][column] * x[column];
        }
        x[row] /= m[row][row];
    }
}

struct body {
    double mass;
    double place[2];
    double speed[2];
};

static double energy(const struct body bodies[BODIES])
{
    double sum = 0;

    for (int i = 0; i < BODIES; i++) {
        const struct body *one = &bodies[i];

        sum += one->mass / 2 * (one->speed[0] * one->speed[0] + one->speed[1] * one->speed[1]);
        for (int j = i + 1; j < BODIES; j++) {
            double x = one->place[0] - bodies[j].place[0];
            double y = one->place[1] - bodies[j].place[1];

            sum -= one->mass * bodies[j].mass / sqrt(x * x + y * y);
        }
    }
    return sum;
}

static void move(struct body bodies[BODIES], double time)
{
    for (int i = 0; i < BODIES; i++) {
        for (int j = 0; j < BODIES; j++) {
            double x = bodies[j].place[0] - bodies[i].place[0];
            double y = bodies[j].place[1] - bodies[i].place[1];
            double square = x * x + y * y;
            double pull = i == j ? 0 : bodies[j].mass / (square * sqrt(square));

            bodies[i].speed[0] += time * pull * x;
            bodies[i].speed[1] += time * pull * y;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        bodies[i].place[0] += time * bodies[i].speed[0];
        bodies[i].place[1] += time * bodies[i].speed[1];
    }
}

static void print_orbits(void)
{
    struct body bodies[BODIES] = {
        {.mass = 1000, .place = {0, 0}, .speed = {0, -0.13}},
        {.mass = 10, .place = {10, 0}, .speed = {0, 10}},
        {.mass = 1, .place = {-40, 5}, .speed = {1, -3}},
    };

    for (int step = 0; step <= 2000; step++) {
        if (step % 500 == 0) {
            printf("step %4d energy %+.12e", step, energy(bodies));
            printf(" at (%8.3f, %8.3f)\n", bodies[2].place[0], bodies[2].place[1]);
        }
        move(bodies, 0x1p-10);
    }
}

static void print_formats(void)
{
    static const double values[] = {
        0.0,
        -0.0,
        1.0,
        -1.5,
        0.1,
        1.0 / 3,
        2.5,
        3.5,
        9.5,
        99.95,
        123456789.0,
        1e15,
        1e16,
        1e-5,
        0.0001,
        6.02214076e23,
        -1.602176634e-19,
        DBL_MAX,
        DBL_MIN,
        DBL_EPSILON,
        HUGE_VAL,
        -HUGE_VAL,
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double value = values[i];

        printf("[%a] [%e] [%g] [%.15g]\n", value, value, value, value);
        printf("[%12.3e] [%-14.6g] [%+G] [%#.3g] [%012.2E]\n", value, value, value, value, value);
    }
    printf("[%f] [%.0f] [%.1f] [%10.4f] [%-10.2f] [% f]\n", 0.1, 2.5, 0.25, -3.14159, 2.0, 7.0);
    printf("[%d] [%5d] [%-5d] [%05d] [%+d] [% d]\n", 42, 42, 42, 42, 42, 42);
    printf("[%x] [%#X] [%o] [%u] [%c] [%s] [%.3s] [%8s] [%%]\n", 0xbeefU, 0xbeefU, 8U, 4000000000U,
           'p', "walk", "walker", "page");
    printf("[%" PRId64 "] [%" PRIu64 "] [%016" PRIx64 "] [%zu] [%*d]\n", INT64_MIN, UINT64_MAX,
           UINT64_C(0x123456789abcdef), sizeof(double), 6, -7);
}

int main(void)
{
    double x[ORDER];

    for (unsigned steps = 0; steps < 5; steps++) {
        printf("pi after %u steps: %.15g\n", steps, mean_pi(steps));
    }
    solve_hilbert(x);
    for (int row = 0; row < ORDER; row++) {
        printf("x[%d] = %.15g, off by %.3e\n", row, x[row], x[row] - 1);
    }
    print_orbits();
    print_formats();
    return 0;
}

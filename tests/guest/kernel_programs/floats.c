/* floats.c - processes that compute with floating-point numbers while others do. */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 4, TURNS = 3000 };

/* Differs for each start, and all of it stays in registers between the yields. */
static double compute(double number)
{
    double sum = 0, product = 1;

    for (int turn = 1; turn <= TURNS; turn++) {
        sum += sqrt(number * turn);
        product = product * (1 + number / turn) / (1 + 0.5 / turn);
        if (turn % 100 == 0) {
            sched_yield();
        }
    }
    return sum + product;
}

int main(void)
{
    double expected[CHILDREN];
    int wrong = 0, status;

    for (int i = 0; i < CHILDREN; i++) {
        expected[i] = compute(i + 0.25);
        printf("%.17g\n", expected[i]);
    }
    fflush(stdout);
    for (int i = 0; i < CHILDREN; i++) {
        if (fork() == 0) {
            _exit(compute(i + 0.25) != expected[i]);
        }
    }
    while (wait(&status) > 0) {
        wrong += status != 0;
    }
    printf("wrong: %d\n", wrong);
    return wrong;
}

/*
 * rounding.c - functions whose results are exact or rightly rounded, on floats and doubles, in all
 * rounding modes; and the exceptions that operations raise.
 *
 * Left out: the sign and payload of a NaN, which IEEE 754 leaves open; rint, which gcc for x86-64
 * computes as if the mode were to nearest; trunc beyond 2^53, where picolibc 1.8 loses bits.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

/* Volatile, so that the compiler computes nothing itself. */
static volatile double values[] = {
    0.0,     -0.0,    0.5,      -0.5,       1.5,      2.5,      -2.5,      0x1p52,         0x1.8p52,
    0x1p-60, 1.0 / 3, -2.0 / 3, 1e10 + 0.5, 7.0,      -3.25,    1e300,     DBL_MIN / 1024, DBL_MAX,
    FLT_MAX, FLT_MIN, 0x1p-149, 16777217.0, 100000.1, HUGE_VAL, -HUGE_VAL,
};
enum { VALUES = sizeof values / sizeof *values };

static const struct {
    int mode;
    const char *name;
} modes[] = {
    {FE_TONEAREST, "nearest"},
    {FE_TOWARDZERO, "zero"},
    {FE_DOWNWARD, "down"},
    {FE_UPWARD, "up"},
};

static void print(const char *name, double value)
{
    if (isnan(value)) {
        printf(" %s nan", name);
    } else {
        printf(" %s %a", name, value);
    }
}

static void print_raised(void)
{
    printf(" [%s%s%s%s%s]\n", fetestexcept(FE_INVALID) ? "v" : "",
           fetestexcept(FE_DIVBYZERO) ? "z" : "", fetestexcept(FE_OVERFLOW) ? "o" : "",
           fetestexcept(FE_UNDERFLOW) ? "u" : "", fetestexcept(FE_INEXACT) ? "x" : "");
    feclearexcept(FE_ALL_EXCEPT);
}

static void print_unary(double value)
{
    int exponent = 0;
    double whole;

    printf("%a:", value);
    print("floor", floor(value));
    print("ceil", ceil(value));
    print("round", round(value));
    print("sqrt", sqrt(fabs(value)));
    print("sqrtf", (double)sqrtf((float)fabs(value) / 2));
    print("modf", modf(value, &whole));
    print("of", whole);
    if (isfinite(value)) {
        print("frexp", frexp(value, &exponent));
        printf(" and %d", exponent);
        print("ldexp", ldexp(value, -3));
        print("next", nextafter(value, 1));
        print("nextf", (double)nextafterf((float)value / 2, -1));
    }
    if (fabs(value) < 0x1p53) {
        print("trunc", trunc(value));
        printf(" lround %ld", lround(value));
    }
    printf("\n");
}

/* Arithmetic under one rounding mode. */
static void print_binary(volatile double *left, volatile double *right)
{
    volatile float one = (float)*left;
    volatile float other = (float)*right;

    feclearexcept(FE_ALL_EXCEPT);
    print(" +", *left + *right);
    print("-", *left - *right);
    print("*", *left * *right);
    print("/", *left / *right);
    print_raised();
    print("  fma", fma(*left, *right, 1.0 / 3));
    print("+f", (double)(one + other));
    print("*f", (double)(one * other));
    print("/f", (double)(one / other));
    print_raised();
    if (fabs(*left) < 0x1p62) {
        printf("  lrint %ld\n", lrint(*left));
    }
}

int main(void)
{
    for (int i = 0; i < VALUES; i++) {
        print_unary(values[i]);
    }
    for (int i = 0; i < VALUES; i++) {
        for (int j = 0; j < VALUES; j++) {
            printf("%a %a:", values[i], values[j]);
            print("fmod", fmod(values[i], values[j]));
            print("remainder", remainder(values[i], values[j]));
            print("min", values[i] == values[j] ? values[i] : fmin(values[i], values[j]));
            print("max", values[i] == values[j] ? values[i] : fmax(values[i], values[j]));
            print("sign", copysign(values[i], values[j]));
            printf(" %d%d%d\n", isless(values[i], values[j]), values[i] == values[j],
                   isgreaterequal(values[i], values[j]));
        }
    }
    for (size_t mode = 0; mode < sizeof modes / sizeof *modes; mode++) {
        for (int i = 0; i < VALUES; i += 2) {
            int j = (i * 7 + 3) % VALUES;

            printf("%s, %a and %a:\n", modes[mode].name, values[i], values[j]);
            fesetround(modes[mode].mode);
            print_binary(&values[i], &values[j]);
            fesetround(FE_TONEAREST);
        }
    }
    return 0;
}

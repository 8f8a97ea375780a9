#include "guest/kernel/random.h"

/* Steps of an odd distance over all 2^64, each stirred by shifts and multiplications, which lose
 * nothing. */
uint64_t random_next(void)
{
    static uint64_t place;
    uint64_t number = place += UINT64_C(0x9e3779b97f4a7c15);

    number = (number ^ number >> 32) * UINT64_C(0xd6e8feb86659fd93);
    number = (number ^ number >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return number ^ number >> 32;
}

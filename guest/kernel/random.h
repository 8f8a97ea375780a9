/*
 * random.h - numbers that look random and are the same in every run.
 */
#ifndef GUEST_KERNEL_RANDOM_H
#define GUEST_KERNEL_RANDOM_H

#include <stdint.h>

/* The next one. */
uint64_t random_next(void);

#endif

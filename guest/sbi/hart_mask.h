/*
 * hart_mask.h - a set of harts as S-mode gives it: bit n stands for hart base + n, and a base of
 * all ones for every hart. Here there is one, number 0.
 *
 * Spec: SBI 2.0, Binary Encoding, Hart list parameter.
 */
#ifndef GUEST_SBI_HART_MASK_H
#define GUEST_SBI_HART_MASK_H

#include <stdbool.h>
#include <stdint.h>

enum { HART_ID = 0 };

/* True if no hart of the set is one that does not exist; *has_this tells if it holds the one. */
static inline bool hart_mask_read(uint64_t mask, uint64_t base, bool *has_this)
{
    if (base == UINT64_MAX) {
        *has_this = true;
        return true;
    }
    *has_this = base == HART_ID && (mask & 1) != 0;
    return mask == 0 || (base == HART_ID && mask == 1);
}

#endif

/*
 * pagewalk.h - marks places in a program for pagewalk, which then counts what happens between them.
 *
 * A mark is the instruction `slti x0, x0, IMM`: a HINT, from the part of the encoding space that is
 * left to custom use for good. It changes nothing but the pc, so it may stand in any program, at
 * any privilege, and on every other machine it does nothing.
 *
 *   IMM 1  begin: count into the region from the next instruction on
 *   IMM 2  end: the region ends with this instruction
 *   IMM 3  reset: forget what the regions have counted so far
 *   IMM 4  event: something happened, with a number in a6 and a value in a7
 *
 * The compiler moves no load or store across a mark. It may move arithmetic.
 *
 * Spec: Unpriv. [norm:hints_op], [rv32i-hints].
 */
#ifndef GUEST_PAGEWALK_H
#define GUEST_PAGEWALK_H

#include <stdint.h>

static inline void pagewalk_begin(void)
{
    __asm__ volatile("slti x0, x0, 1" : : : "memory");
}

static inline void pagewalk_end(void)
{
    __asm__ volatile("slti x0, x0, 2" : : : "memory");
}

static inline void pagewalk_reset(void)
{
    __asm__ volatile("slti x0, x0, 3" : : : "memory");
}

static inline void pagewalk_event(uint64_t number, uint64_t value)
{
    register uint64_t a6 __asm__("a6") = number;
    register uint64_t a7 __asm__("a7") = value;

    __asm__ volatile("slti x0, x0, 4" : : "r"(a6), "r"(a7) : "memory");
}

#endif

/*
 * pagewalk.h - takes the place of guest/include/pagewalk.h where a workload is built for the host:
 * the marks are nothing but barriers for the compiler.
 */
#ifndef NATIVE_PAGEWALK_H
#define NATIVE_PAGEWALK_H

static inline void pagewalk_begin(void)
{
    __asm__ volatile("" : : : "memory");
}

static inline void pagewalk_end(void)
{
    __asm__ volatile("" : : : "memory");
}

#endif

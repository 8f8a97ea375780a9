/*
 * direct_map.h - physical memory as the kernel reaches it: at a constant distance.
 */
#ifndef GUEST_KERNEL_DIRECT_MAP_H
#define GUEST_KERNEL_DIRECT_MAP_H

#include <stdint.h>

#include "guest/kernel/layout.h"

/* The kernel's address of physical memory. */
static inline void *direct_map(uint64_t pa)
{
    return (void *)(pa + DIRECT_MAP);
}

/* The physical address of something in the kernel's image or in memory had by direct_map(). Not for
 * what is on a kernel stack of a process: those are mapped elsewhere, too. */
static inline uint64_t direct_map_pa(const void *address)
{
    return (uint64_t)address - DIRECT_MAP;
}

#endif

/*
 * memory.h - which physical memory S-mode may have the firmware read or write for it.
 */
#ifndef GUEST_SBI_MEMORY_H
#define GUEST_SBI_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* True if all of it is RAM and none of it the firmware's own. Nothing is no memory: true. */
bool memory_is_supervisors(uint64_t pa, uint64_t length);

#endif

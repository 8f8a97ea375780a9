/*
 * random_guest.h - a whole guest made at random: page tables, code that changes itself, handlers
 * that keep it going, and the state of the hart that it begins with.
 *
 * The M-mode handler steps over what trapped, or starts somewhere else: at an entry with registers,
 * an address space, a privilege and a PMP entry of its own. Three address spaces have the same
 * layout, in which physical pages of code and data appear several times and with all kinds of
 * permissions:
 *
 *   GUEST_VA            64 pages: the S-mode handler, the page tables, devices, code, data
 *   GUEST_VA + 2 MiB    the whole RAM, as one page of 2 MiB
 *   GUEST_VA + 4 MiB    the 64 pages of the next address space
 *   PLATFORM_RAM_BASE   1 GiB that begins with the RAM, as one page
 *   the highest 1 GiB   the same as GUEST_VA; its last page is code
 */
#ifndef TESTS_SUPPORT_RANDOM_GUEST_H
#define TESTS_SUPPORT_RANDOM_GUEST_H

#include <stdint.h>

#include "emu/hart/hart.h"
#include "tests/support/chooser.h"

#define GUEST_VA UINT64_C(0x40000000)

enum {
    GUEST_BYTES = 64 * 4096,         /* of RAM that the guest fills */
    GUEST_MEMORY = 512 * 1024,       /* of RAM that it needs, device tree included */
    GUEST_CODE = 32 * 4096,          /* where its code and data begin */
    GUEST_TOHOST = 63 * 4096 + 1024, /* where HTIF may be */
};

/* Writes the first GUEST_BYTES of RAM. levels are those of the largest mode that satp accepts. */
void random_guest(struct chooser *chooser, unsigned levels, uint8_t *ram);

/* Makes the hart ready for it; two harts get the same from choosers that are the same. */
void random_guest_begin(struct chooser *chooser, struct hart *hart);

/* The hart goes on at some entry, whatever it was doing. */
void random_guest_restart(struct hart *hart);

#endif

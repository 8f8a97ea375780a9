/*
 * asid.h - which address space the hart translates with.
 *
 * ASIDs are given out one after the other and not taken back. When they run out, a new generation
 * begins: everything is fenced and each address space gets a new ASID when it next runs. So one
 * that is destroyed needs no fence. ASID 0 is the kernel root's; on a hart that has no other, each
 * switch to a user space fences everything.
 */
#ifndef GUEST_KERNEL_ASID_H
#define GUEST_KERNEL_ASID_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"

/* Finds out how many bits satp.ASID has. */
void asid_start(void);

/* Puts the address space into satp, with an ASID of this generation. Tells by an event if its satp
 * is another than before. */
void asid_use(struct address_space *space);

/* Puts the kernel's own root into satp. */
void asid_use_kernel(void);

/* May the hart hold translations of it? */
bool asid_is_current(const struct address_space *space);

#endif

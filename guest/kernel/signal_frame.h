/*
 * signal_frame.h - what a handler finds on its stack, and the way back from it.
 *
 *   siginfo, ucontext (flags, link, stack, mask, registers, float registers, fcsr)   sp, 16-aligned
 *
 * as Linux has them for 64-bit RISC-V. ra is the address of the trampoline: two instructions that
 * call rt_sigreturn, on the page USER_TRAMPOLINE that every program has, U R-X, with the content of
 * an inode in the kernel's image.
 */
#ifndef GUEST_KERNEL_SIGNAL_FRAME_H
#define GUEST_KERNEL_SIGNAL_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/kernel/address_space.h"
#include "guest/kernel/thread.h"

/* The area of the trampoline's page, for each new program. False: too many areas. */
bool signal_frame_add_trampoline(struct address_space *space);

/* Makes the current thread begin the handler of the action, on its alternate stack if it is to be
 * used; what it goes on with afterwards is in its frame and its mask. False: its stack cannot be
 * written, and no register is changed. May sleep. */
bool signal_frame_push(struct thread *thread, const struct signal_information *information,
                       const struct signal_action *action);

/* rt_sigreturn: registers, mask and alternate stack as the frame at sp says. False: it cannot be
 * read. May sleep. */
bool signal_frame_pop(struct thread *thread);

/* The alternate stack of the current thread as sigaltstack tells it; and another one as sigaltstack
 * wants it: 0, ERROR_NOT_PERMITTED where the thread stands on it, ERROR_INVALID or ERROR_NO_MEMORY
 * (too small). */
struct signal_stack signal_frame_stack(const struct thread *thread);
int64_t signal_frame_set_stack(struct thread *thread, const struct signal_stack *stack);

#endif

/*
 * plic.h - device interrupts of the supervisor, context 1 of hart 0.
 */
#ifndef GUEST_KERNEL_PLIC_H
#define GUEST_KERNEL_PLIC_H

#include <stdint.h>

/* Called with the context given to plic_attach(); never sleeps. */
typedef void (*plic_handler)(void *context);

void plic_start(void);

/* Lets the source interrupt, from now on. */
void plic_attach(uint32_t irq, plic_handler handler, void *context);

/* Claims, serves and completes all that is pending. */
void plic_serve(void);

#endif

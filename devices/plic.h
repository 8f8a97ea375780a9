/*
 * plic.h - the platform-level interrupt controller: 95 sources, one hart, a machine and a
 * supervisor context, laid out as on QEMU's virt machine.
 *
 *   0x000000 + 4*source   priority (0 to 7; 0 never interrupts)
 *   0x001000              pending bits
 *   0x002000 + 0x80*ctx   enable bits          ctx 0: machine, ctx 1: supervisor
 *   0x200000 + 0x1000*ctx threshold, then claim/complete
 *
 * Sources are level-triggered: a gateway forwards its line again once the last claim is completed.
 *
 * Spec: the RISC-V PLIC specification.
 */
#ifndef DEVICES_PLIC_H
#define DEVICES_PLIC_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/device.h"

enum { PLIC_SOURCES = 96, PLIC_WORDS = PLIC_SOURCES / 32, PLIC_CONTEXTS = 2 };

struct plic;

/* One source's wire into the PLIC; source 0 does not exist. */
struct plic_source {
    struct plic *plic;
    unsigned number;
};

struct plic {
    struct device device;
    struct irq_line output[PLIC_CONTEXTS]; /* [0] mip.MEIP, [1] mip.SEIP */
    struct plic_source source[PLIC_SOURCES];
    uint32_t priority[PLIC_SOURCES];
    uint32_t level[PLIC_WORDS];   /* the wires as they are */
    uint32_t pending[PLIC_WORDS]; /* forwarded by the gateway, not yet claimed */
    uint32_t claimed[PLIC_WORDS]; /* claimed, not yet completed */
    uint32_t enable[PLIC_CONTEXTS][PLIC_WORDS];
    uint32_t threshold[PLIC_CONTEXTS];
};

/* The lines are copied; their ctx must outlive the PLIC. */
void plic_init(struct plic *plic, const struct irq_line output[PLIC_CONTEXTS]);

/* The wire that a device drives to raise this source (1 to 95). Valid as long as the PLIC. */
struct irq_line plic_line(struct plic *plic, unsigned source);

#endif

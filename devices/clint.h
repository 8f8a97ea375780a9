/*
 * clint.h - the core-local interruptor of one hart: msip at 0x0, mtimecmp at 0x4000, mtime at
 * 0xbff8 (SiFive's layout, which QEMU's virt machine shares).
 *
 * Time is not kept here: the owner says how many ticks have passed, and is told when the timer
 * interrupt is next due. mtime is those ticks plus an offset that software sets by writing mtime.
 */
#ifndef DEVICES_CLINT_H
#define DEVICES_CLINT_H

#include <stdint.h>

#include "devices/device.h"

struct clint_host {
    /* Ticks since the run began; never goes back. */
    uint64_t (*ticks)(void *ctx);
    /* The timer was written: clint_next_event may answer differently now. */
    void (*rearmed)(void *ctx);
    void *ctx;
};

struct clint {
    struct device device;
    struct clint_host host;
    struct irq_line software; /* drives mip.MSIP */
    struct irq_line timer;    /* drives mip.MTIP */
    uint64_t mtime_offset;    /* mtime = ticks + this, modulo 2^64 */
    uint64_t mtimecmp;        /* all ones at reset: no interrupt */
    uint32_t msip;            /* 0 or 1 */
};

/* host and lines are copied; their ctx must outlive the CLINT. */
void clint_init(struct clint *clint, const struct clint_host *host, const struct irq_line *software,
                const struct irq_line *timer);

/* mtime now. */
uint64_t clint_mtime(const struct clint *clint);

/* Sets mtime, as a write to it does. */
void clint_set_mtime(struct clint *clint, uint64_t value);

/* Drives the timer line from mtime and mtimecmp as they are now. */
void clint_update(struct clint *clint);

/* The tick at which mtime reaches a value: now if it has, UINT64_MAX if that is so far away that a
 * 64-bit tick count never gets there. */
uint64_t clint_tick_of(const struct clint *clint, uint64_t mtime);

/* The tick at which mtime reaches mtimecmp. */
uint64_t clint_next_event(const struct clint *clint);

#endif

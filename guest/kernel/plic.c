#include "guest/kernel/plic.h"

#include <stddef.h>

#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/end.h"

/* Context 1: hart 0 in S-mode.
 *
 *   0x00_0000  priority, a word for each source
 *   0x00_2000  enable, a bit for each source, 0x80 bytes for each context
 *   0x20_0000  threshold; claim and complete 4 behind it; 0x1000 bytes for each context
 */
enum {
    PLIC_ENABLE = 0x2000 + 0x80,
    PLIC_THRESHOLD = 0x200000 + 0x1000,
    PLIC_CLAIM = PLIC_THRESHOLD + 4,
};

enum { SOURCES = 128, SOURCES_PER_WORD = 32, REGISTER_SIZE = 4 };

static struct {
    plic_handler serve;
    void *context;
} handlers[SOURCES];

static volatile uint32_t *plic_register(uint32_t offset)
{
    return direct_map(machine()->plic_pa + offset);
}

void plic_start(void)
{
    if (machine()->plic_pa == 0) {
        panic("the device tree names no PLIC");
    }
    *plic_register(PLIC_THRESHOLD) = 0;
}

void plic_attach(uint32_t irq, plic_handler handler, void *context)
{
    if (irq == 0 || irq >= SOURCES) {
        panic("a device has interrupt %u, and the kernel knows 1 to %d", irq, SOURCES - 1);
    }
    handlers[irq].serve = handler;
    handlers[irq].context = context;
    *plic_register(irq * REGISTER_SIZE) = 1;
    *plic_register(PLIC_ENABLE + irq / SOURCES_PER_WORD * REGISTER_SIZE) |=
        UINT32_C(1) << irq % SOURCES_PER_WORD;
}

void plic_serve(void)
{
    uint32_t irq;

    while ((irq = *plic_register(PLIC_CLAIM)) != 0) {
        if (irq >= SOURCES || handlers[irq].serve == NULL) {
            panic("interrupt %u came, which nobody asked for", irq);
        }
        handlers[irq].serve(handlers[irq].context);
        *plic_register(PLIC_CLAIM) = irq;
    }
}

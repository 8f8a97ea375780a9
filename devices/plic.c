#include "devices/plic.h"

#include <assert.h>
#include <stddef.h>

enum {
    PLIC_LENGTH = 0x600000,
    PRIORITY_BASE = 0x0,
    PENDING_BASE = 0x1000,
    ENABLE_BASE = 0x2000,
    ENABLE_STRIDE = 0x80,
    CONTEXT_BASE = 0x200000,
    CONTEXT_STRIDE = 0x1000,
    CONTEXT_THRESHOLD = 0x0,
    CONTEXT_CLAIM = 0x4,
    REGISTER_SIZE = 4,
    PRIORITY_MASK = 7
};

/* A range of registers of one kind; offset counts from base, the access is one whole register. */
struct plic_region {
    unsigned base;
    unsigned length;
    uint32_t (*read)(struct plic *plic, uint64_t offset);
    void (*write)(struct plic *plic, uint64_t offset, uint32_t value);
};

static uint32_t source_bit(unsigned source)
{
    return UINT32_C(1) << (source % 32);
}

/* The pending source of the highest priority above floor that the context has enabled, 0 if there
 * is none. Of equal priorities the smallest number wins. */
static unsigned most_urgent(const struct plic *plic, unsigned context, uint32_t floor)
{
    unsigned best = 0;
    uint32_t best_priority = floor;

    for (unsigned source = 1; source < PLIC_SOURCES; source++) {
        uint32_t candidates = plic->pending[source / 32] & plic->enable[context][source / 32];

        if ((candidates & source_bit(source)) != 0 && plic->priority[source] > best_priority) {
            best = source;
            best_priority = plic->priority[source];
        }
    }
    return best;
}

/* A context is notified while a source above its threshold is pending. */
static void drive_outputs(const struct plic *plic)
{
    for (unsigned context = 0; context < PLIC_CONTEXTS; context++) {
        bool is_notified = most_urgent(plic, context, plic->threshold[context]) != 0;

        irq_line_set(&plic->output[context], is_notified);
    }
}

/* The gateway turns a high level into a request, unless the last one is still being served. */
static void forward(struct plic *plic, unsigned source)
{
    plic->pending[source / 32] |=
        plic->level[source / 32] & ~plic->claimed[source / 32] & source_bit(source);
}

/* A request once forwarded is never taken back: a line that falls leaves the pending bit as it is,
 * and the handler finds out that the device needs nothing any more. */
static void set_source(void *ctx, bool level)
{
    const struct plic_source *wire = ctx;
    struct plic *plic = wire->plic;
    uint32_t *word = &plic->level[wire->number / 32];
    uint32_t bit = source_bit(wire->number);

    if (((*word & bit) != 0) == level) {
        return;
    }
    *word ^= bit;
    forward(plic, wire->number);
    drive_outputs(plic);
}

/* A claim takes the most urgent source whatever the threshold is, so that a guest may silence the
 * notifications and poll. */
static uint32_t claim(struct plic *plic, unsigned context)
{
    unsigned source = most_urgent(plic, context, 0);

    if (source != 0) {
        plic->pending[source / 32] &= ~source_bit(source);
        plic->claimed[source / 32] |= source_bit(source);
        drive_outputs(plic);
    }
    return source;
}

/* A completion is for the gateway, which does not ask who claimed; it is ignored if the source is
 * not enabled for the context that sends it. */
static void complete(struct plic *plic, unsigned context, uint32_t source)
{
    if (source >= PLIC_SOURCES || (plic->enable[context][source / 32] & source_bit(source)) == 0) {
        return;
    }
    plic->claimed[source / 32] &= ~source_bit(source);
    forward(plic, source);
    drive_outputs(plic);
}

static uint32_t read_priority(struct plic *plic, uint64_t offset)
{
    return plic->priority[offset / REGISTER_SIZE];
}

static void write_priority(struct plic *plic, uint64_t offset, uint32_t value)
{
    if (offset != 0) { /* source 0 does not exist */
        plic->priority[offset / REGISTER_SIZE] = value & PRIORITY_MASK;
        drive_outputs(plic);
    }
}

static uint32_t read_pending(struct plic *plic, uint64_t offset)
{
    return plic->pending[offset / REGISTER_SIZE];
}

/* Only a claim clears a pending bit, only a gateway sets one. */
static void write_pending(struct plic *plic, uint64_t offset, uint32_t value)
{
    (void)plic;
    (void)offset;
    (void)value;
}

/* The word of enable bits at an offset, NULL where there are no sources any more. */
static uint32_t *enable_word(struct plic *plic, uint64_t offset)
{
    uint64_t word = offset % ENABLE_STRIDE / REGISTER_SIZE;

    return word < PLIC_WORDS ? &plic->enable[offset / ENABLE_STRIDE][word] : NULL;
}

static uint32_t read_enable(struct plic *plic, uint64_t offset)
{
    const uint32_t *word = enable_word(plic, offset);

    return word != NULL ? *word : 0;
}

static void write_enable(struct plic *plic, uint64_t offset, uint32_t value)
{
    uint32_t *word = enable_word(plic, offset);

    if (word != NULL) {
        *word = value;
        plic->enable[offset / ENABLE_STRIDE][0] &= ~source_bit(0);
        drive_outputs(plic);
    }
}

static uint32_t read_context(struct plic *plic, uint64_t offset)
{
    unsigned context = (unsigned)(offset / CONTEXT_STRIDE);

    switch (offset % CONTEXT_STRIDE) {
    case CONTEXT_THRESHOLD: return plic->threshold[context];
    case CONTEXT_CLAIM: return claim(plic, context);
    default: return 0;
    }
}

static void write_context(struct plic *plic, uint64_t offset, uint32_t value)
{
    unsigned context = (unsigned)(offset / CONTEXT_STRIDE);

    if (offset % CONTEXT_STRIDE == CONTEXT_THRESHOLD) {
        plic->threshold[context] = value & PRIORITY_MASK;
        drive_outputs(plic);
    } else if (offset % CONTEXT_STRIDE == CONTEXT_CLAIM) {
        complete(plic, context, value);
    }
}

static const struct plic_region regions[] = {
    {PRIORITY_BASE, PLIC_SOURCES *REGISTER_SIZE, read_priority, write_priority},
    {PENDING_BASE, PLIC_WORDS *REGISTER_SIZE, read_pending, write_pending},
    {ENABLE_BASE, PLIC_CONTEXTS *ENABLE_STRIDE, read_enable, write_enable},
    {CONTEXT_BASE, PLIC_CONTEXTS *CONTEXT_STRIDE, read_context, write_context},
};

static const struct plic_region *find_region(uint64_t offset)
{
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        if (offset - regions[i].base < regions[i].length) {
            return &regions[i];
        }
    }
    return NULL;
}

/* Choice: accesses of other sizes than 4 are refused; where there is no register, reads give 0 and
 * writes are ignored. */
static bool plic_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    struct plic *plic = (struct plic *)device;
    const struct plic_region *region = find_region(offset);

    if (size != REGISTER_SIZE) {
        return false;
    }
    *value = region != NULL ? region->read(plic, offset - region->base) : 0;
    return true;
}

static bool plic_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct plic *plic = (struct plic *)device;
    const struct plic_region *region = find_region(offset);

    if (size != REGISTER_SIZE) {
        return false;
    }
    if (region != NULL) {
        region->write(plic, offset - region->base, (uint32_t)value);
    }
    return true;
}

static const struct device_ops plic_ops = {
    .name = "plic", .length = PLIC_LENGTH, .read = plic_read, .write = plic_write};

void plic_init(struct plic *plic, const struct irq_line output[PLIC_CONTEXTS])
{
    *plic = (struct plic){.device = {&plic_ops}};
    for (unsigned context = 0; context < PLIC_CONTEXTS; context++) {
        plic->output[context] = output[context];
    }
    for (unsigned source = 0; source < PLIC_SOURCES; source++) {
        plic->source[source] = (struct plic_source){.plic = plic, .number = source};
    }
}

struct irq_line plic_line(struct plic *plic, unsigned source)
{
    assert(source > 0 && source < PLIC_SOURCES);
    return (struct irq_line){.set = set_source, .ctx = &plic->source[source]};
}

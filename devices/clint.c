#include "devices/clint.h"

#include <stddef.h>

enum { CLINT_LENGTH = 0x10000, CLINT_MSIP = 0x0, CLINT_MTIMECMP = 0x4000, CLINT_MTIME = 0xbff8 };

/* An aligned 8-byte word with something in it. */
struct clint_register {
    uint64_t offset;
    uint64_t (*read)(const struct clint *clint);
    void (*write)(struct clint *clint, uint64_t value);
};

static uint64_t read_msip(const struct clint *clint)
{
    return clint->msip;
}

/* Only bit 0 exists. The upper half of the word would be the msip of a second hart. */
static void write_msip(struct clint *clint, uint64_t value)
{
    clint->msip = value & 1;
    irq_line_set(&clint->software, clint->msip != 0);
}

static uint64_t read_mtimecmp(const struct clint *clint)
{
    return clint->mtimecmp;
}

static void rearm(struct clint *clint)
{
    clint_update(clint);
    clint->host.rearmed(clint->host.ctx);
}

static void write_mtimecmp(struct clint *clint, uint64_t value)
{
    clint->mtimecmp = value;
    rearm(clint);
}

void clint_set_mtime(struct clint *clint, uint64_t value)
{
    clint->mtime_offset = value - clint->host.ticks(clint->host.ctx);
    rearm(clint);
}

static const struct clint_register registers[] = {
    {CLINT_MSIP, read_msip, write_msip},
    {CLINT_MTIMECMP, read_mtimecmp, write_mtimecmp},
    {CLINT_MTIME, clint_mtime, clint_set_mtime},
};

/* The register that fills the 8 bytes around offset, NULL if there is none. */
static const struct clint_register *find_register(uint64_t offset)
{
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        if (offset / sizeof(uint64_t) == registers[i].offset / sizeof(uint64_t)) {
            return &registers[i];
        }
    }
    return NULL;
}

/* Choice: 4 and 8 bytes, whole words or halves, are taken; smaller accesses are refused. */
static bool is_size_allowed(unsigned size)
{
    return size == 4 || size == 8;
}

/* How far up in its 8-byte word an access at offset lies, in bits. */
static unsigned word_shift(uint64_t offset)
{
    return (unsigned)(offset % sizeof(uint64_t)) * 8;
}

static uint64_t size_mask(unsigned size)
{
    return UINT64_MAX >> (64 - 8 * size);
}

/* Choice: where there is no register, reads give 0 and writes are ignored. */
static bool clint_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct clint *clint = (const struct clint *)device;
    const struct clint_register *found = find_register(offset);

    if (!is_size_allowed(size)) {
        return false;
    }
    *value = found != NULL ? found->read(clint) >> word_shift(offset) & size_mask(size) : 0;
    return true;
}

static bool clint_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct clint *clint = (struct clint *)device;
    const struct clint_register *found = find_register(offset);
    uint64_t mask;

    if (!is_size_allowed(size)) {
        return false;
    }
    if (found != NULL) {
        mask = size_mask(size) << word_shift(offset);
        found->write(clint, (found->read(clint) & ~mask) | (value << word_shift(offset) & mask));
    }
    return true;
}

static const struct device_ops clint_ops = {
    .name = "clint", .length = CLINT_LENGTH, .read = clint_read, .write = clint_write};

void clint_init(struct clint *clint, const struct clint_host *host, const struct irq_line *software,
                const struct irq_line *timer)
{
    *clint = (struct clint){.device = {&clint_ops},
                            .host = *host,
                            .software = *software,
                            .timer = *timer,
                            .mtimecmp = UINT64_MAX};
}

uint64_t clint_mtime(const struct clint *clint)
{
    return clint->host.ticks(clint->host.ctx) + clint->mtime_offset;
}

/* Pending while mtime is at least mtimecmp, as unsigned numbers. Priv. [norm:mtime_intr_pending] */
void clint_update(struct clint *clint)
{
    irq_line_set(&clint->timer, clint_mtime(clint) >= clint->mtimecmp);
}

uint64_t clint_tick_of(const struct clint *clint, uint64_t mtime)
{
    uint64_t now = clint->host.ticks(clint->host.ctx);
    uint64_t mtime_now = now + clint->mtime_offset;
    uint64_t distance;

    if (mtime_now >= mtime) {
        return now;
    }
    distance = mtime - mtime_now; /* mtime does not wrap on the way */
    return distance <= UINT64_MAX - now ? now + distance : UINT64_MAX;
}

uint64_t clint_next_event(const struct clint *clint)
{
    return clint_tick_of(clint, clint->mtimecmp);
}

#include "devices/finisher.h"

enum {
    FINISHER_LENGTH = 0x1000,
    WRITTEN_PASS = 0x5555,
    WRITTEN_FAIL = 0x3333,
    WRITTEN_RESET = 0x7777
};

/* Choice: 2 and 4 bytes are taken, as on QEMU's virt; other sizes are refused. */
static bool is_size_allowed(unsigned size)
{
    return size == 2 || size == 4;
}

static void request(const struct finisher *finisher, enum finisher_request what, uint32_t code)
{
    finisher->host.finish(finisher->host.ctx, what, code);
}

static bool finisher_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)device;
    (void)offset;
    if (!is_size_allowed(size)) {
        return false;
    }
    *value = 0;
    return true;
}

/* Choice: unknown values, and writes past the register, are ignored. */
static bool finisher_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    const struct finisher *finisher = (const struct finisher *)device;

    if (!is_size_allowed(size)) {
        return false;
    }
    if (offset != 0) {
        return true;
    }
    switch (value & 0xffff) {
    case WRITTEN_PASS: request(finisher, FINISHER_PASS, 0); break;
    case WRITTEN_FAIL: request(finisher, FINISHER_FAIL, (uint32_t)value >> 16); break;
    case WRITTEN_RESET: request(finisher, FINISHER_RESET, 0); break;
    default: break;
    }
    return true;
}

static const struct device_ops finisher_ops = {
    .name = "finisher", .length = FINISHER_LENGTH, .read = finisher_read, .write = finisher_write};

void finisher_init(struct finisher *finisher, const struct finisher_host *host)
{
    *finisher = (struct finisher){.device = {&finisher_ops}, .host = *host};
}

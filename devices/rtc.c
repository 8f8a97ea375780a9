#include "devices/rtc.h"

#include <stddef.h>

enum { RTC_LENGTH = 0x1000, RTC_REGISTER_SIZE = 4 };

/* NULL: reads give 0, writes are ignored. */
struct rtc_register {
    uint32_t (*read)(struct rtc *rtc);
    void (*write)(struct rtc *rtc, uint32_t value);
};

static uint64_t rtc_now(const struct rtc *rtc)
{
    return rtc->host.now(rtc->host.ctx) + rtc->offset;
}

static uint64_t join(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

static void update_wire(const struct rtc *rtc)
{
    irq_line_set(&rtc->irq, rtc->is_ringing && rtc->is_enabled);
}

/* Clock, alarm or its interrupt have changed. */
static void rearm(struct rtc *rtc)
{
    rtc_update(rtc);
    rtc->host.rearmed(rtc->host.ctx);
}

static uint32_t read_time_low(struct rtc *rtc)
{
    uint64_t now = rtc_now(rtc);

    rtc->read_high = (uint32_t)(now >> 32);
    return (uint32_t)now;
}

static uint32_t read_time_high(struct rtc *rtc)
{
    return rtc->read_high;
}

static void write_time_low(struct rtc *rtc, uint32_t value)
{
    rtc->offset += join(rtc->time_high, value) - rtc_now(rtc);
    rearm(rtc);
}

static void write_time_high(struct rtc *rtc, uint32_t value)
{
    rtc->time_high = value;
}

static uint32_t read_alarm_low(struct rtc *rtc)
{
    return rtc->alarm_low;
}

static uint32_t read_alarm_high(struct rtc *rtc)
{
    return rtc->alarm_high;
}

static void write_alarm_low(struct rtc *rtc, uint32_t value)
{
    rtc->alarm_low = value;
    rtc->alarm = join(rtc->alarm_high, value);
    rtc->is_armed = true;
    rearm(rtc);
}

static void write_alarm_high(struct rtc *rtc, uint32_t value)
{
    rtc->alarm_high = value;
}

static uint32_t read_irq_enabled(struct rtc *rtc)
{
    return rtc->is_enabled;
}

static void write_irq_enabled(struct rtc *rtc, uint32_t value)
{
    rtc->is_enabled = (value & 1) != 0;
    rearm(rtc);
}

static void write_clear_alarm(struct rtc *rtc, uint32_t value)
{
    (void)value;
    rtc->is_armed = false;
}

/* An alarm that came while nobody looked has rung: its status is read after the fact. */
static uint32_t read_alarm_status(struct rtc *rtc)
{
    rtc_update(rtc);
    return rtc->is_armed;
}

static void write_clear_interrupt(struct rtc *rtc, uint32_t value)
{
    (void)value;
    rtc->is_ringing = false;
    update_wire(rtc);
}

static const struct rtc_register registers[] = {
    {read_time_low, write_time_low},
    {read_time_high, write_time_high},
    {read_alarm_low, write_alarm_low},
    {read_alarm_high, write_alarm_high},
    {read_irq_enabled, write_irq_enabled},
    {NULL, write_clear_alarm},
    {read_alarm_status, NULL},
    {NULL, write_clear_interrupt},
};

/* NULL past the last register. */
static const struct rtc_register *find_register(uint64_t offset)
{
    size_t index = offset / RTC_REGISTER_SIZE;

    return index < sizeof registers / sizeof *registers ? &registers[index] : NULL;
}

/* Choice: only accesses of 4 bytes are taken, as on QEMU's virt. */
static bool rtc_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    struct rtc *rtc = (struct rtc *)device;
    const struct rtc_register *found = find_register(offset);

    if (size != RTC_REGISTER_SIZE) {
        return false;
    }
    *value = found != NULL && found->read != NULL ? found->read(rtc) : 0;
    return true;
}

static bool rtc_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct rtc *rtc = (struct rtc *)device;
    const struct rtc_register *found = find_register(offset);

    if (size != RTC_REGISTER_SIZE) {
        return false;
    }
    if (found != NULL && found->write != NULL) {
        found->write(rtc, (uint32_t)value);
    }
    return true;
}

static const struct device_ops rtc_ops = {
    .name = "rtc", .length = RTC_LENGTH, .read = rtc_read, .write = rtc_write};

void rtc_init(struct rtc *rtc, const struct rtc_host *host, const struct irq_line *irq)
{
    *rtc = (struct rtc){.device = {&rtc_ops}, .host = *host, .irq = *irq};
}

void rtc_update(struct rtc *rtc)
{
    if (rtc->is_armed && rtc_now(rtc) >= rtc->alarm) {
        rtc->is_armed = false;
        rtc->is_ringing = true;
    }
    update_wire(rtc);
}

uint64_t rtc_until_alarm(const struct rtc *rtc)
{
    uint64_t now = rtc_now(rtc);

    if (!rtc->is_armed || !rtc->is_enabled) {
        return UINT64_MAX;
    }
    return rtc->alarm > now ? rtc->alarm - now : 0;
}

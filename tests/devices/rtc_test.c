#include "devices/rtc.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { TIME_LOW = 0x00, TIME_HIGH = 0x04, ALARM_LOW = 0x08, ALARM_HIGH = 0x0c };
enum { IRQ_ENABLED = 0x10, CLEAR_ALARM = 0x14, ALARM_STATUS = 0x18, CLEAR_INTERRUPT = 0x1c };

#define START UINT64_C(0x17165f3efffffff0) /* its low half soon overflows */

static struct rtc rtc;
static uint64_t now;
static unsigned rearmed_count;
static bool irq;

static uint64_t clock_now(void *ctx)
{
    return *(const uint64_t *)ctx;
}

static void rearmed(void *ctx)
{
    (void)ctx;
    rearmed_count++;
}

static void irq_set(void *ctx, bool level)
{
    *(bool *)ctx = level;
}

static void set_up(void)
{
    const struct rtc_host host = {.now = clock_now, .rearmed = rearmed, .ctx = &now};
    const struct irq_line line = {irq_set, &irq};

    now = START;
    irq = false;
    rearmed_count = 0;
    rtc_init(&rtc, &host, &line);
}

static uint32_t get(uint64_t offset)
{
    uint64_t value = UINT64_MAX;

    cr_assert(rtc.device.ops->read(&rtc.device, offset, 4, &value));
    return (uint32_t)value;
}

static void put(uint64_t offset, uint32_t value)
{
    cr_assert(rtc.device.ops->write(&rtc.device, offset, 4, value));
}

static uint64_t get_time(void)
{
    uint64_t low = get(TIME_LOW);

    return (uint64_t)get(TIME_HIGH) << 32 | low;
}

static void set_alarm(uint64_t time)
{
    put(ALARM_HIGH, (uint32_t)(time >> 32));
    put(ALARM_LOW, (uint32_t)time);
}

TestSuite(rtc, .init = set_up);

Test(rtc, time_is_the_owners)
{
    cr_expect(eq(u64, get_time(), START));
    now += 0x123456789;
    cr_expect(eq(u64, get_time(), START + 0x123456789));
}

Test(rtc, reading_the_low_half_latches_the_high_one)
{
    cr_expect(eq(u32, get(TIME_LOW), (uint32_t)START));
    now += 0x20;
    cr_expect(eq(u32, get(TIME_HIGH), START >> 32), "the low half has overflowed since");
    cr_expect(eq(u32, get(TIME_LOW), (uint32_t)(START + 0x20)));
    cr_expect(eq(u32, get(TIME_HIGH), (START >> 32) + 1));
}

Test(rtc, the_clock_can_be_set)
{
    put(TIME_HIGH, 0x11);
    cr_expect(eq(u64, get_time(), START), "not by the high half alone");
    put(TIME_LOW, 0x22);
    cr_expect(eq(u64, get_time(), UINT64_C(0x1100000022)));
    now += 5;
    cr_expect(eq(u64, get_time(), UINT64_C(0x1100000027)), "it goes on from there");
}

Test(rtc, an_alarm_rings_when_its_time_comes)
{
    put(IRQ_ENABLED, 1);
    set_alarm(START + 1000);
    cr_expect(eq(u32, get(ALARM_STATUS), 1));
    cr_expect(eq(u64, rtc_until_alarm(&rtc), 1000));
    now += 999;
    rtc_update(&rtc);
    cr_expect(not(irq));
    cr_expect(eq(u64, rtc_until_alarm(&rtc), 1));
    now++;
    rtc_update(&rtc);
    cr_expect(irq);
    cr_expect(eq(u32, get(ALARM_STATUS), 0), "it has come");
    cr_expect(eq(u64, rtc_until_alarm(&rtc), UINT64_MAX));
    cr_expect(eq(u32, get(ALARM_LOW), (uint32_t)(START + 1000)));
    cr_expect(eq(u32, get(ALARM_HIGH), (START + 1000) >> 32));
    put(CLEAR_INTERRUPT, 1);
    cr_expect(not(irq));
    rtc_update(&rtc);
    cr_expect(not(irq), "once");
}

Test(rtc, an_alarm_in_the_past_rings_at_once)
{
    put(IRQ_ENABLED, 1);
    set_alarm(START);
    cr_expect(irq);
}

Test(rtc, setting_the_clock_moves_the_alarm)
{
    put(IRQ_ENABLED, 1);
    set_alarm(START + 1000);
    put(TIME_HIGH, (START >> 32) + 1);
    rearmed_count = 0;
    put(TIME_LOW, 0x1000);
    cr_expect(irq);
    cr_expect(eq(u32, rearmed_count, 1));
}

Test(rtc, an_interrupt_needs_to_be_enabled)
{
    set_alarm(START + 10);
    cr_expect(eq(u64, rtc_until_alarm(&rtc), UINT64_MAX), "nobody would hear it");
    now += 10;
    rtc_update(&rtc);
    cr_expect(not(irq));
    put(IRQ_ENABLED, 2);
    cr_expect(not(irq), "bit 0 only");
    put(IRQ_ENABLED, 1);
    cr_expect(irq, "it has rung meanwhile");
    cr_expect(eq(u32, get(IRQ_ENABLED), 1));
    put(IRQ_ENABLED, 0);
    cr_expect(not(irq));
}

Test(rtc, an_alarm_can_be_called_off)
{
    put(IRQ_ENABLED, 1);
    set_alarm(START + 10);
    put(CLEAR_ALARM, 1);
    cr_expect(eq(u32, get(ALARM_STATUS), 0));
    cr_expect(eq(u64, rtc_until_alarm(&rtc), UINT64_MAX));
    now += 10;
    rtc_update(&rtc);
    cr_expect(not(irq));
}

Test(rtc, the_owner_is_told_when_the_next_event_may_have_moved)
{
    put(IRQ_ENABLED, 1);
    put(ALARM_HIGH, 0x20000000);
    rearmed_count = 0;
    put(ALARM_LOW, 0);
    cr_expect(eq(u32, rearmed_count, 1));
    put(IRQ_ENABLED, 0);
    cr_expect(eq(u32, rearmed_count, 2));
}

Test(rtc, only_words_are_taken)
{
    static const unsigned sizes[] = {1, 2, 8};
    uint64_t value = 7;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cr_expect(not(rtc.device.ops->read(&rtc.device, TIME_LOW, sizes[i], &value)));
        cr_expect(not(rtc.device.ops->write(&rtc.device, ALARM_LOW, sizes[i], 0)));
    }
    cr_expect(eq(u64, value, 7));
    cr_expect(eq(u32, get(ALARM_STATUS), 0));
}

Test(rtc, where_nothing_is_reads_give_0_and_writes_are_ignored)
{
    cr_expect(eq(u64, rtc.device.ops->length, 0x1000));
    for (uint64_t offset = 0x20; offset < 0x1000; offset += 4) {
        put(offset, UINT32_MAX);
        cr_expect(zero(u32, get(offset)));
    }
    put(ALARM_STATUS, 1);
    cr_expect(zero(u32, get(ALARM_STATUS)));
    cr_expect(zero(u32, get(CLEAR_ALARM)));
    cr_expect(zero(u32, get(CLEAR_INTERRUPT)));
    cr_expect(zero(u32, rearmed_count));
}

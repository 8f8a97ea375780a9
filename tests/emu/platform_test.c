#include "emu/machine/platform.h"

#include <assert.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stddef.h>

#include "devices/clint.h"
#include "devices/finisher.h"
#include "devices/plic.h"
#include "devices/rtc.h"
#include "devices/uart.h"
#include "devices/virtio_mmio.h"
#include "emu/cli/hosted.h"
#include "emu/machine/processes.h"
#include "guest/include/platform.h"
#include "guest/kernel/event.h"
#include "guest/kernel/layout.h"

/* The guest has its own copy of the memory map, so that a wrong number shows: here the two meet. */
static_assert(UART_BASE == PLATFORM_UART_BASE, "guest and machine disagree on the UART");
static_assert(FINISHER_BASE == PLATFORM_FINISHER_BASE, "they disagree on the finisher");
static_assert(CLINT_BASE == PLATFORM_CLINT_BASE, "they disagree on the CLINT");
static_assert(PLIC_BASE == PLATFORM_PLIC_BASE, "they disagree on the PLIC");
static_assert(RAM_BASE == PLATFORM_RAM_BASE, "they disagree on RAM");
static_assert((int)UART_IRQ == (int)PLATFORM_UART_SOURCE, "they disagree on the UART's interrupt");
static_assert((int)TIMEBASE_HZ == (int)PLATFORM_TIMEBASE_HZ, "they disagree on the clock");
static_assert((int)PLATFORM_VIRTIO_SOURCE + (int)PLATFORM_VIRTIO_SLOTS <= (int)PLATFORM_UART_SOURCE,
              "slots and UART share an interrupt");
static_assert((int)PLATFORM_UART_SOURCE < (int)PLIC_SOURCES, "the PLIC has no such source");
static_assert(USER_PIE_BASE == HOSTED_MOVABLE_BASE, "they disagree on where static-pies lie");
static_assert((int)EVENT_FAULT_MINOR == (int)PROCESS_MINOR, "they disagree on first touches");
static_assert((int)EVENT_FAULT_COPY == (int)PROCESS_COPY, "they disagree on copy-on-write");
static_assert((int)EVENT_FAULT_SWAP_IN == (int)PROCESS_SWAP_IN, "they disagree on swap-ins");
static_assert((int)EVENT_FAULT_BITS == (int)PROCESS_AD, "they disagree on A and D");
static_assert((int)EVENT_FAULT_REFUSED == (int)PROCESS_REFUSED, "they disagree on refused faults");

static void set(void *ctx, bool level)
{
    (void)ctx;
    (void)level;
}

static void put(void *ctx, uint8_t character)
{
    (void)ctx;
    (void)character;
}

static bool get(void *ctx, uint8_t *character)
{
    (void)ctx;
    (void)character;
    return false;
}

static uint64_t ticks(void *ctx)
{
    (void)ctx;
    return 0;
}

static void rearmed(void *ctx)
{
    (void)ctx;
}

static void finish(void *ctx, enum finisher_request request, uint32_t code)
{
    (void)ctx;
    (void)request;
    (void)code;
}

/* What the device tree gives a device: all its registers, and nothing of the next device. */
Test(platform, devices_fit_their_ranges)
{
    static const struct irq_line line = {.set = set};
    static struct finisher finisher;
    static struct clint clint;
    static struct plic plic;
    static struct uart uart;
    static struct rtc rtc;
    static struct device slot;

    finisher_init(&finisher, &(struct finisher_host){.finish = finish});
    clint_init(&clint, &(struct clint_host){.ticks = ticks, .rearmed = rearmed}, &line, &line);
    plic_init(&plic, (struct irq_line[PLIC_CONTEXTS]){line, line});
    uart_init(&uart, &(struct uart_host){.put = put, .get = get}, &line);
    rtc_init(&rtc, &(struct rtc_host){.now = ticks, .rearmed = rearmed}, &line);
    virtio_mmio_init_empty(&slot);

    const struct {
        const struct device *device;
        uint64_t base;
        uint64_t length;
        uint64_t next; /* what comes after it */
    } rows[] = {
        {&finisher.device, PLATFORM_FINISHER_BASE, PLATFORM_FINISHER_LENGTH, PLATFORM_RTC_BASE},
        {&rtc.device, PLATFORM_RTC_BASE, PLATFORM_RTC_LENGTH, PLATFORM_CLINT_BASE},
        {&clint.device, PLATFORM_CLINT_BASE, PLATFORM_CLINT_LENGTH, PLATFORM_PLIC_BASE},
        {&plic.device, PLATFORM_PLIC_BASE, PLATFORM_PLIC_LENGTH, PLATFORM_UART_BASE},
        {&uart.device, PLATFORM_UART_BASE, PLATFORM_UART_LENGTH, PLATFORM_VIRTIO_BASE},
        {&slot, PLATFORM_VIRTIO_BASE, PLATFORM_VIRTIO_LENGTH,
         PLATFORM_VIRTIO_BASE + PLATFORM_VIRTIO_LENGTH},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name = rows[i].device->ops->name;
        cr_expect(le(u64, rows[i].device->ops->length, rows[i].length), "%s", name);
        cr_expect(le(u64, rows[i].length, rows[i].next - rows[i].base), "%s", name);
    }
}

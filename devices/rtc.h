/*
 * rtc.h - a real-time clock of the google,goldfish-rtc kind, as QEMU's virt has it: nanoseconds
 * since 1970-01-01 00:00 UTC, and one alarm.
 *
 *   0x00 TIME_LOW    reading it latches TIME_HIGH; writing it sets the clock, with TIME_HIGH
 *   0x04 TIME_HIGH   as latched; a write is kept for TIME_LOW
 *   0x08 ALARM_LOW   writing it sets the alarm, with ALARM_HIGH
 *   0x0c ALARM_HIGH
 *   0x10 IRQ_ENABLED bit 0
 *   0x14 CLEAR_ALARM a write calls the alarm off
 *   0x18 ALARM_STATUS  1 while an alarm is still to come
 *   0x1c CLEAR_INTERRUPT  a write lowers the interrupt
 *
 * The clock itself is the owner's: the device adds what software moved it by.
 */
#ifndef DEVICES_RTC_H
#define DEVICES_RTC_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/device.h"

struct rtc_host {
    /* Nanoseconds since 1970. */
    uint64_t (*now)(void *ctx);
    /* Alarm or clock were set: rtc_until_alarm may answer differently now. */
    void (*rearmed)(void *ctx);
    void *ctx;
};

struct rtc {
    struct device device;
    struct rtc_host host;
    struct irq_line irq;
    uint64_t offset;    /* the clock = the owner's + this, modulo 2^64 */
    uint64_t alarm;     /* valid while is_armed */
    uint32_t read_high; /* latched by a read of TIME_LOW */
    uint32_t time_high; /* written, to go with the next write of TIME_LOW */
    uint32_t alarm_low;
    uint32_t alarm_high;
    bool is_armed;
    bool is_ringing; /* the alarm has come and was not cleared */
    bool is_enabled;
};

/* host and irq are copied; their ctx must outlive the clock. */
void rtc_init(struct rtc *rtc, const struct rtc_host *host, const struct irq_line *irq);

/* Rings if the alarm has come. */
void rtc_update(struct rtc *rtc);

/* Nanoseconds until something happens on the wire: the alarm, if it may interrupt. UINT64_MAX:
 * never. */
uint64_t rtc_until_alarm(const struct rtc *rtc);

#endif

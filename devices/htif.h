/*
 * htif.h - Spike's host-target interface: 8 bytes of guest memory, tohost, that speak when written.
 *
 *   63..56 | 55..48  | 47..0
 *   device | command | payload
 *
 * Device 0 (system): an odd payload ends the run with payload >> 1; an even one is the address of a
 * block of 8 dwords, number first, then arguments: write to 1 or 2 is done, exit ends the run, all
 * other calls answer -ENOSYS in the first dword. Device 1, command 1: one character out. Then
 * tohost is cleared and the answer put into fromhost. An unknown device or command is cleared and
 * ignored.
 *
 * tohost may be written as two 4-byte stores, so it is looked at after each: an even payload that
 * is no address of readable memory may be the first half of a command, and is left alone.
 */
#ifndef DEVICES_HTIF_H
#define DEVICES_HTIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct htif_host {
    /* Physical memory, as a device of the machine sees it. Return false where there is none. */
    bool (*read)(void *ctx, uint64_t pa, void *bytes, size_t length);
    bool (*write)(void *ctx, uint64_t pa, const void *bytes, size_t length);
    /* Takes one character of console output. */
    void (*put)(void *ctx, uint8_t character);
    /* The guest asked to end with this code. */
    void (*exit)(void *ctx, uint64_t code);
    void *ctx;
};

struct htif {
    struct htif_host host;
    uint64_t tohost_pa;
    uint64_t fromhost_pa; /* 0: the program has none, answers are dropped */
    bool is_obeying;      /* its own writes are not commands, wherever the guest made them go */
};

/* host is copied; its ctx must outlive the HTIF. */
void htif_init(struct htif *htif, const struct htif_host *host, uint64_t tohost_pa,
               uint64_t fromhost_pa);

/* Looks at tohost after a store has touched it. May be re-entered by its own writes. */
void htif_tohost_written(struct htif *htif);

#endif

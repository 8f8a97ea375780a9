/*
 * virtio_console.h - a console behind virtio-mmio with a port for each standard stream of a
 * program: input, output and error, byte for byte and apart.
 *
 *   port 1 "pagewalk.stdin"   port 2 "pagewalk.stdout"   port 3 "pagewalk.stderr"
 *
 * Port 0, which each such device has, carries nothing here. Ports are announced, named and opened
 * by messages through two control queues. Output leaves as soon as the driver notifies. Input is
 * asked for only once the driver has opened the port and offers room for it, one chain at a time;
 * its end is told as the closing of the port.
 *
 *   message   port (4 bytes) | event (2) | value (2), then perhaps a name
 *
 * Spec: Virtual I/O Device (VIRTIO) 1.1, [Console Device].
 */
#ifndef DEVICES_VIRTIO_CONSOLE_H
#define DEVICES_VIRTIO_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/virtio_mmio.h"

#define VIRTIO_CONSOLE_F_MULTIPORT (UINT64_C(1) << 1)

/* Ports by number; 0 is nobody's. */
enum virtio_console_port {
    VIRTIO_CONSOLE_INPUT = 1,
    VIRTIO_CONSOLE_OUTPUT,
    VIRTIO_CONSOLE_ERROR,
    VIRTIO_CONSOLE_PORTS,
};

struct virtio_console_host {
    /* Takes what the guest writes to output or error. */
    void (*put)(void *ctx, enum virtio_console_port port, const uint8_t *bytes, size_t length);
    /* Writes at most length bytes of input and returns how many; 0: none now, or, with *has_ended
     * set, none ever. length is not 0. */
    size_t (*get)(void *ctx, uint8_t *bytes, size_t length, bool *has_ended);
    void *ctx;
};

struct virtio_console {
    struct virtio_mmio virtio;
    struct virtio_console_host host;
    bool is_announced;    /* the driver has been told of the ports, or is about to be */
    bool is_input_open;   /* by the driver */
    bool has_input_ended; /* and the driver has been told, or is about to be */
    unsigned due[VIRTIO_CONSOLE_PORTS]; /* by port: messages to the driver, as bits */
};

/* host and place are copied; each ctx must outlive the device. */
void virtio_console_init(struct virtio_console *console, const struct virtio_console_host *host,
                         const struct virtio_place *place);

/* Asks for input again where none came: for a host whose input comes late. */
void virtio_console_poll(struct virtio_console *console);

#endif

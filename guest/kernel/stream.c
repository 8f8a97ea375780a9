#include "guest/kernel/stream.h"

#include "guest/kernel/console.h"

void stream_write(enum virtio_port port, const uint8_t *bytes, size_t length)
{
    if (virtio_console_has(port)) {
        virtio_console_write(port, bytes, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        console_put_byte(bytes[i]);
    }
}

int64_t stream_read(uint8_t *bytes, size_t length)
{
    if (virtio_console_has(PORT_INPUT)) {
        return virtio_console_read(bytes, length);
    }
    return console_read(bytes, length);
}

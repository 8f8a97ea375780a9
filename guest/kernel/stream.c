#include "guest/kernel/stream.h"

#include "guest/kernel/console.h"
#include "guest/kernel/poll.h"
#include "guest/kernel/scheduler.h"

static const char input; /* the channel of who waits for it */

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

bool stream_has_input(size_t length)
{
    return virtio_console_has(PORT_INPUT) ? virtio_console_has_input(length) : console_has_input();
}

bool stream_has_ended(void)
{
    return virtio_console_has(PORT_INPUT) ? virtio_console_has_ended() : console_has_ended();
}

bool stream_await_input(size_t length)
{
    while (!stream_has_input(length)) {
        if (!scheduler_sleep_interruptibly(&input)) {
            return false;
        }
    }
    return true;
}

size_t stream_take(uint8_t *bytes, size_t length)
{
    return virtio_console_has(PORT_INPUT) ? virtio_console_take(bytes, length)
                                          : console_take(bytes, length);
}

void stream_input_changed(void)
{
    scheduler_wake(&input);
    poll_changed();
}

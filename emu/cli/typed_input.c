#include "emu/cli/typed_input.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "emu/cli/terminal.h"

enum { CTRL_A = 'a' & 0x1f };

void typed_input_init(struct typed_input *input, int descriptor, bool has_keys)
{
    *input = (struct typed_input){.descriptor = descriptor, .has_keys = has_keys};
}

static void keep(struct typed_input *input, uint8_t character)
{
    if (input->count < TYPED_INPUT_ROOM) {
        input->room[(input->begin + input->count++) % TYPED_INPUT_ROOM] = character;
    }
}

/* Choice: Ctrl-A twice is Ctrl-A, too; what means nothing is answered with the list. */
static void obey(struct typed_input *input, uint8_t key)
{
    input->is_command = false;
    switch (key) {
    case 'x': input->wants_end = true; break;
    case 'a':
    case CTRL_A: keep(input, CTRL_A); break;
    default: input->wants_help = true; break;
    }
}

static void type(struct typed_input *input, uint8_t key)
{
    if (input->is_command) {
        obey(input, key);
    } else if (input->has_keys && key == CTRL_A) {
        input->is_command = true;
    } else {
        keep(input, key);
    }
}

/* In the background the keys are for somebody else. */
static bool is_readable(const struct typed_input *input)
{
    struct pollfd poll_descriptor = {.fd = input->descriptor, .events = POLLIN};

    return poll(&poll_descriptor, 1, 0) == 1 &&
           (!input->has_keys || terminal_is_in_front(input->descriptor));
}

void typed_input_read(struct typed_input *input)
{
    uint8_t keys[256];
    ssize_t count;

    if (input->has_ended || !is_readable(input)) {
        return;
    }
    count = read(input->descriptor, keys, sizeof keys);
    for (ssize_t i = 0; i < count; i++) {
        type(input, keys[i]);
    }
    input->has_ended = count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
}

bool typed_input_take(struct typed_input *input, uint8_t *character)
{
    if (input->count == 0) {
        return false;
    }
    *character = input->room[input->begin];
    input->begin = (input->begin + 1) % TYPED_INPUT_ROOM;
    input->count--;
    return true;
}

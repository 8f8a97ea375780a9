#include "guest/kernel/terminal.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/file_stream.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers of the ioctls. */
enum control {
    CONTROL_SETTINGS = 0x5401,
    CONTROL_SET_NOW = 0x5402,
    CONTROL_SET_DRAINED = 0x5403,
    CONTROL_SET_FLUSHED = 0x5404,
    CONTROL_TAKE = 0x540e,
    CONTROL_GROUP = 0x540f,
    CONTROL_SET_GROUP = 0x5410,
    CONTROL_SIZE = 0x5413,
    CONTROL_SET_SIZE = 0x5414,
    CONTROL_LEAVE = 0x5422,
    CONTROL_SESSION = 0x5429,
};

/* struct termios as the kernel has it. */
struct settings {
    uint32_t input, output, control, local;
    uint8_t line, characters[19];
};

/* Those of a terminal that nobody has touched: CR is NL, echo, lines, signals by keys. */
static const struct settings usual = {
    .input = 0x500,
    .output = 0x5,
    .control = 0xbf,
    .local = 0x8a3b,
    .characters = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22},
};

static const struct {
    uint16_t rows, columns, width, height;
} window = {24, 80, 0, 0};

/* What was set; 0: whoever asks is in the foreground. */
static uint32_t foreground;

static int64_t read_terminal(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    (void)offset;
    return file_stream_read(file, to);
}

static int64_t write_terminal(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    (void)file;
    (void)offset;
    return file_stream_write(PORT_OUTPUT, from);
}

static unsigned poll_terminal(struct open_file *file)
{
    (void)file;
    return POLL_WRITE | file_stream_poll_input();
}

static int64_t tell(uint64_t va, const void *what, size_t size)
{
    return user_write(process_current()->space, va, what, size);
}

static int64_t tell_group(uint64_t va)
{
    uint32_t group = foreground != 0 ? foreground : process_current()->group;

    return tell(va, &group, sizeof group);
}

static int64_t set_group(uint64_t va)
{
    return user_read(process_current()->space, &foreground, va, sizeof foreground);
}

static int64_t control_terminal(struct open_file *file, uint64_t request, uint64_t argument)
{
    const struct process *process = process_current();

    (void)file;
    switch ((enum control)request) {
    case CONTROL_SETTINGS: return tell(argument, &usual, sizeof usual);
    case CONTROL_SIZE: return tell(argument, &window, sizeof window);
    case CONTROL_GROUP: return tell_group(argument);
    case CONTROL_SET_GROUP: return set_group(argument);
    case CONTROL_SESSION: return tell(argument, &process->session, sizeof process->session);
    case CONTROL_SET_NOW:
    case CONTROL_SET_DRAINED:
    case CONTROL_SET_FLUSHED:
    case CONTROL_SET_SIZE:
    case CONTROL_TAKE:
    case CONTROL_LEAVE: return 0;
    }
    return ERROR_NO_TERMINAL;
}

const struct file_operations terminal_operations = {
    .read = read_terminal,
    .write = write_terminal,
    .poll = poll_terminal,
    .control = control_terminal,
};

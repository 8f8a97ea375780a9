#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_system.h"
#include "guest/kernel/open_file.h"
#include "guest/kernel/random.h"
#include "guest/kernel/special.h"
#include "guest/kernel/terminal.h"
#include "guest/kernel/thread.h"

/* Devices without an end give so much at once, and then look whether a signal came. */
enum { PART = 16 * PAGE_SIZE, RANDOM_NUMBERS = 32 };

static int64_t read_nothing(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    (void)file;
    (void)to;
    (void)offset;
    return 0;
}

/* All is taken, without a look. */
static int64_t write_nowhere(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    uint64_t length = from->left;

    (void)file;
    (void)offset;
    from->left = 0;
    return (int64_t)length;
}

static int64_t refuse_write(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    (void)file;
    (void)offset;
    return from->left > 0 ? ERROR_NO_SPACE : 0;
}

/* The next part of what has no end. */
typedef int64_t (*part_function)(struct transfer *to);

static int64_t read_endlessly(struct transfer *to, part_function put_part)
{
    uint64_t length = to->left;
    int64_t error = 0;

    while (to->left > 0 && error == 0) {
        error = signal_is_pending(thread_current()) ? ERROR_INTERRUPTED : put_part(to);
    }
    return error != 0 && to->left == length ? error : (int64_t)(length - to->left);
}

static int64_t put_zeroes(struct transfer *to)
{
    return transfer_clear(to, to->left < PART ? to->left : PART);
}

static int64_t read_zeroes(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    (void)file;
    (void)offset;
    return read_endlessly(to, put_zeroes);
}

static int64_t put_random(struct transfer *to)
{
    uint64_t numbers[RANDOM_NUMBERS];

    for (unsigned i = 0; i < RANDOM_NUMBERS; i++) {
        numbers[i] = random_next();
    }
    return transfer_put(to, numbers, to->left < sizeof numbers ? to->left : sizeof numbers);
}

static int64_t read_random(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    (void)file;
    (void)offset;
    return read_endlessly(to, put_random);
}

static const struct file_operations null_operations = {
    .read = read_nothing, .write = write_nowhere, .has_offsets = true};
static const struct file_operations zero_operations = {
    .read = read_zeroes, .write = write_nowhere, .has_offsets = true};
static const struct file_operations full_operations = {
    .read = read_zeroes, .write = refuse_write, .has_offsets = true};
static const struct file_operations random_operations = {
    .read = read_random, .write = write_nowhere, .has_offsets = true};

/* Linux's numbers. */
static const struct device {
    const char *path;
    uint64_t major, minor;
    const struct file_operations *operations;
} devices[] = {
    {"/dev/null", 1, 3, &null_operations},      {"/dev/zero", 1, 5, &zero_operations},
    {"/dev/full", 1, 7, &full_operations},      {"/dev/random", 1, 8, &random_operations},
    {"/dev/urandom", 1, 9, &random_operations}, {"/dev/tty", 5, 0, &terminal_operations},
};

void device_start(void)
{
    enum { ALL_READ_WRITE = 0666, MAJOR_SHIFT = 8 };

    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        const struct device *device = &devices[i];
        struct inode *inode = file_system_add(device->path, MODE_CHARACTER_DEVICE | ALL_READ_WRITE,
                                              device->operations);

        inode->special_device = device->major << MAJOR_SHIFT | device->minor;
    }
}

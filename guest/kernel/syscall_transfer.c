#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"

/* Both directions: open_file_read() or open_file_write(), and with an offset of the caller's. */
typedef int64_t (*transfer_function)(struct open_file *file, struct transfer *transfer);
typedef int64_t (*transfer_at_function)(struct open_file *file, struct transfer *transfer,
                                        uint64_t *offset);

static struct open_file *find(uint64_t number)
{
    return descriptor_find(&process_current()->descriptors, number);
}

static int64_t transfer_one(const uint64_t arguments[6], transfer_function function)
{
    struct open_file *file = find(arguments[0]);
    struct transfer transfer = transfer_of_user(arguments[1], arguments[2]);

    return file != NULL ? function(file, &transfer) : ERROR_BAD_FILE;
}

static int64_t sys_read(const uint64_t arguments[6])
{
    return transfer_one(arguments, open_file_read);
}

static int64_t sys_write(const uint64_t arguments[6])
{
    return transfer_one(arguments, open_file_write);
}

static int64_t transfer_at(struct open_file *file, struct transfer *transfer, uint64_t offset,
                           transfer_at_function function)
{
    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    return (int64_t)offset >= 0 ? function(file, transfer, &offset) : ERROR_INVALID;
}

static int64_t transfer_one_at(const uint64_t arguments[6], transfer_at_function function)
{
    struct transfer transfer = transfer_of_user(arguments[1], arguments[2]);

    return transfer_at(find(arguments[0]), &transfer, arguments[3], function);
}

static int64_t sys_pread64(const uint64_t arguments[6])
{
    return transfer_one_at(arguments, open_file_read_at);
}

static int64_t sys_pwrite64(const uint64_t arguments[6])
{
    return transfer_one_at(arguments, open_file_write_at);
}

/* The file is looked for after the array was read, which may sleep. */
static int64_t transfer_pieces(const uint64_t arguments[6], transfer_function function)
{
    struct transfer transfer;
    int64_t error = find(arguments[0]) != NULL
                        ? transfer_of_pieces(arguments[1], arguments[2], &transfer)
                        : ERROR_BAD_FILE;
    struct open_file *file = find(arguments[0]);

    if (error != 0) {
        return error;
    }
    return file != NULL ? function(file, &transfer) : ERROR_BAD_FILE;
}

static int64_t sys_readv(const uint64_t arguments[6])
{
    return transfer_pieces(arguments, open_file_read);
}

static int64_t sys_writev(const uint64_t arguments[6])
{
    return transfer_pieces(arguments, open_file_write);
}

static int64_t transfer_pieces_at(const uint64_t arguments[6], transfer_at_function function)
{
    struct transfer transfer;
    int64_t error = find(arguments[0]) != NULL
                        ? transfer_of_pieces(arguments[1], arguments[2], &transfer)
                        : ERROR_BAD_FILE;

    return error != 0 ? error : transfer_at(find(arguments[0]), &transfer, arguments[3], function);
}

static int64_t sys_preadv(const uint64_t arguments[6])
{
    return transfer_pieces_at(arguments, open_file_read_at);
}

static int64_t sys_pwritev(const uint64_t arguments[6])
{
    return transfer_pieces_at(arguments, open_file_write_at);
}

/* Copies that the kernel would make by itself: programs that ask for one make it themselves where
 * it is refused so. */
static int64_t sys_refuse_pair(const uint64_t arguments[6])
{
    (void)arguments;
    return ERROR_INVALID;
}

static int64_t sys_copy_file_range(const uint64_t arguments[6])
{
    (void)arguments;
    return ERROR_CROSS_DEVICE;
}

const struct syscall syscalls_transfer[] = {
    {63, "read", sys_read},
    {64, "write", sys_write},
    {65, "readv", sys_readv},
    {66, "writev", sys_writev},
    {67, "pread64", sys_pread64},
    {68, "pwrite64", sys_pwrite64},
    {69, "preadv", sys_preadv},
    {70, "pwritev", sys_pwritev},
    {71, "sendfile", sys_refuse_pair},
    {76, "splice", sys_refuse_pair},
    {285, "copy_file_range", sys_copy_file_range},
    {0, NULL, NULL},
};

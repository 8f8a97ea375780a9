#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/path.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* Linux's number. */
enum { AT_WORKING_DIRECTORY = -100 };

static struct process *process(void)
{
    return process_current();
}

static int64_t move_to(struct inode *inode)
{
    if (inode == NULL) {
        return ERROR_NO_FILE;
    }
    if (!inode_is(inode, MODE_DIRECTORY)) {
        return ERROR_NOT_DIRECTORY;
    }
    if (!inode_allows(inode, MODE_MAY_EXECUTE)) {
        return ERROR_NO_ACCESS;
    }
    inode_hold(inode);
    inode_drop(process()->directory.inode);
    process()->directory.inode = inode;
    return 0;
}

static int64_t sys_chdir(const uint64_t arguments[6])
{
    struct walk walk;
    int64_t error = path_walk(AT_WORKING_DIRECTORY, arguments[0], 0, &walk);

    if (error != 0) {
        return error;
    }
    error = move_to(walk.inode);
    walk_end(&walk);
    return error;
}

static int64_t sys_fchdir(const uint64_t arguments[6])
{
    const struct open_file *file = descriptor_find(&process()->descriptors, (uint32_t)arguments[0]);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    return file->inode != NULL ? move_to(file->inode) : ERROR_NOT_DIRECTORY;
}

/* The result counts the NUL. */
static int64_t sys_getcwd(const uint64_t arguments[6])
{
    char path[PATH_SIZE];
    uint64_t va = arguments[0], size = arguments[1];
    int64_t length = path_of_directory(process()->directory.inode, path, sizeof path);

    if (length < 0) {
        return length;
    }
    if ((uint64_t)length > size) {
        return ERROR_RANGE;
    }

    int64_t error = user_write(process()->space, va, path, (size_t)length);

    return error != 0 ? error : length;
}

static int64_t sys_getdents64(const uint64_t arguments[6])
{
    struct open_file *file = descriptor_find(&process()->descriptors, (uint32_t)arguments[0]);
    struct transfer to = transfer_of_user(arguments[1], (uint32_t)arguments[2]);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    if (file->operations->read_directory == NULL) {
        return ERROR_NOT_DIRECTORY;
    }
    open_file_hold(file);

    int64_t done = file->operations->read_directory(file, &to);

    open_file_drop(file);
    return done;
}

const struct syscall syscalls_directory[] = {
    {17, "getcwd", sys_getcwd},         {49, "chdir", sys_chdir}, {50, "fchdir", sys_fchdir},
    {61, "getdents64", sys_getdents64}, {0, NULL, NULL},
};

#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/path.h"
#include "guest/kernel/process.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { AT_WORKING_DIRECTORY = -100, AT_NO_FOLLOW = 0x100, AT_EMPTY_PATH = 0x1000 };
enum { TIME_IS_NOW = 0x3fffffff, TIME_STAYS = 0x3ffffffe };
enum { ALLOCATE_KEEPS_LENGTH = 1, ID_STAYS = -1 };

static struct process *process(void)
{
    return process_current();
}

/* What a call does to an inode; 0 or an error. `how` is the call's own. */
typedef int64_t (*change)(struct inode *inode, const void *how);

static int64_t change_path(int64_t descriptor, uint64_t path_va, uint64_t flags, change function,
                           const void *how)
{
    struct walk walk;
    unsigned walk_flags = ((flags & AT_NO_FOLLOW) != 0 ? WALK_NO_FOLLOW : 0) |
                          ((flags & AT_EMPTY_PATH) != 0 ? WALK_EMPTY : 0);

    if ((flags & ~(uint64_t)(AT_NO_FOLLOW | AT_EMPTY_PATH)) != 0) {
        return ERROR_INVALID;
    }

    int64_t error = path_walk(descriptor, path_va, walk_flags, &walk);

    if (error != 0) {
        return error;
    }
    error = walk.inode != NULL ? function(walk.inode, how) : ERROR_NO_FILE;
    walk_end(&walk);
    return error;
}

/* A pipe or stream has no inode: nothing of it is changed, and that is no error. */
static int64_t change_open(uint64_t descriptor, change function, const void *how)
{
    const struct open_file *file = descriptor_find(&process()->descriptors, (uint32_t)descriptor);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    if (file->inode == NULL) {
        return 0;
    }

    struct inode *inode = file->inode;

    inode_hold(inode); /* another thread may close it */

    int64_t error = function(inode, how);

    inode_drop(inode);
    return error;
}

/* Permissions. A link has none that count, and those of /proc stay. */
static int64_t set_permissions(struct inode *inode, const void *how)
{
    const uint64_t *mode = how;

    if (inode_is(inode, MODE_LINK)) {
        return ERROR_NOT_SUPPORTED;
    }
    if (inode->is_fixed) {
        return ERROR_NOT_PERMITTED;
    }
    inode->mode = (inode->mode & MODE_TYPE) | ((uint32_t)*mode & MODE_PERMISSIONS);
    inode_note_change(inode);
    return 0;
}

static int64_t sys_fchmod(const uint64_t arguments[6])
{
    return change_open(arguments[0], set_permissions, &arguments[1]);
}

static int64_t sys_fchmodat(const uint64_t arguments[6])
{
    return change_path((int64_t)arguments[0], arguments[1], 0, set_permissions, &arguments[2]);
}

static int64_t sys_fchmodat2(const uint64_t arguments[6])
{
    return change_path((int64_t)arguments[0], arguments[1], arguments[3], set_permissions,
                       &arguments[2]);
}

/* Owners: everything is 0's, and nothing can be given to others. */
static int64_t set_owner(struct inode *inode, const void *how)
{
    const uint64_t *ids = how; /* user, group */

    for (unsigned i = 0; i < 2; i++) {
        if ((int32_t)ids[i] != 0 && (int32_t)ids[i] != ID_STAYS) {
            return ERROR_NOT_PERMITTED;
        }
    }
    inode_note_change(inode);
    return 0;
}

static int64_t sys_fchown(const uint64_t arguments[6])
{
    return change_open(arguments[0], set_owner, &arguments[1]);
}

static int64_t sys_fchownat(const uint64_t arguments[6])
{
    return change_path((int64_t)arguments[0], arguments[1], arguments[4], set_owner, &arguments[2]);
}

/* Times, as utimensat has them: of the last access, of the last write. */
static void set_time(struct inode_time *time, const struct timespec *wish)
{
    if (wish->nanoseconds == TIME_IS_NOW) {
        struct timespec now = clock_of_ticks(timer_now());

        *time = (struct inode_time){now.seconds, now.nanoseconds};
    } else if (wish->nanoseconds != TIME_STAYS) {
        *time = (struct inode_time){wish->seconds, wish->nanoseconds};
    }
}

static int64_t set_times(struct inode *inode, const void *how)
{
    const struct timespec *times = how;

    set_time(&inode->accessed, &times[0]);
    set_time(&inode->written, &times[1]);
    inode_note_change(inode);
    return 0;
}

static bool is_time(const struct timespec *time)
{
    return time->nanoseconds == TIME_IS_NOW || time->nanoseconds == TIME_STAYS ||
           (time->nanoseconds >= 0 && time->nanoseconds < NANOSECONDS);
}

static int64_t sys_utimensat(const uint64_t arguments[6])
{
    struct timespec times[2] = {{.nanoseconds = TIME_IS_NOW}, {.nanoseconds = TIME_IS_NOW}};

    if (arguments[2] != 0) {
        int64_t error = user_read(process()->space, times, arguments[2], sizeof times);

        if (error != 0) {
            return error;
        }
    }
    if (!is_time(&times[0]) || !is_time(&times[1])) {
        return ERROR_INVALID;
    }
    if (arguments[1] == 0) { /* futimens() */
        return change_open(arguments[0], set_times, times);
    }
    return change_path((int64_t)arguments[0], arguments[1], arguments[3], set_times, times);
}

/* Length. */
static int64_t refuse_length(int64_t length)
{
    if (length < 0) {
        return ERROR_INVALID;
    }
    return (uint64_t)length > FILE_LENGTH_MOST ? ERROR_TOO_BIG : 0;
}

static int64_t set_length(struct inode *inode, const void *how)
{
    const uint64_t *length = how;

    if (!inode_is(inode, MODE_REGULAR)) {
        return ERROR_INVALID;
    }
    lock_take(&inode->lock);
    inode_set_length(inode, *length);
    inode_note_write(inode);
    lock_give(&inode->lock);
    return 0;
}

static int64_t set_length_if_allowed(struct inode *inode, const void *how)
{
    if (inode_is(inode, MODE_DIRECTORY)) {
        return ERROR_IS_DIRECTORY;
    }
    if (!inode_is(inode, MODE_REGULAR)) {
        return ERROR_INVALID;
    }
    if (!inode_allows(inode, MODE_MAY_WRITE)) {
        return ERROR_NO_ACCESS;
    }
    return inode->runs > 0 ? ERROR_TEXT_BUSY : set_length(inode, how);
}

static int64_t sys_truncate(const uint64_t arguments[6])
{
    int64_t error = refuse_length((int64_t)arguments[1]);

    return error != 0 ? error
                      : change_path(AT_WORKING_DIRECTORY, arguments[0], 0, set_length_if_allowed,
                                    &arguments[1]);
}

static const struct open_file *find_open(uint64_t descriptor)
{
    return descriptor_find(&process()->descriptors, (uint32_t)descriptor);
}

static int64_t sys_ftruncate(const uint64_t arguments[6])
{
    const struct open_file *file = find_open(arguments[0]);
    int64_t error = refuse_length((int64_t)arguments[1]);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    if (error != 0) {
        return error;
    }
    if (file->inode == NULL || !open_file_can_write(file)) {
        return ERROR_INVALID;
    }
    return change_open(arguments[0], set_length, &arguments[1]);
}

/* Choice: what is allocated is a length only. Memory for it is had when it is written, as on a file
 * system that promises nothing. */
static int64_t extend(struct inode *inode, const void *how)
{
    const uint64_t *length = how;

    return *length > inode->length ? set_length(inode, length) : 0;
}

static int64_t sys_fallocate(const uint64_t arguments[6])
{
    const struct open_file *file = find_open(arguments[0]);
    int64_t offset = (int64_t)arguments[2], length = (int64_t)arguments[3], end;

    if (file == NULL || !open_file_can_write(file)) {
        return ERROR_BAD_FILE;
    }
    if (offset < 0 || length <= 0) {
        return ERROR_INVALID;
    }
    if ((arguments[1] & ~(uint64_t)ALLOCATE_KEEPS_LENGTH) != 0) {
        return ERROR_NOT_SUPPORTED;
    }
    if (file->inode == NULL) {
        return ERROR_NO_SEEK;
    }
    if (!inode_is(file->inode, MODE_REGULAR)) {
        return ERROR_NO_DEVICE;
    }
    if (__builtin_add_overflow(offset, length, &end) || refuse_length(end) != 0) {
        return ERROR_TOO_BIG;
    }
    return arguments[1] != 0 ? 0 : change_open(arguments[0], extend, &end);
}

/* The file system, as a file's: there is one. */
static int64_t tell_file_system(struct inode *inode, const void *how)
{
    enum { MAGIC = 0x01021994 }; /* of files in memory */

    const struct {
        uint64_t type, block_size, blocks, free, available, files, files_free, id, name_length;
        uint64_t fragment_size, flags, unused[4];
    } status = {
        .type = MAGIC,
        .block_size = PAGE_SIZE,
        .blocks = inode_pages_most(),
        .free = inode_pages_left(),
        .available = inode_pages_left(),
        .name_length = NAME_MOST,
        .fragment_size = PAGE_SIZE,
    };
    const uint64_t *va = how;

    (void)inode;
    return user_write(process()->space, *va, &status, sizeof status);
}

static int64_t sys_statfs(const uint64_t arguments[6])
{
    return change_path(AT_WORKING_DIRECTORY, arguments[0], 0, tell_file_system, &arguments[1]);
}

static int64_t sys_fstatfs(const uint64_t arguments[6])
{
    return change_open(arguments[0], tell_file_system, &arguments[1]);
}

static int64_t sys_umask(const uint64_t arguments[6])
{
    enum { MASK_MOST = 0777 };

    uint32_t old = process()->directory.mask;

    process()->directory.mask = (uint32_t)arguments[0] & MASK_MOST;
    return old;
}

const struct syscall syscalls_attribute[] = {
    {43, "statfs", sys_statfs},
    {44, "fstatfs", sys_fstatfs},
    {45, "truncate", sys_truncate},
    {46, "ftruncate", sys_ftruncate},
    {47, "fallocate", sys_fallocate},
    {52, "fchmod", sys_fchmod},
    {53, "fchmodat", sys_fchmodat},
    {54, "fchownat", sys_fchownat},
    {55, "fchown", sys_fchown},
    {88, "utimensat", sys_utimensat},
    {166, "umask", sys_umask},
    {452, "fchmodat2", sys_fchmodat2},
    {0, NULL, NULL},
};

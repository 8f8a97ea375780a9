#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/path.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { AT_NO_FOLLOW = 0x100, AT_EMPTY_PATH = 0x1000 };
enum { ASK_EXECUTE = 1, ASK_WRITE = 2, ASK_READ = 4, ASK_ALL = 7 }; /* access() */

static struct address_space *space(void)
{
    return process_current()->space;
}

/* What speaks against opening what is there in this way. */
static int64_t refuse_open(const struct inode *inode, uint64_t flags)
{
    bool writes = (flags & OPEN_ACCESS) != OPEN_READ_ONLY || (flags & OPEN_TRUNCATE) != 0;

    if ((flags & OPEN_CREATE) != 0 && (flags & OPEN_NEW) != 0) {
        return ERROR_EXISTS;
    }
    if (inode_is(inode, MODE_LINK) && inode->operations->open == NULL) {
        return (flags & OPEN_DIRECTORY) != 0 ? ERROR_NOT_DIRECTORY : ERROR_LINK_LOOP;
    }
    if (inode_is(inode, MODE_DIRECTORY) && (writes || (flags & OPEN_CREATE) != 0)) {
        return ERROR_IS_DIRECTORY;
    }
    if (!inode_is(inode, MODE_DIRECTORY) && (flags & OPEN_DIRECTORY) != 0) {
        return ERROR_NOT_DIRECTORY;
    }
    if (((flags & OPEN_ACCESS) != OPEN_WRITE_ONLY && !inode_allows(inode, MODE_MAY_READ)) ||
        (writes && !inode_allows(inode, MODE_MAY_WRITE))) {
        return ERROR_NO_ACCESS;
    }
    return writes && inode->runs > 0 ? ERROR_TEXT_BUSY : 0;
}

/* Makes the file that is not there, as walk->inode. */
static int64_t create(struct walk *walk, uint64_t flags, uint64_t mode)
{
    uint32_t permissions = (uint32_t)mode & MODE_PERMISSIONS & ~process_current()->directory.mask;

    if ((flags & OPEN_CREATE) == 0) {
        return ERROR_NO_FILE;
    }
    if (walk->wants_directory) {
        return ERROR_IS_DIRECTORY;
    }
    if (!inode_allows(walk->directory, MODE_MAY_WRITE)) {
        return ERROR_NO_ACCESS;
    }
    if (!inode_pages_are_left()) {
        return ERROR_NO_SPACE;
    }
    walk->inode = inode_create(MODE_REGULAR | permissions);
    if (walk->inode == NULL) {
        return ERROR_NO_MEMORY;
    }
    return directory_add(walk->directory, walk->name, walk->inode);
}

static void cut(struct inode *inode)
{
    lock_take(&inode->lock);
    inode_set_length(inode, 0);
    inode_note_write(inode);
    lock_give(&inode->lock);
}

static int64_t open(struct inode *inode, uint64_t flags)
{
    struct open_file *file;
    int64_t error = open_file_open(inode, (uint32_t)flags, &file);

    if (error != 0) {
        return error;
    }

    int64_t number = descriptor_open(&process_current()->descriptors, file, 0,
                                     (flags & OPEN_CLOSES_AT_EXEC) != 0);

    if (number < 0) {
        open_file_drop(file);
    }
    return number;
}

/* By the file that the walk found, or by a new one, whose permissions are for later opens. */
static int64_t open_walked(struct walk *walk, uint64_t flags, uint64_t mode)
{
    int64_t error =
        walk->inode != NULL ? refuse_open(walk->inode, flags) : create(walk, flags, mode);

    if (error != 0) {
        return error;
    }

    int64_t number = open(walk->inode, flags);

    if (number >= 0 && (flags & OPEN_TRUNCATE) != 0 && inode_is(walk->inode, MODE_REGULAR)) {
        cut(walk->inode);
    }
    return number;
}

static int64_t sys_openat(const uint64_t arguments[6])
{
    uint64_t flags = arguments[2];
    bool is_new = (flags & OPEN_CREATE) != 0 && (flags & OPEN_NEW) != 0;
    bool follows = !is_new && (flags & OPEN_NO_FOLLOW) == 0;
    int64_t result;

    do { /* again if another thread makes the file meanwhile */
        struct walk walk;

        result =
            path_walk((int64_t)arguments[0], arguments[1], follows ? 0 : WALK_NO_FOLLOW, &walk);
        if (result == 0) {
            result = open_walked(&walk, flags, arguments[3]);
            walk_end(&walk);
        }
    } while (result == ERROR_EXISTS && !is_new);
    return result;
}

/* An empty path is what the descriptor is, a pipe for example. */
static bool is_open_file(int64_t descriptor, uint64_t path_va, uint64_t flags,
                         const struct open_file **file)
{
    char first;

    if ((flags & AT_EMPTY_PATH) == 0 || user_read(space(), &first, path_va, 1) != 0 ||
        first != '\0') {
        return false;
    }
    *file = descriptor_find(&process_current()->descriptors, (uint32_t)descriptor);
    return *file != NULL;
}

static int64_t find_status(const uint64_t arguments[6], uint64_t flags, struct file_status *status)
{
    int64_t descriptor = (int64_t)arguments[0];
    const struct open_file *file;
    struct walk walk;

    if (is_open_file(descriptor, arguments[1], flags, &file)) {
        *status = open_file_status(file);
        return 0;
    }

    unsigned walk_flags = ((flags & AT_NO_FOLLOW) != 0 ? WALK_NO_FOLLOW : 0) |
                          ((flags & AT_EMPTY_PATH) != 0 ? WALK_EMPTY : 0);
    int64_t error = path_walk(descriptor, arguments[1], walk_flags, &walk);

    if (error != 0) {
        return error;
    }
    if (walk.inode != NULL) {
        *status = file_status_of(walk.inode);
    } else {
        error = ERROR_NO_FILE;
    }
    walk_end(&walk);
    return error;
}

static int64_t sys_newfstatat(const uint64_t arguments[6])
{
    struct file_status status;
    int64_t error = find_status(arguments, arguments[3], &status);

    return error != 0 ? error : user_write(space(), arguments[2], &status, sizeof status);
}

static int64_t sys_statx(const uint64_t arguments[6])
{
    struct file_status status;
    int64_t error = find_status(arguments, arguments[2], &status);

    if (error != 0) {
        return error;
    }

    struct extended_status extended = file_status_extend(&status);

    return user_write(space(), arguments[4], &extended, sizeof extended);
}

static int64_t sys_readlinkat(const uint64_t arguments[6])
{
    char text[PATH_SIZE];
    struct walk walk;
    int32_t size = (int32_t)arguments[3];

    if (size <= 0) {
        return ERROR_INVALID;
    }

    int64_t error =
        path_walk((int64_t)arguments[0], arguments[1], WALK_NO_FOLLOW | WALK_EMPTY, &walk);

    if (error != 0) {
        return error;
    }

    int64_t length = walk.inode != NULL ? path_read_link(walk.inode, text) : ERROR_NO_FILE;

    walk_end(&walk);
    if (length < 0) {
        return length;
    }
    length = length < size ? length : size;
    error = user_write(space(), arguments[2], text, (size_t)length);
    return error != 0 ? error : length;
}

static int64_t refuse_access(const struct inode *inode, uint64_t asked)
{
    uint32_t execute = inode_is(inode, MODE_DIRECTORY) ? MODE_MAY_EXECUTE : MODE_ANY_MAY_EXECUTE;
    bool is_refused = ((asked & ASK_READ) != 0 && !inode_allows(inode, MODE_MAY_READ)) ||
                      ((asked & ASK_WRITE) != 0 && !inode_allows(inode, MODE_MAY_WRITE)) ||
                      ((asked & ASK_EXECUTE) != 0 && (inode->mode & execute) == 0);

    return is_refused ? ERROR_NO_ACCESS : 0;
}

static int64_t answer_access(const uint64_t arguments[6], uint64_t flags)
{
    struct walk walk;
    unsigned walk_flags = ((flags & AT_NO_FOLLOW) != 0 ? WALK_NO_FOLLOW : 0) |
                          ((flags & AT_EMPTY_PATH) != 0 ? WALK_EMPTY : 0);

    if ((arguments[2] & ~(uint64_t)ASK_ALL) != 0) {
        return ERROR_INVALID;
    }

    int64_t error = path_walk((int64_t)arguments[0], arguments[1], walk_flags, &walk);

    if (error != 0) {
        return error;
    }
    error = walk.inode != NULL ? refuse_access(walk.inode, arguments[2]) : ERROR_NO_FILE;
    walk_end(&walk);
    return error;
}

static int64_t sys_faccessat(const uint64_t arguments[6])
{
    return answer_access(arguments, 0);
}

static int64_t sys_faccessat2(const uint64_t arguments[6])
{
    return answer_access(arguments, arguments[3]);
}

const struct syscall syscalls_path[] = {
    {48, "faccessat", sys_faccessat},
    {56, "openat", sys_openat},
    {78, "readlinkat", sys_readlinkat},
    {79, "newfstatat", sys_newfstatat},
    {291, "statx", sys_statx},
    {439, "faccessat2", sys_faccessat2},
    {0, NULL, NULL},
};

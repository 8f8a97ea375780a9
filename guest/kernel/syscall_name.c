#include "guest/kernel/syscall.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_system.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/path.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { AT_REMOVE_DIRECTORY = 0x200, AT_FOLLOW = 0x400, AT_EMPTY_PATH = 0x1000 };
enum { RENAME_NO_REPLACE = 1, MODE_OF_DIRECTORY = 01777 };

/* What speaks against a new name where the walk ended, for a file of that type. */
static int64_t refuse_name(const struct walk *walk, uint32_t type)
{
    if (walk->inode != NULL) {
        return ERROR_EXISTS;
    }
    if (walk->wants_directory && type != MODE_DIRECTORY) {
        return ERROR_NO_FILE;
    }
    if (!inode_allows(walk->directory, MODE_MAY_WRITE)) {
        return ERROR_NO_ACCESS;
    }
    return inode_pages_are_left() ? 0 : ERROR_NO_SPACE;
}

/* A new file with this name; `text` is a link's, else NULL. */
static int64_t make(int64_t descriptor, uint64_t path_va, uint32_t mode, const char *text)
{
    struct walk walk;
    int64_t error = path_walk(descriptor, path_va, WALK_NAME, &walk);

    if (error != 0) {
        return error;
    }
    error = refuse_name(&walk, mode & MODE_TYPE);

    struct inode *inode = error == 0 ? inode_create(mode) : NULL;

    if (error == 0 && inode == NULL) {
        error = ERROR_NO_MEMORY;
    }
    if (error == 0 && text != NULL) {
        error = inode_set_text(inode, text, text_length(text));
    }
    if (error == 0) {
        error = directory_add(walk.directory, walk.name, inode);
    }
    inode_drop(inode);
    walk_end(&walk);
    return error;
}

static uint32_t masked(uint64_t mode, uint32_t allowed)
{
    return (uint32_t)mode & allowed & ~process_current()->directory.mask;
}

static int64_t sys_mkdirat(const uint64_t arguments[6])
{
    return make((int64_t)arguments[0], arguments[1],
                MODE_DIRECTORY | masked(arguments[2], MODE_OF_DIRECTORY), NULL);
}

/* Regular files only: pipes with names and devices are not. */
static int64_t sys_mknodat(const uint64_t arguments[6])
{
    uint32_t type = (uint32_t)arguments[2] & MODE_TYPE;

    if (type != MODE_REGULAR && type != 0) {
        return ERROR_NOT_PERMITTED;
    }
    return make((int64_t)arguments[0], arguments[1],
                MODE_REGULAR | masked(arguments[2], MODE_PERMISSIONS), NULL);
}

static int64_t sys_symlinkat(const uint64_t arguments[6])
{
    enum { LINK_PERMISSIONS = 0777 };

    char text[PATH_SIZE];
    int64_t error = user_read_text(process_current()->space, text, sizeof text, arguments[0]);

    if (error != 0) {
        return error;
    }
    if (text[0] == '\0') {
        return ERROR_NO_FILE;
    }
    return make((int64_t)arguments[1], arguments[2], MODE_LINK | LINK_PERMISSIONS, text);
}

/* A file of several names. One that lost its last, but is open, gets none again. */
static int64_t link(struct inode *inode, const struct walk *walk)
{
    if (inode == NULL || inode->names == 0) {
        return ERROR_NO_FILE;
    }

    int64_t error = refuse_name(walk, inode->mode & MODE_TYPE);

    if (error == 0 && inode_is(inode, MODE_DIRECTORY)) {
        error = ERROR_NOT_PERMITTED;
    }
    return error != 0 ? error : directory_add(walk->directory, walk->name, inode);
}

static int64_t sys_linkat(const uint64_t arguments[6])
{
    struct walk old, new;
    uint64_t flags = arguments[4];
    unsigned walk_flags = ((flags & AT_FOLLOW) != 0 ? 0 : WALK_NO_FOLLOW) |
                          ((flags & AT_EMPTY_PATH) != 0 ? WALK_EMPTY : 0);

    if ((flags & ~(uint64_t)(AT_FOLLOW | AT_EMPTY_PATH)) != 0) {
        return ERROR_INVALID;
    }

    int64_t error = path_walk((int64_t)arguments[0], arguments[1], walk_flags, &old);

    if (error != 0) {
        return error;
    }
    error = path_walk((int64_t)arguments[2], arguments[3], WALK_NAME, &new);
    if (error == 0) {
        error = link(old.inode, &new);
        walk_end(&new);
    }
    walk_end(&old);
    return error;
}

/* What speaks against taking a name out of its directory. */
static int64_t refuse_removal(const struct walk *walk)
{
    if (walk->inode == NULL) {
        return ERROR_NO_FILE;
    }
    return inode_allows(walk->directory, MODE_MAY_WRITE) ? 0 : ERROR_NO_ACCESS;
}

static int64_t refuse_unlink(const struct walk *walk)
{
    int64_t error = walk->name[0] == '\0' ? ERROR_IS_DIRECTORY : refuse_removal(walk);

    if (error != 0) {
        return error;
    }
    if (inode_is(walk->inode, MODE_DIRECTORY)) {
        return ERROR_IS_DIRECTORY;
    }
    return walk->wants_directory ? ERROR_NOT_DIRECTORY : 0;
}

static int64_t refuse_remove_directory(const struct walk *walk)
{
    if (walk->name[0] == '\0') {
        if (walk->inode == file_system_root()) {
            return ERROR_BUSY;
        }
        return walk->inode == walk->directory ? ERROR_INVALID : ERROR_NOT_EMPTY; /* ".", ".." */
    }

    int64_t error = refuse_removal(walk);

    if (error != 0) {
        return error;
    }
    if (!inode_is(walk->inode, MODE_DIRECTORY)) {
        return ERROR_NOT_DIRECTORY;
    }
    return directory_is_empty(walk->inode) ? 0 : ERROR_NOT_EMPTY;
}

static int64_t sys_unlinkat(const uint64_t arguments[6])
{
    struct walk walk;
    bool is_directory = (arguments[2] & AT_REMOVE_DIRECTORY) != 0;

    if ((arguments[2] & ~(uint64_t)AT_REMOVE_DIRECTORY) != 0) {
        return ERROR_INVALID;
    }

    int64_t error = path_walk((int64_t)arguments[0], arguments[1], WALK_NAME, &walk);

    if (error != 0) {
        return error;
    }
    error = is_directory ? refuse_remove_directory(&walk) : refuse_unlink(&walk);
    if (error == 0) {
        directory_remove(walk.directory, walk.name);
    }
    walk_end(&walk);
    return error;
}

/* Is the directory the other one, or somewhere below it? */
static bool is_inside(const struct inode *directory, const struct inode *other)
{
    const struct inode *root = file_system_root();

    while (directory != other && directory != root) {
        directory = directory->parent;
    }
    return directory == other;
}

/* What speaks against a rename to a name that stands for something. */
static int64_t refuse_replace(const struct walk *old, const struct walk *new)
{
    bool is_directory = inode_is(old->inode, MODE_DIRECTORY);

    if (!inode_is(new->inode, MODE_DIRECTORY)) {
        return is_directory ? ERROR_NOT_DIRECTORY : 0;
    }
    if (!is_directory) {
        return ERROR_IS_DIRECTORY;
    }
    return directory_is_empty(new->inode) ? 0 : ERROR_NOT_EMPTY;
}

static int64_t refuse_rename(const struct walk *old, const struct walk *new, uint64_t flags)
{
    if (old->name[0] == '\0' || new->name[0] == '\0') {
        return ERROR_BUSY;
    }
    if (old->inode == NULL) {
        return ERROR_NO_FILE;
    }
    if (new->inode != NULL && (flags & RENAME_NO_REPLACE) != 0) {
        return ERROR_EXISTS;
    }

    bool is_directory = inode_is(old->inode, MODE_DIRECTORY);

    if (!is_directory && (old->wants_directory || new->wants_directory)) {
        return ERROR_NOT_DIRECTORY;
    }
    if (is_directory && is_inside(new->directory, old->inode)) {
        return ERROR_INVALID;
    }
    if (new->inode != NULL && inode_is(new->inode, MODE_DIRECTORY) &&
        is_inside(old->directory, new->inode)) {
        return ERROR_NOT_EMPTY;
    }
    if (!inode_allows(old->directory, MODE_MAY_WRITE) ||
        !inode_allows(new->directory, MODE_MAY_WRITE) ||
        (is_directory && old->directory != new->directory &&
         !inode_allows(old->inode, MODE_MAY_WRITE))) {
        return ERROR_NO_ACCESS;
    }
    return new->inode != NULL ? refuse_replace(old, new) : 0;
}

/* The new name is there before the old one goes. What was walked first may have been removed during
 * a sleep: then the new name goes again. */
static int64_t rename(const struct walk *old, const struct walk *new)
{
    if (directory_find(old->directory, old->name) != old->inode) {
        return ERROR_NO_FILE;
    }
    if (new->inode == old->inode) {
        return 0;
    }
    if (new->inode != NULL) {
        directory_replace(new->directory, new->name, old->inode);
        directory_remove(old->directory, old->name);
        return 0;
    }

    int64_t error = directory_add(new->directory, new->name, old->inode);

    if (error != 0) {
        return error;
    }
    if (directory_find(old->directory, old->name) != old->inode) {
        directory_remove(new->directory, new->name);
        return ERROR_NO_FILE;
    }
    directory_remove(old->directory, old->name);
    return 0;
}

/* One at a time: so no directory moves between the question if it would get into itself and the
 * answer. */
static int64_t rename_at(const uint64_t arguments[6], uint64_t flags)
{
    static struct lock lock;
    struct walk old, new;

    if ((flags & ~(uint64_t)RENAME_NO_REPLACE) != 0) {
        return ERROR_INVALID;
    }
    lock_take(&lock);

    int64_t error = path_walk((int64_t)arguments[0], arguments[1], WALK_NAME, &old);

    if (error == 0) {
        error = path_walk((int64_t)arguments[2], arguments[3], WALK_NAME, &new);
        if (error == 0) {
            error = refuse_rename(&old, &new, flags);
            if (error == 0) {
                error = rename(&old, &new);
            }
            walk_end(&new);
        }
        walk_end(&old);
    }
    lock_give(&lock);
    return error;
}

static int64_t sys_renameat(const uint64_t arguments[6])
{
    return rename_at(arguments, 0);
}

static int64_t sys_renameat2(const uint64_t arguments[6])
{
    return rename_at(arguments, arguments[4]);
}

const struct syscall syscalls_name[] = {
    {33, "mknodat", sys_mknodat},      {34, "mkdirat", sys_mkdirat},
    {35, "unlinkat", sys_unlinkat},    {36, "symlinkat", sys_symlinkat},
    {37, "linkat", sys_linkat},        {38, "renameat", sys_renameat},
    {276, "renameat2", sys_renameat2}, {0, NULL, NULL},
};

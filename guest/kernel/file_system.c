#include "guest/kernel/file_system.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/archive.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/directory.h"
#include "guest/kernel/end.h"
#include "guest/kernel/error.h"
#include "guest/kernel/log.h"
#include "guest/kernel/path.h"
#include "guest/kernel/special.h"

enum {
    MADE_MODE = MODE_DIRECTORY | 0755,
    TEMPORARY_MODE = MODE_DIRECTORY | 01777,
    SPECIAL_MODE = MODE_DIRECTORY | 0555, /* nobody adds a name */
};

static struct inode *root;

struct inode *file_system_root(void)
{
    return root;
}

/* Adds a new inode where the walk ended; it takes the place of one that is no directory, if neither
 * is it. */
static int64_t put_walked(const struct walk *walk, uint32_t mode, struct inode **inode)
{
    if (walk->inode != NULL &&
        (inode_is(walk->inode, MODE_DIRECTORY) || (mode & MODE_TYPE) == MODE_DIRECTORY)) {
        *inode = walk->inode;
        return ERROR_EXISTS;
    }
    *inode = inode_create(mode);
    if (*inode == NULL) {
        return ERROR_NO_MEMORY;
    }

    int64_t error = 0;

    if (walk->inode != NULL) {
        directory_replace(walk->directory, walk->name, *inode);
    } else {
        error = directory_add(walk->directory, walk->name, *inode);
    }
    inode_drop(*inode); /* the name has it now */
    return error;
}

/* The same at an absolute path, in a directory that is there. ERROR_EXISTS: *inode is what has that
 * name. */
static int64_t put(const char *path, uint32_t mode, struct inode **inode)
{
    struct walk walk;
    int64_t error = path_walk_text(root, path, WALK_NAME, &walk);

    if (error == 0) {
        error = put_walked(&walk, mode, inode);
        walk_end(&walk);
    }
    return error;
}

/* Makes the directories above a path that are not there. What cannot be made is found by put(). */
static void make_directories_above(const char *path)
{
    char part[PATH_SIZE];
    struct inode *directory;

    for (size_t length = 1; path[length] != '\0' && length < sizeof part; length++) {
        if (path[length] == '/') {
            text_copy(part, length + 1, path);
            (void)put(part, MADE_MODE, &directory);
        }
    }
}

static int64_t make(const char *path, uint32_t mode, struct inode **inode)
{
    make_directories_above(path);
    return put(path, mode, inode);
}

static int64_t set_content(struct inode *inode, const struct archive_entry *entry)
{
    inode->accessed = inode->written = inode->changed = (struct inode_time){0, 0};
    if (inode_is(inode, MODE_LINK)) {
        return inode_set_text(inode, (const char *)entry->bytes, entry->length);
    }
    if (inode_is(inode, MODE_REGULAR)) {
        inode->bytes = entry->bytes;
        inode->length = entry->length;
        inode->archive_length = entry->length;
    }
    return 0;
}

/* A directory that comes twice, or was made before, has the permissions that come last. */
static int64_t add_entry(const struct archive_entry *entry)
{
    uint32_t type = entry->mode & MODE_TYPE;
    struct inode *inode;

    if (type == MODE_LINK && (entry->length == 0 || entry->length >= PATH_SIZE)) {
        return ERROR_NAME_TOO_LONG;
    }

    int64_t error = make(entry->path, entry->mode, &inode);

    if (error == ERROR_EXISTS && type == MODE_DIRECTORY && inode_is(inode, MODE_DIRECTORY)) {
        inode->mode = entry->mode;
        return 0;
    }
    return error != 0 ? error : set_content(inode, entry);
}

/* /dev and /proc are the kernel's own: what an archive of a whole system has there is nothing. */
static bool is_special(const char *path)
{
    return text_begins(path, "/dev/") || text_begins(path, "/proc/");
}

static void add_archive(void)
{
    struct archive archive = archive_open();
    struct archive_entry entry;

    while (archive_read(&archive, &entry)) {
        int64_t error = is_special(entry.path) ? 0 : add_entry(&entry);

        if (error != 0) {
            log_line("%s of the archive is left out: error %ld", entry.path, -error);
        }
    }
}

struct inode *file_system_add(const char *path, uint32_t mode,
                              const struct file_operations *operations)
{
    struct inode *inode;
    int64_t error = make(path, mode, &inode);

    if (error != 0) {
        panic("%s cannot be made: error %ld", path, -error);
    }
    if (operations != NULL) {
        inode->operations = operations;
    }
    return inode;
}

/* A directory that is always there. */
static void set_mode(const char *path, uint32_t mode)
{
    (void)add_entry(&(struct archive_entry){.path = path, .mode = mode});
}

void file_system_start(void)
{
    root = inode_create(MADE_MODE);
    if (root == NULL) {
        panic("there is no memory for files");
    }
    root->parent = root;
    root->names = 1; /* none but itself names it */
    device_start();
    proc_start();
    add_archive();
    set_mode("/tmp", TEMPORARY_MODE);
    set_mode("/dev", SPECIAL_MODE);
    set_mode("/proc", SPECIAL_MODE);
}

/* From the leaves to the root, without recursion: a tree may be deep. */
void file_system_end(void)
{
    struct inode *directory = root;

    while (directory != root || !directory_is_empty(directory)) {
        const struct directory_entry *entry = directory_next(directory, 0);

        if (entry == NULL) {
            struct inode *parent = directory->parent;

            directory_remove(parent, directory_name(directory));
            directory = parent;
        } else if (inode_is(entry->inode, MODE_DIRECTORY)) {
            directory = entry->inode;
        } else {
            directory_remove(directory, entry->name);
        }
    }
    inode_drop(root);
}

#include "guest/kernel/path.h"

#include "guest/kernel/bytes.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_system.h"
#include "guest/kernel/open_file.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

enum { AT_WORKING_DIRECTORY = -100, DEFAULT_MASK = 022 };

/* A walk under way. It never sleeps, so there is one at a time. */
static struct {
    char text[PATH_SIZE]; /* of the path, or of a link and the rest of the path */
    char link[PATH_SIZE];
    const char *next;
    unsigned links; /* followed so far */
} way;

void working_directory_start(struct working_directory *directory)
{
    directory->inode = file_system_root();
    directory->mask = DEFAULT_MASK;
    inode_hold(directory->inode);
}

void working_directory_copy(struct working_directory *copy,
                            const struct working_directory *directory)
{
    *copy = *directory;
    inode_hold(copy->inode);
}

void working_directory_end(struct working_directory *directory)
{
    inode_drop(directory->inode);
    directory->inode = NULL;
}

static void skip_slashes(void)
{
    while (*way.next == '/') {
        way.next++;
    }
}

/* The next name of the path, and the slashes behind it. */
static int64_t take_name(struct walk *walk)
{
    size_t length = 0;

    while (way.next[length] != '\0' && way.next[length] != '/') {
        length++;
    }
    if (length > NAME_MOST) {
        return ERROR_NAME_TOO_LONG;
    }
    memcpy(walk->name, way.next, length);
    walk->name[length] = '\0';
    way.next += length;
    walk->wants_directory = *way.next == '/';
    skip_slashes();
    return 0;
}

static bool is_last(void)
{
    return *way.next == '\0';
}

/* The text of a link, and its length. */
static int64_t read_link(const struct inode *link, char text[PATH_SIZE])
{
    if (link->operations->read_link != NULL) {
        return link->operations->read_link(link, text, PATH_SIZE);
    }
    memcpy(text, link->bytes, link->length);
    return (int64_t)link->length;
}

int64_t path_read_link(const struct inode *link, char text[PATH_SIZE])
{
    return inode_is(link, MODE_LINK) ? read_link(link, text) : ERROR_INVALID;
}

/* The way goes on with what the link holds, then with what was left. */
static int64_t follow(const struct inode *link, struct walk *walk)
{
    size_t rest = text_length(way.next) + 1;
    int64_t length = read_link(link, way.link);
    bool has_slash = walk->wants_directory;

    if (++way.links > PATH_LINKS_MOST) {
        return ERROR_LINK_LOOP;
    }
    if (length < 0) {
        return length;
    }
    if ((size_t)length + has_slash + rest > PATH_SIZE) {
        return ERROR_NAME_TOO_LONG;
    }
    memmove(way.text + length + has_slash, way.next, rest);
    memcpy(way.text, way.link, (size_t)length);
    if (has_slash) {
        way.text[length] = '/';
    }
    way.next = way.text;
    if (*way.next == '/') {
        walk->directory = file_system_root();
    }
    skip_slashes();
    return length > 0 ? 0 : ERROR_NO_FILE;
}

static bool is_to_follow(const struct inode *inode, const struct walk *walk, unsigned flags)
{
    if (!inode_is(inode, MODE_LINK)) {
        return false;
    }
    if (!is_last()) {
        return true;
    }
    if (inode->operations->open != NULL) {
        return false; /* what it leads to may have no name: it is opened itself */
    }
    return (flags & WALK_NAME) == 0 && ((flags & WALK_NO_FOLLOW) == 0 || walk->wants_directory);
}

static bool is_dots(const char *name)
{
    return text_equal(name, ".") || text_equal(name, "..");
}

/* One name further. *is_done: that was the last one. */
static int64_t step(struct walk *walk, unsigned flags, bool *is_done)
{
    int64_t error = take_name(walk);

    if (error != 0) {
        return error;
    }
    if (!inode_is(walk->directory, MODE_DIRECTORY)) {
        return ERROR_NOT_DIRECTORY;
    }
    if (!inode_allows(walk->directory, MODE_MAY_EXECUTE)) {
        return ERROR_NO_ACCESS;
    }
    walk->inode = directory_find(walk->directory, walk->name);
    if (walk->inode != NULL && is_to_follow(walk->inode, walk, flags)) {
        walk->name[0] = '\0';
        return follow(walk->inode, walk);
    }
    if (is_last()) {
        *is_done = true;
        return 0;
    }
    walk->directory = walk->inode;
    return walk->inode != NULL ? 0 : ERROR_NO_FILE;
}

/* The path has names: it is walked to its last one. A link may end in the root, though. */
static int64_t walk_names(struct walk *walk, unsigned flags)
{
    bool is_done = false;
    int64_t error = 0;

    while (error == 0 && !is_done && !is_last()) {
        error = step(walk, flags, &is_done);
    }
    if (error != 0) {
        return error;
    }
    if (!is_done) {
        walk->inode = walk->directory;
        walk->name[0] = '\0';
    }
    if (is_dots(walk->name)) {
        walk->name[0] = '\0';
    }
    if (walk->inode != NULL && walk->wants_directory && (flags & WALK_NAME) == 0 &&
        !inode_is(walk->inode, MODE_DIRECTORY)) {
        return ERROR_NOT_DIRECTORY;
    }
    return walk->inode != NULL || walk->name[0] != '\0' ? 0 : ERROR_NO_FILE;
}

int64_t path_walk_text(struct inode *from, const char *path, unsigned flags, struct walk *walk)
{
    int64_t error;

    *walk = (struct walk){.directory = path[0] == '/' ? file_system_root() : from};
    if (path[0] == '\0' && (flags & WALK_EMPTY) == 0) {
        return ERROR_NO_FILE;
    }
    if (text_length(path) >= PATH_SIZE) {
        return ERROR_NAME_TOO_LONG;
    }
    text_copy(way.text, sizeof way.text, path);
    way.next = way.text;
    way.links = 0;
    skip_slashes();
    error = walk_names(walk, flags);
    if (error == 0) {
        inode_hold(walk->directory);
        inode_hold(walk->inode);
    }
    return error;
}

/* Where a path that begins in no root begins. */
static int64_t find_start(int64_t descriptor, unsigned flags, const char *path,
                          struct inode **start)
{
    const struct process *process = process_current();

    *start = process->directory.inode;
    if ((int32_t)descriptor == AT_WORKING_DIRECTORY || path[0] == '/') {
        return 0;
    }

    const struct open_file *file = descriptor_find(&process->descriptors, (uint32_t)descriptor);

    if (file == NULL) {
        return ERROR_BAD_FILE;
    }
    *start = file->inode;
    if (file->inode == NULL) {
        return ERROR_NOT_DIRECTORY;
    }
    if (path[0] == '\0') {
        return (flags & WALK_EMPTY) != 0 ? 0 : ERROR_NO_FILE;
    }
    return inode_is(file->inode, MODE_DIRECTORY) ? 0 : ERROR_NOT_DIRECTORY;
}

int64_t path_walk(int64_t descriptor, uint64_t path_va, unsigned flags, struct walk *walk)
{
    char path[PATH_SIZE];
    struct inode *start;
    int64_t error = user_read_text(process_current()->space, path, sizeof path, path_va);

    if (error == 0) {
        error = find_start(descriptor, flags, path, &start);
    }
    return error != 0 ? error : path_walk_text(start, path, flags, walk);
}

void walk_end(struct walk *walk)
{
    inode_drop(walk->directory);
    inode_drop(walk->inode);
}

int64_t path_find(const char *path, struct inode **inode)
{
    const struct process *process = process_current();
    struct walk walk;
    int64_t error = path_walk_text(process != NULL ? process->directory.inode : file_system_root(),
                                   path, 0, &walk);

    if (error != 0) {
        return error;
    }
    *inode = walk.inode;
    inode_drop(walk.directory);
    return *inode != NULL ? 0 : ERROR_NO_FILE;
}

/* Written from the end of the buffer towards its start, then moved. */
int64_t path_of_directory(const struct inode *directory, char *path, size_t size)
{
    const struct inode *root = file_system_root();
    size_t start = size - 1;

    path[start] = '\0';
    while (directory != root) {
        const char *name = directory_name(directory);

        if (name == NULL) {
            return ERROR_NO_FILE;
        }
        if (text_length(name) + 1 > start) {
            return ERROR_RANGE;
        }
        start -= text_length(name) + 1;
        path[start] = '/';
        memcpy(path + start + 1, name, text_length(name));
        directory = directory->parent;
    }
    if (path[start] == '\0') {
        path[--start] = '/';
    }
    memmove(path, path + start, size - start);
    return (int64_t)(size - start);
}

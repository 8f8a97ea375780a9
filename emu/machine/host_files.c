#include "emu/machine/host_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Choice: as long as a file of the kernel's can get. */
#define MAX_FILE_LENGTH (INT64_C(1) << 30)

enum { PERMISSIONS = 07777, LINK_PERMISSIONS = 0777 };

static const char no_kind[] = "is no file, folder or link, and a guest cannot have it";
static const char root_path[] = "."; /* what the guest's root is called in the list */

/* O_NONBLOCK: opening a pipe that nobody writes to must not wait. */
enum { OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

/* Where a walk is: a name in an open folder of the host, how messages call it, and what it is
 * called in the guest. */
struct place {
    int folder;
    const char *name;
    const char *shown;
    const char *path;
};

static bool no_memory(struct error *error)
{
    return error_set(error, "out of memory for the files of the guest");
}

static bool refuse(const struct place *place, const char *why, struct error *error)
{
    return error_set(error, "%s %s", place->shown, why);
}

static bool refuse_by_number(const struct place *place, int number, struct error *error)
{
    return error_set(error, "%s cannot be read: %s", place->shown, strerror(number));
}

/* Adds an entry; its bytes are the list's from now on, or freed. */
static bool add(struct host_files *files, const char *path, mode_t mode, uint8_t *bytes,
                size_t length, struct error *error)
{
    struct host_file *all = realloc(files->all, (files->count + 1) * sizeof *all);
    char *copy = strdup(path);

    files->all = all != NULL ? all : files->all;
    if (all == NULL || copy == NULL) {
        free(copy);
        free(bytes);
        return no_memory(error);
    }
    all[files->count++] = (struct host_file){copy, mode, bytes, length};
    return true;
}

static bool is_same(const struct stat *before, const struct stat *after)
{
    return before->st_size == after->st_size && before->st_mtim.tv_sec == after->st_mtim.tv_sec &&
           before->st_mtim.tv_nsec == after->st_mtim.tv_nsec;
}

/* Up to length bytes; fewer if that is all there is. Negative: errno says why. */
static ssize_t read_all(int fd, uint8_t *bytes, size_t length)
{
    size_t done = 0;
    ssize_t count = 1;

    while (done < length && count > 0) {
        count = read(fd, bytes + done, length - done);
        done += count > 0 ? (size_t)count : 0;
    }
    return count < 0 ? -1 : (ssize_t)done;
}

static bool add_open_file(struct host_files *files, const struct place *place, int fd,
                          const struct stat *status, struct error *error)
{
    size_t length = (size_t)status->st_size;
    struct stat after;

    if (status->st_size > MAX_FILE_LENGTH) {
        return refuse(place, "is larger than 1024 MiB, too large for the guest", error);
    }

    uint8_t *bytes = malloc(length + 1);
    ssize_t done = bytes != NULL ? read_all(fd, bytes, length) : 0;
    int number = errno;

    if (bytes == NULL) {
        return no_memory(error);
    }
    if (done < 0) {
        free(bytes);
        return refuse_by_number(place, number, error);
    }
    if ((size_t)done < length || fstat(fd, &after) != 0 || !is_same(status, &after)) {
        free(bytes);
        return refuse(place, "changes while it is read", error);
    }
    bytes[length] = '\0';
    return add(files, place->path, S_IFREG | (status->st_mode & PERMISSIONS), bytes, length, error);
}

static bool add_link(struct host_files *files, const struct place *place, struct error *error)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(place->folder, place->name, text, sizeof text - 1);

    if (length < 0) {
        return refuse_by_number(place, errno, error);
    }
    text[length] = '\0';

    uint8_t *bytes = (uint8_t *)strdup(text);

    if (bytes == NULL) {
        return no_memory(error);
    }
    return add(files, place->path, S_IFLNK | LINK_PERMISSIONS, bytes, (size_t)length, error);
}

static bool add_open(struct host_files *files, const struct place *place, int fd,
                     struct error *error)
{
    struct stat status;

    if (fstat(fd, &status) != 0) {
        return refuse_by_number(place, errno, error);
    }
    if (S_ISDIR(status.st_mode)) { /* what is in it is added later */
        return add(files, place->path, S_IFDIR | (status.st_mode & PERMISSIONS), NULL, 0, error);
    }
    if (S_ISREG(status.st_mode)) {
        return add_open_file(files, place, fd, &status, error);
    }
    return refuse(place, no_kind, error);
}

/* What is opened is what is looked at and read, whoever puts something else there meanwhile. */
static bool add_place(struct host_files *files, const struct place *place, struct error *error)
{
    int fd = openat(place->folder, place->name, OPEN_FLAGS | O_NOFOLLOW);
    int number = errno;

    if (fd >= 0) {
        bool is_added = add_open(files, place, fd, error);

        close(fd);
        return is_added;
    }
    if (number == ELOOP) {
        return add_link(files, place, error);
    }
    if (number == ENXIO) { /* a socket */
        return refuse(place, no_kind, error);
    }
    return refuse_by_number(place, number, error);
}

/* One name in the open folder that the place is. */
static bool add_child(struct host_files *files, const struct place *place, int folder,
                      const char *name, struct error *error)
{
    bool is_root = strcmp(place->path, root_path) == 0;
    char *shown = NULL;
    char *path = NULL;
    bool is_added = false;

    if (asprintf(&shown, "%s/%s", place->shown, name) < 0) {
        return no_memory(error);
    }
    if (asprintf(&path, "%s%s%s", is_root ? "" : place->path, is_root ? "" : "/", name) < 0) {
        no_memory(error);
    } else {
        is_added = add_place(files, &(struct place){folder, name, shown, path}, error);
        free(path);
    }
    free(shown);
    return is_added;
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **first, const struct dirent **second)
{
    return strcmp((*first)->d_name, (*second)->d_name);
}

static bool add_children(struct host_files *files, const struct place *place, int fd,
                         struct error *error)
{
    struct dirent **entries;
    int count = scandirat(fd, ".", &entries, is_entry, by_bytes);
    bool is_added = true;

    if (count < 0) {
        return refuse_by_number(place, errno, error);
    }
    for (int i = 0; i < count; i++) {
        is_added = is_added && add_child(files, place, fd, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return is_added;
}

/* Opens a folder below an open one, name by name, so that no link is followed on the way. Negative:
 * errno says why. */
static int open_below(int root, const char *path)
{
    int folder = openat(root, root_path, OPEN_FLAGS | O_DIRECTORY);

    while (folder >= 0 && *path != '\0') {
        char name[NAME_MAX + 1];
        size_t length = strcspn(path, "/");
        int above = folder;

        snprintf(name, sizeof name, "%.*s", (int)length, path);
        folder = openat(above, name, OPEN_FLAGS | O_DIRECTORY | O_NOFOLLOW);

        int number = errno;

        close(above);
        errno = number;
        path += length + (path[length] == '/');
    }
    return folder;
}

/* Adds what is in a folder of the list. */
static bool add_content(struct host_files *files, int root, const char *name, const char *path,
                        struct error *error)
{
    bool is_root = strcmp(path, root_path) == 0;
    char *shown = NULL;

    if (asprintf(&shown, "%s%s%s", name, is_root ? "" : "/", is_root ? "" : path) < 0) {
        return no_memory(error);
    }

    const struct place place = {root, path, shown, path};
    int fd = open_below(root, path);
    bool is_added = false;

    if (fd < 0) {
        refuse_by_number(&place, errno, error);
    } else {
        is_added = add_children(files, &place, fd, error);
        close(fd);
    }
    free(shown);
    return is_added;
}

/* Where GUEST begins in HOST:GUEST, or NULL. */
static const char *find_guest(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon != NULL && colon != name && colon[1] == '/' ? colon + 1 : NULL;
}

static bool leads_upwards(const char *path)
{
    const char *end;

    for (; *path != '\0'; path = *end == '\0' ? end : end + 1) {
        end = strchrnul(path, '/');
        if (end - path == 2 && strncmp(path, "..", 2) == 0) {
            return true;
        }
    }
    return false;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* The name is followed if it is a link: it is what was asked for. */
static bool add_named_file(struct host_files *files, const char *host, const char *guest,
                           struct error *error)
{
    const struct place place = {AT_FDCWD, host, host, guest};
    struct stat status;
    int fd = open(host, OPEN_FLAGS);

    if (fd < 0) {
        return refuse_by_number(&place, errno, error);
    }

    bool is_added = false;

    if (fstat(fd, &status) != 0) {
        refuse_by_number(&place, errno, error);
    } else if (S_ISDIR(status.st_mode)) {
        refuse(&place, "is a folder: --root takes one", error);
    } else if (!S_ISREG(status.st_mode)) {
        refuse(&place, "is not a regular file", error);
    } else {
        is_added = add_open_file(files, &place, fd, &status, error);
    }
    close(fd);
    return is_added;
}

bool host_files_add_file(struct host_files *files, const char *name, struct error *error)
{
    const char *guest = find_guest(name);
    size_t length = guest != NULL ? (size_t)(guest - name) - 1 : strlen(name);
    char *host = strndup(name, length);
    bool is_added = false;

    if (host == NULL) {
        return no_memory(error);
    }
    guest = guest != NULL ? guest + strspn(guest, "/") : last_part(host);
    if (leads_upwards(guest)) {
        error_set(error, "%s: a path in the guest has no ..", name);
    } else if (*last_part(guest) == '\0') {
        error_set(error, "%s: the path in the guest names no file", name);
    } else {
        is_added = add_named_file(files, host, guest, error);
    }
    free(host);
    return is_added;
}

/* Folders that are found get to the end of the list, and so in turn. */
bool host_files_add_tree(struct host_files *files, const char *name, struct error *error)
{
    const struct place place = {AT_FDCWD, name, name, root_path};
    int root = open(name, OPEN_FLAGS | O_DIRECTORY);

    if (root < 0) {
        return refuse_by_number(&place, errno, error);
    }

    size_t next = files->count;
    bool is_added = add_open(files, &place, root, error);

    for (; is_added && next < files->count; next++) {
        if (S_ISDIR(files->all[next].mode)) {
            is_added = add_content(files, root, name, files->all[next].path, error);
        }
    }
    close(root);
    return is_added;
}

void host_files_finish(struct host_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->all[i].path);
        free(files->all[i].bytes);
    }
    free(files->all);
    *files = (struct host_files){.all = NULL};
}

/*
 * Does to files what its arguments say: each a verb, then a path. A line for each.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int by_name(const struct dirent **first, const struct dirent **second)
{
    return strcmp((*first)->d_name, (*second)->d_name);
}

static int list(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, by_name);

    for (int i = 0; i < count; i++) {
        printf("%s ", entries[i]->d_name);
    }
    return count;
}

static int read_all(const char *path)
{
    static char content[100000];
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof content);

    if (length >= 0) {
        fwrite(content, 1, (size_t)length, stdout);
    }
    return (int)length;
}

static int write_at(const char *path, off_t offset, int flags)
{
    int fd = open(path, O_WRONLY | flags, 0644);

    return fd < 0 ? -1 : (int)pwrite(fd, "poked", 5, offset);
}

static int show_link(const char *path)
{
    char text[512] = "";
    ssize_t length = readlink(path, text, sizeof text - 1);

    fputs(text, stdout);
    return (int)length;
}

static int write_start(const char *path)
{
    return write_at(path, 0, 0);
}

static int write_behind(const char *path)
{
    return write_at(path, 5000, 0);
}

static int create(const char *path)
{
    return write_at(path, 0, O_CREAT | O_EXCL);
}

static int cut(const char *path)
{
    return truncate(path, 0);
}

static int open_up(const char *path)
{
    return chmod(path, 0777);
}

static int move(const char *path)
{
    return rename(path, "/moved");
}

static int make_link(const char *path)
{
    return symlink(path, "/made_link");
}

static int mount_at(const char *path)
{
    return mount(path, "/tmp", NULL, MS_BIND, NULL);
}

/* The first disk of most machines. */
static int make_device(const char *path)
{
    return mknod(path, S_IFBLK | 0600, makedev(8, 0));
}

static int pivot(const char *path)
{
    return (int)syscall(SYS_pivot_root, path, path);
}

/* The handle of inode 2, which is the root of many a file system. */
static int open_by_handle(const char *path)
{
    union {
        struct file_handle handle;
        char bytes[sizeof(struct file_handle) + 8];
    } root = {.bytes = {0}};

    root.handle.handle_bytes = 8;
    root.handle.handle_type = 1;
    root.handle.f_handle[0] = 2;
    return open_by_handle_at(open(path, O_RDONLY), &root.handle, O_RDONLY);
}

/* From one open directory to the one above, many times; then a file from there. */
static int climb(const char *path)
{
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);

    for (int i = 0; i < 40; i++) {
        int above = openat(directory, "..", O_RDONLY | O_DIRECTORY);

        close(directory);
        directory = above;
    }
    return openat(directory, path, O_RDONLY);
}

/* Stands in a directory that moves away, and in one that is removed, and goes up from there. */
static int leave(const char *path)
{
    char up[600];

    mkdir("/tmp/a", 0755);
    mkdir("/tmp/a/b", 0755);
    chdir("/tmp/a/b");
    rename("/tmp/a/b", "/b");
    snprintf(up, sizeof up, "../..%s", path);
    if (open(up, O_RDONLY) >= 0) {
        return 0;
    }
    rmdir("/b");
    return open(up, O_RDONLY);
}

static const struct {
    const char *verb;
    int (*function)(const char *path);
} verbs[] = {
    {"read", read_all}, {"list", list},      {"link", show_link},      {"write", write_start},
    {"cut", cut},       {"create", create},  {"behind", write_behind}, {"chmod", open_up},
    {"unlink", unlink}, {"move", move},      {"chdir", chdir},         {"symlink", make_link},
    {"chroot", chroot}, {"mount", mount_at}, {"device", make_device},  {"handle", open_by_handle},
    {"pivot", pivot},   {"climb", climb},    {"leave", leave},
};

static int poke(const char *verb, const char *path)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verb, verbs[i].verb) == 0) {
            return verbs[i].function(path);
        }
    }
    fprintf(stderr, "%s: no such verb\n", verb);
    exit(1);
}

int main(int count, char **arguments)
{
    for (int i = 1; i + 1 < count; i += 2) {
        printf("%s %s: ", arguments[i], arguments[i + 1]);

        int result = poke(arguments[i], arguments[i + 1]);

        printf("%s\n", result < 0 ? strerror(errno) : "done");
    }
    return 0;
}

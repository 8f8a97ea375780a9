/*
 * Does to files what its arguments say: each a verb, then a path. A line for each.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static const struct {
    const char *verb;
    int (*function)(const char *path);
} verbs[] = {
    {"read", read_all}, {"list", list},     {"link", show_link},      {"write", write_start},
    {"cut", cut},       {"create", create}, {"behind", write_behind}, {"chmod", open_up},
    {"unlink", unlink}, {"move", move},     {"chdir", chdir},         {"symlink", make_link},
    {"chroot", chroot},
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

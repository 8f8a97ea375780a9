/*
 * Every call that takes the name of a file, in a folder of its own: results and errors, one a line.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "own_folder.h"

/* Prints the call and what came of it. */
#define TRY(call) tell(#call, (errno = 0, (long)(call)))

static char text[5000];

static void tell(const char *call, long result)
{
    printf("%s: %ld%s%s\n", call, result, errno != 0 ? " " : "", errno != 0 ? strerror(errno) : "");
}

static const char *repeated(const char *part, unsigned count)
{
    text[0] = '\0';
    while (count-- > 0) {
        strcat(text, part);
    }
    return text;
}

/* A file with this content; the descriptor is closed. */
static int make(const char *path, const char *content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    size_t length = strlen(content);

    if (fd < 0) {
        return -1;
    }
    if (write(fd, content, length) != (ssize_t)length) {
        return -2;
    }
    return close(fd);
}

static void show(const char *path)
{
    char content[100] = "";
    int fd = open(path, O_RDONLY);
    ssize_t length = fd >= 0 ? read(fd, content, sizeof content - 1) : -1;

    printf("%s: %s\n", path, length >= 0 ? content : strerror(errno));
    close(fd);
}

static int compare(const void *first, const void *second)
{
    return strcmp(first, second);
}

/* Names with their types, sorted; and the same number of entries when it is read in small pieces.
 */
static void list(const char *path)
{
    enum { MOST = 100 };
    static char names[MOST][300];
    DIR *directory = opendir(path);
    struct dirent *entry;
    unsigned count = 0;

    if (directory == NULL) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    while ((entry = readdir(directory)) != NULL && count < MOST) {
        snprintf(names[count++], sizeof names[0], "%s(%d)", entry->d_name, entry->d_type);
    }
    closedir(directory);
    qsort(names, count, sizeof names[0], compare);
    printf("%s:", path);
    for (unsigned i = 0; i < count; i++) {
        printf(" %s", names[i]);
    }
    printf("\n");
}

static void count_in_pieces(const char *path)
{
    char buffer[48];
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    long length, total = 0;

    while ((length = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < length; at += *(unsigned short *)(buffer + at + 16)) {
            total++;
        }
    }
    printf("%s in pieces: %ld, end %ld\n", path, total, length);
    TRY(lseek(fd, 0, SEEK_SET));
    TRY(syscall(SYS_getdents64, fd, buffer, 8));
    close(fd);
}

static void status(const char *path)
{
    struct stat s;
    struct statx x;

    if (lstat(path, &s) != 0 || statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_ALL, &x) != 0) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    printf("%s: mode %o links %lu", path, s.st_mode, (unsigned long)s.st_nlink);
    printf(" size %ld\n", S_ISDIR(s.st_mode) ? 0 : (long)s.st_size);
    printf("  statx agrees: %d\n",
           x.stx_mode == s.st_mode && x.stx_nlink == s.st_nlink && x.stx_ino == s.st_ino &&
               (long)x.stx_size == (long)s.st_size && x.stx_mtime.tv_sec == s.st_mtime);
}

static void directories(void)
{
    TRY(mkdir("d", 0777));
    TRY(mkdir("d", 0777));
    TRY(mkdir("d/", 0777));
    TRY(mkdir("d/e/f", 0777));
    TRY(mkdir("d/e//", 0700));
    TRY(mkdir(".", 0777));
    TRY(mkdir("/", 0777));
    TRY(mkdir("", 0777));
    status("d");
    TRY(rmdir("d"));
    TRY(rmdir("d/e/."));
    TRY(rmdir("d/e/.."));
    TRY(rmdir("nothing"));
    TRY(rmdir("d/e/"));
    TRY(rmdir("d/e"));
    TRY(mkdir(repeated("n", 255), 0755));
    TRY(rmdir(repeated("n", 255)));
    TRY(mkdir(repeated("n", 256), 0755));
    TRY(mkdir(repeated("n/", 2500), 0755));
    TRY(umask(027));
    TRY(mkdir("masked", 0777));
    TRY(make("masked/file", "x"));
    status("masked");
    status("masked/file");
    TRY(umask(022));
}

static void files(void)
{
    TRY(make("f", "content\n"));
    status("f");
    TRY(open("f", O_RDWR | O_CREAT | O_EXCL, 0600));
    TRY(open("f/", O_RDONLY));
    TRY(open("f/g", O_RDONLY));
    TRY(open("f", O_RDONLY | O_DIRECTORY));
    TRY(open("new/", O_WRONLY | O_CREAT, 0600));
    TRY(open("nothing", O_RDONLY));
    TRY(open("nothing/file", O_WRONLY | O_CREAT, 0600));
    TRY(open("d", O_WRONLY));
    TRY(open("d", O_RDONLY | O_CREAT, 0600));
    TRY(open("", O_RDONLY));
    TRY(open((const char *)8, O_RDONLY));
    TRY(access("f", F_OK));
    TRY(access("f", R_OK | W_OK));
    TRY(access("f", X_OK));
    TRY(access("nothing", F_OK));
    TRY(access("f", 64));
    TRY(truncate("f", 3));
    show("f");
    TRY(truncate("f", -1));
    TRY(truncate("d", 0));
    TRY(chmod("f", 04711));
    status("f");
    TRY(chmod("nothing", 0));
    TRY(unlink("d"));
    TRY(unlink("f/"));
    TRY(unlink("."));
    TRY(unlinkat(AT_FDCWD, "f", 12345));
    TRY(unlink("f"));
    TRY(unlink("f"));
}

static void links(void)
{
    char target[20] = "";

    TRY(make("d/real", "real\n"));
    TRY(symlink("real", "d/link"));
    TRY(symlink("real", "d/link"));
    TRY(symlink("", "d/none"));
    TRY(symlink("d", "to_d"));
    TRY(symlink("nowhere", "dangling"));
    TRY(symlink("round", "round"));
    TRY(readlink("d/link", target, sizeof target));
    printf("%s\n", target);
    TRY(readlink("d/link", target, 2));
    TRY(readlink("d/link", target, 0));
    TRY(readlink("d/real", target, sizeof target));
    TRY(readlink("nothing", target, sizeof target));
    show("d/link");
    show("to_d/link");
    show("dangling");
    show("round");
    show("d/link/");
    status("d/link");
    status("to_d");
    status("to_d/");
    TRY(open("d/link", O_RDONLY | O_NOFOLLOW));
    TRY(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600));
    TRY(make("dangling", "made through a link\n"));
    show("nowhere");
    TRY(rmdir("to_d"));
    TRY(rmdir("to_d/"));
    TRY(unlink("to_d/link"));
    TRY(link("d/real", "hard"));
    TRY(link("d/real", "hard"));
    TRY(link("d", "hard_d"));
    TRY(link("nothing", "x"));
    TRY(linkat(AT_FDCWD, "dangling", AT_FDCWD, "same_link", 0));
    status("same_link");
    TRY(linkat(AT_FDCWD, "dangling", AT_FDCWD, "same_file", AT_SYMLINK_FOLLOW));
    status("same_file");
    status("hard");
    TRY(make("hard", "changed\n"));
    show("d/real");
    TRY(unlink("d/real"));
    show("hard");
    status("hard");
}

static void renames(void)
{
    TRY(mkdir("p", 0755));
    TRY(mkdir("p/q", 0755));
    TRY(mkdir("empty", 0755));
    TRY(make("one", "one\n"));
    TRY(make("two", "two\n"));
    TRY(rename("one", "two"));
    show("one");
    show("two");
    TRY(rename("nothing", "two"));
    TRY(rename("two", "two"));
    TRY(rename("two", "p"));
    TRY(rename("p", "two"));
    TRY(rename("p", "p/q/r"));
    TRY(rename("p/q", "p"));
    TRY(rename("empty", "p"));
    TRY(rename("p", "empty"));
    list("empty");
    TRY(rename("empty/q", "q"));
    TRY(rename("two", "three/"));
    TRY(rename("q", "moved/"));
    TRY(rename(".", "x"));
    TRY(rename("moved", ".."));
    TRY(renameat2(AT_FDCWD, "two", AT_FDCWD, "hard", RENAME_NOREPLACE));
    TRY(renameat2(AT_FDCWD, "two", AT_FDCWD, "three", RENAME_NOREPLACE));
    TRY(link("three", "four"));
    TRY(rename("three", "four"));
    status("three");
    list(".");
}

static void working_directory(void)
{
    char path[4096];
    char before[4096];
    int fd = open(".", O_RDONLY);

    TRY(getcwd(before, sizeof before) != NULL);
    TRY(chdir("d"));
    TRY(getcwd(path, sizeof path) != NULL);
    printf("%s\n", path + strlen(before));
    show("../two");
    show("./../four");
    TRY(chdir("nothing"));
    TRY(chdir("../four"));
    TRY(fchdir(fd));
    TRY(syscall(SYS_getcwd, path, 2));
    TRY(fchdir(9999));
    TRY(mkdir("gone", 0755));
    TRY(chdir("gone"));
    TRY(rmdir("../gone"));
    TRY(getcwd(path, sizeof path) != NULL);
    TRY(open("x", O_WRONLY | O_CREAT, 0600));
    TRY(mkdir("x", 0755));
    TRY(access("..", F_OK));
    TRY(fchdir(fd));
    TRY(openat(fd, "d/../four", O_RDONLY) >= 0);
    TRY(openat(9999, "four", O_RDONLY));
    TRY(openat(9999, "/", O_RDONLY) >= 0);
    TRY(openat(1, "four", O_RDONLY));
    close(fd);
}

static void times(void)
{
    const struct timespec when[2] = {{1000, 5}, {2000000000, 999999999}};
    const struct timespec partly[2] = {{0, UTIME_OMIT}, {7, 8}};
    const struct timespec wrong[2] = {{0, 1000000000}, {0, 0}};
    struct stat s;

    TRY(utimensat(AT_FDCWD, "four", when, 0));
    TRY(utimensat(AT_FDCWD, "four", partly, 0));
    stat("four", &s);
    printf("%ld.%09ld %ld.%09ld\n", s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec,
           s.st_mtim.tv_nsec);
    TRY(utimensat(AT_FDCWD, "four", wrong, 0));
    TRY(utimensat(AT_FDCWD, "nothing", when, 0));
    TRY(utimensat(AT_FDCWD, "round", when, AT_SYMLINK_NOFOLLOW));
    TRY(chown("four", -1, -1));
}

static void many_names(void)
{
    char name[20];
    unsigned made = 0;
    unsigned removed = 0;
    struct dirent *entry;

    mkdir("many", 0755);
    for (unsigned i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "many/%u", i);
        made += make(name, name) == 0;
    }
    count_in_pieces("many");

    DIR *directory = opendir("many");

    while ((entry = readdir(directory)) != NULL) { /* what is read is removed meanwhile */
        removed += unlinkat(dirfd(directory), entry->d_name, 0) == 0;
    }
    closedir(directory);
    printf("%u made, %u removed\n", made, removed);
    TRY(rmdir("many"));
}

int main(void)
{
    char folder[] = "/tmp/pathsXXXXXX";

    own_folder_enter(folder);
    umask(022);
    directories();
    files();
    links();
    renames();
    working_directory();
    times();
    many_names();
    return own_folder_remove(folder);
}

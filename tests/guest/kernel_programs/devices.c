/* devices.c - /dev and /proc: what a program may count on. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

/* Not known to the compiler, who would warn. */
static volatile uintptr_t nowhere = 8;

static const char *error(long result)
{
    return result == -1 ? strerror(errno) : "done";
}

static void device(const char *path)
{
    unsigned char bytes[3000];
    struct stat status;
    int file = open(path, O_RDWR);
    int sum = 0;

    memset(bytes, 7, sizeof bytes);
    printf("%s: %s", path, error(fstat(file, &status)));
    printf(", %o, %u:%u", status.st_mode & S_IFMT, major(status.st_rdev), minor(status.st_rdev));

    ssize_t count = read(file, bytes, sizeof bytes);

    for (ssize_t i = 0; i < count; i++) {
        sum |= bytes[i];
    }
    printf(", %zd bytes, zeroes: %d", count, sum == 0);
    printf(", write: %s", error(write(file, bytes, 5)));
    printf(", offset: %ld", (long)lseek(file, 0, SEEK_SET));
    printf(", terminal: %d\n", isatty(file));
    close(file);
}

/* Zeroes in several pieces, the last one too long. */
static void pieces(void)
{
    char bytes[30];
    struct iovec parts[] = {{bytes, 3}, {bytes + 10, 0}, {bytes + 20, 5}};
    int file = open("/dev/zero", O_RDONLY);

    memset(bytes, 'x', sizeof bytes);
    printf("pieces: %zd, ", readv(file, parts, 3));
    for (size_t i = 0; i < sizeof bytes; i++) {
        putchar(bytes[i] == 0 ? '0' : bytes[i]);
    }
    printf("\nnowhere: %s\n", error(read(file, (void *)nowhere, 1)));
    close(file);
}

static void self(void)
{
    char path[500] = "", link[500] = "";
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    int file = open("/proc/self/exe", O_RDONLY), same = dup(file);
    const char *name = strrchr(path, '/');

    printf("self: %d, %s\n", length > 0, name == NULL ? "none" : strstr(name, "devices"));
    printf("no link: %s\n", error(readlink("/dev/null", link, sizeof link)));
    printf("file: %.4s\n", read(same, link, 4) == 4 ? link + 1 : "");
    close(file);
    close(same);
}

static void open_numbers(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int ends[2], count = 0;
    char byte = 0, text[100] = "";

    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    printf("open: %d\n", count);
    if (directory == NULL || closedir(directory) != 0 || pipe(ends) != 0) {
        return;
    }
    char path[30];

    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    printf("its text: %.6s\n", readlink(path, text, sizeof text) > 0 ? text : "none");
    int again = open(path, O_WRONLY);

    close(ends[1]);
    printf("through a name: %zd", write(again, "z", 1));
    close(again);
    printf(" %zd", read(ends[0], &byte, 1));
    printf(" %c, end: %zd\n", byte, read(ends[0], &byte, 1));
    snprintf(path, sizeof path, "/proc/self/fd/%d", 50);
    printf("closed: %s\n", error(open(path, O_RDONLY)));
    fflush(stdout);
    again = open("/dev/stdout", O_WRONLY | O_APPEND);
    write(again, "said twice removed\n", 19);
}

/* Each line of the map is some bytes of this program: the one of `what` among them. */
static int is_mapped(const void *what, const char *rights)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long start, end;
    char got[8], line[600];
    int found = 0;

    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &start, &end, got) == 3 && (unsigned long)what >= start &&
            (unsigned long)what < end) {
            found += strcmp(got, rights) == 0;
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return found;
}

static void texts(size_t length)
{
    static int data = 1;
    char line[1000];
    FILE *file = fopen("/proc/self/stat", "r");
    int pid = 0, parent = 0;
    char name[30] = "", state = 0;

    if (file != NULL && fscanf(file, "%d (%29[^)]) %c %d", &pid, name, &state, &parent) == 4) {
        printf("stat: %d, %c, %d\n", pid == getpid(), state, parent == getppid());
        fclose(file);
    }
    printf("maps: %d %d %d\n", is_mapped((const void *)(size_t)texts, "r-xp"),
           is_mapped(&data, "rw-p"), is_mapped(&pid, "rw-p"));
    file = fopen("/proc/meminfo", "r");
    long total = 0;

    if (file != NULL) {
        printf("memory: %d\n", fscanf(file, "MemTotal: %ld kB", &total) == 1 && total > 1000);
        fclose(file);
    }
    file = fopen("/proc/self/cmdline", "r");
    if (file != NULL) {
        printf("arguments: %zu bytes\n", fread(line, 1, sizeof line, file) - length);
        fclose(file);
    }
    printf("no such: %s\n", error(open("/proc/self/other", O_RDONLY)));
    printf("new: %d\n", open("/proc/self/other", O_CREAT | O_WRONLY, 0600) == -1);
}

int main(int argc, char **argv)
{
    (void)argc;
    device("/dev/null");
    device("/dev/zero");
    device("/dev/full");
    device("/dev/urandom");
    pieces();
    self();
    open_numbers();
    texts(strlen(argv[0]));

    return 0;
}

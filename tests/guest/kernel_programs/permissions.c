/*
 * What a program may not do, as the owner of all files, which is not what root may do: so what it
 * prints is compared with a text. With the argument "fill" it makes a file as long as it can get.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define TRY(call) tell(#call, (errno = 0, (long)(call)))

static void tell(const char *call, long result)
{
    printf("%s: %s\n", call, result < 0 ? strerror(errno) : "done");
}

static void folders(void)
{
    TRY(mkdir("/tmp/d", 0755));
    TRY(open("/tmp/d/f", O_RDWR | O_CREAT, 0400));
    TRY(open("/tmp/d/f", O_RDONLY));
    TRY(open("/tmp/d/f", O_WRONLY));
    TRY(open("/tmp/d/f", O_RDONLY | O_TRUNC));
    TRY(truncate("/tmp/d/f", 0));
    TRY(access("/tmp/d/f", W_OK));
    TRY(chmod("/tmp/d/f", 0200));
    TRY(open("/tmp/d/f", O_RDONLY));
    TRY(open("/tmp/d/f", O_WRONLY));
    TRY(chmod("/tmp/d", 0500));
    TRY(open("/tmp/d/g", O_WRONLY | O_CREAT, 0600));
    TRY(mkdir("/tmp/d/g", 0700));
    TRY(symlink("x", "/tmp/d/g"));
    TRY(link("/tmp/d/f", "/tmp/d/g"));
    TRY(unlink("/tmp/d/f"));
    TRY(rename("/tmp/d/f", "/tmp/g"));
    TRY(chmod("/tmp/d", 0600));
    TRY(open("/tmp/d/f", O_WRONLY));
    TRY(chdir("/tmp/d"));
    TRY(chmod("/tmp/d", 0700));
    TRY(chown("/tmp/d/f", 1, 0));
    TRY(unlink("/tmp/d/f"));
    TRY(open("/dev/new", O_WRONLY | O_CREAT, 0600));
    TRY(mkdir("/proc/new", 0700));
}

/* A program that runs is not written to, but may lose its name. */
static void program(const char *path)
{
    TRY(chmod(path, 0700));
    TRY(open(path, O_WRONLY));
    TRY(truncate(path, 0));
    TRY(open(path, O_RDONLY | O_TRUNC));
    TRY(unlink(path));
}

/* Files have half of the memory. */
static void fill(void)
{
    struct statfs status;
    int fd = open("/tmp/large", O_RDWR | O_CREAT, 0600);
    long pages = 0;

    while (pwrite(fd, "x", 1, pages * 4096) == 1) {
        pages++;
    }
    printf("full: %s\n", strerror(errno));
    statfs("/tmp", &status);
    printf("most of it is the file's: %d, none is left: %d\n",
           (unsigned long)pages > status.f_blocks * 9 / 10, status.f_bfree == 0);
    TRY(open("/tmp/more", O_WRONLY | O_CREAT, 0600));
    TRY(mkdir("/tmp/more", 0700));
    TRY(ftruncate(fd, 4096));
    TRY(mkdir("/tmp/more", 0700));
    TRY(pwrite(fd, "x", 1, 1L << 30));
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "fill") == 0) {
        fill();
        return 0;
    }
    folders();
    program("/bin/permissions");
    return 0;
}

/* files.c - a file that came with the program: the program itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *error(long result)
{
    return result == -1 ? strerror(errno) : "done";
}

int main(void)
{
    void *volatile bad = (void *)8;
    void *volatile constants = (void *)(uintptr_t) "sixteen bytes...";
    const char *path = (const char *)getauxval(AT_EXECFN);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status, other;
    char magic[4], head[100], tail[16];
    struct iovec parts[] = {{magic, 1}, {magic + 1, 3}};

    printf("the lowest number: %d\n", file);
    printf("read: %zd\n", readv(file, parts, 2));
    printf("it is an ELF file: %d\n", memcmp(magic, "\177ELF", 4) == 0);
    printf("stat: %s %s\n", error(fstat(file, &status)), error(stat(path, &other)));
    printf("regular: %d, same: %d\n", S_ISREG(status.st_mode), status.st_ino == other.st_ino);
    printf("to the end: %d\n", lseek(file, 0, SEEK_END) == status.st_size);
    printf("nothing there: %zd\n", read(file, head, sizeof head));
    printf("last bytes: %d\n", (int)(lseek(file, -16, SEEK_CUR) - status.st_size));
    printf("read: %zd\n", read(file, tail, sizeof head > 16 ? 16 : 0));
    printf("before the start: %s\n", error(lseek(file, -1, SEEK_SET)));
    lseek(file, 0, SEEK_SET);
    printf("again: %zd\n", read(file, head, sizeof head));

    char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);

    printf("mapped: %d %d\n", memcmp(bytes, head, sizeof head),
           memcmp(bytes + status.st_size - 16, tail, 16));
    bytes[1] = 'L';
    lseek(file, 1, SEEK_SET);
    printf("read: %zd\n", read(file, head, 1));
    printf("a private copy: %c %c\n", bytes[1], head[0]);
    printf("write: %s\n", error(write(file, head, 1)));
    printf("close: %s\n", error(close(file)));
    printf("again: %s\n", error(close(file)));
    printf("no such file: %s\n", error(open("/no/such/file", O_RDONLY)));
    printf("a new one over it: %s\n", error(open(path, O_RDONLY | O_CREAT | O_EXCL, 0600)));
    printf("no directory: %s\n", error(open(path, O_RDONLY | O_DIRECTORY)));
    printf("a stream: %s, %d\n", error(lseek(STDOUT_FILENO, 0, SEEK_CUR)), isatty(STDOUT_FILENO));
    printf("a bad address: %s\n", error(write(STDOUT_FILENO, bad, 1)));
    printf("into a bad address: %s\n", error(stat(path, bad)));
    printf("into constants: %s\n", error(stat(path, constants)));
    return 0;
}

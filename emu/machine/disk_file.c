#include "emu/machine/disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How an image is called in messages. */
struct name {
    const char *option;
    const char *path;
};

static bool refuse(const struct name *name, const char *why, struct error *error)
{
    return error_set(error, "%s%s: %s", name->option, name->path, why);
}

/* Does not wait for the other end of a pipe, which is no disk. */
static int open_image(const char *path, bool is_read_only)
{
    return open(path, (is_read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static bool is_disk(const struct stat *status)
{
    return S_ISREG(status->st_mode) || S_ISBLK(status->st_mode);
}

/* The end of a block device is where one gets to; its status says nothing. */
static bool measure(struct disk_file *disk, const struct name *name, struct error *error)
{
    struct stat status;
    off_t end;

    if (fstat(disk->descriptor, &status) != 0) {
        return refuse(name, strerror(errno), error);
    }
    if (!is_disk(&status)) {
        return refuse(name, "it is no file that could be a disk", error);
    }
    end = lseek(disk->descriptor, 0, SEEK_END);
    if (end < 0) {
        return refuse(name, strerror(errno), error);
    }
    if (end == 0) {
        return refuse(name, "the image is empty", error);
    }
    if (end % BLOCK_SECTOR != 0) {
        return error_set(error, "%s%s: %jd bytes are not a multiple of %d, the size of a sector",
                         name->option, name->path, (intmax_t)end, BLOCK_SECTOR);
    }
    disk->length = (uint64_t)end;
    return true;
}

bool disk_file_init(struct disk_file *disk, const char *option, const char *path, bool is_read_only,
                    struct error *error)
{
    const struct name name = {.option = option, .path = path};

    *disk = (struct disk_file){.is_read_only = is_read_only};
    disk->descriptor = open_image(path, is_read_only);
    if (disk->descriptor < 0) {
        return refuse(&name, strerror(errno), error);
    }
    disk->is_open = true;
    if (!measure(disk, &name, error)) {
        disk_file_finish(disk);
        return false;
    }
    return true;
}

bool disk_file_is_shared(const struct disk_file *disk, const struct disk_file *other)
{
    struct stat a;
    struct stat b;

    if (!disk->is_open || !other->is_open || (disk->is_read_only && other->is_read_only) ||
        fstat(disk->descriptor, &a) != 0 || fstat(other->descriptor, &b) != 0) {
        return false;
    }
    return (S_ISBLK(a.st_mode) && S_ISBLK(b.st_mode) && a.st_rdev == b.st_rdev) ||
           (a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

void disk_file_finish(struct disk_file *disk)
{
    if (disk->is_open) {
        (void)close(disk->descriptor);
    }
    disk->is_open = false;
}

/* One read or write may do less than was asked, or be interrupted by a signal. A file that was cut
 * meanwhile gives nothing, which is a failure. */

static bool read_file(void *ctx, uint64_t offset, uint8_t *bytes, size_t length)
{
    const struct disk_file *disk = ctx;

    for (size_t done = 0; done < length;) {
        ssize_t got = pread(disk->descriptor, bytes + done, length - done, (off_t)(offset + done));

        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static bool write_file(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length)
{
    const struct disk_file *disk = ctx;

    for (size_t done = 0; done < length;) {
        ssize_t put = pwrite(disk->descriptor, bytes + done, length - done, (off_t)(offset + done));

        if (put == 0 || (put < 0 && errno != EINTR)) {
            return false;
        }
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static bool flush_file(void *ctx)
{
    const struct disk_file *disk = ctx;

    return fdatasync(disk->descriptor) == 0;
}

struct block_backend disk_file_backend(struct disk_file *disk)
{
    return (struct block_backend){.read = read_file,
                                  .write = write_file,
                                  .flush = flush_file,
                                  .ctx = disk,
                                  .capacity = disk->length,
                                  .is_read_only = disk->is_read_only};
}

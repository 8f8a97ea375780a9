#include "emu/machine/file_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Choice: nothing that people run here is longer; a sparse file must not eat the host's memory. */
#define MAX_FILE_LENGTH (UINT64_C(1) << 30)

bool file_refuse(const struct file_source *source, const char *format, ...)
{
    enum { NAME_SHOWN = 300 };
    char reason[sizeof source->error->text - NAME_SHOWN];
    size_t length = strlen(source->name);
    bool is_long = length > NAME_SHOWN;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    return error_set(source->error, "%s%s %s", is_long ? "..." : "",
                     is_long ? source->name + length - NAME_SHOWN : source->name, reason);
}

/* Only what is a file is read: a pipe or a device may never end. */
static bool check_kind(const struct file_source *source, const struct stat *status)
{
    if (S_ISDIR(status->st_mode)) {
        return file_refuse(source, "is a directory, not %s", source->kind);
    }
    if (!S_ISREG(status->st_mode)) {
        return file_refuse(source, "is not a regular file");
    }
    if ((uint64_t)status->st_size > MAX_FILE_LENGTH) {
        return file_refuse(source, "is larger than %u MiB, too large for %s",
                           (unsigned)(MAX_FILE_LENGTH >> 20), source->kind);
    }
    return true;
}

/* Reads up to length bytes: fewer if the file has just become shorter. */
static bool read_bytes(struct file_bytes *file, const struct file_source *source, int fd,
                       size_t length)
{
    ssize_t count = 1;

    *file = (struct file_bytes){.bytes = malloc(length != 0 ? length : 1)};
    if (file->bytes == NULL) {
        return file_refuse(source, "does not fit into the memory of this host");
    }
    while (file->length < length && count > 0) {
        count = read(fd, file->bytes + file->length, length - file->length);
        if (count < 0) {
            file_refuse(source, "cannot be read: %s", strerror(errno));
            file_bytes_finish(file);
            return false;
        }
        file->length += (uint64_t)count;
    }
    return true;
}

bool file_bytes_read(struct file_bytes *file, const struct file_source *source)
{
    /* O_NONBLOCK: opening a pipe that nobody writes to must not wait. */
    int fd = open(source->name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return file_refuse(source, "cannot be opened: %s", strerror(errno));
    }

    struct stat status;
    bool is_read = false;
    if (fstat(fd, &status) != 0) {
        file_refuse(source, "cannot be read: %s", strerror(errno));
    } else {
        is_read =
            check_kind(source, &status) && read_bytes(file, source, fd, (size_t)status.st_size);
    }
    close(fd);
    return is_read;
}

bool file_bytes_read_some(struct file_bytes *file, const struct file_source *source)
{
    if (!file_bytes_read(file, source)) {
        return false;
    }
    if (file->length == 0) {
        file_bytes_finish(file);
        return file_refuse(source, "is empty");
    }
    return true;
}

void file_bytes_finish(struct file_bytes *file)
{
    free(file->bytes);
    *file = (struct file_bytes){.bytes = NULL};
}

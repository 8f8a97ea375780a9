#include "emu/cli/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot_write(const struct output_file *file, struct error *error)
{
    return error_set(error, "%s%s: %s", file->option, file->name, strerror(errno));
}

/* The path with the links in it followed, which may not exist yet itself; to be freed. */
static char *resolve(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *last = slash == NULL ? name : slash + 1;
    char *whole = realpath(name, NULL);
    char *folder;
    char *path = NULL;

    if (whole != NULL || errno != ENOENT) {
        return whole;
    }
    folder = slash == NULL ? strdup(".") : strndup(name, (size_t)(last - name));
    if (folder == NULL) {
        return NULL;
    }
    whole = realpath(folder, NULL);
    free(folder);
    if (whole == NULL || *last == '\0') {
        errno = whole == NULL ? errno : EISDIR;
        free(whole);
        return NULL;
    }
    if (asprintf(&path, "%s/%s", whole, last) < 0) {
        path = NULL;
    }
    free(whole);
    return path;
}

/* The rights of the new file: those of the one it replaces, else what the umask leaves. */
static mode_t rights(const struct stat *old)
{
    mode_t mask;

    if (old != NULL) {
        return old->st_mode & 07777;
    }
    mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Makes the temporary file beside file->path. old is what is there now, or NULL. */
static bool open_temporary(struct output_file *file, const struct stat *old, struct error *error)
{
    size_t folder_length = (size_t)(strrchr(file->path, '/') - file->path);
    int descriptor;

    if (asprintf(&file->temporary, "%.*s/.pagewalk-XXXXXX", (int)folder_length, file->path) < 0) {
        file->temporary = NULL;
        return error_set(error, "out of memory");
    }
    descriptor = mkostemp(file->temporary, O_CLOEXEC);
    if (descriptor < 0) {
        free(file->temporary);
        file->temporary = NULL;
        return cannot_write(file, error);
    }
    if (fchmod(descriptor, rights(old)) == 0) {
        file->stream = fdopen(descriptor, "w");
    }
    if (file->stream == NULL) {
        (void)cannot_write(file, error);
        (void)close(descriptor);
        return false;
    }
    return true;
}

/* What stands there and is no regular file is no file of ours to replace: it is written to. */
static bool open_directly(struct output_file *file, struct error *error)
{
    free(file->path);
    file->path = NULL;
    file->stream = fopen(file->name, "we");
    return file->stream != NULL || cannot_write(file, error);
}

static bool open_by_name(struct output_file *file, struct error *error)
{
    struct stat old;
    bool exists;

    file->path = resolve(file->name);
    if (file->path == NULL || strlen(strrchr(file->path, '/') + 1) > NAME_MAX) {
        errno = file->path == NULL ? errno : ENAMETOOLONG;
        return cannot_write(file, error);
    }
    exists = stat(file->path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode)) {
        return open_directly(file, error);
    }
    if (exists && access(file->path, W_OK) != 0) {
        return cannot_write(file, error);
    }
    return open_temporary(file, exists ? &old : NULL, error);
}

bool output_file_open(struct output_file *file, const char *option, const char *name,
                      struct error *error)
{
    *file = (struct output_file){.option = option, .name = name};
    if (strcmp(name, "-") == 0) {
        file->stream = stdout;
        return true;
    }
    if (open_by_name(file, error)) {
        return true;
    }
    output_file_abandon(file);
    return false;
}

bool output_file_is_same(const struct output_file *left, const struct output_file *right)
{
    if (left->stream == NULL || right->stream == NULL) {
        return false;
    }
    if (left->path == NULL || right->path == NULL) {
        return left->stream == stdout && right->stream == stdout;
    }
    return strcmp(left->path, right->path) == 0;
}

bool output_file_finish(struct output_file *file, struct error *error)
{
    bool is_written;

    errno = 0;
    is_written = fflush(file->stream) == 0 && !ferror(file->stream);
    if (!is_written) {
        error_set(error, "%s%s: %s", file->option, file->name,
                  errno == 0 ? "not everything could be written" : strerror(errno));
        output_file_abandon(file);
        return false;
    }
    if (file->stream != stdout && fclose(file->stream) != 0) {
        is_written = false;
    }
    file->stream = NULL;
    if (is_written && file->path != NULL) {
        is_written = rename(file->temporary, file->path) == 0;
    }
    if (!is_written) {
        (void)cannot_write(file, error);
        output_file_abandon(file);
        return false;
    }
    free(file->temporary);
    free(file->path);
    file->temporary = NULL;
    file->path = NULL;
    return true;
}

void output_file_abandon(struct output_file *file)
{
    if (file->stream != NULL && file->stream != stdout) {
        (void)fclose(file->stream);
    }
    if (file->temporary != NULL) {
        (void)unlink(file->temporary);
    }
    free(file->temporary);
    free(file->path);
    *file = (struct output_file){.stream = NULL};
}

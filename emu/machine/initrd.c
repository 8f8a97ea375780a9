#include "emu/machine/initrd.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Fixed, so that a run does not depend on the host's. No terminal is promised: there is none. */
static const char *const environment[] = {"PATH=/bin", "HOME=/", "TERM=dumb"};

enum { ENVIRONMENT = sizeof environment / sizeof *environment };

static bool no_memory(struct error *error)
{
    return error_set(error, "out of memory for the files of the program");
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool check_arguments(const struct initrd_program *program, struct error *error)
{
    size_t length = 0;

    for (size_t i = 0; i < ENVIRONMENT; i++) {
        length += strlen(environment[i]) + 1;
    }
    for (size_t i = 0; i < program->argument_count; i++) {
        length += strlen(program->arguments[i]) + 1;
    }
    if (length > INITRD_MOST_ARGUMENTS) {
        return error_set(error,
                         "%s: arguments and environment have %zu bytes, and %d are the most that "
                         "can be handed on",
                         program->path, length, INITRD_MOST_ARGUMENTS);
    }
    return true;
}

/* Prints what etc/pagewalk/start holds. */
static void put_start(FILE *file, const struct initrd_program *program)
{
    fprintf(file, "/bin/%s%c%zu%c", last_part(program->path), '\0', program->argument_count, '\0');
    for (size_t i = 0; i < program->argument_count; i++) {
        fprintf(file, "%s%c", program->arguments[i], '\0');
    }
    for (size_t i = 0; i < ENVIRONMENT; i++) {
        fprintf(file, "%s%c", environment[i], '\0');
    }
}

static bool make_start(const struct initrd_program *program, char **text, size_t *length)
{
    FILE *file = open_memstream(text, length);
    bool is_whole;

    if (file == NULL) {
        return false;
    }
    put_start(file, program);
    is_whole = ferror(file) == 0;
    return fclose(file) == 0 && is_whole;
}

/* A file for the archive. */
struct member {
    const char *name;
    const void *bytes;
    size_t length;
    mode_t mode; /* type and permissions */
};

static bool add_member(struct archive *archive, const struct member *member, int64_t inode)
{
    struct archive_entry *entry = archive_entry_new();
    size_t length = S_ISLNK(member->mode) ? 0 : member->length;
    bool is_added;

    if (entry == NULL) {
        return false;
    }
    archive_entry_set_pathname(entry, member->name);
    archive_entry_set_mode(entry, member->mode);
    archive_entry_set_ino64(entry, inode);
    archive_entry_set_nlink(entry, 1);
    archive_entry_set_mtime(entry, 0, 0);
    if (S_ISLNK(member->mode)) { /* the library writes the text itself */
        archive_entry_set_symlink(entry, member->bytes);
    }
    archive_entry_set_size(entry, (int64_t)length);
    is_added = archive_write_header(archive, entry) == ARCHIVE_OK &&
               archive_write_data(archive, member->bytes, length) == (la_ssize_t)length;
    archive_entry_free(entry);
    return is_added;
}

static bool add_host_files(struct archive *archive, const struct host_files *files)
{
    for (size_t i = 0; files != NULL && i < files->count; i++) {
        const struct host_file *file = &files->all[i];
        const struct member member = {file->path, file->bytes, file->length, file->mode};

        if (!add_member(archive, &member, (int64_t)i + 1)) {
            return false;
        }
    }
    return true;
}

/* Writes the host's files, then the members, and no more behind the last than the format asks for.
 */
static bool write_archive(FILE *file, const struct host_files *files, const struct member *members,
                          size_t count)
{
    size_t before = files != NULL ? files->count : 0;
    struct archive *archive = archive_write_new();
    bool is_whole;

    if (archive == NULL) {
        return false;
    }
    is_whole = archive_write_set_format_cpio_newc(archive) == ARCHIVE_OK &&
               archive_write_add_filter_none(archive) == ARCHIVE_OK &&
               archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK &&
               archive_write_open_FILE(archive, file) == ARCHIVE_OK &&
               add_host_files(archive, files);
    for (size_t i = 0; i < count && is_whole; i++) {
        is_whole = add_member(archive, &members[i], (int64_t)(before + i) + 1);
    }
    is_whole = is_whole && archive_write_close(archive) == ARCHIVE_OK;
    return archive_write_free(archive) == ARCHIVE_OK && is_whole;
}

/* start is the text of etc/pagewalk/start, name the program's in the archive. */
static bool make_archive(struct initrd *initrd, const struct initrd_program *program,
                         const char *name, const char *start, size_t start_length)
{
    enum { EXECUTABLE = S_IFREG | 0755, READABLE = S_IFREG | 0644 };
    const struct member members[] = {
        {name, program->bytes, program->length, EXECUTABLE},
        {"etc/pagewalk/start", start, start_length, READABLE},
    };
    char *bytes = NULL;
    FILE *file = open_memstream(&bytes, &initrd->length);
    bool is_whole;

    if (file == NULL) {
        return false;
    }
    is_whole = write_archive(file, program->files, members, sizeof members / sizeof *members);
    is_whole = fclose(file) == 0 && is_whole;
    initrd->bytes = (uint8_t *)bytes;
    return is_whole;
}

bool initrd_create(struct initrd *initrd, const struct initrd_program *program, struct error *error)
{
    char *start = NULL;
    char *name = NULL;
    size_t length = 0;
    bool is_made;

    *initrd = (struct initrd){.bytes = NULL};
    if (!check_arguments(program, error)) {
        return false;
    }
    is_made = asprintf(&name, "bin/%s", last_part(program->path)) >= 0 &&
              make_start(program, &start, &length) &&
              make_archive(initrd, program, name, start, length);
    free(name);
    free(start);
    if (!is_made) {
        initrd_finish(initrd);
        return no_memory(error);
    }
    return true;
}

void initrd_finish(struct initrd *initrd)
{
    free(initrd->bytes);
    *initrd = (struct initrd){.bytes = NULL};
}

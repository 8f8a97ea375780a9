#include "guest/kernel/file_directory.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/directory.h"
#include "guest/kernel/directory_record.h"
#include "guest/kernel/error.h"

/* An offset in a directory is 0 for ".", 1 for "..", or the number of an entry and 2. */
enum { OFFSET_SELF, OFFSET_PARENT, OFFSET_ENTRIES };

static struct directory_record record_of(const struct inode *inode, const char *name, uint64_t next)
{
    return (struct directory_record){inode->number, next, inode->mode, name};
}

/* The record of what is at the offset or next behind it; false: that is the end. */
static bool find_record(const struct inode *directory, uint64_t offset,
                        struct directory_record *record)
{
    if (offset == OFFSET_SELF) {
        *record = record_of(directory, ".", OFFSET_PARENT);
        return true;
    }
    if (offset == OFFSET_PARENT) {
        *record = record_of(directory->parent, "..", OFFSET_ENTRIES);
        return true;
    }

    const struct directory_entry *entry = directory_next(directory, offset - OFFSET_ENTRIES);

    if (entry != NULL) {
        *record = record_of(entry->inode, entry->name, entry->number + 1 + OFFSET_ENTRIES);
    }
    return entry != NULL;
}

/* One that was removed has no entries, not even itself. */
static int64_t read_entries(struct open_file *file, struct transfer *to)
{
    struct directory_record record;
    int64_t done = 0;

    if (file->inode->names == 0) {
        return ERROR_NO_FILE;
    }
    while (find_record(file->inode, file->offset, &record)) {
        int64_t size = directory_record_put(to, &record);

        if (size <= 0) {
            int64_t error = size < 0 ? size : ERROR_INVALID; /* no room for even one */

            return done > 0 ? done : error;
        }
        file->offset = record.next;
        done += size;
    }
    return done;
}

/* The record at an offset of a directory whose names are made up. */
static bool describe_offset(const struct inode *directory, uint64_t offset, char *name,
                            struct directory_record *record, describe_function describe)
{
    if (offset == OFFSET_SELF) {
        *record = record_of(directory, ".", OFFSET_PARENT);
        return true;
    }
    if (offset == OFFSET_PARENT) {
        *record = record_of(directory->parent, "..", OFFSET_ENTRIES);
        return true;
    }
    *record = (struct directory_record){.name = name, .next = offset + 1};
    return describe(directory, offset - OFFSET_ENTRIES, name, record);
}

int64_t directory_read_made(struct open_file *file, struct transfer *to, uint64_t places,
                            describe_function describe)
{
    int64_t done = 0;

    for (; file->offset < places + OFFSET_ENTRIES; file->offset++) {
        char name[NAME_MOST + 1];
        struct directory_record record;

        if (!describe_offset(file->inode, file->offset, name, &record, describe)) {
            continue;
        }

        int64_t size = directory_record_put(to, &record);

        if (size <= 0) {
            int64_t error = size < 0 ? size : ERROR_INVALID; /* no room for even one */

            return done > 0 ? done : error;
        }
        done += size;
    }
    return done;
}

static int64_t refuse_read(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    (void)file;
    (void)to;
    (void)offset;
    return ERROR_IS_DIRECTORY;
}

const struct file_operations directory_operations = {
    .read = refuse_read,
    .has_offsets = true,
    .read_directory = read_entries,
};

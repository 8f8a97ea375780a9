#include "guest/kernel/open_file.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/file_lock.h"

static struct open_file files[OPEN_FILES_MOST];

/* One open file more that may write to the inode, or one less. */
static void note_writer(struct inode *inode, uint32_t flags, int count)
{
    if (inode != NULL && (flags & OPEN_ACCESS) != OPEN_READ_ONLY) {
        inode->writers += (uint32_t)count;
    }
}

struct open_file *open_file_create(const struct file_operations *operations, struct inode *inode,
                                   uint32_t flags)
{
    enum { KEPT = OPEN_ACCESS | OPEN_APPEND | OPEN_NO_WAIT };

    for (unsigned i = 0; i < OPEN_FILES_MOST; i++) {
        if (files[i].operations == NULL) {
            inode_hold(inode);
            note_writer(inode, flags, 1);
            files[i] = (struct open_file){
                .operations = operations,
                .references = 1,
                .flags = flags & KEPT,
                .inode = inode,
            };
            return &files[i];
        }
    }
    return NULL;
}

int64_t open_file_open(struct inode *inode, uint32_t flags, struct open_file **file)
{
    if (inode->operations->open != NULL) {
        return inode->operations->open(inode, flags, file);
    }
    *file = open_file_create(inode->operations, inode, flags);
    return *file != NULL ? 0 : ERROR_FILE_TABLE_FULL;
}

uint32_t open_files_count(void)
{
    uint32_t count = 0;

    for (unsigned i = 0; i < OPEN_FILES_MOST; i++) {
        count += files[i].operations != NULL;
    }
    return count;
}

void open_file_hold(struct open_file *file)
{
    file->references++;
}

void open_file_drop(struct open_file *file)
{
    if (file == NULL || --file->references > 0) {
        return;
    }
    if (file->operations->release != NULL) {
        file->operations->release(file);
    }
    file_lock_forget(file->inode, file);
    note_writer(file->inode, file->flags, -1);
    inode_drop(file->inode);
    file->operations = NULL;
}

bool open_file_can_read(const struct open_file *file)
{
    return (file->flags & OPEN_ACCESS) != OPEN_WRITE_ONLY;
}

bool open_file_can_write(const struct open_file *file)
{
    return (file->flags & OPEN_ACCESS) != OPEN_READ_ONLY;
}

/* While a call sleeps in the file, another thread may close it. */
static int64_t read_from(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    open_file_hold(file);

    int64_t done = file->operations->read(file, to, offset);

    open_file_drop(file);
    return done;
}

static int64_t write_to(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    open_file_hold(file);

    int64_t done = file->operations->write(file, from, offset);

    open_file_drop(file);
    return done;
}

static bool has_read(const struct open_file *file)
{
    return open_file_can_read(file) && file->operations->read != NULL;
}

static bool has_write(const struct open_file *file)
{
    return open_file_can_write(file) && file->operations->write != NULL;
}

int64_t open_file_read(struct open_file *file, struct transfer *to)
{
    return has_read(file) ? read_from(file, to, &file->offset) : ERROR_BAD_FILE;
}

int64_t open_file_write(struct open_file *file, struct transfer *from)
{
    return has_write(file) ? write_to(file, from, &file->offset) : ERROR_BAD_FILE;
}

int64_t open_file_read_at(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    if (!file->operations->has_offsets) {
        return ERROR_NO_SEEK;
    }
    return has_read(file) ? read_from(file, to, offset) : ERROR_BAD_FILE;
}

int64_t open_file_write_at(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    if (!file->operations->has_offsets) {
        return ERROR_NO_SEEK;
    }
    return has_write(file) ? write_to(file, from, offset) : ERROR_BAD_FILE;
}

unsigned open_file_poll(struct open_file *file)
{
    return file->operations->poll != NULL ? file->operations->poll(file) : POLL_READ | POLL_WRITE;
}

struct file_status open_file_status(const struct open_file *file)
{
    struct file_status status = {.links = 1};

    if (file->operations->status == NULL) {
        return file_status_of(file->inode);
    }
    file->operations->status(file, &status);
    return status;
}

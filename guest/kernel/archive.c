#include "guest/kernel/archive.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/log.h"

/* A cpio archive of the newc kind is a row of entries, each of a header, a name with its NUL, and
 * content; name and content end at a multiple of 4. Numbers are 8 hexadecimal digits.
 *
 *   0 magic, 6 digits   14 mode   54 length of the content   94 length of the name   110 name
 */
enum { MODE_OFFSET = 14, LENGTH_OFFSET = 54, NAME_LENGTH_OFFSET = 94, HEADER_SIZE = 110 };
enum { MAGIC_SIZE = 6, DIGITS = 8, ALIGNMENT = 4 };
enum { MODE_TYPE = 0170000, MODE_REGULAR = 0100000 };

struct entry {
    char *name;
    const uint8_t *bytes;
    uint64_t length;
    uint32_t mode;
};

/* The archive, and how far it is read. */
struct reader {
    uint8_t *bytes;
    uint64_t length, offset;
};

static struct file files[ARCHIVE_FILES_MOST];
static unsigned file_count;

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return -1;
}

static bool read_number(const uint8_t *digits, uint32_t *number)
{
    *number = 0;
    for (unsigned i = 0; i < DIGITS; i++) {
        int value = digit_value((char)digits[i]);

        if (value < 0) {
            return false;
        }
        *number = *number << 4 | (uint32_t)value;
    }
    return true;
}

static bool is_magic(const uint8_t *bytes)
{
    return memcmp(bytes, "070701", MAGIC_SIZE) == 0 || memcmp(bytes, "070702", MAGIC_SIZE) == 0;
}

/* The next `length` bytes, aligned behind them; NULL: they are not there. */
static uint8_t *read_bytes(struct reader *reader, uint64_t length)
{
    uint8_t *bytes = reader->bytes + reader->offset;

    if (length > reader->length - reader->offset) {
        return NULL;
    }
    uint64_t end = (reader->offset + length + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);

    reader->offset = end < reader->length ? end : reader->length;
    return bytes;
}

/* Reads the next entry; false: that is none. */
static bool read_entry(struct reader *reader, struct entry *entry)
{
    uint32_t name_length, length;
    uint8_t *header = reader->bytes + reader->offset;

    if (reader->length - reader->offset < HEADER_SIZE || !is_magic(header) ||
        !read_number(header + MODE_OFFSET, &entry->mode) ||
        !read_number(header + LENGTH_OFFSET, &length) ||
        !read_number(header + NAME_LENGTH_OFFSET, &name_length) || name_length == 0) {
        return false;
    }
    if (read_bytes(reader, HEADER_SIZE + (uint64_t)name_length) == NULL) {
        return false;
    }
    entry->name = (char *)header + HEADER_SIZE;
    entry->length = length;
    entry->bytes = read_bytes(reader, length);
    return entry->name[name_length - 1] == '\0' && entry->bytes != NULL;
}

/* The name with one '/' in front. Where it has none, the header's last digit makes room for it: it
 * was read already, and the archive is the kernel's own memory. */
static const char *make_path(char *name)
{
    if (name[0] == '.' && name[1] == '/') {
        return name + 1;
    }
    if (name[0] != '/') {
        name--;
        name[0] = '/';
    }
    return name;
}

/* Adds a regular file; others are passed over. False: there is no more room. */
static bool add_file(const struct entry *entry)
{
    if ((entry->mode & MODE_TYPE) != MODE_REGULAR) {
        return true;
    }
    if (file_count == ARCHIVE_FILES_MOST) {
        return false;
    }
    files[file_count++] = (struct file){
        .path = make_path(entry->name),
        .bytes = entry->bytes,
        .length = entry->length,
        .mode = entry->mode,
    };
    return true;
}

void archive_start(void)
{
    struct reader reader = {
        .bytes = direct_map(machine()->archive_start),
        .length = machine()->archive_end - machine()->archive_start,
    };
    struct entry entry;

    while (reader.length > 0) {
        uint64_t offset = reader.offset;

        if (!read_entry(&reader, &entry)) {
            log_line("the archive of files is damaged at byte %lu", offset);
            return;
        }
        if (text_equal(entry.name, "TRAILER!!!")) {
            return;
        }
        if (!add_file(&entry)) {
            log_line("the archive has more than %d files", ARCHIVE_FILES_MOST);
            return;
        }
    }
}

const struct file *archive_find(const char *path)
{
    for (unsigned i = 0; i < file_count; i++) {
        if (text_equal(files[i].path, path)) {
            return &files[i];
        }
    }
    return NULL;
}

#include "guest/kernel/archive.h"

#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/log.h"

/* A cpio archive of the newc kind is a row of entries, each of a header, a name with its NUL, and
 * content; name and content end at a multiple of 4. Numbers are 8 hexadecimal digits.
 *
 *   0 magic, 6 digits   14 mode   54 length of the content   94 length of the name   110 name
 */
enum { MODE_OFFSET = 14, LENGTH_OFFSET = 54, NAME_LENGTH_OFFSET = 94, HEADER_SIZE = 110 };
enum { MAGIC_SIZE = 6, DIGITS = 8, ALIGNMENT = 4 };

/* An entry as it is in the archive. */
struct raw_entry {
    char *name;
    const uint8_t *bytes;
    uint64_t length;
    uint32_t mode;
};

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
static uint8_t *read_bytes(struct archive *archive, uint64_t length)
{
    uint8_t *bytes = archive->bytes + archive->offset;

    if (length > archive->length - archive->offset) {
        return NULL;
    }
    uint64_t end = (archive->offset + length + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);

    archive->offset = end < archive->length ? end : archive->length;
    return bytes;
}

/* Reads the next entry; false: that is none. */
static bool read_entry(struct archive *archive, struct raw_entry *entry)
{
    uint32_t name_length, length;
    uint8_t *header = archive->bytes + archive->offset;

    if (archive->length - archive->offset < HEADER_SIZE || !is_magic(header) ||
        !read_number(header + MODE_OFFSET, &entry->mode) ||
        !read_number(header + LENGTH_OFFSET, &length) ||
        !read_number(header + NAME_LENGTH_OFFSET, &name_length) || name_length == 0) {
        return false;
    }
    if (read_bytes(archive, HEADER_SIZE + (uint64_t)name_length) == NULL) {
        return false;
    }
    entry->name = (char *)header + HEADER_SIZE;
    entry->length = length;
    entry->bytes = read_bytes(archive, length);
    return entry->name[name_length - 1] == '\0' && entry->bytes != NULL;
}

/* The next name of a path, up to a '/', and whether there is one. */
static bool next_name(const char **path, const char **name, size_t *length)
{
    while (**path == '/') {
        ++*path;
    }
    *name = *path;
    while (**path != '\0' && **path != '/') {
        ++*path;
    }
    *length = (size_t)(*path - *name);
    return *length > 0;
}

static bool leads_upwards(const char *name)
{
    const char *part;
    size_t length;

    while (next_name(&name, &part, &length)) {
        if (length == 2 && memcmp(part, "..", 2) == 0) {
            return true;
        }
    }
    return false;
}

/* Makes the name an absolute path, in place: whatever it begins with, one '/' is in front, for
 * which the header's last digit makes room: it was read already, and the archive is the kernel's
 * own memory. */
static const char *make_path(char *name)
{
    const char *rest = name, *part;
    char *end = name - 1;
    size_t length;

    while (next_name(&rest, &part, &length)) {
        if (length != 1 || *part != '.') {
            *end++ = '/';
            memmove(end, part, length);
            end += length;
        }
    }
    if (end < name) {
        *end++ = '/';
    }
    *end = '\0';
    return name - 1;
}

static bool is_known(uint32_t mode)
{
    uint32_t type = mode & MODE_TYPE;

    return type == MODE_REGULAR || type == MODE_DIRECTORY || type == MODE_LINK;
}

struct archive archive_open(void)
{
    return (struct archive){
        .bytes = direct_map(machine()->archive_start),
        .length = machine()->archive_end - machine()->archive_start,
    };
}

bool archive_read(struct archive *archive, struct archive_entry *entry)
{
    struct raw_entry raw;

    while (archive->length > 0) {
        uint64_t offset = archive->offset;

        if (!read_entry(archive, &raw)) {
            log_line("the archive of files is damaged at byte %lu", offset);
            return false;
        }
        if (text_equal(raw.name, "TRAILER!!!")) {
            return false;
        }
        if (is_known(raw.mode) && !leads_upwards(raw.name)) {
            entry->path = make_path(raw.name);
            entry->bytes = raw.bytes;
            entry->length = raw.length;
            entry->mode = raw.mode;
            return true;
        }
        log_line("%s of the archive is left out", raw.name);
    }
    return false;
}

#include "emu/machine/linux_image.h"

#include <endian.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum {
    OFFSET_TEXT = 8,
    OFFSET_SIZE = 16,
    OFFSET_FLAGS = 24,
    OFFSET_MAGIC2 = 56,
    HEADER_LENGTH = 64,
    FLAG_BIG_ENDIAN = 1,
};

/* Where a kernel for RV64 wants to be, counted from the start of RAM. */
#define TEXT_OFFSET UINT64_C(0x200000)

static uint64_t read_u64(const struct file_bytes *file, size_t offset)
{
    uint64_t word;

    memcpy(&word, file->bytes + offset, sizeof word);
    return le64toh(word);
}

static bool has_bytes(const struct file_bytes *file, size_t offset, const char *bytes,
                      size_t length)
{
    return file->length >= offset + length && memcmp(file->bytes + offset, bytes, length) == 0;
}

/* The second magic number is the one that is there to stay. */
bool linux_image_is(const struct file_bytes *file)
{
    return file->length >= HEADER_LENGTH && has_bytes(file, OFFSET_MAGIC2, "RSC\x05", 4);
}

bool linux_image_read(const struct file_bytes *file, const struct file_source *source,
                      uint64_t *memory_length)
{
    uint64_t text_offset = read_u64(file, OFFSET_TEXT);
    uint64_t size = read_u64(file, OFFSET_SIZE);

    if ((read_u64(file, OFFSET_FLAGS) & FLAG_BIG_ENDIAN) != 0) {
        return file_refuse(source, "is an Image of a big-endian kernel, and the hart has none");
    }
    if (text_offset != TEXT_OFFSET) {
        return file_refuse(source,
                           "is an Image that wants to be at offset 0x%" PRIx64
                           " of the memory, and kernels are put at 0x%" PRIx64,
                           text_offset, TEXT_OFFSET);
    }
    *memory_length = size < file->length ? file->length : size;
    return true;
}

bool linux_image_is_unpacked(const struct file_bytes *file, const struct file_source *source)
{
    static const struct {
        size_t offset;
        const char *bytes;
        size_t length;
        const char *name;
    } magics[] = {
        {0, "\x1f\x8b", 2, "gzip"},
        {0, "\x28\xb5\x2f\xfd", 4, "zstd"},
        {0,
         "\xfd"
         "7zXZ",
         5, "xz"},
        {0, "BZh", 3, "bzip2"},
        {0, "\x89LZO", 4, "lzop"},
        {0, "\x02\x21\x4c\x18", 4, "lz4"},
        {4, "zimg", 4, "EFI zboot"},
    };

    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (has_bytes(file, magics[i].offset, magics[i].bytes, magics[i].length)) {
            return file_refuse(source, "is compressed (%s): unpack it first", magics[i].name);
        }
    }
    return true;
}

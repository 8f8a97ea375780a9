#include "emu/machine/linux_image.h"

#include <assert.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

/* The header as the kernel's Documentation/arch/riscv/boot-image-header.rst gives it. */
struct header {
    uint32_t code[2];
    uint64_t text_offset;
    uint64_t image_size;
    uint64_t flags;
    uint32_t version;
    uint32_t reserved1;
    uint64_t reserved2;
    uint64_t magic;
    uint32_t magic2;
    uint32_t reserved3;
};

static_assert(sizeof(struct header) == 64, "the header has 64 bytes");

static const struct header good = {
    .code = {0x106f5a4d, 0x0001},
    .text_offset = 0x200000,
    .image_size = 0x1e6b000,
    .version = 2,
    .magic = UINT64_C(0x5643534952),
    .magic2 = 0x05435352,
};

static struct error error;
static const struct file_source source = {.name = "Image", .kind = "a kernel", .error = &error};

/* A file with that header and some more bytes. */
static struct file_bytes file_with(const struct header *header, uint8_t bytes[100])
{
    memset(bytes, 0x55, 100);
    memcpy(bytes, header, sizeof *header);
    return (struct file_bytes){.bytes = bytes, .length = 100};
}

Test(linux_image, it_takes_as_much_memory_as_its_header_says)
{
    static const struct {
        uint64_t image_size;
        uint64_t want;
        const char *why;
    } rows[] = {
        {0x1e6b000, 0x1e6b000, "with what is zero at the start"},
        {100, 100, "exactly the file"},
        {99, 100, "the file has something behind it"},
        {0, 100, "a kernel of old, which did not say"},
        {UINT64_MAX, UINT64_MAX, "whether there is so much is not known here"},
    };
    uint8_t bytes[100];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct header header = good;
        uint64_t length = 0;

        header.image_size = rows[i].image_size;
        const struct file_bytes file = file_with(&header, bytes);

        cr_expect(linux_image_is(&file));
        cr_expect(linux_image_read(&file, &source, &length), "%s: %s", rows[i].why, error.text);
        cr_expect(eq(u64, length, rows[i].want), "%s", rows[i].why);
    }
}

Test(linux_image, the_second_magic_number_tells)
{
    uint8_t bytes[100];
    struct header header = good;
    struct file_bytes file = file_with(&header, bytes);

    file.length = 63;
    cr_expect(not(linux_image_is(&file)), "the header is cut");
    file.length = 64;
    cr_expect(linux_image_is(&file));
    header.magic = 0;
    file = file_with(&header, bytes);
    cr_expect(linux_image_is(&file), "the first one is deprecated");
    header.magic2 ^= 1;
    file = file_with(&header, bytes);
    cr_expect(not(linux_image_is(&file)));
}

Test(linux_image, what_cannot_run_here_is_refused)
{
    static const struct {
        uint64_t flags;
        uint64_t text_offset;
        const char *want;
    } rows[] = {
        {1, 0x200000, "Image is an Image of a big-endian kernel, and the hart has none"},
        {0, 0,
         "Image is an Image that wants to be at offset 0x0 of the memory, and kernels are put at "
         "0x200000"},
        {0, 0x400000,
         "Image is an Image that wants to be at offset 0x400000 of the memory, and kernels are put "
         "at 0x200000"},
    };
    uint8_t bytes[100];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct header header = good;
        uint64_t length;

        header.flags = rows[i].flags;
        header.text_offset = rows[i].text_offset;
        const struct file_bytes file = file_with(&header, bytes);

        cr_expect(not(linux_image_read(&file, &source, &length)));
        cr_expect(eq(str, error.text, (char *)rows[i].want));
    }
}

Test(linux_image, what_is_compressed_is_refused_by_name)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *name; /* NULL: it is not compressed */
    } rows[] = {
        {"\x1f\x8b\x08", 3, "gzip"},
        {"\x28\xb5\x2f\xfd", 4, "zstd"},
        {"\xfd"
         "7zXZ\0",
         6, "xz"},
        {"BZh9", 4, "bzip2"},
        {"\x89LZO", 4, "lzop"},
        {"\x02\x21\x4c\x18", 4, "lz4"},
        {"MZ\0\0zimg", 8, "EFI zboot"},
        {"MZ\0\0zimp", 8, NULL},
        {"\x1f", 1, NULL},
        {"BZ", 2, NULL},
        {"\x6f\0\0\0", 4, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct file_bytes file = {.bytes = (uint8_t *)(uintptr_t)rows[i].bytes,
                                        .length = rows[i].length};
        char want[100];

        cr_expect(eq(int, linux_image_is_unpacked(&file, &source), rows[i].name == NULL));
        if (rows[i].name != NULL) {
            snprintf(want, sizeof want, "Image is compressed (%s): unpack it first", rows[i].name);
            cr_expect(eq(str, error.text, want));
        }
    }
}

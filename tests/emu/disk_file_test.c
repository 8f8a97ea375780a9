#include "emu/machine/disk_file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu/machine/disk_memory.h"

static char folder[] = "/tmp/disk_file_test.XXXXXX";
static char image[64];
static struct error error;

static void make_image(size_t length)
{
    int descriptor = open(image, O_CREAT | O_TRUNC | O_WRONLY, 0600);

    cr_assert(ge(int, descriptor, 0));
    cr_assert(eq(int, ftruncate(descriptor, (off_t)length), 0));
    cr_assert(eq(int, close(descriptor), 0));
}

static void set_up(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(image, sizeof image, "%s/image", folder);
}

static void tear_down(void)
{
    (void)unlink(image);
    (void)rmdir(image);
    (void)rmdir(folder);
}

TestSuite(disk_file, .init = set_up, .fini = tear_down);

static bool says(const char *why)
{
    char want[256];

    snprintf(want, sizeof want, "--swap=file:%s: %s", image, why);
    return strcmp(error.text, want) == 0;
}

Test(disk_file, what_is_no_disk_is_refused)
{
    static const struct {
        size_t length;
        const char *why;
    } rows[] = {
        {0, "the image is empty"},
        {511, "511 bytes are not a multiple of 512, the size of a sector"},
        {1025, "1025 bytes are not a multiple of 512, the size of a sector"},
    };
    struct disk_file disk;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_image(rows[i].length);
        cr_expect(not(disk_file_init(&disk, "--swap=file:", image, false, &error)));
        cr_expect(says(rows[i].why), "%s", error.text);
        cr_expect(not(disk.is_open));
    }
}

Test(disk_file, what_cannot_be_opened_is_refused, .timeout = 10)
{
    struct disk_file disk;

    cr_expect(not(disk_file_init(&disk, "--swap=file:", image, false, &error)));
    cr_expect(says("No such file or directory"), "%s", error.text);
    cr_assert(eq(int, mkdir(image, 0700), 0));
    cr_expect(not(disk_file_init(&disk, "--swap=file:", image, false, &error)));
    cr_expect(says("Is a directory"), "%s", error.text);
    cr_expect(not(disk_file_init(&disk, "--swap=file:", image, true, &error)));
    cr_expect(says("it is no file that could be a disk"), "%s", error.text);
    cr_assert(eq(int, rmdir(image), 0));
    cr_assert(eq(int, mkfifo(image, 0600), 0));
    for (int is_read_only = 0; is_read_only < 2; is_read_only++) {
        cr_expect(not(disk_file_init(&disk, "--swap=file:", image, is_read_only, &error)));
        cr_expect(says("it is no file that could be a disk"), "%s", error.text);
    }
    disk_file_finish(&disk);
}

Test(disk_file, it_keeps_what_is_written)
{
    struct disk_file disk;
    uint8_t bytes[1024] = {1, 2, 3};

    make_image(4096);
    cr_assert(disk_file_init(&disk, "--swap=file:", image, false, &error), "%s", error.text);
    struct block_backend backend = disk_file_backend(&disk);

    cr_expect(eq(u64, backend.capacity, 4096));
    cr_expect(not(backend.is_read_only));
    cr_expect(backend.write(backend.ctx, 3072, bytes, sizeof bytes));
    cr_expect(backend.flush(backend.ctx));
    disk_file_finish(&disk);
    memset(bytes, 0xff, sizeof bytes);
    cr_assert(disk_file_init(&disk, "--swap=file:", image, true, &error), "%s", error.text);
    backend = disk_file_backend(&disk);
    cr_expect(backend.is_read_only);
    cr_expect(backend.read(backend.ctx, 3072, bytes, sizeof bytes));
    cr_expect(eq(int, memcmp(bytes, "\1\2\3", 4), 0));
    cr_expect(backend.read(backend.ctx, 0, bytes, 512));
    cr_expect(eq(u8, bytes[0], 0));
    cr_expect(not(backend.write(backend.ctx, 0, bytes, 512)), "it was opened for reading");
    disk_file_finish(&disk);
}

Test(disk_file, an_image_that_shrinks_gives_errors)
{
    struct disk_file disk;
    uint8_t bytes[1024];

    make_image(1024);
    cr_assert(disk_file_init(&disk, "--swap=file:", image, false, &error), "%s", error.text);
    const struct block_backend backend = disk_file_backend(&disk);

    cr_expect(backend.read(backend.ctx, 0, bytes, sizeof bytes));
    cr_assert(eq(int, truncate(image, 700), 0));
    cr_expect(not(backend.read(backend.ctx, 0, bytes, sizeof bytes)));
    disk_file_finish(&disk);
}

Test(disk_memory, it_is_zero_and_keeps_what_is_written)
{
    struct disk_memory disk;
    uint8_t bytes[512] = {1, 2, 3};

    cr_assert(disk_memory_init(&disk, 4096, false));
    const struct block_backend backend = disk_memory_backend(&disk);

    cr_expect(eq(u64, backend.capacity, 4096));
    cr_expect(not(backend.is_read_only));
    cr_expect(backend.write(backend.ctx, 3584, bytes, sizeof bytes));
    cr_expect(backend.read(backend.ctx, 0, bytes, sizeof bytes));
    cr_expect(eq(u8, bytes[0], 0));
    cr_expect(backend.read(backend.ctx, 3584, bytes, sizeof bytes));
    cr_expect(eq(int, memcmp(bytes, "\1\2\3", 4), 0));
    cr_expect(backend.flush(backend.ctx));
    disk_memory_finish(&disk);
}

Test(disk_memory, more_than_the_host_has_is_refused)
{
    struct disk_memory disk;

    cr_expect(not(disk_memory_init(&disk, UINT64_C(1) << 62, false)));
    cr_expect(eq(ptr, disk.bytes, NULL));
    disk_memory_finish(&disk);
    cr_assert(disk_memory_init(&disk, 512, true));
    cr_expect(disk_memory_backend(&disk).is_read_only);
    disk_memory_finish(&disk);
}

#include "emu/machine/disk_memory.h"

#include <string.h>
#include <sys/mman.h>

bool disk_memory_init(struct disk_memory *disk, uint64_t length, bool is_read_only)
{
    void *bytes = mmap(NULL, length, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    *disk = (struct disk_memory){.bytes = NULL};
    if (bytes == MAP_FAILED) {
        return false;
    }
    *disk = (struct disk_memory){.bytes = bytes, .length = length, .is_read_only = is_read_only};
    return true;
}

void disk_memory_finish(struct disk_memory *disk)
{
    if (disk->bytes != NULL) {
        (void)munmap(disk->bytes, disk->length);
    }
}

static bool read_memory(void *ctx, uint64_t offset, uint8_t *bytes, size_t length)
{
    const struct disk_memory *disk = ctx;

    memcpy(bytes, disk->bytes + offset, length);
    return true;
}

static bool write_memory(void *ctx, uint64_t offset, const uint8_t *bytes, size_t length)
{
    const struct disk_memory *disk = ctx;

    memcpy(disk->bytes + offset, bytes, length);
    return true;
}

static bool flush_memory(void *ctx)
{
    (void)ctx;
    return true;
}

struct block_backend disk_memory_backend(struct disk_memory *disk)
{
    return (struct block_backend){.read = read_memory,
                                  .write = write_memory,
                                  .flush = flush_memory,
                                  .ctx = disk,
                                  .capacity = disk->length,
                                  .is_read_only = disk->is_read_only};
}

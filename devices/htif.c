#include "devices/htif.h"

#include <endian.h>

/* Device and command together, as the upper 16 bits of tohost hold them. */
enum { SYSTEM_CALL = 0x0000, CONSOLE_PUT = 0x0101, COMMAND_SHIFT = 48 };

/* Linux numbers, spelled here because the host's own may differ.
 * Choice: exit_group (94) answers -ENOSYS like every other call; Spike stops at it. */
enum { CALL_WRITE = 64, CALL_EXIT = 93 };
enum { ERROR_EBADF = 9, ERROR_EFAULT = 14, ERROR_ENOSYS = 38 };

enum { BLOCK_DWORDS = 8, CHUNK_SIZE = 256 };

enum htif_outcome {
    HTIF_LEFT,     /* perhaps half of a command: tohost stays as it is */
    HTIF_DONE,     /* obeyed, or ignored as unknown: tohost is cleared */
    HTIF_ANSWERED, /* a system call: tohost is cleared and fromhost says that it is done */
};

/* Reads length bytes of memory, a chunk at a time, and hands each to put, or only reads them if put
 * is NULL. Returns false at the first chunk that cannot be read. */
static bool read_characters(const struct htif *htif, uint64_t pa, uint64_t length,
                            void (*put)(void *ctx, uint8_t character))
{
    uint8_t chunk[CHUNK_SIZE];

    for (uint64_t done = 0; done < length;) {
        size_t size = length - done < CHUNK_SIZE ? (size_t)(length - done) : CHUNK_SIZE;

        if (!htif->host.read(htif->host.ctx, pa + done, chunk, size)) {
            return false;
        }
        for (size_t i = 0; put != NULL && i < size; i++) {
            put(htif->host.ctx, chunk[i]);
        }
        done += size;
    }
    return true;
}

static uint64_t error_answer(unsigned error)
{
    return -(uint64_t)error;
}

/* Choice: characters that are not all readable are not put out at all. That also bounds an absurd
 * length: the look ends where memory does. */
static uint64_t call_write(const struct htif *htif, uint64_t fd, uint64_t pa, uint64_t length)
{
    if (fd != 1 && fd != 2) {
        return error_answer(ERROR_EBADF);
    }
    if (!read_characters(htif, pa, length, NULL)) {
        return error_answer(ERROR_EFAULT);
    }
    (void)read_characters(htif, pa, length, htif->host.put);
    return length;
}

/* block holds the number, then the arguments. Returns what the call answers. */
static uint64_t call_system(const struct htif *htif, const uint64_t block[BLOCK_DWORDS])
{
    switch (le64toh(block[0])) {
    case CALL_WRITE:
        return call_write(htif, le64toh(block[1]), le64toh(block[2]), le64toh(block[3]));
    case CALL_EXIT: htif->host.exit(htif->host.ctx, le64toh(block[1])); return 0;
    default: return error_answer(ERROR_ENOSYS);
    }
}

static enum htif_outcome obey_system(const struct htif *htif, uint64_t payload)
{
    uint64_t block[BLOCK_DWORDS];
    uint64_t answer;

    if ((payload & 1) != 0) {
        htif->host.exit(htif->host.ctx, payload >> 1);
        return HTIF_DONE;
    }
    if (!htif->host.read(htif->host.ctx, payload, block, sizeof block)) {
        return HTIF_LEFT;
    }
    answer = htole64(call_system(htif, block));
    /* Choice: a block that can be read but not written loses its answer. */
    (void)htif->host.write(htif->host.ctx, payload, &answer, sizeof answer);
    return HTIF_ANSWERED;
}

static enum htif_outcome obey(const struct htif *htif, uint64_t tohost)
{
    switch (tohost >> COMMAND_SHIFT) {
    case SYSTEM_CALL: return obey_system(htif, tohost); /* the upper bits are 0 */
    case CONSOLE_PUT: htif->host.put(htif->host.ctx, (uint8_t)tohost); return HTIF_DONE;
    default: return HTIF_DONE;
    }
}

/* Spike's convention: a system call is answered with 1, and a character is not answered.
 * Choice: an answer replaces whatever fromhost holds; Spike waits until the guest has cleared it.
 */
static void finish_command(const struct htif *htif, enum htif_outcome outcome)
{
    const uint64_t nothing = 0;
    const uint64_t done = htole64(1);

    (void)htif->host.write(htif->host.ctx, htif->tohost_pa, &nothing, sizeof nothing);
    if (outcome == HTIF_ANSWERED && htif->fromhost_pa != 0) {
        (void)htif->host.write(htif->host.ctx, htif->fromhost_pa, &done, sizeof done);
    }
}

void htif_init(struct htif *htif, const struct htif_host *host, uint64_t tohost_pa,
               uint64_t fromhost_pa)
{
    *htif = (struct htif){.host = *host, .tohost_pa = tohost_pa, .fromhost_pa = fromhost_pa};
}

void htif_tohost_written(struct htif *htif)
{
    uint64_t tohost;
    enum htif_outcome outcome;

    if (htif->is_obeying ||
        !htif->host.read(htif->host.ctx, htif->tohost_pa, &tohost, sizeof tohost) || tohost == 0) {
        return;
    }
    htif->is_obeying = true;
    outcome = obey(htif, le64toh(tohost));
    if (outcome != HTIF_LEFT) {
        finish_command(htif, outcome);
    }
    htif->is_obeying = false;
}

#include "devices/virtio_block.h"

#include <endian.h>
#include <stddef.h>
#include <string.h>

enum { REQUEST_QUEUE, QUEUE_COUNT };

enum request_type { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };

enum { CONFIG_CAPACITY = 0, CONFIG_SEGMENTS = 12, CONFIG_LENGTH = 16 };

enum { HEADER_LENGTH = 16, STATUS_LENGTH = 1, ID_LENGTH = 20 };

/* What the last byte of a request says. */
enum request_status { STATUS_OK = 0, STATUS_IOERR = 1, STATUS_UNSUPP = 2 };

/* Choice: every disk is called so; it is padded with NULs. */
static const char disk_id[ID_LENGTH] = "pagewalk";

/* A request as its chain says. */
struct request {
    uint32_t type;
    uint64_t sector;
    struct virtio_chain chain;
    uint64_t readable; /* bytes of data, header and status apart */
    uint64_t writable;
};

/* The header comes first, the status last. Data that goes the other way than the type says could
 * not be told from a mistake in the flags of descriptors. */
static bool parse(struct request *request)
{
    const struct virtio_chain *chain = &request->chain;
    uint32_t type;
    uint64_t sector;

    if (chain->readable.length < HEADER_LENGTH || chain->writable.length < STATUS_LENGTH) {
        return false;
    }
    virtio_run_read(&chain->readable, 0, &type, sizeof type);
    virtio_run_read(&chain->readable, 8, &sector, sizeof sector);
    request->type = le32toh(type);
    request->sector = le64toh(sector);
    request->readable = chain->readable.length - HEADER_LENGTH;
    request->writable = chain->writable.length - STATUS_LENGTH;
    switch (request->type) {
    case TYPE_IN:
    case TYPE_GET_ID: return request->readable == 0;
    case TYPE_OUT: return request->writable == 0;
    case TYPE_FLUSH: return request->readable == 0 && request->writable == 0;
    default: return true;
    }
}

/* Whole sectors, all of which there are. */
static bool is_in_range(const struct virtio_block *block, uint64_t sector, uint64_t length)
{
    uint64_t sectors = block->config.backend.capacity / BLOCK_SECTOR;

    return length % BLOCK_SECTOR == 0 && sector <= sectors &&
           length / BLOCK_SECTOR <= sectors - sector;
}

static bool read_sectors(struct virtio_block *block, const struct request *request)
{
    const struct block_backend *backend = &block->config.backend;
    const struct virtio_memory *memory = &block->virtio.memory;
    uint64_t from = request->sector * BLOCK_SECTOR;
    bool is_read = true;

    for (uint64_t done = 0; is_read && done < request->writable;) {
        struct virtio_piece piece =
            virtio_run_piece(&request->chain.writable, done, request->writable - done);

        is_read = backend->read(backend->ctx, from + done, piece.bytes, piece.length);
        memory->wrote(memory->ctx, piece.pa, piece.length);
        done += piece.length;
    }
    return is_read;
}

static bool write_sectors(const struct virtio_block *block, const struct request *request)
{
    const struct block_backend *backend = &block->config.backend;
    uint64_t to = request->sector * BLOCK_SECTOR;

    for (uint64_t done = 0; done < request->readable;) {
        struct virtio_piece piece = virtio_run_piece(&request->chain.readable, HEADER_LENGTH + done,
                                                     request->readable - done);

        if (!backend->write(backend->ctx, to + done, piece.bytes, piece.length)) {
            return false;
        }
        done += piece.length;
    }
    return true;
}

static enum request_status do_read(struct virtio_block *block, const struct request *request)
{
    if (!is_in_range(block, request->sector, request->writable) || !read_sectors(block, request)) {
        return STATUS_IOERR;
    }
    block->counts.bytes_read += request->writable;
    return STATUS_OK;
}

static enum request_status do_write(struct virtio_block *block, const struct request *request)
{
    if (block->config.backend.is_read_only ||
        !is_in_range(block, request->sector, request->readable) || !write_sectors(block, request)) {
        return STATUS_IOERR;
    }
    block->counts.bytes_written += request->readable;
    return STATUS_OK;
}

static enum request_status do_flush(const struct virtio_block *block)
{
    const struct block_backend *backend = &block->config.backend;

    return backend->is_read_only || backend->flush(backend->ctx) ? STATUS_OK : STATUS_IOERR;
}

/* The name of the disk, or as much of it as there is room for. */
static enum request_status do_get_id(const struct virtio_block *block,
                                     const struct request *request)
{
    size_t length = request->writable < ID_LENGTH ? (size_t)request->writable : ID_LENGTH;

    virtio_run_write(&request->chain.writable, &block->virtio.memory, 0, disk_id, length);
    return STATUS_OK;
}

static void count_kind(struct virtio_block_counts *counts, uint32_t type)
{
    counts->requests++;
    counts->reads += type == TYPE_IN;
    counts->writes += type == TYPE_OUT;
    counts->flushes += type == TYPE_FLUSH;
}

static enum request_status perform(struct virtio_block *block, const struct request *request)
{
    count_kind(&block->counts, request->type);
    if (block->counts.requests == block->config.fail_request) {
        return STATUS_IOERR;
    }
    switch (request->type) {
    case TYPE_IN: return do_read(block, request);
    case TYPE_OUT: return do_write(block, request);
    case TYPE_FLUSH: return do_flush(block);
    case TYPE_GET_ID: return do_get_id(block, request);
    default: return STATUS_UNSUPP;
    }
}

/* The bytes written from the first on without a gap: the status counts only behind all data. */
static uint32_t written_length(const struct request *request, enum request_status status)
{
    bool is_full = request->writable == 0 || (status == STATUS_OK && request->type == TYPE_IN);

    if (is_full) {
        return (uint32_t)request->chain.writable.length;
    }
    if (status != STATUS_OK) {
        return 0;
    }
    return request->writable <= ID_LENGTH ? (uint32_t)request->chain.writable.length : ID_LENGTH;
}

/* Does the first request that is offered. Returns false if there is none, or none that makes sense.
 */
static bool complete(struct virtio_block *block)
{
    struct virtio_mmio *virtio = &block->virtio;
    struct request request;
    uint8_t status;

    if (!virtio_mmio_peek(virtio, REQUEST_QUEUE, &request.chain)) {
        return false;
    }
    if (!parse(&request)) {
        virtio_mmio_break(virtio);
        return false;
    }
    status = (uint8_t)perform(block, &request);
    block->counts.failed += status != STATUS_OK;
    virtio_run_write(&request.chain.writable, &virtio->memory, request.writable, &status,
                     sizeof status);
    virtio_mmio_give_back(virtio, REQUEST_QUEUE, &request.chain,
                          written_length(&request, (enum request_status)status));
    return true;
}

static void forget(struct virtio_block *block)
{
    block->due_count = 0;
    block->host.rearmed(block->host.ctx);
}

static void block_reset(struct virtio_mmio *virtio)
{
    forget((struct virtio_block *)virtio);
}

static void block_stopped(struct virtio_mmio *virtio, unsigned queue)
{
    (void)queue;
    forget((struct virtio_block *)virtio);
}

/* Requests that are new begin now. Those under way are offered too, as they are given back only at
 * the end; a driver that takes some away again breaks a rule. */
static void block_notified(struct virtio_mmio *virtio, unsigned queue)
{
    struct virtio_block *block = (struct virtio_block *)virtio;
    uint64_t due_tick = block->host.ticks(block->host.ctx) + block->config.latency;
    unsigned offered = virtio_mmio_count(virtio, queue);

    if (offered < block->due_count) {
        virtio_mmio_break(virtio);
        forget(block);
        return;
    }
    while (block->due_count < offered) {
        block->due_tick[(block->first_due + block->due_count) % VIRTIO_QUEUE_MOST] = due_tick;
        block->due_count++;
    }
    virtio_block_update(block);
    block->host.rearmed(block->host.ctx);
}

static const struct virtio_kind block_kind = {.id = VIRTIO_ID_BLOCK,
                                              .queue_count = QUEUE_COUNT,
                                              .notified = block_notified,
                                              .stopped = block_stopped,
                                              .reset = block_reset};

void virtio_block_init(struct virtio_block *block, const struct virtio_block_config *config,
                       const struct virtio_block_host *host, const struct virtio_place *place)
{
    uint64_t sectors = htole64(config->backend.capacity / BLOCK_SECTOR);
    uint32_t segments = htole32(VIRTIO_BLOCK_SEGMENTS);
    uint64_t features = VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_FLUSH;

    if (config->backend.is_read_only) {
        features |= VIRTIO_BLK_F_RO;
    }
    *block = (struct virtio_block){.config = *config, .host = *host};
    virtio_mmio_init(&block->virtio, &block_kind, place, features);
    memcpy(block->virtio.config + CONFIG_CAPACITY, &sectors, sizeof sectors);
    memcpy(block->virtio.config + CONFIG_SEGMENTS, &segments, sizeof segments);
    block->virtio.config_length = CONFIG_LENGTH;
}

void virtio_block_update(struct virtio_block *block)
{
    uint64_t now = block->host.ticks(block->host.ctx);

    while (virtio_block_next_event(block) <= now && block->due_count != 0) {
        if (!complete(block)) {
            block->due_count = 0;
            return;
        }
        block->first_due = (block->first_due + 1) % VIRTIO_QUEUE_MOST;
        block->due_count--;
    }
}

uint64_t virtio_block_next_event(const struct virtio_block *block)
{
    return block->due_count == 0 ? UINT64_MAX : block->due_tick[block->first_due];
}

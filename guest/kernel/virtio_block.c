#include "guest/kernel/virtio_block.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/log.h"
#include "guest/kernel/plic.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/virtio.h"

/* FLUSH only says that the disk may keep what it is given in a cache: swapped pages need not
 * outlive the run, so it is never asked to empty that. */
#define FEATURE_READ_ONLY (UINT64_C(1) << 5)
#define FEATURE_FLUSH (UINT64_C(1) << 9)

enum { CONFIG_CAPACITY = 0 }; /* 8 bytes: sectors */
enum { SECTORS_PER_PAGE = 8 };
enum { REQUEST_READ = 0, REQUEST_WRITE = 1, STATUS_OK = 0 };
enum { REQUESTS = VIRTIO_QUEUE_SIZE / 3, REQUEST_PARTS = 3 };

/* Header and status of a request, where the device reaches them. */
static struct request {
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header;
    uint8_t status;
    bool is_taken, is_done;
} requests[REQUESTS];

static struct virtio_device device;
static struct virtio_queue queue;
static uint64_t pages;

/* The interrupt. */
static void serve(void *context)
{
    struct request *request;
    uint32_t length;

    (void)context;
    virtio_acknowledge(&device);
    while ((request = virtio_queue_take(&queue, &length)) != NULL) {
        request->is_done = true;
        scheduler_wake(request);
    }
}

static uint64_t read_capacity(void)
{
    uint64_t sectors = (uint64_t)virtio_config(&device, CONFIG_CAPACITY + 4) << 32 |
                       virtio_config(&device, CONFIG_CAPACITY);

    return sectors / SECTORS_PER_PAGE;
}

void virtio_block_start(void)
{
    uint64_t features = FEATURE_READ_ONLY | FEATURE_FLUSH;

    if (!virtio_find(VIRTIO_BLOCK, &device)) {
        return;
    }
    if (!virtio_negotiate(&device, &features) || !virtio_queue_start(&queue, &device, 0) ||
        queue.size < REQUEST_PARTS) {
        log_line("the disk is not used: it does not agree with the driver");
        return;
    }
    if ((features & FEATURE_READ_ONLY) != 0) {
        log_line("the disk is not used: it is read-only");
        return;
    }
    plic_attach(device.irq, serve, NULL);
    virtio_ready(&device);
    pages = read_capacity();
}

uint64_t virtio_block_pages(void)
{
    return pages;
}

/* A request that nobody uses; who finds none waits at the queue. */
static struct request *take_request(void)
{
    for (;;) {
        for (unsigned i = 0; i < REQUESTS; i++) {
            if (!requests[i].is_taken) {
                requests[i].is_taken = true;
                return &requests[i];
            }
        }
        scheduler_sleep(&queue);
    }
}

static void give_back(struct request *request)
{
    request->is_taken = false;
    scheduler_wake(&queue);
}

static bool transfer(uint32_t type, uint64_t page, uint64_t pa)
{
    if (page >= pages) {
        return false;
    }
    struct request *request = take_request();
    const struct virtio_part parts[REQUEST_PARTS] = {
        {direct_map_pa(&request->header), sizeof request->header, false},
        {pa, PAGE_SIZE, type == REQUEST_READ},
        {direct_map_pa(&request->status), sizeof request->status, true},
    };

    request->header.type = type;
    request->header.sector = page * SECTORS_PER_PAGE;
    request->status = UINT8_MAX; /* should the device forget it, that is an error */
    request->is_done = false;
    while (!virtio_queue_put(&queue, parts, REQUEST_PARTS, request)) {
        scheduler_sleep(&queue);
    }
    while (!request->is_done) {
        scheduler_sleep(request);
    }
    bool is_ok = request->status == STATUS_OK;

    give_back(request);
    return is_ok;
}

bool virtio_block_read(uint64_t page, uint64_t pa)
{
    return transfer(REQUEST_READ, page, pa);
}

bool virtio_block_write(uint64_t page, uint64_t pa)
{
    return transfer(REQUEST_WRITE, page, pa);
}

#include "tests/support/virtio_disk_model.h"

#include <string.h>

enum {
    ACKNOWLEDGE = 1,
    DRIVER = 2,
    DRIVER_OK = 4,
    FEATURES_OK = 8,
    NEEDS_RESET = 64,
    FAILED = 128
};
enum { DESCRIPTORS, AVAILABLE, USED };
enum { FLAG_NEXT = 1, FLAG_WRITE = 2, FLAG_INDIRECT = 4 };
enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8 };
enum { OK = 0, IOERR = 1, UNSUPP = 2 };

/* SEG_MAX, FLUSH, VERSION_1; and RO. */
static uint64_t offered_features(const struct disk_model *model)
{
    return UINT64_C(1) << 2 | UINT64_C(1) << 9 | UINT64_C(1) << 32 |
           (uint64_t)model->is_read_only << 5;
}

static bool is_ram(const struct disk_model *model, uint64_t pa, uint64_t length)
{
    return pa >= model->ram_base && pa - model->ram_base <= model->ram_length &&
           length <= model->ram_length - (pa - model->ram_base);
}

static uint64_t load(const struct disk_model *model, uint64_t pa, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)model->ram[pa - model->ram_base + i] << (8 * i);
    }
    return value;
}

static void store(struct disk_model *model, uint64_t pa, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++) {
        model->ram[pa - model->ram_base + i] = (uint8_t)(value >> (8 * i));
    }
}

static bool is_running(const struct disk_model *model)
{
    return (model->status & DRIVER_OK) != 0 && (model->status & NEEDS_RESET) == 0;
}

static void demand_reset(struct disk_model *model)
{
    model->status |= NEEDS_RESET;
    if ((model->status & DRIVER_OK) != 0) {
        model->interrupt |= 2;
    }
}

/* A chain as two lists of descriptors, each with its bytes. */
struct part {
    uint64_t pa[VIRTIO_QUEUE_MOST];
    uint64_t length[VIRTIO_QUEUE_MOST];
    unsigned count;
    uint64_t bytes;
};

struct chain {
    uint16_t head;
    struct part readable;
    struct part writable;
};

/* Returns false if a rule is broken. */
static bool add_descriptor(const struct disk_model *model, struct chain *chain, uint64_t pa)
{
    uint64_t data = load(model, pa, 8);
    uint64_t length = load(model, pa + 8, 4);
    uint64_t flags = load(model, pa + 12, 2);
    struct part *part = (flags & FLAG_WRITE) != 0 ? &chain->writable : &chain->readable;

    part->pa[part->count] = data;
    part->length[part->count++] = length;
    part->bytes += length;
    return (flags & FLAG_INDIRECT) == 0 && length != 0 && is_ram(model, data, length) &&
           (part == &chain->writable || chain->writable.count == 0) &&
           chain->readable.bytes + chain->writable.bytes <= UINT32_MAX;
}

/* The chain that is next. Returns false if a rule is broken. */
static bool read_chain(const struct disk_model *model, struct chain *chain)
{
    uint64_t number =
        load(model, model->part[AVAILABLE] + 4 + model->next % model->size * UINT64_C(2), 2);

    *chain = (struct chain){.head = (uint16_t)number};
    for (uint32_t i = 0; i < model->size; i++) {
        uint64_t pa = model->part[DESCRIPTORS] + number * 16;

        if (number >= model->size || !add_descriptor(model, chain, pa)) {
            return false;
        }
        if ((load(model, pa + 12, 2) & FLAG_NEXT) == 0) {
            return true;
        }
        number = load(model, pa + 14, 2);
    }
    return false;
}

/* Where byte number i of a part lies. */
static uint64_t place(const struct part *part, uint64_t i)
{
    unsigned descriptor = 0;

    while (i >= part->length[descriptor]) {
        i -= part->length[descriptor++];
    }
    return part->pa[descriptor] + i;
}

static uint64_t load_part(const struct disk_model *model, const struct part *part, uint64_t first,
                          unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        value |= load(model, place(part, first + i), 1) << (8 * i);
    }
    return value;
}

/* Moves data between the disk and memory; what goes to the disk stands behind a header. A
 * descriptor whose data touches the bad byte is not moved at all, nor are those behind it. */
static bool move(struct disk_model *model, const struct chain *chain, bool is_in, uint64_t length,
                 uint64_t at)
{
    const struct part *part = is_in ? &chain->writable : &chain->readable;
    uint64_t first = is_in ? 0 : 16;
    uint64_t begin = 0;

    for (unsigned i = 0; i < part->count; begin += part->length[i++]) {
        uint64_t end = begin + part->length[i];
        uint64_t from = begin < first ? first : begin;
        uint64_t to = end < first + length ? end : first + length;
        uint64_t bad = model->bad_byte - at + first;

        if (from < to && bad >= from && bad < to) {
            return false;
        }
        for (uint64_t byte = from; byte < to; byte++) {
            uint8_t *memory = model->ram + (part->pa[i] + byte - begin - model->ram_base);
            uint8_t *sector = model->sectors + at + byte - first;

            *(is_in ? memory : sector) = *(is_in ? sector : memory);
        }
    }
    return true;
}

static bool is_on_disk(const struct disk_model *model, uint64_t sector, uint64_t length)
{
    return length % 512 == 0 && sector <= model->capacity / 512 &&
           length / 512 <= model->capacity / 512 - sector;
}

static unsigned do_move(struct disk_model *model, const struct chain *chain, uint64_t type,
                        uint64_t sector)
{
    bool is_in = type == IN;
    uint64_t length = is_in ? chain->writable.bytes - 1 : chain->readable.bytes - 16;

    if ((!is_in && model->is_read_only) || !is_on_disk(model, sector, length) ||
        !move(model, chain, is_in, length, sector * 512)) {
        return IOERR;
    }
    *(is_in ? &model->counts.bytes_read : &model->counts.bytes_written) += length;
    return OK;
}

static void do_get_id(struct disk_model *model, const struct chain *chain)
{
    static const char name[20] = "pagewalk";

    for (uint64_t i = 0; i < 20 && i < chain->writable.bytes - 1; i++) {
        store(model, place(&chain->writable, i), 1, (uint8_t)name[i]);
    }
}

static unsigned perform(struct disk_model *model, const struct chain *chain, uint64_t type)
{
    uint64_t sector = load_part(model, &chain->readable, 8, 8);

    model->counts.requests++;
    model->counts.reads += type == IN;
    model->counts.writes += type == OUT;
    model->counts.flushes += type == FLUSH;
    if (model->counts.requests == model->fail_request) {
        return IOERR;
    }
    switch (type) {
    case IN:
    case OUT: return do_move(model, chain, type, sector);
    case FLUSH: return model->does_flush_fail && !model->is_read_only ? IOERR : OK;
    case GET_ID: do_get_id(model, chain); return OK;
    default: return UNSUPP;
    }
}

/* A header and a status there are, and data only in the direction of the type. */
static bool is_request(const struct disk_model *model, const struct chain *chain)
{
    uint64_t type;

    if (chain->readable.bytes < 16 || chain->writable.bytes < 1) {
        return false;
    }
    type = load_part(model, &chain->readable, 0, 4);
    if ((type == IN || type == GET_ID || type == FLUSH) && chain->readable.bytes != 16) {
        return false;
    }
    return (type != OUT && type != FLUSH) || chain->writable.bytes == 1;
}

/* How many bytes from the first on have been written without a gap. */
static uint64_t written(const struct chain *chain, uint64_t type, unsigned status)
{
    uint64_t data = chain->writable.bytes - 1;

    if (data == 0) {
        return 1;
    }
    if (status != OK) {
        return 0;
    }
    return type == GET_ID && data > 20 ? 20 : data + 1;
}

/* Returns false if the device stopped. */
static bool complete(struct disk_model *model)
{
    struct chain chain;
    uint16_t count = (uint16_t)(load(model, model->part[AVAILABLE] + 2, 2) - model->next);
    uint64_t entry = model->part[USED] + 4 + model->next % model->size * UINT64_C(8);
    uint64_t type;
    unsigned status;

    if (count == 0) {
        return false;
    }
    if (count > model->size || !read_chain(model, &chain) || !is_request(model, &chain)) {
        demand_reset(model);
        return false;
    }
    type = load_part(model, &chain.readable, 0, 4);
    status = perform(model, &chain, type);
    model->counts.failed += status != OK;
    store(model, place(&chain.writable, chain.writable.bytes - 1), 1, status);
    store(model, entry, 4, chain.head);
    store(model, entry + 4, 4, written(&chain, type, status));
    store(model, model->part[USED] + 2, 2, ++model->next);
    if ((load(model, model->part[AVAILABLE], 2) & 1) == 0) {
        model->interrupt |= 1;
    }
    return true;
}

void disk_model_update(struct disk_model *model, uint64_t now)
{
    while (model->due_count != 0 && model->due[0] <= now) {
        if (!complete(model)) {
            model->due_count = 0;
            return;
        }
        model->due_count--;
        memmove(model->due, model->due + 1, model->due_count * sizeof *model->due);
    }
}

uint64_t disk_model_next_event(const struct disk_model *model)
{
    return model->due_count == 0 ? UINT64_MAX : model->due[0];
}

static void notify(struct disk_model *model, uint64_t now)
{
    uint16_t count;

    if (!model->is_ready || !is_running(model)) {
        return;
    }
    count = (uint16_t)(load(model, model->part[AVAILABLE] + 2, 2) - model->next);
    if (count > model->size || count < model->due_count) {
        demand_reset(model);
        model->due_count = 0;
        return;
    }
    while (model->due_count < count) {
        model->due[model->due_count++] = now + model->latency;
    }
    disk_model_update(model, now);
}

static void reset(struct disk_model *model)
{
    model->driver_features = 0;
    model->device_word = model->driver_word = model->selected = 0;
    model->interrupt = model->status = model->size = model->due_count = 0;
    model->is_ready = false;
    memset(model->part, 0, sizeof model->part);
}

static void write_ready(struct disk_model *model, uint32_t value)
{
    static const uint64_t alignments[3] = {16, 2, 4};
    const uint64_t lengths[3] = {model->size * UINT64_C(16), 4 + model->size * UINT64_C(2),
                                 4 + model->size * UINT64_C(8)};
    bool is_good = model->size != 0 && model->size <= 256 && (model->size & (model->size - 1)) == 0;

    if (value == 0) {
        model->is_ready = false;
        model->due_count = 0;
        return;
    }
    if (model->is_ready) {
        return;
    }
    for (unsigned i = 0; i < 3 && is_good; i++) {
        is_good = model->part[i] % alignments[i] == 0 && is_ram(model, model->part[i], lengths[i]);
    }
    if (!is_good) {
        demand_reset(model);
        return;
    }
    model->is_ready = true;
    model->next = 0;
}

static void write_status(struct disk_model *model, uint32_t value)
{
    bool are_accepted = (model->driver_features & ~offered_features(model)) == 0 &&
                        (model->driver_features >> 32 & 1) != 0;

    if (value == 0) {
        reset(model);
        return;
    }
    model->status |= value & (ACKNOWLEDGE | DRIVER | FAILED);
    if (are_accepted) {
        model->status |= value & FEATURES_OK;
    }
    if ((model->status & FEATURES_OK) != 0) {
        model->status |= value & DRIVER_OK;
    }
}

static void write_features(struct disk_model *model, uint32_t value)
{
    unsigned shift = 32 * model->driver_word;

    if (model->driver_word < 2 && (model->status & FEATURES_OK) == 0) {
        model->driver_features &= ~((uint64_t)UINT32_MAX << shift);
        model->driver_features |= (uint64_t)value << shift;
    }
}

/* The size and addresses of queue 0, which is the only one, while it is not ready. */
static void write_queue(struct disk_model *model, uint64_t offset, uint32_t value)
{
    if (model->selected != 0 || model->is_ready) {
        return;
    }
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned half = 0; half < 2; half++) {
            if (offset == 0x80 + i * 16 + half * 4) {
                model->part[i] &= ~((uint64_t)UINT32_MAX << (32 * half));
                model->part[i] |= (uint64_t)value << (32 * half);
            }
        }
    }
    if (offset == 0x38) {
        model->size = value;
    }
}

static bool is_taken(uint64_t offset, unsigned size)
{
    return size == 4 || (size < 4 && offset >= 0x100);
}

bool disk_model_write(struct disk_model *model, uint64_t offset, unsigned size, uint64_t value,
                      uint64_t now)
{
    uint32_t word = (uint32_t)value;

    if (!is_taken(offset, size)) {
        return false;
    }
    switch (offset) {
    case 0x014: model->device_word = word; break;
    case 0x020: write_features(model, word); break;
    case 0x024: model->driver_word = word; break;
    case 0x030: model->selected = word; break;
    case 0x044:
        if (model->selected == 0) {
            write_ready(model, word);
        }
        break;
    case 0x050:
        if (word == 0) {
            notify(model, now);
        }
        break;
    case 0x064: model->interrupt &= ~word; break;
    case 0x070: write_status(model, word); break;
    default: write_queue(model, offset, word); break;
    }
    return true;
}

/* capacity (8 bytes) | size_max, not offered (4) | seg_max (4) */
static uint64_t read_configuration(const struct disk_model *model, uint64_t offset, unsigned size)
{
    uint8_t bytes[16 + 8] = {0};
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(model->capacity / 512 >> (8 * i));
    }
    bytes[12] = 126;
    for (unsigned i = 0; i < size && offset + size <= 16; i++) {
        value |= (uint64_t)bytes[offset + i] << (8 * i);
    }
    return value;
}

static uint64_t read_register(const struct disk_model *model, uint64_t offset)
{
    switch (offset) {
    case 0x000: return 0x74726976;
    case 0x004: return 2;
    case 0x008: return 2;
    case 0x00c: return 0x4b4c4157;
    case 0x010:
        return model->device_word < 2
                   ? (uint32_t)(offered_features(model) >> (32 * model->device_word))
                   : 0;
    case 0x034: return model->selected == 0 ? 256 : 0;
    case 0x044: return model->selected == 0 && model->is_ready;
    case 0x060: return model->interrupt;
    case 0x070: return model->status;
    case 0x0b0:
    case 0x0b4:
    case 0x0b8:
    case 0x0bc: return UINT32_MAX;
    default: return 0;
    }
}

bool disk_model_read(const struct disk_model *model, uint64_t offset, unsigned size,
                     uint64_t *value)
{
    if (!is_taken(offset, size)) {
        return false;
    }
    *value = offset >= 0x100 ? read_configuration(model, offset - 0x100, size)
                             : read_register(model, offset);
    return true;
}

#include "guest/kernel/transfer.h"

#include "guest/kernel/bytes.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/user_memory.h"

/* struct iovec. */
struct piece {
    uint64_t va, length;
};

enum direction { PUT, TAKE, CLEAR };

static uint64_t less(uint64_t first, uint64_t second)
{
    return first < second ? first : second;
}

struct transfer transfer_of_user(uint64_t va, uint64_t length)
{
    uint64_t left = less(length, TRANSFER_MOST);

    return (struct transfer){process_current()->space, va, left, .piece_left = left};
}

struct transfer transfer_of_kernel(void *bytes, uint64_t length)
{
    return (struct transfer){NULL, (uint64_t)bytes, length, .piece_left = length};
}

int64_t transfer_of_pieces(uint64_t array_va, uint64_t count, struct transfer *transfer)
{
    struct address_space *space = process_current()->space;
    uint64_t total = 0;

    if (count > TRANSFER_PIECES_MOST) {
        return ERROR_INVALID;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct piece piece;
        int64_t error = user_read(space, &piece, array_va + i * sizeof piece, sizeof piece);

        if (error != 0) {
            return error;
        }
        if (piece.length > INT64_MAX - total) {
            return ERROR_INVALID;
        }
        total += piece.length;
    }
    *transfer =
        (struct transfer){space, .left = less(total, TRANSFER_MOST), .next_piece_va = array_va};
    return 0;
}

/* Goes on to the piece that has the next byte. The array may have changed since it was counted, but
 * never is more transferred than was counted. */
static int64_t find_piece(struct transfer *transfer)
{
    while (transfer->piece_left == 0) {
        struct piece piece;
        int64_t error = user_read(transfer->space, &piece, transfer->next_piece_va, sizeof piece);

        if (error != 0) {
            return error;
        }
        transfer->va = piece.va;
        transfer->piece_left = piece.length;
        transfer->next_piece_va += sizeof piece;
    }
    return 0;
}

static int64_t copy_user(const struct transfer *transfer, uint8_t *bytes, size_t length,
                         enum direction direction)
{
    switch (direction) {
    case PUT: return user_write(transfer->space, transfer->va, bytes, length);
    case TAKE: return user_read(transfer->space, bytes, transfer->va, length);
    case CLEAR: return user_clear(transfer->space, transfer->va, length);
    }
    return ERROR_INVALID;
}

static void copy_kernel(const struct transfer *transfer, uint8_t *bytes, size_t length,
                        enum direction direction)
{
    void *own = (void *)transfer->va;

    switch (direction) {
    case PUT: memcpy(own, bytes, length); break;
    case TAKE: memcpy(bytes, own, length); break;
    case CLEAR: memset(own, 0, length); break;
    }
}

/* The next bytes, of one piece. */
static int64_t copy_part(struct transfer *transfer, uint8_t *bytes, size_t length,
                         enum direction direction)
{
    int64_t error = 0;

    if (transfer->space == NULL) {
        copy_kernel(transfer, bytes, length, direction);
    } else {
        error = copy_user(transfer, bytes, length, direction);
    }
    if (error == 0) {
        transfer->va += length;
        transfer->left -= length;
        transfer->piece_left -= length;
    }
    return error;
}

static int64_t copy(struct transfer *transfer, uint8_t *bytes, size_t length,
                    enum direction direction)
{
    struct transfer next = *transfer;

    for (size_t done = 0; done < length;) {
        int64_t error = find_piece(&next);
        size_t part = less(length - done, next.piece_left);

        if (error == 0) {
            error = copy_part(&next, bytes + done, part, direction);
        }
        if (error != 0) {
            return error;
        }
        done += part;
    }
    *transfer = next;
    return 0;
}

int64_t transfer_put(struct transfer *to, const void *bytes, size_t length)
{
    return copy(to, (uint8_t *)bytes, length, PUT);
}

int64_t transfer_take(struct transfer *from, void *bytes, size_t length)
{
    return copy(from, bytes, length, TAKE);
}

int64_t transfer_clear(struct transfer *to, size_t length)
{
    return copy(to, NULL, length, CLEAR);
}

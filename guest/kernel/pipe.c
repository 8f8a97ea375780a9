#include "guest/kernel/pipe.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/error.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/lock.h"
#include "guest/kernel/poll.h"
#include "guest/kernel/process.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/user_memory.h"

enum { PIPE_PAGES = PIPE_SIZE / PAGE_SIZE };

/* Linux's number of the ioctl that asks how many bytes there are. */
enum { CONTROL_READY_BYTES = 0x541b };

/* What is in it are `count` bytes from `start` on, round the ring. Who sleeps for a change of it
 * sleeps on the pipe itself. */
struct pipe {
    struct frame *page[PIPE_PAGES]; /* NULL: nothing is there; the first is NULL in a free pipe */
    uint32_t start, count;
    bool has_reader, has_writer;
    struct lock lock; /* of the content, for a copy from or to a user, which may sleep */
};

static struct pipe pipes[PIPES_MOST];

static void changed(const struct pipe *pipe)
{
    scheduler_wake(pipe);
    poll_changed();
}

static void drop_page(struct pipe *pipe, uint32_t number)
{
    if (pipe->page[number] != NULL) {
        memory_drop(pipe->page[number]);
        pipe->page[number] = NULL;
    }
}

static uint8_t *bytes_at(const struct pipe *pipe, uint32_t place)
{
    return (uint8_t *)frame_bytes(pipe->page[place / PAGE_SIZE]) + place % PAGE_SIZE;
}

static uint32_t end_of(const struct pipe *pipe)
{
    return (pipe->start + pipe->count) % PIPE_SIZE;
}

/* How much of `length` bytes from `place` on is on one page. */
static uint32_t on_page(uint32_t place, uint64_t length)
{
    uint32_t rest = (uint32_t)PAGE_SIZE - place % (uint32_t)PAGE_SIZE;

    return length < rest ? (uint32_t)length : rest;
}

/* An empty pipe begins anew on its first page, and keeps no other. A page that was left is needed
 * only by a pipe so full that its end has come round to it. */
static void consume(struct pipe *pipe, uint32_t length)
{
    uint32_t page = pipe->start / PAGE_SIZE;

    pipe->start = (pipe->start + length) % PIPE_SIZE;
    pipe->count -= length;
    if (pipe->count == 0) {
        for (uint32_t i = 1; i < PIPE_PAGES; i++) {
            drop_page(pipe, i);
        }
        pipe->start = 0;
    } else if (page != 0 && pipe->start / PAGE_SIZE != page &&
               pipe->count <= PIPE_SIZE - PAGE_SIZE) {
        drop_page(pipe, page);
    }
}

/* Makes pages for the next `length` bytes, as far as there is room and memory: for how many. May
 * sleep. */
static uint32_t make_room(struct pipe *pipe, uint64_t length)
{
    uint32_t room = PIPE_SIZE - pipe->count;
    uint32_t wanted = length < room ? (uint32_t)length : room;
    uint32_t made = 0;

    while (made < wanted) {
        uint32_t place = (end_of(pipe) + made) % PIPE_SIZE;
        struct frame **page = &pipe->page[place / PAGE_SIZE];

        if (*page == NULL) {
            *page = memory_take(FRAME_KERNEL);
        }
        if (*page == NULL) {
            break;
        }
        made += on_page(place, wanted - made);
    }
    return made;
}

/* Copies what there is, under the lock: how many bytes, or an error if it was none. */
static int64_t take_out(struct pipe *pipe, struct transfer *to)
{
    int64_t done = 0;

    while (to->left > 0 && pipe->count > 0) {
        uint64_t most = to->left < pipe->count ? to->left : pipe->count;
        uint32_t part = on_page(pipe->start, most);
        int64_t error = transfer_put(to, bytes_at(pipe, pipe->start), part);

        if (error != 0) {
            return done > 0 ? done : error;
        }
        consume(pipe, part);
        done += part;
    }
    return done;
}

/* Copies as much as there is room for, under the lock; of a write that must stay in one piece all
 * or nothing. */
static int64_t put_in(struct pipe *pipe, struct transfer *from, bool is_one_piece)
{
    uint32_t room = make_room(pipe, from->left);
    int64_t done = 0;

    if (is_one_piece && room < from->left) {
        return 0;
    }
    while ((uint64_t)done < room) {
        uint32_t part = on_page(end_of(pipe), room - (uint64_t)done);
        int64_t error = transfer_take(from, bytes_at(pipe, end_of(pipe)), part);

        if (error != 0) {
            return done > 0 ? done : error;
        }
        pipe->count += part;
        done += part;
    }
    return done;
}

static int64_t read_pipe(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    struct pipe *pipe = file->object;

    (void)offset;
    while (to->left > 0) {
        if (!lock_take_interruptibly(&pipe->lock)) {
            return ERROR_INTERRUPTED;
        }

        int64_t done = take_out(pipe, to);

        lock_give(&pipe->lock);
        if (done != 0) {
            changed(pipe);
            return done;
        }
        if (!pipe->has_writer) {
            return 0;
        }
        if ((file->flags & OPEN_NO_WAIT) != 0) {
            return ERROR_AGAIN;
        }
        if (!scheduler_sleep_interruptibly(pipe)) {
            return ERROR_INTERRUPTED;
        }
    }
    return 0;
}

/* One turn of a write: how many bytes went in, 0 if the pipe is full, or an error. */
static int64_t write_part(struct pipe *pipe, struct transfer *from, bool is_one_piece)
{
    int64_t done;

    if (!lock_take_interruptibly(&pipe->lock)) {
        return ERROR_INTERRUPTED;
    }
    done = pipe->has_reader ? put_in(pipe, from, is_one_piece) : ERROR_BROKEN_PIPE;
    lock_give(&pipe->lock);
    if (done > 0) {
        changed(pipe);
    }
    if (done == ERROR_BROKEN_PIPE) {
        signal_send(process_current(), SIGNAL_PIPE);
    }
    return done;
}

static int64_t write_pipe(struct open_file *file, struct transfer *from, uint64_t *offset)
{
    struct pipe *pipe = file->object;
    uint64_t length = from->left;
    bool is_one_piece = length <= PIPE_ATOMIC;

    (void)offset;
    while (from->left > 0) {
        int64_t done = write_part(pipe, from, is_one_piece);

        if (done == 0 && (file->flags & OPEN_NO_WAIT) != 0) {
            done = ERROR_AGAIN;
        } else if (done == 0 && !scheduler_sleep_interruptibly(pipe)) {
            done = ERROR_INTERRUPTED;
        }
        if (done < 0) {
            return from->left < length ? (int64_t)(length - from->left) : done;
        }
    }
    return (int64_t)length;
}

/* Ready to write is a pipe that takes a write of PIPE_ATOMIC at once. */
static unsigned poll_pipe(struct open_file *file)
{
    const struct pipe *pipe = file->object;
    unsigned ready = 0;

    if (open_file_can_read(file)) {
        ready |= pipe->count > 0 ? POLL_READ : 0;
        ready |= pipe->has_writer ? 0 : POLL_HANG_UP;
    } else {
        ready |= PIPE_SIZE - pipe->count >= PIPE_ATOMIC ? POLL_WRITE : 0;
        ready |= pipe->has_reader ? 0 : POLL_ERROR;
    }
    return ready;
}

static int64_t control_pipe(struct open_file *file, uint64_t request, uint64_t argument)
{
    const struct pipe *pipe = file->object;

    if (request != CONTROL_READY_BYTES) {
        return ERROR_NO_TERMINAL;
    }
    return user_write(process_current()->space, argument, &pipe->count, sizeof pipe->count);
}

static void tell_status(const struct open_file *file, struct file_status *status)
{
    enum { OWNER_READS_WRITES = 0600, DEVICE = 2, FIRST_NUMBER = 1 };

    status->device = DEVICE;
    status->inode = FIRST_NUMBER + (uint64_t)((const struct pipe *)file->object - pipes);
    status->mode = MODE_PIPE | OWNER_READS_WRITES;
    status->block_size = (int32_t)PAGE_SIZE;
}

/* An end may have had no pipe yet. */
static void release(struct open_file *file)
{
    struct pipe *pipe = file->object;

    if (pipe == NULL) {
        return;
    }
    if (open_file_can_read(file)) {
        pipe->has_reader = false;
    } else {
        pipe->has_writer = false;
    }
    changed(pipe);
    for (uint32_t i = 0; i < PIPE_PAGES && !pipe->has_reader && !pipe->has_writer; i++) {
        drop_page(pipe, i);
    }
}

static const struct file_operations pipe_operations = {
    .read = read_pipe,
    .write = write_pipe,
    .poll = poll_pipe,
    .control = control_pipe,
    .status = tell_status,
    .release = release,
};

bool pipe_is_end(const struct open_file *file)
{
    return file->operations == &pipe_operations;
}

/* A pipe with its first page. While that is waited for, another may take the pipe. */
static struct pipe *take_pipe(struct frame *page)
{
    for (unsigned i = 0; i < PIPES_MOST; i++) {
        if (pipes[i].page[0] == NULL) {
            pipes[i] = (struct pipe){.page = {page}, .has_reader = true, .has_writer = true};
            return &pipes[i];
        }
    }
    return NULL;
}

/* Nothing here sleeps, but taking the page. */
int64_t pipe_create(uint32_t flags, struct open_file **reader, struct open_file **writer)
{
    struct frame *page = memory_take(FRAME_KERNEL);
    struct pipe *pipe;

    if (page == NULL) {
        return ERROR_NO_MEMORY;
    }
    *reader = open_file_create(&pipe_operations, NULL, OPEN_READ_ONLY | flags);
    *writer = open_file_create(&pipe_operations, NULL, OPEN_WRITE_ONLY | flags);
    pipe = *reader != NULL && *writer != NULL ? take_pipe(page) : NULL;
    if (pipe == NULL) {
        memory_drop(page);
        open_file_drop(*reader);
        open_file_drop(*writer);
        return ERROR_FILE_TABLE_FULL;
    }
    (*reader)->object = pipe;
    (*writer)->object = pipe;
    return 0;
}

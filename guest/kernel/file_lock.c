#include "guest/kernel/file_lock.h"

#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/user_memory.h"

enum { FROM_START = 0, FROM_OFFSET = 1, FROM_END = 2 };

/* struct flock, Linux's layout. */
struct request {
    int16_t kind, from;
    int32_t unused_1;
    int64_t start, length; /* 0: without end */
    int32_t pid, unused_2;
};

/* Bytes `first` to `last` of the inode. No reference: an owner has the file open. */
struct file_lock {
    const struct inode *inode; /* NULL: this place is free */
    const void *owner;
    const struct process *process; /* the owner, if it is one */
    uint64_t first, last;
    enum file_lock_kind kind;
};

/* Who waits sleeps on the table, for any change. */
static struct file_lock locks[FILE_LOCKS_MOST];
static uint32_t lock_count;

static bool overlap(const struct file_lock *one, const struct file_lock *other)
{
    return one->inode == other->inode && one->first <= other->last && other->first <= one->last;
}

static bool conflict(const struct file_lock *one, const struct file_lock *other)
{
    return overlap(one, other) && one->owner != other->owner &&
           (one->process != NULL) == (other->process != NULL) &&
           (one->kind == LOCK_EXCLUSIVE || other->kind == LOCK_EXCLUSIVE);
}

static const struct file_lock *find_conflict(const struct file_lock *wanted)
{
    for (unsigned i = 0; i < FILE_LOCKS_MOST && wanted->kind != LOCK_NONE; i++) {
        if (conflict(&locks[i], wanted)) {
            return &locks[i];
        }
    }
    return NULL;
}

/* There is room. */
static void add(const struct file_lock *lock)
{
    for (unsigned i = 0; i < FILE_LOCKS_MOST; i++) {
        if (locks[i].inode == NULL) {
            locks[i] = *lock;
            lock_count++;
            return;
        }
    }
}

static void remove(struct file_lock *lock)
{
    lock->inode = NULL;
    lock_count--;
}

/* What the owner has in the range goes; of a lock that reaches out of it, the rest stays. */
static void cut(const struct file_lock *range)
{
    for (unsigned i = 0; i < FILE_LOCKS_MOST; i++) {
        struct file_lock old = locks[i];

        if (old.inode == NULL || old.owner != range->owner || !overlap(&old, range)) {
            continue;
        }
        remove(&locks[i]);
        if (old.first < range->first) {
            struct file_lock before = old;

            before.last = range->first - 1;
            add(&before);
        }
        if (old.last > range->last) {
            struct file_lock behind = old;

            behind.first = range->last + 1;
            add(&behind);
        }
    }
}

static int64_t set(const struct file_lock *wanted, bool may_wait)
{
    enum { NEEDED_MOST = 2 }; /* a lock in the middle of an old one: three of one */

    while (find_conflict(wanted) != NULL) {
        if (!may_wait) {
            return ERROR_AGAIN;
        }
        if (!scheduler_sleep_interruptibly(locks)) {
            return ERROR_INTERRUPTED;
        }
    }
    if (lock_count + NEEDED_MOST > FILE_LOCKS_MOST) {
        return ERROR_NO_LOCKS;
    }
    cut(wanted);
    if (wanted->kind != LOCK_NONE) {
        add(wanted);
    }
    scheduler_wake(locks);
    return 0;
}

void file_lock_forget(const struct inode *inode, const void *owner)
{
    if (lock_count == 0 || inode == NULL) {
        return;
    }
    for (unsigned i = 0; i < FILE_LOCKS_MOST; i++) {
        if (locks[i].inode == inode && locks[i].owner == owner) {
            remove(&locks[i]);
        }
    }
    scheduler_wake(locks);
}

int64_t file_lock_whole(struct open_file *file, enum file_lock_kind kind, bool may_wait)
{
    const struct file_lock wanted = {file->inode, file, .last = INT64_MAX, .kind = kind};
    int64_t error;

    if (file->inode == NULL) {
        return ERROR_INVALID;
    }
    open_file_hold(file);
    error = set(&wanted, may_wait);
    open_file_drop(file);
    return error;
}

/* Where the request counts from; -1: nowhere. */
static int64_t origin(const struct open_file *file, const struct request *request)
{
    switch (request->from) {
    case FROM_START: return 0;
    case FROM_OFFSET: return (int64_t)file->offset;
    case FROM_END: return (int64_t)file->inode->length;
    default: return -1;
    }
}

/* The range of a request; one of a negative length ends before its start. */
static int64_t read_range(const struct open_file *file, const struct request *request,
                          struct file_lock *lock)
{
    int64_t from = file->inode != NULL ? origin(file, request) : -1;
    int64_t first, end = INT64_MAX;

    if (from < 0 || request->kind < LOCK_SHARED || request->kind > LOCK_NONE ||
        __builtin_add_overflow(from, request->start, &first) ||
        (request->length != 0 && __builtin_add_overflow(first, request->length, &end))) {
        return ERROR_INVALID;
    }
    if (end < first) {
        int64_t start = end;

        end = first;
        first = start;
    }
    *lock = (struct file_lock){
        .inode = file->inode,
        .owner = process_current(),
        .process = process_current(),
        .first = (uint64_t)first,
        .last = request->length == 0 ? INT64_MAX : (uint64_t)end - 1,
        .kind = (enum file_lock_kind)request->kind,
    };
    return first >= 0 ? 0 : ERROR_INVALID;
}

static int64_t read_request(const struct open_file *file, uint64_t va, struct request *request,
                            struct file_lock *lock)
{
    int64_t error = user_read(process_current()->space, request, va, sizeof *request);

    return error != 0 ? error : read_range(file, request, lock);
}

static bool may_have(const struct open_file *file, enum file_lock_kind kind)
{
    return kind == LOCK_NONE ||
           (kind == LOCK_SHARED ? open_file_can_read(file) : open_file_can_write(file));
}

int64_t file_lock_change(struct open_file *file, uint64_t va, bool may_wait)
{
    struct request request;
    struct file_lock wanted;
    int64_t error;

    open_file_hold(file);
    error = read_request(file, va, &request, &wanted);
    if (error == 0) {
        error = may_have(file, wanted.kind) ? set(&wanted, may_wait) : ERROR_BAD_FILE;
    }
    open_file_drop(file);
    return error;
}

int64_t file_lock_tell(struct open_file *file, uint64_t va)
{
    struct request request;
    struct file_lock wanted;
    const struct file_lock *other;
    int64_t error;

    open_file_hold(file);
    error = read_request(file, va, &request, &wanted);
    open_file_drop(file);
    if (error != 0) {
        return error;
    }
    other = find_conflict(&wanted);
    request.kind = LOCK_NONE;
    if (other != NULL) {
        uint64_t length = other->last == INT64_MAX ? 0 : other->last - other->first + 1;

        request = (struct request){
            .kind = (int16_t)other->kind,
            .from = FROM_START,
            .start = (int64_t)other->first,
            .length = (int64_t)length,
            .pid = (int32_t)other->process->pid,
        };
    }
    return user_write(process_current()->space, va, &request, sizeof request);
}

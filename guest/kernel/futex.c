#include "guest/kernel/futex.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/error.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/user_memory.h"

/* What word it is: an address space and an address, or an inode and a place in it. It stays what it
 * was if that goes away meanwhile; a wake that is not meant for one does no harm. */
struct key {
    const void *object;
    uint64_t place;
};

/* One who waits, on its own stack, in the order of coming. */
struct waiter {
    struct waiter *next;
    struct key key;
    uint32_t bits;
    bool is_woken; /* and in the list no more */
};

static struct waiter *waiters;

static struct key key_of(const struct address_space *space, uint64_t va)
{
    const struct area *area = address_space_find(space, va);

    if (area != NULL && area->is_shared) {
        return (struct key){area->inode, area->offset + va - area->start};
    }
    return (struct key){space, va};
}

static bool is_same(const struct key *a, const struct key *b)
{
    return a->object == b->object && a->place == b->place;
}

static void join(struct waiter *waiter)
{
    struct waiter **place = &waiters;

    while (*place != NULL) {
        place = &(*place)->next;
    }
    *place = waiter;
}

static void leave(const struct waiter *waiter)
{
    struct waiter **place = &waiters;

    while (*place != waiter) {
        place = &(*place)->next;
    }
    *place = waiter->next;
}

static bool is_word(uint64_t va)
{
    return va % sizeof(uint32_t) == 0;
}

/* Waits in the list until somebody takes it out, or something else ends that. */
static int64_t wait(struct waiter *waiter, uint64_t deadline)
{
    enum sleep_result result;

    join(waiter);
    do {
        result = scheduler_sleep_until(waiter, deadline);
    } while (result == SLEEP_WOKEN && !waiter->is_woken);
    if (waiter->is_woken) {
        return 0;
    }
    leave(waiter);
    if (result == SLEEP_TIMED_OUT) {
        return ERROR_TIMED_OUT;
    }
    return deadline == TIMEOUT_NEVER ? ERROR_INTERRUPTED : ERROR_INTERRUPTED_FOR_GOOD;
}

int64_t futex_wait(uint64_t va, uint32_t value, uint32_t bits, uint64_t deadline)
{
    struct address_space *space = process_current()->space;
    struct waiter waiter = {.bits = bits};
    uint32_t word;
    int64_t error;

    if (!is_word(va) || bits == 0) {
        return ERROR_INVALID;
    }
    error = user_read(space, &word, va, sizeof word);
    if (error != 0) {
        return error;
    }
    if (word != value) {
        return ERROR_AGAIN;
    }
    waiter.key = key_of(space, va);
    return wait(&waiter, deadline);
}

int64_t futex_wake(struct address_space *space, uint64_t va, uint64_t count, uint32_t bits)
{
    struct key key = key_of(space, va);
    uint64_t woken = 0;

    if (!is_word(va) || bits == 0) {
        return ERROR_INVALID;
    }
    for (struct waiter **place = &waiters; *place != NULL && woken < count;) {
        struct waiter *waiter = *place;

        if (!is_same(&waiter->key, &key) || (waiter->bits & bits) == 0) {
            place = &waiter->next;
            continue;
        }
        *place = waiter->next;
        waiter->is_woken = true;
        scheduler_wake(waiter);
        woken++;
    }
    return (int64_t)woken;
}

int64_t futex_requeue(uint64_t va, uint64_t count, uint64_t to_va, uint64_t moved)
{
    struct address_space *space = process_current()->space;
    struct key key = key_of(space, va), to = key_of(space, to_va);
    int64_t woken = futex_wake(space, va, count, FUTEX_ANY_BIT);

    if (woken < 0 || !is_word(to_va)) {
        return ERROR_INVALID;
    }
    for (struct waiter *waiter = waiters; waiter != NULL && moved > 0; waiter = waiter->next) {
        if (is_same(&waiter->key, &key)) {
            waiter->key = to;
            moved--;
            woken++;
        }
    }
    return woken;
}

/* What set_robust_list names: a ring of locks, each a pointer to the next one; where the lock's
 * word is from there; and a lock that is just being taken or given. */
struct robust_list {
    uint64_t first_va;
    int64_t word_offset;
    uint64_t pending_va;
};

enum { ROBUST_LOCKS_MOST = 2048 }; /* the ring is the program's: it may have no end */

#define WORD_OWNER UINT32_C(0x3fffffff)
#define WORD_OWNER_DIED UINT32_C(0x40000000)
#define WORD_HAS_WAITERS UINT32_C(0x80000000)
#define ROBUST_POINTER (~UINT64_C(1)) /* bit 0 says that the lock inherits priorities */

/* If the lock is the current thread's, it is nobody's now, and whoever takes it is told so. */
static void give_up_lock(struct address_space *space, uint64_t word_va)
{
    uint32_t tid = thread_current()->tid;
    uint32_t seen, word;

    if (!is_word(word_va) || user_read(space, &word, word_va, sizeof word) != 0) {
        return;
    }
    do {
        seen = word;
        if ((seen & WORD_OWNER) != tid ||
            user_compare_exchange(space, word_va, &word,
                                  (seen & WORD_HAS_WAITERS) | WORD_OWNER_DIED) != 0) {
            return;
        }
    } while (word != seen);
    if ((seen & WORD_HAS_WAITERS) != 0) {
        (void)futex_wake(space, word_va, 1, FUTEX_ANY_BIT);
    }
}

static void give_up_locks(struct address_space *space, uint64_t list_va)
{
    struct robust_list list;
    uint64_t va;

    if (user_read(space, &list, list_va, sizeof list) != 0) {
        return;
    }
    va = list.first_va & ROBUST_POINTER;
    for (unsigned i = 0; i < ROBUST_LOCKS_MOST && va != list_va; i++) {
        uint64_t next;
        int64_t error = user_read(space, &next, va, sizeof next);

        if (va != (list.pending_va & ROBUST_POINTER)) {
            give_up_lock(space, va + (uint64_t)list.word_offset);
        }
        if (error != 0) {
            break;
        }
        va = next & ROBUST_POINTER;
    }
    if (list.pending_va != 0) {
        give_up_lock(space, (list.pending_va & ROBUST_POINTER) + (uint64_t)list.word_offset);
    }
}

void futex_leave(void)
{
    struct thread *thread = thread_current();
    struct address_space *space = thread->process->space;
    const uint32_t none = 0;

    if (thread->robust_list_va != 0) {
        give_up_locks(space, thread->robust_list_va);
        thread->robust_list_va = 0;
    }
    /* Where nobody is left to see it, nothing is written. */
    if (thread->clear_tid_va != 0 && (thread->process->thread_count > 1 || space->references > 1) &&
        user_write(space, thread->clear_tid_va, &none, sizeof none) == 0) {
        (void)futex_wake(space, thread->clear_tid_va, 1, FUTEX_ANY_BIT);
    }
    thread->clear_tid_va = 0;
}

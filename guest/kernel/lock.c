#include "guest/kernel/lock.h"

#include "guest/kernel/scheduler.h"

void lock_take(struct lock *lock)
{
    while (lock->is_taken) {
        scheduler_sleep(lock);
    }
    lock->is_taken = true;
}

bool lock_take_interruptibly(struct lock *lock)
{
    while (lock->is_taken) {
        if (!scheduler_sleep_interruptibly(lock)) {
            return false;
        }
    }
    lock->is_taken = true;
    return true;
}

void lock_give(struct lock *lock)
{
    lock->is_taken = false;
    scheduler_wake(lock);
}

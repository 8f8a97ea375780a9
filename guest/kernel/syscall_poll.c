#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/error.h"
#include "guest/kernel/poll.h"
#include "guest/kernel/process.h"
#include "guest/kernel/timeout.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/user_memory.h"

enum { MASK_SIZE = 8 };

/* The sets of pselect6, in its order, a bit for each descriptor that there can be. */
enum { SET_READ, SET_WRITE, SET_EXCEPT, SETS };
_Static_assert(DESCRIPTORS_MOST <= 64, "a set is one word");

/* What makes a descriptor a member of each set. */
static const uint16_t ready_for[SETS] = {
    [SET_READ] = POLL_READ | POLL_HANG_UP | POLL_ERROR,
    [SET_WRITE] = POLL_WRITE | POLL_ERROR,
};

static const uint16_t wanted_for[SETS] = {[SET_READ] = POLL_READ, [SET_WRITE] = POLL_WRITE};

static struct address_space *space(void)
{
    return process_current()->space;
}

/* Linux tells what is left of the time, and whoever cannot be told goes without. */
static void tell_rest(uint64_t time_va, uint64_t deadline)
{
    uint64_t now = timer_now();
    struct timespec rest = clock_of_ticks(deadline > now ? deadline - now : 0);

    if (deadline != TIMEOUT_NEVER) {
        (void)user_write(space(), time_va, &rest, sizeof rest);
    }
}

/* The mask of signals that is to hold for the time of the call, if one is given. */
static int64_t use_mask(uint64_t mask_va, uint64_t size)
{
    uint64_t mask;
    int64_t error;

    if (mask_va == 0) {
        return 0;
    }
    if (size != MASK_SIZE) {
        return ERROR_INVALID;
    }
    error = user_read(space(), &mask, mask_va, sizeof mask);
    if (error == 0) {
        signal_mask_while_waiting(mask);
    }
    return error;
}

/* What both calls are told of how to wait. */
static int64_t prepare(uint64_t time_va, uint64_t mask_va, uint64_t mask_size, uint64_t *deadline)
{
    int64_t error = clock_read_deadline(time_va, false, deadline);

    return error != 0 ? error : use_mask(mask_va, mask_size);
}

static int64_t sys_ppoll(const uint64_t arguments[6])
{
    struct poll_entry entries[DESCRIPTORS_MOST];
    uint64_t va = arguments[0], count = arguments[1], deadline;
    uint64_t size = count * sizeof *entries;

    if (count > DESCRIPTORS_MOST) {
        return ERROR_INVALID;
    }

    int64_t error = prepare(arguments[2], arguments[3], arguments[4], &deadline);

    if (error == 0) {
        error = user_read(space(), entries, va, size);
    }
    if (error != 0) {
        return error;
    }

    int64_t ready = poll_wait(entries, (uint32_t)count, deadline);

    tell_rest(arguments[2], deadline);
    error = ready >= 0 ? user_write(space(), va, entries, size) : 0;
    return error != 0 ? error : ready;
}

/* Reads the sets that are given, as far as there are descriptors. */
static int64_t read_sets(const uint64_t va[SETS], uint64_t count, uint64_t sets[SETS])
{
    uint64_t mask = count < DESCRIPTORS_MOST ? (UINT64_C(1) << count) - 1 : UINT64_MAX;

    for (unsigned set = 0; set < SETS; set++) {
        int64_t error = 0;

        sets[set] = 0;
        if (va[set] != 0 && count != 0) {
            error = user_read(space(), &sets[set], va[set], sizeof sets[set]);
        }
        if (error != 0) {
            return error;
        }
        sets[set] &= mask;
    }
    return 0;
}

static int64_t write_sets(const uint64_t va[SETS], uint64_t count, const uint64_t sets[SETS])
{
    int64_t error = 0;

    for (unsigned set = 0; set < SETS && error == 0; set++) {
        if (va[set] != 0 && count != 0) {
            error = user_write(space(), va[set], &sets[set], sizeof sets[set]);
        }
    }
    return error;
}

/* An entry for each descriptor that is in a set, or ERROR_BAD_FILE. */
static int64_t list_sets(const uint64_t sets[SETS], struct poll_entry *entries)
{
    int64_t count = 0;

    for (int32_t number = 0; number < DESCRIPTORS_MOST; number++) {
        struct poll_entry entry = {.descriptor = number};
        uint64_t is_in = 0;

        for (unsigned set = 0; set < SETS; set++) {
            if ((sets[set] >> number & 1) != 0) {
                is_in = 1;
                entry.wanted = (int16_t)(entry.wanted | wanted_for[set]);
            }
        }
        if (is_in && descriptor_find(&process_current()->descriptors, (uint64_t)number) == NULL) {
            return ERROR_BAD_FILE;
        }
        if (is_in) {
            entries[count++] = entry;
        }
    }
    return count;
}

/* Leaves what is ready in the sets: how many bits are set. */
static int64_t keep_ready(const struct poll_entry *entries, int64_t count, uint64_t sets[SETS])
{
    uint64_t ready[SETS] = {0};
    int64_t total = 0;

    for (int64_t i = 0; i < count; i++) {
        for (unsigned set = 0; set < SETS && entries[i].descriptor >= 0; set++) {
            uint64_t is_ready = ((unsigned)entries[i].ready & ready_for[set]) != 0;
            uint64_t bit = is_ready << entries[i].descriptor & sets[set];

            ready[set] |= bit;
            total += bit != 0;
        }
    }
    for (unsigned set = 0; set < SETS; set++) {
        sets[set] = total > 0 ? ready[set] : sets[set];
    }
    return total;
}

/* A poll ends by what no set asked for, too, the hang-up of one that is to be written to: such a
 * descriptor is waited for no more. */
static void drop_ready(struct poll_entry *entries, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (entries[i].ready != 0) {
            entries[i].descriptor = -1;
        }
    }
}

/* How many bits of the sets are left. */
static int64_t wait_for_sets(struct poll_entry *entries, int64_t count, uint64_t deadline,
                             uint64_t sets[SETS])
{
    for (;;) {
        int64_t ready = poll_wait(entries, (uint32_t)count, deadline);
        int64_t total = ready > 0 ? keep_ready(entries, count, sets) : 0;

        if (ready <= 0) {
            memset(sets, 0, SETS * sizeof *sets);
            return ready;
        }
        if (total > 0) {
            return total;
        }
        drop_ready(entries, count);
    }
}

static int64_t select(uint64_t count, const uint64_t set_va[SETS], uint64_t deadline)
{
    struct poll_entry entries[DESCRIPTORS_MOST];
    uint64_t sets[SETS];
    int64_t error = read_sets(set_va, count, sets);
    int64_t listed = error != 0 ? error : list_sets(sets, entries);
    int64_t ready = listed >= 0 ? wait_for_sets(entries, listed, deadline, sets) : listed;

    if (ready >= 0) {
        error = write_sets(set_va, count, sets);
    }
    return error != 0 ? error : ready;
}

static int64_t sys_pselect6(const uint64_t arguments[6])
{
    struct {
        uint64_t va, size;
    } mask = {0};
    uint64_t deadline;
    int64_t error = 0;

    if ((int32_t)arguments[0] < 0) {
        return ERROR_INVALID;
    }
    if (arguments[5] != 0) {
        error = user_read(space(), &mask, arguments[5], sizeof mask);
    }
    if (error == 0) {
        error = prepare(arguments[4], mask.va, mask.size, &deadline);
    }
    if (error != 0) {
        return error;
    }

    int64_t ready = select((uint32_t)arguments[0], &arguments[1], deadline);

    tell_rest(arguments[4], deadline);
    return ready;
}

const struct syscall syscalls_poll[] = {
    {72, "pselect6", sys_pselect6},
    {73, "ppoll", sys_ppoll},
    {0, NULL, NULL},
};

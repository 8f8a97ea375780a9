#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/kernel/descriptor.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/error.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/process.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { LIMIT_STACK = 3, LIMIT_FILES = 7, LIMITS = 16 };
enum { CLOCKS = 12 };
enum { SIGNAL_SET_SIZE = 8, SIGNAL_ACTION_SIZE = 24, ROBUST_LIST_SIZE = 24 };

static struct address_space *space(void)
{
    return process_current()->space;
}

/* The list tells of locks that a dying thread holds; there is no other thread to be told. */
int64_t sys_set_robust_list(const uint64_t arguments[6])
{
    return arguments[1] == ROBUST_LIST_SIZE ? 0 : ERROR_INVALID;
}

int64_t sys_prlimit64(const uint64_t arguments[6])
{
    uint64_t pid = arguments[0], resource = arguments[1], new_va = arguments[2];
    uint64_t old_va = arguments[3];
    uint64_t limit = UINT64_MAX;

    if (resource >= LIMITS) {
        return ERROR_INVALID;
    }
    if (pid != 0 && pid != process_current()->pid) {
        return ERROR_NO_PROCESS;
    }
    if (new_va != 0) {
        return ERROR_NOT_PERMITTED;
    }
    if (resource == LIMIT_STACK) {
        limit = USER_STACK_SIZE;
    } else if (resource == LIMIT_FILES) {
        limit = DESCRIPTORS_MOST;
    }

    const uint64_t limits[] = {limit, limit}; /* soft, hard */

    return old_va != 0 ? user_write(space(), old_va, limits, sizeof limits) : 0;
}

/* The next of a row of numbers that look random: steps of an odd distance over all 2^64, each
 * stirred by shifts and multiplications, which lose nothing. */
static uint64_t next_random(void)
{
    static uint64_t place;
    uint64_t number = place += UINT64_C(0x9e3779b97f4a7c15);

    number = (number ^ number >> 32) * UINT64_C(0xd6e8feb86659fd93);
    number = (number ^ number >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return number ^ number >> 32;
}

int64_t sys_getrandom(const uint64_t arguments[6])
{
    uint64_t va = arguments[0], length = arguments[1];

    for (uint64_t done = 0; done < length; done += sizeof(uint64_t)) {
        uint64_t number = next_random();
        uint64_t rest = length - done;
        int64_t error =
            user_write(space(), va + done, &number, rest < sizeof number ? rest : sizeof number);

        if (error != 0) {
            return error;
        }
    }
    return (int64_t)length;
}

/* There are no handlers, so every signal has and keeps its default. */
int64_t sys_rt_sigaction(const uint64_t arguments[6])
{
    uint64_t signal = arguments[0], new_va = arguments[1], old_va = arguments[2];
    uint64_t handler = 0; /* SIG_DFL; the first field of the structure */
    int64_t error = 0;

    if (signal == 0 || signal >= SIGNALS || arguments[3] != SIGNAL_SET_SIZE) {
        return ERROR_INVALID;
    }
    if (new_va != 0) {
        error = user_read(space(), &handler, new_va, sizeof handler);
    }
    if (error == 0 && handler != 0) {
        error = ERROR_NO_CALL;
    }
    if (error == 0 && old_va != 0) {
        error = user_clear(space(), old_va, SIGNAL_ACTION_SIZE);
    }
    return error;
}

/* The mask would put off handlers, and there are none: it is not kept, and always empty. */
int64_t sys_rt_sigprocmask(const uint64_t arguments[6])
{
    uint64_t old_va = arguments[2];

    if (arguments[3] != SIGNAL_SET_SIZE) {
        return ERROR_INVALID;
    }
    return old_va != 0 ? user_clear(space(), old_va, SIGNAL_SET_SIZE) : 0;
}

int64_t sys_uname(const uint64_t arguments[6])
{
    /* The system is that whose calls these are: programs look at its name and number. */
    static const struct {
        char system[65], node[65], release[65], version[65], machine[65], domain[65];
    } name = {"Linux", "pagewalk", "6.1.0", "pagewalk", "riscv64", "(none)"};

    return user_write(space(), arguments[0], &name, sizeof name);
}

/* The time since boot as seconds and parts of a second, which are `parts_per_second`. */
static int64_t tell_time(uint64_t va, uint64_t parts_per_second)
{
    uint64_t now = timer_now(), hz = machine()->timebase_hz;
    const uint64_t time[] = {now / hz, now % hz * parts_per_second / hz};

    return user_write(space(), va, time, sizeof time);
}

int64_t sys_clock_gettime(const uint64_t arguments[6])
{
    return arguments[0] < CLOCKS ? tell_time(arguments[1], 1000000000) : ERROR_INVALID;
}

int64_t sys_gettimeofday(const uint64_t arguments[6])
{
    return arguments[0] != 0 ? tell_time(arguments[0], 1000000) : 0;
}

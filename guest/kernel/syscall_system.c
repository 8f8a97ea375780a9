#include "guest/kernel/syscall.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/error.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/process.h"
#include "guest/kernel/random.h"
#include "guest/kernel/swap.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/user_memory.h"

/* Linux's numbers. */
enum { LIMIT_STACK = 3, LIMIT_CORE = 4, LIMIT_FILES = 7, LIMITS = 16 };
enum { RANDOM_KNOWN = 7, NICE_MOST = 20 };

/* Soft and hard. */
struct limits {
    uint64_t now, most;
};

static struct address_space *space(void)
{
    return process_current()->space;
}

static struct limits limits_of(uint64_t resource)
{
    uint64_t limit = UINT64_MAX;

    if (resource == LIMIT_STACK) {
        limit = USER_STACK_SIZE;
    } else if (resource == LIMIT_FILES) {
        limit = DESCRIPTORS_MOST;
    } else if (resource == LIMIT_CORE) {
        limit = 0;
    }
    return (struct limits){limit, limit};
}

/* Limits are what they are: one may only set them to that. */
static int64_t change_limits(const struct limits *limits, uint64_t new_va)
{
    struct limits wanted;
    int64_t error = user_read(space(), &wanted, new_va, sizeof wanted);

    if (error != 0) {
        return error;
    }
    if (wanted.now > wanted.most) {
        return ERROR_INVALID;
    }
    return wanted.now == limits->now && wanted.most == limits->most ? 0 : ERROR_NOT_PERMITTED;
}

static int64_t sys_prlimit64(const uint64_t arguments[6])
{
    uint64_t pid = arguments[0], resource = arguments[1], new_va = arguments[2];
    uint64_t old_va = arguments[3];
    struct limits limits = limits_of(resource);
    int64_t error = 0;

    if (resource >= LIMITS) {
        return ERROR_INVALID;
    }
    if (pid != 0 && pid != process_current()->pid) {
        return ERROR_NO_PROCESS;
    }
    if (new_va != 0) {
        error = change_limits(&limits, new_va);
    }
    if (error == 0 && old_va != 0) {
        error = user_write(space(), old_va, &limits, sizeof limits);
    }
    return error;
}

static int64_t sys_getrlimit(const uint64_t arguments[6])
{
    struct limits limits = limits_of(arguments[0]);

    return arguments[0] < LIMITS ? user_write(space(), arguments[1], &limits, sizeof limits)
                                 : ERROR_INVALID;
}

static int64_t sys_setrlimit(const uint64_t arguments[6])
{
    struct limits limits = limits_of(arguments[0]);

    return arguments[0] < LIMITS ? change_limits(&limits, arguments[1]) : ERROR_INVALID;
}

static int64_t sys_getrandom(const uint64_t arguments[6])
{
    uint64_t va = arguments[0], length = arguments[1];

    if ((arguments[2] & ~(uint64_t)RANDOM_KNOWN) != 0) {
        return ERROR_INVALID;
    }
    for (uint64_t done = 0; done < length; done += sizeof(uint64_t)) {
        uint64_t number = random_next();
        uint64_t rest = length - done;
        int64_t error =
            user_write(space(), va + done, &number, rest < sizeof number ? rest : sizeof number);

        if (error != 0) {
            return error;
        }
    }
    return (int64_t)length;
}

static int64_t sys_uname(const uint64_t arguments[6])
{
    /* The system is that whose calls these are: programs look at its name and number. */
    static const struct {
        char system[65], node[65], release[65], version[65], machine[65], domain[65];
    } name = {"Linux", "pagewalk", "6.1.0", "pagewalk", "riscv64", "(none)"};

    return user_write(space(), arguments[0], &name, sizeof name);
}

static uint16_t count_processes(void)
{
    uint16_t count = 0;

    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        count = (uint16_t)(count + (process_in_slot(slot)->state != PROCESS_UNUSED));
    }
    return count;
}

/* struct sysinfo; memory in bytes. Loads are those of a machine that is never busy. */
static int64_t sys_sysinfo(const uint64_t arguments[6])
{
    const struct {
        int64_t uptime;
        uint64_t loads[3];
        uint64_t memory, memory_free, memory_shared, memory_buffers;
        uint64_t swap, swap_free;
        uint16_t processes;
        uint64_t high, high_free;
        uint32_t unit;
    } system = {
        .uptime = (int64_t)(timer_now() / machine()->timebase_hz),
        .memory = frames_count() * PAGE_SIZE,
        .memory_free = frames_free() * PAGE_SIZE,
        .swap = swap_slots() * PAGE_SIZE,
        .swap_free = swap_slots_free() * PAGE_SIZE,
        .processes = count_processes(),
        .unit = 1,
    };

    return user_write(space(), arguments[0], &system, sizeof system);
}

static int64_t sys_getcpu(const uint64_t arguments[6])
{
    const uint32_t first = 0;
    int64_t error = 0;

    for (unsigned i = 0; i < 2 && error == 0; i++) {
        error = arguments[i] != 0 ? user_write(space(), arguments[i], &first, sizeof first) : 0;
    }
    return error;
}

/* There is one user and one group, 0: asked for any id, that is the answer. */
static int64_t sys_get_no_id(const uint64_t arguments[6])
{
    (void)arguments;
    return 0;
}

/* One may become only who one is. */
static int64_t set_ids(const uint64_t *ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if ((uint32_t)ids[i] != 0 && (uint32_t)ids[i] != UINT32_MAX) {
            return ERROR_NOT_PERMITTED;
        }
    }
    return 0;
}

static int64_t sys_set_id(const uint64_t arguments[6])
{
    return set_ids(arguments, 1);
}

static int64_t sys_set_two_ids(const uint64_t arguments[6])
{
    return set_ids(arguments, 2);
}

static int64_t sys_set_three_ids(const uint64_t arguments[6])
{
    return set_ids(arguments, 3);
}

static int64_t sys_get_three_ids(const uint64_t arguments[6])
{
    const uint32_t none = 0;
    int64_t error = 0;

    for (unsigned i = 0; i < 3 && error == 0; i++) {
        error = user_write(space(), arguments[i], &none, sizeof none);
    }
    return error;
}

/* As Linux tells it: the nicer, the lower. */
static int64_t sys_getpriority(const uint64_t arguments[6])
{
    (void)arguments;
    return NICE_MOST;
}

static int64_t sys_refuse(const uint64_t arguments[6])
{
    (void)arguments;
    return ERROR_NOT_PERMITTED;
}

const struct syscall syscalls_system[] = {
    {140, "setpriority", sys_get_no_id},
    {141, "getpriority", sys_getpriority},
    {142, "reboot", sys_refuse},
    {143, "setregid", sys_set_two_ids},
    {144, "setgid", sys_set_id},
    {145, "setreuid", sys_set_two_ids},
    {146, "setuid", sys_set_id},
    {147, "setresuid", sys_set_three_ids},
    {148, "getresuid", sys_get_three_ids},
    {149, "setresgid", sys_set_three_ids},
    {150, "getresgid", sys_get_three_ids},
    {151, "setfsuid", sys_get_no_id},
    {152, "setfsgid", sys_get_no_id},
    {158, "getgroups", sys_get_no_id},
    {159, "setgroups", sys_refuse},
    {160, "uname", sys_uname},
    {161, "sethostname", sys_refuse},
    {162, "setdomainname", sys_refuse},
    {163, "getrlimit", sys_getrlimit},
    {164, "setrlimit", sys_setrlimit},
    {168, "getcpu", sys_getcpu},
    {174, "getuid", sys_get_no_id},
    {175, "geteuid", sys_get_no_id},
    {176, "getgid", sys_get_no_id},
    {177, "getegid", sys_get_no_id},
    {179, "sysinfo", sys_sysinfo},
    {261, "prlimit64", sys_prlimit64},
    {278, "getrandom", sys_getrandom},
    {0, NULL, NULL},
};

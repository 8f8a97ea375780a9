#include "guest/sbi/pmu.h"

#include <stdbool.h>

#include "guest/include/csr.h"
#include "guest/sbi/call.h"

enum {
    NUM_COUNTERS,
    COUNTER_GET_INFO,
    COUNTER_CONFIG_MATCHING,
    COUNTER_START,
    COUNTER_STOP,
    COUNTER_FW_READ,
    COUNTER_FW_READ_HI,
};

enum { CYCLE = 0, INSTRET = 2, FIRST_HPM = 3, COUNTERS = 32 };

/* Counters 0 and 2 to 31. */
#define VALID_COUNTERS UINT32_C(0xfffffffd)
#define FREE_RUNNING (UINT32_C(1) << CYCLE | UINT32_C(1) << INSTRET)

/* counter_info: one less than the bits of the counter in 17..12, its CSR in 11..0. */
enum { INFO_WIDTH = (64 - 1) << 12, CSR_CYCLE = 0xc00 };

#define CONFIG_SKIP_MATCH (UINT64_C(1) << 0)
#define CONFIG_CLEAR_VALUE (UINT64_C(1) << 1)
#define CONFIG_AUTO_START (UINT64_C(1) << 2)
#define CONFIG_FLAGS UINT64_C(0xff) /* the others that are defined filter by mode: hints */

#define START_SET_VALUE (UINT64_C(1) << 0)
#define START_SNAPSHOT (UINT64_C(1) << 1)
#define STOP_RESET (UINT64_C(1) << 0)
#define STOP_SNAPSHOT (UINT64_C(1) << 1)

/* event_idx: the type in 19..16, the code below. */
enum { TYPE_SHIFT = 16 };
enum { TYPE_CACHE = 1, TYPE_RAW = 2 }; /* and 0 the two below */
enum { EVENT_CYCLES = 1, EVENT_INSTRUCTIONS = 2, EVENT_RAW = TYPE_RAW << TYPE_SHIFT };

/* The counters that S-mode has started and not stopped since. Others stand still, but for cycle and
 * instret before they were started for the first time. */
static uint32_t started;

void pmu_start(void)
{
    started = 0;
    csr_write(CSR_MCOUNTINHIBIT, (uint32_t)~FREE_RUNNING);
}

/* The set of counters in a0 and a1, bit n being counter base + n; false if one does not exist. */
static bool read_set(const struct trap_frame *frame, uint32_t *set)
{
    uint64_t base = frame->a0;
    uint64_t mask = frame->a1;

    if (base >= COUNTERS || mask > UINT64_MAX >> base) {
        return false;
    }
    *set = (uint32_t)(mask << base);
    return (mask << base & ~(uint64_t)VALID_COUNTERS) == 0;
}

static unsigned first_of(uint32_t set)
{
    unsigned counter = 0;

    while ((set >> counter & 1) == 0) {
        counter++;
    }
    return counter;
}

/* Lets the counter count what mhpmevent calls event; false if it is no event. */
static bool select_event(unsigned counter, uint64_t event)
{
    uint64_t before = pmu_event_read(counter);

    pmu_event_write(counter, event);
    if (event != 0 && pmu_event_read(counter) == event) {
        return true;
    }
    pmu_event_write(counter, before);
    return false;
}

/* Lets the counter count an event of the SBI; false if it cannot. */
static bool configure(unsigned counter, uint64_t event_idx, uint64_t event_data)
{
    switch (event_idx) {
    case EVENT_CYCLES: return counter == CYCLE;
    case EVENT_INSTRUCTIONS: return counter == INSTRET;
    case EVENT_RAW: return counter >= FIRST_HPM && select_event(counter, event_data);
    default:
        return event_idx >> TYPE_SHIFT == TYPE_CACHE && counter >= FIRST_HPM &&
               select_event(counter, event_idx);
    }
}

static void start(unsigned counter)
{
    started |= UINT32_C(1) << counter;
    csr_clear(CSR_MCOUNTINHIBIT, UINT64_C(1) << counter);
}

static struct sbi_result config_matching(const struct trap_frame *frame)
{
    uint64_t flags = frame->a2;
    uint32_t set;

    if (!read_set(frame, &set) || set == 0 || (flags & ~CONFIG_FLAGS) != 0) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    if ((flags & CONFIG_SKIP_MATCH) != 0) {
        set &= -set; /* the first one, whether it is started or not */
    } else {
        set &= ~started;
    }
    while (set != 0 && !configure(first_of(set), frame->a3, frame->a4)) {
        set &= set - 1;
    }
    if (set == 0) {
        return sbi_error(SBI_NOT_SUPPORTED);
    }
    if ((flags & CONFIG_CLEAR_VALUE) != 0) {
        pmu_counter_write(first_of(set), 0);
    }
    if ((flags & CONFIG_AUTO_START) != 0) {
        start(first_of(set));
    }
    return sbi_value(first_of(set));
}

/* Starts those that are not, also where others are. */
static struct sbi_result counter_start(const struct trap_frame *frame)
{
    uint32_t set;

    if (!read_set(frame, &set) || (frame->a2 & ~(START_SET_VALUE | START_SNAPSHOT)) != 0) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    if ((frame->a2 & START_SNAPSHOT) != 0) {
        return sbi_error(SBI_NO_SHMEM);
    }
    for (uint32_t left = set & ~started; left != 0; left &= left - 1) {
        if ((frame->a2 & START_SET_VALUE) != 0) {
            pmu_counter_write(first_of(left), frame->a3);
        }
    }

    enum sbi_error error = (set & started) != 0 ? SBI_ALREADY_STARTED : SBI_SUCCESS;

    started |= set;
    csr_clear(CSR_MCOUNTINHIBIT, set); /* all at the same moment */
    return sbi_error(error);
}

static struct sbi_result counter_stop(const struct trap_frame *frame)
{
    uint32_t set;

    if (!read_set(frame, &set) || (frame->a2 & ~(STOP_RESET | STOP_SNAPSHOT)) != 0) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    if ((frame->a2 & STOP_SNAPSHOT) != 0) {
        return sbi_error(SBI_NO_SHMEM);
    }

    enum sbi_error error = (set & ~started) != 0 ? SBI_ALREADY_STOPPED : SBI_SUCCESS;

    csr_set(CSR_MCOUNTINHIBIT, set & started);
    started &= ~set;
    for (uint32_t left = set & ~FREE_RUNNING; left != 0; left &= left - 1) {
        if ((frame->a2 & STOP_RESET) != 0) {
            pmu_event_write(first_of(left), 0);
        }
    }
    return sbi_error(error);
}

static struct sbi_result counter_get_info(uint64_t counter)
{
    if (counter >= COUNTERS || (VALID_COUNTERS >> counter & 1) == 0) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    return sbi_value(INFO_WIDTH | (CSR_CYCLE + counter));
}

struct sbi_result pmu_call(struct trap_frame *frame)
{
    switch (frame->a6) {
    case NUM_COUNTERS: return sbi_value(COUNTERS);
    case COUNTER_GET_INFO: return counter_get_info(frame->a0);
    case COUNTER_CONFIG_MATCHING: return config_matching(frame);
    case COUNTER_START: return counter_start(frame);
    case COUNTER_STOP: return counter_stop(frame);
    case COUNTER_FW_READ:
    case COUNTER_FW_READ_HI: return sbi_error(SBI_INVALID_PARAM); /* all counters are the hart's */
    default: return sbi_error(SBI_NOT_SUPPORTED);
    }
}

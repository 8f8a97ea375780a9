#include "guest/kernel/event.h"

#include "guest/include/pagewalk.h"
#include "guest/include/sv39.h"

/* What the HINT has in a6: docs/events.md.
 *
 *   63..32 | 31..16 | 15..8  | 7..0
 *      0   |  pid   | detail | kind
 */
enum { EVENT_PID_SHIFT = 16, EVENT_DETAIL_SHIFT = 8 };

enum event_kind {
    EVENT_BEGIN = 1,
    EVENT_NAME = 2,
    EVENT_RUNS = 3,
    EVENT_END = 4,
    EVENT_FAULT = 5,
    EVENT_SWAP_OUT = 6,
    EVENT_RESIDENT = 7,
    EVENT_TOUCHED = 8,
    EVENT_MAP = 9,
    EVENT_UNMAP = 10,
};

enum { RANGE_FIRST_SHIFT = 32 };

enum { NAME_PARTS = 2, NAME_PART_SIZE = 8 };

static void send(enum event_kind kind, uint32_t pid, unsigned detail, uint64_t value)
{
    pagewalk_event((uint64_t)pid << EVENT_PID_SHIFT | (uint64_t)detail << EVENT_DETAIL_SHIFT | kind,
                   value);
}

void event_process_begin(uint32_t pid, uint64_t satp)
{
    send(EVENT_BEGIN, pid, 0, satp);
}

void event_process_name(uint32_t pid, const char *name)
{
    for (unsigned part = 0; part < NAME_PARTS; part++) {
        uint64_t value = 0;

        for (unsigned i = 0; i < NAME_PART_SIZE && *name != '\0'; i++) {
            value |= (uint64_t)(uint8_t)*name++ << (8 * i);
        }
        send(EVENT_NAME, pid, part, value);
    }
}

void event_process_runs(uint32_t pid)
{
    send(EVENT_RUNS, pid, 0, 0);
}

void event_process_end(uint32_t pid, int32_t status, uint64_t resident, uint64_t touched)
{
    unsigned signal = (unsigned)status & 0x7f;

    send(EVENT_RESIDENT, pid, 0, resident);
    send(EVENT_TOUCHED, pid, 0, touched);
    send(EVENT_END, pid, 0, signal != 0 ? 128 + signal : (unsigned)status >> 8 & 0xff);
}

void event_fault(uint32_t pid, enum event_fault kind, uint64_t va)
{
    send(EVENT_FAULT, pid, kind, va);
}

void event_swap_out(uint32_t pid, uint64_t va)
{
    send(EVENT_SWAP_OUT, pid, 0, va);
}

/* The number of the first page, and how many there are. */
static uint64_t range_of(uint64_t start, uint64_t end)
{
    return start >> PAGE_SHIFT << RANGE_FIRST_SHIFT | (end - start) >> PAGE_SHIFT;
}

void event_map(uint32_t pid, unsigned kind, uint64_t start, uint64_t end)
{
    send(EVENT_MAP, pid, kind + 1, range_of(start, end));
}

void event_unmap(uint32_t pid, uint64_t start, uint64_t end)
{
    send(EVENT_UNMAP, pid, 0, range_of(start, end));
}

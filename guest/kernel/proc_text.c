#include "guest/kernel/proc_text.h"

#include <stdarg.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/format.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/page_table.h"
#include "guest/kernel/process.h"
#include "guest/kernel/swap.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/user_memory.h"

enum { KIB = 1024, TICKS_PER_SECOND = 100 }; /* the ticks of /proc, not the machine's */

static void add_byte(void *context, char byte)
{
    struct text *text = context;

    if (text->skip > 0) {
        text->skip--;
    } else if (text->length < text->size) {
        text->bytes[text->length++] = byte;
    }
}

void text_add(struct text *text, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    format_list(add_byte, text, format, list);
    va_end(list);
}

/* Seconds, with two digits behind the point. */
static void add_seconds(struct text *text, struct timespec time)
{
    int64_t hundredths = time.nanoseconds / (NANOSECONDS / 100);

    text_add(text, "%ld.%ld%ld", time.seconds, hundredths / 10, hundredths % 10);
}

static void add_kib(struct text *text, const char *name, uint64_t pages)
{
    text_add(text, "%s:\t%lu kB\n", name, pages * (PAGE_SIZE / KIB));
}

static const char *name_of(const struct process *process, const struct area *area)
{
    switch ((enum area_kind)area->kind) {
    case AREA_TEXT:
    case AREA_DATA: return process->executable;
    case AREA_HEAP: return "[heap]";
    case AREA_STACK: return "[stack]";
    case AREA_ANONYMOUS:
    case AREA_FILE:
    case AREA_KINDS: break;
    }
    return "";
}

static void write_maps(struct text *text, const struct process *process)
{
    const struct address_space *space = process->space;

    for (size_t i = 0; i < space->area_count; i++) {
        const struct area *area = &space->areas[i];
        uint64_t inode = area->inode != NULL ? area->inode->number : 0;

        text_add(text, "%lx-%lx %c%c%c%c %lx 00:00 %lu", area->start, area->end,
                 (area->permissions & AREA_READ) != 0 ? 'r' : '-',
                 (area->permissions & AREA_WRITE) != 0 ? 'w' : '-',
                 (area->permissions & AREA_EXECUTE) != 0 ? 'x' : '-', area->is_shared ? 's' : 'p',
                 area->offset, inode);
        text_add(text, "%s%s\n", name_of(process, area)[0] != '\0' ? " " : "",
                 name_of(process, area));
    }
}

/* One that has ended has no memory. */
static uint64_t mapped_pages(const struct process *process)
{
    const struct address_space *space = process->space;
    uint64_t pages = 0;

    for (size_t i = 0; space != NULL && i < space->area_count; i++) {
        pages += (space->areas[i].end - space->areas[i].start) / PAGE_SIZE;
    }
    return pages;
}

static uint32_t parent_of(const struct process *process)
{
    return process->parent != NULL ? process->parent->pid : 0;
}

static uint64_t resident_pages(const struct process *process)
{
    return process->space != NULL ? process->space->resident_pages : 0;
}

static const struct {
    char letter;
    const char *name;
} states[] = {{'R', "running"}, {'S', "sleeping"}, {'T', "stopped"}, {'Z', "zombie"}};

enum { RUNS, SLEEPS, STOPPED, ENDED };

static unsigned state_of(const struct process *process)
{
    if (process->state == PROCESS_ENDED) {
        return ENDED;
    }
    if (process->signals.stopped_by != SIGNAL_NONE) {
        return STOPPED;
    }
    for (const struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
        if (thread->state != THREAD_SLEEPING) {
            return RUNS;
        }
    }
    return SLEEPS;
}

/* 52 numbers, most of them of things that are not there. */
void proc_write_stat(struct text *text, const struct process *process)
{
    struct timespec time = clock_of_ticks(process->run_ticks);
    int64_t ticks =
        time.seconds * TICKS_PER_SECOND + time.nanoseconds / (NANOSECONDS / TICKS_PER_SECOND);

    text_add(text, "%u (%s) %c %u %u %u 0 -1 0 0 0 0 0 %ld 0 0 0 20 0 %u 0 0", process->pid,
             process->name, states[state_of(process)].letter, parent_of(process), process->group,
             process->session, ticks, process->thread_count);
    text_add(text, " %lu %lu %lu", mapped_pages(process) * PAGE_SIZE, resident_pages(process),
             UINT64_MAX);
    for (unsigned field = 26; field <= 52; field++) {
        text_add(text, " 0");
    }
    text_add(text, "\n");
}

void proc_write_status(struct text *text, const struct process *process)
{
    text_add(text, "Name:\t%s\nState:\t%c (%s)\nTgid:\t%u\nPid:\t%u\nPPid:\t%u\n", process->name,
             states[state_of(process)].letter, states[state_of(process)].name, process->pid,
             process->pid, parent_of(process));
    text_add(text, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
    add_kib(text, "VmSize", mapped_pages(process));
    add_kib(text, "VmRSS", resident_pages(process));
    text_add(text, "Threads:\t%u\n", process->thread_count);
}

/* What is in memory of [va, va + length), up to the first page that is not: how many bytes. */
static uint64_t peek(const struct address_space *space, char *to, uint64_t va, uint64_t length)
{
    uint64_t done = 0;

    while (done < length) {
        uint64_t pte = page_table_read(space, va + done);
        uint64_t place = (va + done) % PAGE_SIZE;
        uint64_t part = length - done < PAGE_SIZE - place ? length - done : PAGE_SIZE - place;

        if ((pte & PTE_V) == 0) {
            break;
        }
        memcpy(to + done, (const char *)direct_map(pte_pa(pte)) + place, part);
        done += part;
    }
    return done;
}

/* As the program finds them, and may have changed them, each with its NUL; of another process what
 * of them is in memory. */
void proc_write_cmdline(struct text *text, const struct process *process)
{
    struct address_space *space = process->space;
    uint64_t length = space != NULL ? space->arguments_end - space->arguments_start : 0;

    if (text->skip >= length) {
        return;
    }

    uint64_t va = space->arguments_start + text->skip;

    length = length - text->skip < text->size ? length - text->skip : text->size;
    if (process != process_current()) {
        text->length = peek(space, text->bytes, va, length);
    } else if (user_read(space, text->bytes, va, length) == 0) {
        text->length = length;
    }
}

static void write_mounts(struct text *text, const struct process *process)
{
    (void)process;
    text_add(text, "rootfs / rootfs rw 0 0\n");
}

static void write_meminfo(struct text *text, const struct process *process)
{
    (void)process;
    add_kib(text, "MemTotal", frames_count());
    add_kib(text, "MemFree", frames_free());
    add_kib(text, "MemAvailable", frames_free());
    add_kib(text, "Buffers", 0);
    add_kib(text, "Cached", 0);
    add_kib(text, "SwapTotal", swap_slots());
    add_kib(text, "SwapFree", swap_slots_free());
}

static void write_uptime(struct text *text, const struct process *process)
{
    (void)process;
    add_seconds(text, clock_of_ticks(timer_now()));
    text_add(text, " 0.00\n");
}

static void write_cpuinfo(struct text *text, const struct process *process)
{
    (void)process;
    text_add(text, "processor\t: 0\nhart\t\t: 0\nisa\t\t: rv64imafdc\nmmu\t\t: sv39\n");
}

const struct proc_text proc_texts[] = {
    {"/proc/self/maps", write_maps},
    {"/proc/self/stat", proc_write_stat},
    {"/proc/self/status", proc_write_status},
    {"/proc/self/cmdline", proc_write_cmdline},
    {"/proc/mounts", write_mounts},
    {"/proc/meminfo", write_meminfo},
    {"/proc/uptime", write_uptime},
    {"/proc/cpuinfo", write_cpuinfo},
    {NULL, NULL},
};

#include "guest/kernel/proc_text.h"

#include <stdarg.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/address_space.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/format.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/process.h"
#include "guest/kernel/swap.h"
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

static const char *name_of(const struct area *area)
{
    switch ((enum area_kind)area->kind) {
    case AREA_TEXT:
    case AREA_DATA: return process_current()->executable;
    case AREA_HEAP: return "[heap]";
    case AREA_STACK: return "[stack]";
    case AREA_ANONYMOUS:
    case AREA_FILE:
    case AREA_KINDS: break;
    }
    return "";
}

static void write_maps(struct text *text)
{
    const struct address_space *space = process_current()->space;

    for (size_t i = 0; i < space->area_count; i++) {
        const struct area *area = &space->areas[i];
        uint64_t inode = area->inode != NULL ? area->inode->number : 0;

        text_add(text, "%lx-%lx %c%c%c%c %lx 00:00 %lu", area->start, area->end,
                 (area->permissions & AREA_READ) != 0 ? 'r' : '-',
                 (area->permissions & AREA_WRITE) != 0 ? 'w' : '-',
                 (area->permissions & AREA_EXECUTE) != 0 ? 'x' : '-', area->is_shared ? 's' : 'p',
                 area->offset, inode);
        text_add(text, "%s%s\n", name_of(area)[0] != '\0' ? " " : "", name_of(area));
    }
}

static uint64_t mapped_pages(const struct address_space *space)
{
    uint64_t pages = 0;

    for (size_t i = 0; i < space->area_count; i++) {
        pages += (space->areas[i].end - space->areas[i].start) / PAGE_SIZE;
    }
    return pages;
}

static uint32_t parent_of(const struct process *process)
{
    return process->parent != NULL ? process->parent->pid : 0;
}

/* 52 numbers, most of them of things that are not there. */
static void write_stat(struct text *text)
{
    const struct process *process = process_current();
    struct timespec time = clock_of_ticks(process->run_ticks);
    int64_t ticks =
        time.seconds * TICKS_PER_SECOND + time.nanoseconds / (NANOSECONDS / TICKS_PER_SECOND);

    text_add(text, "%u (%s) R %u %u %u 0 -1 0 0 0 0 0 %ld 0 0 0 20 0 %u 0 0", process->pid,
             process->name, parent_of(process), process->group, process->session, ticks,
             process->thread_count);
    text_add(text, " %lu %lu %lu", mapped_pages(process->space) * PAGE_SIZE,
             process->space->resident_pages, UINT64_MAX);
    for (unsigned field = 26; field <= 52; field++) {
        text_add(text, " 0");
    }
    text_add(text, "\n");
}

static void write_status(struct text *text)
{
    const struct process *process = process_current();

    text_add(text, "Name:\t%s\nState:\tR (running)\nTgid:\t%u\nPid:\t%u\nPPid:\t%u\n",
             process->name, process->pid, process->pid, parent_of(process));
    text_add(text, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
    add_kib(text, "VmSize", mapped_pages(process->space));
    add_kib(text, "VmRSS", process->space->resident_pages);
    text_add(text, "Threads:\t%u\n", process->thread_count);
}

/* As the program finds them, and may have changed them, each with its NUL. */
static void write_cmdline(struct text *text)
{
    struct address_space *space = process_current()->space;
    uint64_t length = space->arguments_end - space->arguments_start;

    if (text->skip >= length) {
        return;
    }
    length = length - text->skip < text->size ? length - text->skip : text->size;
    if (user_read(space, text->bytes, space->arguments_start + text->skip, length) == 0) {
        text->length = length;
    }
}

static void write_mounts(struct text *text)
{
    text_add(text, "rootfs / rootfs rw 0 0\n");
}

static void write_meminfo(struct text *text)
{
    add_kib(text, "MemTotal", frames_count());
    add_kib(text, "MemFree", frames_free());
    add_kib(text, "MemAvailable", frames_free());
    add_kib(text, "Buffers", 0);
    add_kib(text, "Cached", 0);
    add_kib(text, "SwapTotal", swap_slots());
    add_kib(text, "SwapFree", swap_slots_free());
}

static void write_uptime(struct text *text)
{
    add_seconds(text, clock_of_ticks(timer_now()));
    text_add(text, " 0.00\n");
}

static void write_cpuinfo(struct text *text)
{
    text_add(text, "processor\t: 0\nhart\t\t: 0\nisa\t\t: rv64imafdc\nmmu\t\t: sv39\n");
}

const struct proc_text proc_texts[] = {
    {"/proc/self/maps", write_maps},
    {"/proc/self/stat", write_stat},
    {"/proc/self/status", write_status},
    {"/proc/self/cmdline", write_cmdline},
    {"/proc/mounts", write_mounts},
    {"/proc/meminfo", write_meminfo},
    {"/proc/uptime", write_uptime},
    {"/proc/cpuinfo", write_cpuinfo},
    {NULL, NULL},
};

#include "guest/kernel/end.h"

#include <stdarg.h>

#include "guest/include/platform.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/file_system.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/log.h"
#include "guest/kernel/open_file.h"
#include "guest/kernel/swap.h"

enum { FINISHER_PASS = 0x5555, FINISHER_FAIL = 0x3333, FINISHER_CODE_SHIFT = 16 };

/* What was free before the first process. */
static struct {
    uint64_t frames, slots;
} noted;

void end_run(uint8_t code)
{
    uint64_t pa = machine()->finisher_pa;
    volatile uint32_t *finisher = direct_map(pa != 0 ? pa : FINISHER_BASE);

    *finisher = code == 0 ? FINISHER_PASS : (uint32_t)code << FINISHER_CODE_SHIFT | FINISHER_FAIL;
    for (;;) { /* a finisher takes its time, and interrupts are off */
        __asm__ volatile("wfi");
    }
}

void end_run_with_status(int32_t status)
{
    unsigned signal = (unsigned)status & 0x7f;

    end_run((uint8_t)(signal != 0 ? 128 + signal : (unsigned)status >> 8));
}

void panic(const char *format, ...)
{
    va_list list;

    log_line("this is a bug of the kernel, or the machine cannot run it:");
    va_start(list, format);
    log_line_list(format, list);
    va_end(list);
    end_run(PANIC_CODE);
}

void end_note_memory(void)
{
    noted.frames = frames_free();
    noted.slots = swap_slots_free();
}

void end_check_memory(void)
{
    if (open_files_count() != 0) {
        panic("after the last process %u files are open", open_files_count());
    }
    file_system_end();
    if (frames_free() == noted.frames && swap_slots_free() == noted.slots) {
        return;
    }
    panic("after the last process %lu of %lu frames and %lu of %lu swap slots are free",
          frames_free(), noted.frames, swap_slots_free(), noted.slots);
}

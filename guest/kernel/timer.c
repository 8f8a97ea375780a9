#include "guest/kernel/timer.h"

#include "guest/include/csr.h"
#include "guest/kernel/device_tree.h"

static bool is_over;

/* stimecmp raises the interrupt while time has reached it. Priv. [norm:mip_stip_stimecmp_acc] */
static void set_end(uint64_t ticks)
{
    if (machine()->has_sstc) {
        csr_write(CSR_STIMECMP, ticks);
    }
}

void timer_start(void)
{
    timer_stop();
}

uint64_t timer_now(void)
{
    return csr_read(CSR_TIME);
}

void timer_begin_slice(void)
{
    is_over = false;
    set_end(timer_now() + machine()->timebase_hz / TIMER_SLICES_PER_SECOND);
}

void timer_stop(void)
{
    set_end(UINT64_MAX);
}

void timer_interrupt(void)
{
    is_over = true;
    timer_stop();
}

bool timer_slice_is_over(void)
{
    return is_over;
}

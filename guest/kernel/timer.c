#include "guest/kernel/timer.h"

#include "guest/include/csr.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/timeout.h"

static bool is_over;
static uint64_t slice_end = TIMEOUT_NEVER;

/* stimecmp raises the interrupt while time has reached it. Priv. [norm:mip_stip_stimecmp_acc] */
void timer_adjust(void)
{
    uint64_t deadline = timeout_next();

    if (machine()->has_sstc) {
        csr_write(CSR_STIMECMP, slice_end < deadline ? slice_end : deadline);
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
    if (machine()->has_sstc) {
        slice_end = timer_now() + machine()->timebase_hz / TIMER_SLICES_PER_SECOND;
    }
    timer_adjust();
}

void timer_stop(void)
{
    slice_end = TIMEOUT_NEVER;
    timer_adjust();
}

bool timer_can_wait(void)
{
    return machine()->has_sstc || timeout_next() == TIMEOUT_NEVER;
}

void timer_serve(void)
{
    if (slice_end <= timer_now()) {
        is_over = true;
        slice_end = TIMEOUT_NEVER;
    }
    timeout_serve();
}

bool timer_slice_is_over(void)
{
    return is_over;
}

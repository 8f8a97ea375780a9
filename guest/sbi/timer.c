/*
 * timer.c - the next timer interrupt of S-mode, which Sstc makes a register of its own.
 *
 * Spec: SBI 2.0, Timer Extension (EID #0x54494D45 "TIME"); Priv. [norm:stimecmp_op].
 */
#include "guest/include/csr.h"
#include "guest/sbi/call.h"

enum { SET_TIMER = 0 };

struct sbi_result timer_call(struct trap_frame *frame)
{
    if (frame->a6 != SET_TIMER) {
        return sbi_error(SBI_NOT_SUPPORTED);
    }
    csr_write(CSR_STIMECMP, frame->a0);
    return sbi_value(0);
}

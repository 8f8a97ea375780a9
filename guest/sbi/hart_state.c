/*
 * hart_state.c - which harts run. There is one, and it runs.
 *
 * Spec: SBI 2.0, Hart State Management Extension (EID #0x48534D "HSM").
 */
#include "guest/include/csr.h"
#include "guest/sbi/call.h"
#include "guest/sbi/hart_mask.h"
#include "guest/sbi/memory.h"

enum { HART_START, HART_STOP, HART_GET_STATUS, HART_SUSPEND };

enum { STATE_STARTED = 0 };

/* Suspend types, of 32 bits: 0x1000_0000 and up are the platform's own, and with bit 31 set the
 * hart does not keep its state. */
#define SUSPEND_RETENTIVE UINT32_C(0)
#define SUSPEND_NOT_RETENTIVE UINT32_C(0x80000000)
#define SUSPEND_PLATFORM UINT32_C(0x10000000)

#define MSTATUS_SIE_SPIE_MPIE (UINT64_C(1) << 1 | UINT64_C(1) << 5 | UINT64_C(1) << 7)

/* Sleeps until an interrupt is due, enabled or not. Priv. [norm:wfi_op] */
static void sleep(void)
{
    __asm__ volatile("wfi" : : : "memory");
}

/* The hart begins again at an address of S-mode's choice, with its number in a0 and what S-mode
 * likes in a1: the places of a result. */
static struct sbi_result begin_again(struct trap_frame *frame, uint64_t pc, uint64_t opaque)
{
    frame->mepc = pc;
    frame->mstatus &= ~MSTATUS_SIE_SPIE_MPIE;
    csr_write(CSR_SATP, 0);
    return (struct sbi_result){.error = HART_ID, .value = opaque};
}

static struct sbi_result suspend(struct trap_frame *frame)
{
    uint32_t type = (uint32_t)frame->a0;

    if (type == SUSPEND_RETENTIVE) {
        sleep();
        return sbi_value(0);
    }
    if ((type & ~SUSPEND_NOT_RETENTIVE) >= SUSPEND_PLATFORM) {
        return sbi_error(SBI_NOT_SUPPORTED);
    }
    if (type != SUSPEND_NOT_RETENTIVE) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    if ((frame->a1 & 1) != 0 || !memory_is_supervisors(frame->a1, 1)) {
        return sbi_error(SBI_INVALID_ADDRESS);
    }
    sleep();
    return begin_again(frame, frame->a1, frame->a2);
}

struct sbi_result hart_state_call(struct trap_frame *frame)
{
    switch (frame->a6) {
    case HART_START:
        return sbi_error(frame->a0 == HART_ID ? SBI_ALREADY_AVAILABLE : SBI_INVALID_PARAM);
    case HART_STOP: return sbi_error(SBI_FAILED); /* Choice: nobody could start it again */
    case HART_GET_STATUS:
        return frame->a0 == HART_ID ? sbi_value(STATE_STARTED) : sbi_error(SBI_INVALID_PARAM);
    case HART_SUSPEND: return suspend(frame);
    default: return sbi_error(SBI_NOT_SUPPORTED);
    }
}

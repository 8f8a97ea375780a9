/*
 * reset.c - the end of the run, or its beginning again.
 *
 * Spec: SBI 2.0, System Reset Extension (EID #0x53525354 "SRST").
 */
#include "guest/include/finisher.h"
#include "guest/sbi/call.h"
#include "guest/sbi/firmware.h"

enum { SYSTEM_RESET = 0 };
enum { TYPE_SHUTDOWN, TYPE_COLD_REBOOT, TYPE_WARM_REBOOT };
enum { REASON_NONE, REASON_FAILURE };

struct sbi_result reset_call(struct trap_frame *frame)
{
    uint32_t type = (uint32_t)frame->a0;
    uint32_t reason = (uint32_t)frame->a1;

    if (frame->a6 != SYSTEM_RESET) {
        return sbi_error(SBI_NOT_SUPPORTED);
    }
    if (type > TYPE_WARM_REBOOT || reason > REASON_FAILURE) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    if (type == TYPE_SHUTDOWN) {
        finisher_exit(reason == REASON_FAILURE ? FIRMWARE_EXIT_FAILED : 0);
    }
    finisher_reset();
}

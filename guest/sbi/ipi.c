/*
 * ipi.c - software interrupts of S-mode. Spec: SBI 2.0, IPI Extension (EID #0x735049 "sPI").
 */
#include "guest/include/csr.h"
#include "guest/sbi/call.h"
#include "guest/sbi/hart_mask.h"

enum { SEND_IPI = 0 };

struct sbi_result ipi_call(struct trap_frame *frame)
{
    bool has_this;

    if (frame->a6 != SEND_IPI) {
        return sbi_error(SBI_NOT_SUPPORTED);
    }
    if (!hart_mask_read(frame->a0, frame->a1, &has_this)) {
        return sbi_error(SBI_INVALID_PARAM);
    }
    if (has_this) {
        csr_set(CSR_MIP, INTERRUPT_SOFTWARE);
    }
    return sbi_value(0);
}

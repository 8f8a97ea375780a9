/*
 * base.c - what this firmware is and has. Spec: SBI 2.0, Base Extension (EID #0x10).
 */
#include "guest/include/csr.h"
#include "guest/sbi/call.h"

enum {
    GET_SPEC_VERSION = 0,
    GET_IMPL_ID = 1,
    GET_IMPL_VERSION = 2,
    PROBE_EXTENSION = 3,
    GET_MVENDORID = 4,
    GET_MARCHID = 5,
    GET_MIMPID = 6,
};

#define SPEC_VERSION (UINT64_C(2) << 24) /* major << 24 | minor */

/* Choice: no number is registered for this implementation; "PW" is far above those that are. */
enum { IMPL_ID = 0x5057, IMPL_VERSION = 1 };

struct sbi_result base_call(struct trap_frame *frame)
{
    switch (frame->a6) {
    case GET_SPEC_VERSION: return sbi_value(SPEC_VERSION);
    case GET_IMPL_ID: return sbi_value(IMPL_ID);
    case GET_IMPL_VERSION: return sbi_value(IMPL_VERSION);
    case PROBE_EXTENSION: return sbi_value(call_has_extension(frame->a0));
    case GET_MVENDORID: return sbi_value(csr_read(CSR_MVENDORID));
    case GET_MARCHID: return sbi_value(csr_read(CSR_MARCHID));
    case GET_MIMPID: return sbi_value(csr_read(CSR_MIMPID));
    default: return sbi_error(SBI_NOT_SUPPORTED);
    }
}

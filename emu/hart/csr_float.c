#include "emu/hart/csr_float.h"

#include "emu/hart/csr.h"
#include "emu/hart/float.h"
#include "emu/hart/hart.h"

enum { FFLAGS_MASK = 0x1f, FRM_MASK = 7, FRM_SHIFT = 5 };

/* The values of rm that mean a mode, one bit each. */
static uint32_t rms_that_mean(const struct csr_file *csr, enum float_rounding mode)
{
    uint32_t rms = UINT32_C(1) << mode | (csr->frm == mode ? UINT32_C(1) << FLOAT_DYNAMIC : 0);

    return rms * UINT32_C(0x01010101);
}

static struct csr_float_quick work_out(const struct csr_file *csr)
{
    bool is_dirty = (csr->mstatus & MSTATUS_FS) == MSTATUS_FS;

    if (!is_dirty) {
        return (struct csr_float_quick){.to_nearest = 0};
    }
    if ((csr->fflags & FLOAT_NX) == 0) {
        return (struct csr_float_quick){.exact_to_nearest = rms_that_mean(csr, FLOAT_RNE)};
    }
    return (struct csr_float_quick){
        .to_nearest = rms_that_mean(csr, FLOAT_RNE),
        .towards_zero = rms_that_mean(csr, FLOAT_RTZ),
    };
}

void csr_float_refresh(struct hart *hart)
{
    hart->csr.float_quick = work_out(&hart->csr);
}

bool csr_float_is_fresh(const struct hart *hart)
{
    struct csr_float_quick fresh = work_out(&hart->csr);

    return hart->csr.float_quick.to_nearest == fresh.to_nearest &&
           hart->csr.float_quick.towards_zero == fresh.towards_zero &&
           hart->csr.float_quick.exact_to_nearest == fresh.exact_to_nearest;
}

void csr_float_make_dirty(struct hart *hart)
{
    hart->csr.mstatus |= MSTATUS_FS | MSTATUS_SD;
    csr_float_refresh(hart);
}

bool csr_float_is_enabled(const struct hart *hart, unsigned number)
{
    bool is_float = number >= CSR_FFLAGS && number <= CSR_FCSR;

    return !is_float || (hart->csr.mstatus & MSTATUS_FS) != 0;
}

uint64_t csr_read_float(const struct hart *hart, unsigned number)
{
    const struct csr_file *csr = &hart->csr;

    switch (number) {
    case CSR_FFLAGS: return csr->fflags;
    case CSR_FRM: return csr->frm;
    default: return csr->frm << FRM_SHIFT | csr->fflags;
    }
}

/* Choice: frm holds its reserved values too; a write that changes nothing makes FS Dirty all the
 * same [norm:mstatus_fs_no_change_dirty]. */
void csr_write_float(struct hart *hart, unsigned number, uint64_t value)
{
    struct csr_file *csr = &hart->csr;

    if (number != CSR_FRM) {
        csr->fflags = value & FFLAGS_MASK;
    }
    if (number != CSR_FFLAGS) {
        csr->frm = (number == CSR_FRM ? value : value >> FRM_SHIFT) & FRM_MASK;
    }
    csr_float_make_dirty(hart);
}

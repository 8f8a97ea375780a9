#include "emu/hart/csr_float.h"

#include "emu/hart/csr.h"
#include "emu/hart/hart.h"

enum { FFLAGS_MASK = 0x1f, FRM_MASK = 7, FRM_SHIFT = 5 };

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
    csr->mstatus |= MSTATUS_FS | MSTATUS_SD;
}

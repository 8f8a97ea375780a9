/*
 * csr_float.h - the CSRs of the floating-point unit: fflags, frm and fcsr, which is both of them.
 *
 *   63..8 | 7..5 | 4  3  2  1  0
 *     0   | frm  | NV DZ OF UF NX
 *
 * Spec: Unpriv. [fcsr]; Priv. [norm:mstatus_fs_op].
 */
#ifndef EMU_HART_CSR_FLOAT_H
#define EMU_HART_CSR_FLOAT_H

#include <stdbool.h>
#include <stdint.h>

struct hart;

enum {
    CSR_FFLAGS = 0x001,
    CSR_FRM = 0x002,
    CSR_FCSR = 0x003,
};

/* False if the CSR is one of these and FS is Off. */
bool csr_float_is_enabled(const struct hart *hart, unsigned number);

/* FS becomes Dirty, because an f register or fcsr has changed. */
void csr_float_make_dirty(struct hart *hart);

/* Works csr.float_quick out anew: whoever changes fflags, frm or mstatus.FS calls it. */
void csr_float_refresh(struct hart *hart);

/* Whether csr.float_quick is what csr_float_refresh makes of it. */
bool csr_float_is_fresh(const struct hart *hart);

/* For the CSRs above. Any write makes FS Dirty. */
uint64_t csr_read_float(const struct hart *hart, unsigned number);
void csr_write_float(struct hart *hart, unsigned number, uint64_t value);

#endif

/*
 * csr.h - the control and status registers: which exist, who may reach them, what a write keeps.
 *
 * Spec: Priv. [csrs], [machine], [supervisor]; Unpriv. [zicsr], [zicntr], [zihpm].
 */
#ifndef EMU_HART_CSR_H
#define EMU_HART_CSR_H

#include <stdbool.h>
#include <stdint.h>

struct hart;

#define MSTATUS_SIE (UINT64_C(1) << 1)
#define MSTATUS_MIE (UINT64_C(1) << 3)
#define MSTATUS_SPIE (UINT64_C(1) << 5)
#define MSTATUS_MPIE (UINT64_C(1) << 7)
#define MSTATUS_SPP (UINT64_C(1) << 8)
#define MSTATUS_MPP UINT64_C(0x1800)
#define MSTATUS_FS UINT64_C(0x6000)
#define MSTATUS_MPRV (UINT64_C(1) << 17)
#define MSTATUS_SUM (UINT64_C(1) << 18)
#define MSTATUS_MXR (UINT64_C(1) << 19)
#define MSTATUS_TVM (UINT64_C(1) << 20)
#define MSTATUS_TW (UINT64_C(1) << 21)
#define MSTATUS_TSR (UINT64_C(1) << 22)
#define MSTATUS_UXL UINT64_C(0x0000000300000000)
#define MSTATUS_SXL UINT64_C(0x0000000c00000000)
#define MSTATUS_SD (UINT64_C(1) << 63)

/* menvcfg and senvcfg. */
#define ENVCFG_FIOM UINT64_C(1)
#define ENVCFG_CBIE UINT64_C(0x30)
#define ENVCFG_CBCFE (UINT64_C(1) << 6)
#define ENVCFG_CBZE (UINT64_C(1) << 7)
#define MENVCFG_ADUE (UINT64_C(1) << 61)
#define MENVCFG_PBMTE (UINT64_C(1) << 62)
#define MENVCFG_STCE (UINT64_C(1) << 63)

enum { CSR_COUNTERS = 32 };

/* A counter that software may set and stop: value = events + offset while it runs. */
struct csr_counter {
    uint64_t offset;
    uint64_t frozen; /* the value while mcountinhibit stops it */
};

/* In which instructions a result of the host's arithmetic may be taken without more ado: FS is
 * Dirty and NX is raised, so that an inexact one changes nothing but its register, and rm means
 * this mode. Bit rm is set, and again 8, 16 and 24 bits on. Kept by csr_float.h. */
struct csr_float_quick {
    uint32_t to_nearest;       /* FLOAT_RNE */
    uint32_t towards_zero;     /* FLOAT_RTZ */
    uint32_t exact_to_nearest; /* FLOAT_RNE, but NX is clear: only results that are exact */
};

/* State behind the CSRs. Fields hold what a read would show, WARL already applied, but for mip. */
struct csr_file {
    unsigned fflags;
    unsigned frm;                       /* reserved values too */
    struct csr_float_quick float_quick; /* follows from fflags, frm and mstatus.FS */
    uint64_t mstatus;
    uint64_t medeleg;
    uint64_t mideleg;
    uint64_t mie;
    uint64_t mip_software; /* SSIP, STIP, SEIP as software wrote them; no STIP with menvcfg.STCE */
    uint64_t mip_wires;    /* bits that interrupt lines drive */
    uint64_t mtvec;
    uint64_t mcounteren;
    uint64_t mcountinhibit;
    uint64_t menvcfg;
    uint64_t mscratch;
    uint64_t mepc;
    uint64_t mcause;
    uint64_t mtval;
    uint64_t stvec;
    uint64_t scounteren;
    uint64_t senvcfg;
    uint64_t sscratch;
    uint64_t sepc;
    uint64_t scause;
    uint64_t stval;
    uint64_t stimecmp;
    uint64_t satp;
    /* By the low five bits of the CSR's number: mcycle, minstret at 2, mhpmcounter3 to 31. The one
     * at 1 stays zero, as time is no such counter. */
    struct csr_counter counter[CSR_COUNTERS];
    uint64_t mhpmevent[CSR_COUNTERS]; /* those below 3 stay zero */
};

/* The CSRs as they are at reset. */
void csr_reset(struct hart *hart);

/* Reads a CSR for an instruction that will also write it if writes is set. Returns false if that is
 * an illegal instruction: no such CSR, too little privilege, read-only, TVM, a counter or stimecmp
 * disabled. */
bool csr_read(struct hart *hart, unsigned number, bool writes, uint64_t *value);

/* What CSRRS and CSRRC set or clear bits in, given what csr_read read: the same, but for mip.SEIP,
 * where only the bit that software wrote takes part [norm:mip_seip_wrcsr]. */
uint64_t csr_modify_base(const struct hart *hart, unsigned number, uint64_t value);

/* Writes a CSR whose csr_read with writes set (or csr_check) has just succeeded. */
void csr_write(struct hart *hart, unsigned number, uint64_t value);

/* The check of csr_read alone, for csrrw with rd = x0, which must not read. */
bool csr_check(const struct hart *hart, unsigned number, bool writes);

/* Sets fflags, as an instruction does that has raised flags. */
void csr_set_fflags(struct hart *hart, unsigned fflags);

/* mip as a read shows it: software bits and wires together. */
uint64_t csr_mip(const struct hart *hart);

/* The manual's name, such as "mstatus"; NULL if there is no such CSR. */
const char *csr_name(unsigned number);

#endif

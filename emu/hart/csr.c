#include "emu/hart/csr.h"

#include <assert.h>
#include <stddef.h>

#include "emu/hart/bits.h"
#include "emu/hart/csr_counters.h"
#include "emu/hart/csr_float.h"
#include "emu/hart/hart.h"

/* The bits of mstatus that software may change; the others are constant, but for SD.
 *
 * Choice: VS is read-only zero, as V is not there [norm:mstatus_vs_rdonly0_s_no_v]; memory is
 * little-endian for all, so MBE, SBE and UBE are zero; XLEN is 64 everywhere, so SXL and UXL are 2.
 */
#define MSTATUS_WRITABLE                                                                           \
    (MSTATUS_SIE | MSTATUS_MIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP | MSTATUS_MPP |         \
     MSTATUS_FS | MSTATUS_MPRV | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_TVM | MSTATUS_TW |            \
     MSTATUS_TSR)
#define SSTATUS_WRITABLE                                                                           \
    (MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_FS | MSTATUS_SUM | MSTATUS_MXR)
#define SSTATUS_READABLE (SSTATUS_WRITABLE | MSTATUS_UXL | MSTATUS_SD)

/* MXL = 2, and A, B, C, D, F, I, M, S, U.
 *
 * Choice: no extension can be switched off. */
#define MISA (UINT64_C(2) << 62 | UINT64_C(0x14112f))

/* The exceptions that there are below M-mode: all but 10, 11 and 14. [norm:medeleg_when_rd0] */
#define MEDELEG_WRITABLE UINT64_C(0xb3ff)

#define INTERRUPT(code) (UINT64_C(1) << (code))
#define SUPERVISOR_INTERRUPTS (INTERRUPT(TRAP_SSI) | INTERRUPT(TRAP_STI) | INTERRUPT(TRAP_SEI))
#define MACHINE_INTERRUPTS (INTERRUPT(TRAP_MSI) | INTERRUPT(TRAP_MTI) | INTERRUPT(TRAP_MEI))

#define ENVCFG_WRITABLE (ENVCFG_FIOM | ENVCFG_CBIE | ENVCFG_CBCFE | ENVCFG_CBZE)

#define ALL_BITS UINT64_MAX
#define COUNTER_ENABLES UINT64_C(0xffffffff)
#define MCOUNTEREN_TM UINT64_C(2)

/* Choice: bit 1 of xtvec.MODE is read-only zero, so writing the reserved modes 2 and 3 selects
 * direct and vectored. */
#define TVEC_WRITABLE (~UINT64_C(2))

/* Bit 0 is always zero [norm:mepc_align].
 *
 * Choice: xepc holds every other bit, invalid addresses too. */
#define EPC_WRITABLE (~UINT64_C(1))

enum {
    CSR_COUNT = 4096,
    CSR_STVEC = 0x105,
    CSR_SSCRATCH = 0x140,
    CSR_SEPC = 0x141,
    CSR_SCAUSE = 0x142,
    CSR_STVAL = 0x143,
    CSR_STIMECMP = 0x14d,
    CSR_SATP = 0x180,
    CSR_MTVEC = 0x305,
    CSR_MSCRATCH = 0x340,
    CSR_MEPC = 0x341,
    CSR_MCAUSE = 0x342,
    CSR_MTVAL = 0x343,
    CSR_MIP = 0x344,
    CSR_PMPCFG0 = 0x3a0,
    CSR_PMPADDR0 = 0x3b0,
};

enum { MPP_RESERVED = 2, CBIE_RESERVED = 2 };

/* One CSR. Most are plain: held in a field of struct csr_file, of which a write changes the
 * writable bits. The others have functions, which get their number. */
struct csr {
    const char *name; /* NULL: there is no such CSR */
    size_t field;     /* of a plain CSR: its offset in struct csr_file */
    uint64_t writable;
    uint64_t (*read)(const struct hart *hart, unsigned number);        /* NULL: plain */
    void (*write)(struct hart *hart, unsigned number, uint64_t value); /* NULL: plain */
};

static void merge(uint64_t *word, uint64_t writable, uint64_t value)
{
    *word = (*word & ~writable) | (value & writable);
}

static uint64_t read_zero(const struct hart *hart, unsigned number)
{
    (void)hart;
    (void)number;
    return 0;
}

/* All bits are read-only, but the number says read/write: such a write is legal and does nothing
 * [norm:Zicwr_write_ro]. */
static void ignore_write(struct hart *hart, unsigned number, uint64_t value)
{
    (void)hart;
    (void)number;
    (void)value;
}

static uint64_t read_misa(const struct hart *hart, unsigned number)
{
    (void)hart;
    (void)number;
    return MISA;
}

/* Writes mstatus or that part of it which sstatus shows. SD sums up FS [norm:mstatus_sd_op1]. */
static void merge_status(struct hart *hart, uint64_t writable, uint64_t value)
{
    uint64_t *mstatus = &hart->csr.mstatus;

    merge(mstatus, writable, value);
    *mstatus = field_set(*mstatus, MSTATUS_SD, (*mstatus & MSTATUS_FS) == MSTATUS_FS);
    csr_float_refresh(hart);
}

/* Choice: writing the reserved mode 2 to MPP leaves MPP as it is [norm:mstatus_xpp_warl]. */
static void write_mstatus(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    bool keeps_mpp = field_get(value, MSTATUS_MPP) == MPP_RESERVED;

    merge_status(hart, MSTATUS_WRITABLE & ~(keeps_mpp ? MSTATUS_MPP : 0), value);
}

static uint64_t read_sstatus(const struct hart *hart, unsigned number)
{
    (void)number;
    return hart->csr.mstatus & SSTATUS_READABLE;
}

static void write_sstatus(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    merge_status(hart, SSTATUS_WRITABLE, value);
}

static uint64_t read_mip(const struct hart *hart, unsigned number)
{
    (void)number;
    return csr_mip(hart);
}

/* MSIP, MTIP and MEIP are wires [norm:mip_meip_rdonly]; SEIP is the bit of software, beside the
 * wire [norm:mip_seip_wrcsr]; STIP is a wire instead with STCE [norm:mip_stip_stimecmp_acc]. */
static void write_mip(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    uint64_t stip = hart_has_timer(hart) ? INTERRUPT(TRAP_STI) : 0;

    hart->csr.mip_software = value & SUPERVISOR_INTERRUPTS & ~stip;
}

/* sie and sip show what is delegated, and zeros. */
static uint64_t read_sie(const struct hart *hart, unsigned number)
{
    (void)number;
    return hart->csr.mie & hart->csr.mideleg;
}

static void write_sie(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    merge(&hart->csr.mie, hart->csr.mideleg, value);
}

static uint64_t read_sip(const struct hart *hart, unsigned number)
{
    (void)number;
    return csr_mip(hart) & hart->csr.mideleg;
}

/* SEIP and STIP are read-only here [norm:sip_seip_sie_seie], [norm:sip_stip_sie_stie]. */
static void write_sip(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    merge(&hart->csr.mip_software, INTERRUPT(TRAP_SSI) & hart->csr.mideleg, value);
}

/* Choice: writing the reserved value 2 to CBIE leaves CBIE as it is [norm:menvcfg_cbie_warl_op]. */
static void merge_envcfg(uint64_t *envcfg, uint64_t writable, uint64_t value)
{
    bool keeps_cbie = field_get(value, ENVCFG_CBIE) == CBIE_RESERVED;

    merge(envcfg, writable & ~(keeps_cbie ? ENVCFG_CBIE : 0), value);
}

static void write_senvcfg(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    merge_envcfg(&hart->csr.senvcfg, ENVCFG_WRITABLE, value);
}

/* The owner of the hart looks at stimecmp and STCE before the next instruction. */
static void rearm_timer(struct hart *hart)
{
    hart->next_event = 0;
}

/* ADUE is there only with Svadu [norm:menvcfg_adue_rdonly0], PBMTE and STCE always, as Svpbmt and
 * Sstc are.
 *
 * Choice: STIP does not remember what software wrote to it while STCE makes it a wire. */
static void write_menvcfg(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    uint64_t adue = hart->ad == HART_AD_SVADU ? MENVCFG_ADUE : 0;

    merge_envcfg(&hart->csr.menvcfg, ENVCFG_WRITABLE | MENVCFG_PBMTE | MENVCFG_STCE | adue, value);
    if (hart_has_timer(hart)) {
        hart->csr.mip_software &= ~INTERRUPT(TRAP_STI);
    }
    rearm_timer(hart);
}

static void write_stimecmp(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    hart->csr.stimecmp = value;
    rearm_timer(hart);
}

/* A write with an unsupported MODE has no effect at all [norm:satp_mode_op_unsupported].
 *
 * Choice: writing Bare keeps the ASID and PPN written, which then mean nothing. */
static void write_satp(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    uint64_t asid_limit = UINT64_C(1) << mmu_geometry(hart->mmu)->asid_bits;

    if (mmu_supports_mode(hart->mmu, value)) {
        hart->csr.satp =
            field_set(value, SATP_ASID, field_get(value, SATP_ASID) & (asid_limit - 1));
    }
}

static uint64_t read_pmpcfg(const struct hart *hart, unsigned number)
{
    return pmp_read_cfg(&hart->pmp, (number - CSR_PMPCFG0) / 2);
}

static void write_pmpcfg(struct hart *hart, unsigned number, uint64_t value)
{
    pmp_write_cfg(&hart->pmp, (number - CSR_PMPCFG0) / 2, value);
}

static uint64_t read_pmpaddr(const struct hart *hart, unsigned number)
{
    return hart->pmp.addr[number - CSR_PMPADDR0];
}

static void write_pmpaddr(struct hart *hart, unsigned number, uint64_t value)
{
    pmp_write_addr(&hart->pmp, number - CSR_PMPADDR0, value);
}

/* The kinds of rows: plain; held plainly, but written by a rule; neither. */
#define PLAIN(number, reg, bits) [number] = {#reg, offsetof(struct csr_file, reg), bits, NULL, NULL}
#define RULED(number, reg, write) [number] = {#reg, offsetof(struct csr_file, reg), 0, NULL, write}
#define COMPUTED(number, reg, read, write) [number] = {#reg, 0, 0, read, write}

#define PMPADDR(n) [CSR_PMPADDR0 + (n)] = {"pmpaddr" #n, 0, 0, read_pmpaddr, write_pmpaddr}

/* A performance counter, its shadow and its event selector. */
#define MHPMEVENT(n)                                                                               \
    [CSR_MCOUNTINHIBIT + (n)] = {"mhpmevent" #n, offsetof(struct csr_file, mhpmevent[n]), 0, NULL, \
                                 csr_write_mhpmevent}
#define MHPMCOUNTER(n)                                                                             \
    [CSR_MCYCLE + (n)] = {"mhpmcounter" #n, 0, 0, csr_read_counter, csr_write_counter}
#define HPMCOUNTER(n) [CSR_CYCLE + (n)] = {"hpmcounter" #n, 0, 0, csr_read_counter, NULL}
#define HPM(n) MHPMEVENT(n), MHPMCOUNTER(n), HPMCOUNTER(n)

/* Choice: mvendorid, marchid and mimpid are zero, "not implemented"; so is mconfigptr. All bits of
 * mcounteren and scounteren are writable. mcause and scause hold whatever is written. */
static const struct csr csrs[CSR_COUNT] = {
    COMPUTED(CSR_FFLAGS, fflags, csr_read_float, csr_write_float),
    COMPUTED(CSR_FRM, frm, csr_read_float, csr_write_float),
    COMPUTED(CSR_FCSR, fcsr, csr_read_float, csr_write_float),

    COMPUTED(0x100, sstatus, read_sstatus, write_sstatus),
    COMPUTED(0x104, sie, read_sie, write_sie),
    PLAIN(CSR_STVEC, stvec, TVEC_WRITABLE),
    PLAIN(0x106, scounteren, COUNTER_ENABLES),
    RULED(0x10a, senvcfg, write_senvcfg),
    PLAIN(CSR_SSCRATCH, sscratch, ALL_BITS),
    PLAIN(CSR_SEPC, sepc, EPC_WRITABLE),
    PLAIN(CSR_SCAUSE, scause, ALL_BITS),
    PLAIN(CSR_STVAL, stval, ALL_BITS),
    COMPUTED(0x144, sip, read_sip, write_sip),
    RULED(CSR_STIMECMP, stimecmp, write_stimecmp),
    RULED(CSR_SATP, satp, write_satp),

    RULED(0x300, mstatus, write_mstatus),
    COMPUTED(0x301, misa, read_misa, ignore_write),
    PLAIN(0x302, medeleg, MEDELEG_WRITABLE),
    PLAIN(0x303, mideleg, SUPERVISOR_INTERRUPTS),
    PLAIN(0x304, mie, SUPERVISOR_INTERRUPTS | MACHINE_INTERRUPTS),
    PLAIN(CSR_MTVEC, mtvec, TVEC_WRITABLE),
    PLAIN(0x306, mcounteren, COUNTER_ENABLES),
    RULED(0x30a, menvcfg, write_menvcfg),
    RULED(CSR_MCOUNTINHIBIT, mcountinhibit, csr_write_mcountinhibit),
    PLAIN(CSR_MSCRATCH, mscratch, ALL_BITS),
    PLAIN(CSR_MEPC, mepc, EPC_WRITABLE),
    PLAIN(CSR_MCAUSE, mcause, ALL_BITS),
    PLAIN(CSR_MTVAL, mtval, ALL_BITS),
    COMPUTED(CSR_MIP, mip, read_mip, write_mip),

    /* The odd ones do not exist on RV64 [norm:pmp_cfg_rv64_illegal]. */
    COMPUTED(CSR_PMPCFG0, pmpcfg0, read_pmpcfg, write_pmpcfg),
    COMPUTED(CSR_PMPCFG0 + 2, pmpcfg2, read_pmpcfg, write_pmpcfg),
    PMPADDR(0),
    PMPADDR(1),
    PMPADDR(2),
    PMPADDR(3),
    PMPADDR(4),
    PMPADDR(5),
    PMPADDR(6),
    PMPADDR(7),
    PMPADDR(8),
    PMPADDR(9),
    PMPADDR(10),
    PMPADDR(11),
    PMPADDR(12),
    PMPADDR(13),
    PMPADDR(14),
    PMPADDR(15),

    COMPUTED(CSR_MCYCLE, mcycle, csr_read_counter, csr_write_counter),
    COMPUTED(CSR_MINSTRET, minstret, csr_read_counter, csr_write_counter),
    COMPUTED(CSR_CYCLE, cycle, csr_read_counter, NULL),
    COMPUTED(0xc01, time, csr_read_time, NULL),
    COMPUTED(0xc02, instret, csr_read_counter, NULL),
    HPM(3),
    HPM(4),
    HPM(5),
    HPM(6),
    HPM(7),
    HPM(8),
    HPM(9),
    HPM(10),
    HPM(11),
    HPM(12),
    HPM(13),
    HPM(14),
    HPM(15),
    HPM(16),
    HPM(17),
    HPM(18),
    HPM(19),
    HPM(20),
    HPM(21),
    HPM(22),
    HPM(23),
    HPM(24),
    HPM(25),
    HPM(26),
    HPM(27),
    HPM(28),
    HPM(29),
    HPM(30),
    HPM(31),

    COMPUTED(0xf11, mvendorid, read_zero, NULL),
    COMPUTED(0xf12, marchid, read_zero, NULL),
    COMPUTED(0xf13, mimpid, read_zero, NULL),
    COMPUTED(0xf14, mhartid, read_zero, NULL),
    COMPUTED(0xf15, mconfigptr, read_zero, NULL),
};

static uint64_t *plain_field(struct hart *hart, const struct csr *csr)
{
    return (uint64_t *)(void *)((char *)&hart->csr + csr->field);
}

static uint64_t read_row(struct hart *hart, unsigned number)
{
    const struct csr *csr = &csrs[number];

    return csr->read != NULL ? csr->read(hart, number) : *plain_field(hart, csr);
}

/* The number says the lowest privilege [norm:Zicsr_access] and read-only [norm:Zicsr_rw].
 *
 *   11..10       | 9..8             | 7..0
 *   3: read-only | lowest privilege |
 */
static bool has_privilege(const struct hart *hart, unsigned number)
{
    return (unsigned)hart->privilege >= (number >> 8 & 3);
}

static bool is_read_only(unsigned number)
{
    return number >> 10 == 3;
}

/* [norm:mstatus_tvm_warl_op] */
static bool is_trapped_by_tvm(const struct hart *hart, unsigned number)
{
    return number == CSR_SATP && hart->privilege == MMU_SUPERVISOR &&
           (hart->csr.mstatus & MSTATUS_TVM) != 0;
}

/* Below M-mode stimecmp needs STCE [norm:menvcfg_stce_op2] and the bit of time in mcounteren
 * [norm:mcounteren_tm_clr]. */
static bool is_timer_disabled(const struct hart *hart, unsigned number)
{
    bool is_enabled = hart_has_timer(hart) && (hart->csr.mcounteren & MCOUNTEREN_TM) != 0;

    return number == CSR_STIMECMP && hart->privilege != MMU_MACHINE && !is_enabled;
}

bool csr_check(const struct hart *hart, unsigned number, bool writes)
{
    return csr_name(number) != NULL && has_privilege(hart, number) &&
           !(writes && is_read_only(number)) && !is_trapped_by_tvm(hart, number) &&
           !is_timer_disabled(hart, number) && csr_counter_is_enabled(hart, number) &&
           csr_float_is_enabled(hart, number);
}

bool csr_read(struct hart *hart, unsigned number, bool writes, uint64_t *value)
{
    if (!csr_check(hart, number, writes)) {
        return false;
    }
    *value = read_row(hart, number);
    return true;
}

uint64_t csr_modify_base(const struct hart *hart, unsigned number, uint64_t value)
{
    if (number != CSR_MIP) {
        return value;
    }
    return (value & ~INTERRUPT(TRAP_SEI)) | (hart->csr.mip_software & INTERRUPT(TRAP_SEI));
}

static bool counts_events(unsigned number)
{
    return number == CSR_MCYCLE || number == CSR_MINSTRET;
}

static void record_write(struct hart *hart, unsigned number)
{
    struct hart_commit *commit = hart->commit;

    commit->csr.number = number;
    commit->csr.value =
        counts_events(number) ? csr_next_counter(hart, number) : read_row(hart, number);
    commit->wrote_csr = true;
}

/* Whether a CSR is only kept for software: trap vectors, what traps have noted, scratch registers,
 * and those of floats. All others may change what an engine looks at. */
static bool is_inert(unsigned number)
{
    switch (number) {
    case CSR_FFLAGS:
    case CSR_FRM:
    case CSR_FCSR:
    case CSR_STVEC:
    case CSR_SSCRATCH:
    case CSR_SEPC:
    case CSR_SCAUSE:
    case CSR_STVAL:
    case CSR_MTVEC:
    case CSR_MSCRATCH:
    case CSR_MEPC:
    case CSR_MCAUSE:
    case CSR_MTVAL: return true;
    default: return false;
    }
}

void csr_write(struct hart *hart, unsigned number, uint64_t value)
{
    const struct csr *csr = &csrs[number];

    assert(csr_check(hart, number, true));
    hart->needs_care |= !is_inert(number);
    if (csr->write != NULL) {
        csr->write(hart, number, value);
    } else {
        merge(plain_field(hart, csr), csr->writable, value);
    }
    assert(csr_float_is_fresh(hart));
    if (hart->commit != NULL) {
        record_write(hart, number);
    }
}

void csr_set_fflags(struct hart *hart, unsigned fflags)
{
    csr_write_float(hart, CSR_FFLAGS, fflags);
    if (hart->commit != NULL) {
        record_write(hart, CSR_FFLAGS);
    }
}

void csr_reset(struct hart *hart)
{
    /* What devices drive stays on its wires.
     *
     * Choice: stimecmp is at the end of time, so that STCE alone makes no interrupt. */
    hart->csr = (struct csr_file){.mip_wires = hart->csr.mip_wires & ~INTERRUPT(TRAP_STI),
                                  .stimecmp = UINT64_MAX};
    hart->csr.mstatus = field_set(hart->csr.mstatus, MSTATUS_SXL, 2);
    hart->csr.mstatus = field_set(hart->csr.mstatus, MSTATUS_UXL, 2);
    assert(csr_float_is_fresh(hart));
}

uint64_t csr_mip(const struct hart *hart)
{
    return hart->csr.mip_software | hart->csr.mip_wires;
}

const char *csr_name(unsigned number)
{
    return number < CSR_COUNT ? csrs[number].name : NULL;
}

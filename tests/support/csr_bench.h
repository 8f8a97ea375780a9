/*
 * csr_bench.h - CSR numbers, and reads and writes of them as instructions that retire.
 *
 * The numbers are copied from the manual's lists, not from the emulator. Spec: Priv. [priv-csrs].
 */
#ifndef TESTS_SUPPORT_CSR_BENCH_H
#define TESTS_SUPPORT_CSR_BENCH_H

#include <stdint.h>

struct hart;

enum {
    FFLAGS = 0x001,
    FRM = 0x002,
    FCSR = 0x003,
    SSTATUS = 0x100,
    SIE = 0x104,
    STVEC = 0x105,
    SCOUNTEREN = 0x106,
    SENVCFG = 0x10a,
    SSCRATCH = 0x140,
    SEPC = 0x141,
    SCAUSE = 0x142,
    STVAL = 0x143,
    SIP = 0x144,
    STIMECMP = 0x14d,
    SATP = 0x180,
    MSTATUS = 0x300,
    MISA = 0x301,
    MEDELEG = 0x302,
    MIDELEG = 0x303,
    MIE = 0x304,
    MTVEC = 0x305,
    MCOUNTEREN = 0x306,
    MENVCFG = 0x30a,
    MCOUNTINHIBIT = 0x320,
    MHPMEVENT3 = 0x323,
    MSCRATCH = 0x340,
    MEPC = 0x341,
    MCAUSE = 0x342,
    MTVAL = 0x343,
    MIP = 0x344,
    PMPCFG0 = 0x3a0,
    PMPCFG2 = 0x3a2,
    PMPADDR0 = 0x3b0,
    MCYCLE = 0xb00,
    MINSTRET = 0xb02,
    MHPMCOUNTER3 = 0xb03,
    CYCLE = 0xc00,
    TIME = 0xc01,
    INSTRET = 0xc02,
    HPMCOUNTER3 = 0xc03,
    HPMCOUNTER31 = 0xc1f,
    MVENDORID = 0xf11,
    MCONFIGPTR = 0xf15,
    CSR_COUNT = 4096,
};

/* Reads a CSR; fails the test if that is illegal. */
uint64_t csr_bench_get(struct hart *hart, unsigned number);

/* Writes a CSR by an instruction that then retires; fails the test if that is illegal. */
void csr_bench_set(struct hart *hart, unsigned number, uint64_t value);

/* Lets the counters see instructions that retire. */
void csr_bench_retire(struct hart *hart, unsigned instructions);

#endif

/*
 * csr.h - control and status registers: numbers, the bits that are used here, access.
 *
 * A CSR number is part of the instruction, so the functions below must be inlined with a constant.
 *
 * Spec: Priv. [norm:mcause_exccode_enc_img], [norm:sstatus], [norm:satp_mode_sxlen64].
 */
#ifndef GUEST_CSR_H
#define GUEST_CSR_H

#include <stdint.h>

enum csr {
    CSR_SSTATUS = 0x100,
    CSR_SIE = 0x104,
    CSR_STVEC = 0x105,
    CSR_SCOUNTEREN = 0x106,
    CSR_SSCRATCH = 0x140,
    CSR_SEPC = 0x141,
    CSR_SCAUSE = 0x142,
    CSR_STVAL = 0x143,
    CSR_SIP = 0x144,
    CSR_STIMECMP = 0x14d,
    CSR_SATP = 0x180,
    CSR_MSTATUS = 0x300,
    CSR_MEDELEG = 0x302,
    CSR_MIDELEG = 0x303,
    CSR_MIE = 0x304,
    CSR_MTVEC = 0x305,
    CSR_MCOUNTEREN = 0x306,
    CSR_MENVCFG = 0x30a,
    CSR_MCOUNTINHIBIT = 0x320,
    CSR_MHPMEVENT3 = 0x323, /* to mhpmevent31 */
    CSR_MEPC = 0x341,
    CSR_MCAUSE = 0x342,
    CSR_MTVAL = 0x343,
    CSR_MIP = 0x344,
    CSR_PMPCFG0 = 0x3a0,
    CSR_PMPADDR0 = 0x3b0,
    CSR_PMPADDR1 = 0x3b1,
    CSR_MHPMCOUNTER3 = 0xb03, /* to mhpmcounter31 */
    CSR_TIME = 0xc01,
    CSR_HPMCOUNTER3 = 0xc03, /* to hpmcounter31 */
    CSR_MVENDORID = 0xf11,
    CSR_MARCHID = 0xf12,
    CSR_MIMPID = 0xf13,
};

#define SSTATUS_SIE (UINT64_C(1) << 1)  /* S-mode can be interrupted; U-mode always can */
#define SSTATUS_SPIE (UINT64_C(1) << 5) /* what SIE becomes by SRET */
#define SSTATUS_SPP (UINT64_C(1) << 8)  /* the trap came from S-mode, and SRET goes there */
#define SSTATUS_FS (UINT64_C(3) << 13)  /* float registers: off, initial, clean, dirty */
#define SSTATUS_SUM (UINT64_C(1) << 18) /* S-mode may load and store where U-mode may */
#define SSTATUS_MXR (UINT64_C(1) << 19) /* what may be executed may be read */

#define SSTATUS_FS_CLEAN (UINT64_C(2) << 13)

/* Interrupts, bits of sie and sip; scause counts them with its top bit set. */
#define INTERRUPT_SOFTWARE (UINT64_C(1) << 1)
#define INTERRUPT_TIMER (UINT64_C(1) << 5)
#define INTERRUPT_EXTERNAL (UINT64_C(1) << 9)
#define CAUSE_IS_INTERRUPT (UINT64_C(1) << 63)

/* Synchronous causes, as scause and mcause hold them. */
enum cause {
    CAUSE_FETCH_MISALIGNED = 0,
    CAUSE_FETCH_ACCESS_FAULT = 1,
    CAUSE_ILLEGAL_INSTRUCTION = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_LOAD_ACCESS_FAULT = 5,
    CAUSE_STORE_MISALIGNED = 6,
    CAUSE_STORE_ACCESS_FAULT = 7,
    CAUSE_ECALL_FROM_U = 8,
    CAUSE_ECALL_FROM_S = 9,
    CAUSE_ECALL_FROM_M = 11,
    CAUSE_FETCH_PAGE_FAULT = 12,
    CAUSE_LOAD_PAGE_FAULT = 13,
    CAUSE_STORE_PAGE_FAULT = 15,
};

__attribute__((always_inline)) static inline uint64_t csr_read(enum csr number)
{
    uint64_t value;

    __asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(number) : "memory");
    return value;
}

__attribute__((always_inline)) static inline void csr_write(enum csr number, uint64_t value)
{
    __asm__ volatile("csrw %0, %1" : : "i"(number), "r"(value) : "memory");
}

__attribute__((always_inline)) static inline void csr_set(enum csr number, uint64_t bits)
{
    __asm__ volatile("csrs %0, %1" : : "i"(number), "r"(bits) : "memory");
}

__attribute__((always_inline)) static inline void csr_clear(enum csr number, uint64_t bits)
{
    __asm__ volatile("csrc %0, %1" : : "i"(number), "r"(bits) : "memory");
}

/* Makes earlier stores to page tables visible to later translations, and forgets what was cached of
 * them, for all addresses and address spaces. Priv. [norm:sfence_vma_all_asid_va] */
static inline void sfence_vma_all(void)
{
    __asm__ volatile("sfence.vma zero, zero" : : : "memory");
}

#endif

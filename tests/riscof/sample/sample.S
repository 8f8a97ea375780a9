/*
 * sample.S - a test as those of riscv-arch-test are written. Its signature, dword by dword:
 *
 *   0 a sum of two numbers from the data    4 mcause of a software interrupt
 *   1 the same with the first one doubled   5 mcause of a timer interrupt
 *   2 the quotient of two doubles           6 satp, written with mode Sv57
 *   3 misa                                  7 menvcfg, written with ADUE alone
 *
 * and a word that nobody writes.
 */
#include "model_test.h"
#include "arch_test.h"

RVTEST_ISA("RV64IMAFDC_Zicsr_Zba")

#define MSTATUS_MIE 0x8
#define MSTATUS_FS 0x6000
#define INTERRUPTS 0x88 /* 7 and 3 */

        .section .text.init
        .globl  rvtest_entry_point
rvtest_entry_point:
RVMODEL_BOOT
RVTEST_CODE_BEGIN

RVTEST_CASE(0, "//check ISA:=regex(.*64.*);def TEST_CASE_1=True;", sample)
#ifdef TEST_CASE_1
        la      s0, rvtest_sig_begin
        la      s1, numbers
        ld      a0, 0(s1)
        ld      a1, 8(s1)
        add     a2, a0, a1
        sd      a2, 0(s0)
        sh1add  a2, a0, a1
        sd      a2, 8(s0)

        li      t0, MSTATUS_FS
        csrs    mstatus, t0
        fld     fa0, 16(s1)
        fld     fa1, 24(s1)
        fdiv.d  fa0, fa0, fa1
        fsd     fa0, 16(s0)

        csrr    a0, misa
        sd      a0, 24(s0)

        # The handler notes each interrupt in a dword of its own.
        la      t0, interrupted
        csrw    mtvec, t0
        li      t0, INTERRUPTS
        csrs    mie, t0
        csrsi   mstatus, MSTATUS_MIE
        addi    s2, s0, 32
        mv      s3, s2
        RVMODEL_SET_MSW_INT
1:      beq     s2, s3, 1b
        mv      s3, s2
        RVMODEL_SET_MTIMER_INT
1:      beq     s2, s3, 1b

        li      t0, 10 << 60
        csrw    satp, t0
        csrr    t0, satp
        sd      t0, 48(s0)
        csrw    satp, zero
        li      t0, 1 << 61
        csrw    0x30a, t0               # menvcfg, by a name that older assemblers have not
        csrr    t0, 0x30a
        sd      t0, 56(s0)
#endif

RVTEST_CODE_END
RVMODEL_HALT

        .balign 4
interrupted:
        csrr    t4, mcause
        sd      t4, 0(s2)
        addi    s2, s2, 8
        RVMODEL_CLEAR_MSW_INT
        RVMODEL_CLEAR_MTIMER_INT
        RVMODEL_CLEAR_MEXT_INT
        mret

RVTEST_DATA_BEGIN
numbers:
        .dword  0x0123456789abcdef, 0x1111111111111111
        .double 1.0, 3.0
RVTEST_DATA_END

RVTEST_SIG_BEGIN
        .fill   8, 8, 0xdeadbeef
        .word   0x6f5ca309
RVTEST_SIG_END

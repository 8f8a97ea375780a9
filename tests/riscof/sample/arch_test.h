/*
 * arch_test.h - stands in for the header of this name in riscv-arch-test: as much of it as sample.S
 * uses, with the same names, labels and sections. Its macros are the assembler's.
 */
/* clang-format off */
#ifndef ARCH_TEST_H
#define ARCH_TEST_H

#define RVTEST_ISA(_STR)
#define RVTEST_CASE(_NAME, _CONDITIONS, ...)

.macro RVTEST_CODE_BEGIN
        .section .text.init
        .global rvtest_code_begin
rvtest_code_begin:
.endm

.macro RVTEST_CODE_END
        .global rvtest_code_end
rvtest_code_end:
.endm

.macro RVTEST_DATA_BEGIN
        .data
        .balign 16
        .global rvtest_data_begin
rvtest_data_begin:
.endm

.macro RVTEST_DATA_END
        .global rvtest_data_end
rvtest_data_end:
.endm

.macro RVTEST_SIG_BEGIN
        RVMODEL_DATA_BEGIN
        .global rvtest_sig_begin
rvtest_sig_begin:
.endm

.macro RVTEST_SIG_END
        .global rvtest_sig_end
rvtest_sig_end:
        RVMODEL_DATA_END
.endm

#endif

/*
 * model_test.h - what the architecture tests need to know of pagewalk: how a test ends, where its
 * signature is, and how to raise and clear the interrupts that a hart can give itself.
 *
 * The names are those of the test format specification. What they stand for is assembler, not C.
 * The suite's trap handlers let them use t2 to t6; these use t2 and t3.
 */
/* clang-format off */
#ifndef MODEL_TEST_H
#define MODEL_TEST_H

/* The CLINT; see docs/machine.md. */
#define RVMODEL_MSIP_ADDRESS 0x02000000
#define RVMODEL_MTIMECMP_ADDRESS 0x02004000
#define RVMODEL_MTIME_ADDRESS 0x0200bff8

#define RVMODEL_BOOT

/* Exit code 0, told to the host-target interface. */
#define RVMODEL_HALT                                                                               \
    la t2, tohost;                                                                                 \
    li t3, 1;                                                                                      \
    fence;                                                                                         \
    sd t3, 0(t2);                                                                                  \
    j .;

/* The reference models align both ends to 16 bytes, and so the signatures have the same length. */
#define RVMODEL_DATA_BEGIN                                                                         \
    .pushsection .tohost, "aw", @progbits;                                                         \
    .balign 64;                                                                                    \
    .global tohost;                                                                                \
    tohost: .dword 0;                                                                              \
    .balign 64;                                                                                    \
    .global fromhost;                                                                              \
    fromhost: .dword 0;                                                                            \
    .popsection;                                                                                   \
    .balign 16;                                                                                    \
    .global begin_signature;                                                                       \
    begin_signature:

#define RVMODEL_DATA_END                                                                           \
    .balign 16;                                                                                    \
    .global end_signature;                                                                         \
    end_signature:

#define RVMODEL_SET_MSW_INT                                                                        \
    li t2, RVMODEL_MSIP_ADDRESS;                                                                   \
    li t3, 1;                                                                                      \
    sw t3, 0(t2);

#define RVMODEL_CLEAR_MSW_INT                                                                      \
    li t2, RVMODEL_MSIP_ADDRESS;                                                                   \
    sw zero, 0(t2);

#define RVMODEL_SET_MTIMER_INT                                                                     \
    li t2, RVMODEL_MTIMECMP_ADDRESS;                                                               \
    sd zero, 0(t2);

#define RVMODEL_CLEAR_MTIMER_INT                                                                   \
    li t2, RVMODEL_MTIMECMP_ADDRESS;                                                               \
    li t3, -1;                                                                                     \
    sd t3, 0(t2);

/* No device of this machine interrupts unless asked to. */
#define RVMODEL_CLEAR_MEXT_INT

/* Tests tell what they found by the signature only. */
#define RVMODEL_IO_INIT
#define RVMODEL_IO_WRITE_STR(_R, _STR)
#define RVMODEL_IO_CHECK()
#define RVMODEL_IO_ASSERT_GPR_EQ(_S, _R, _I)
#define RVMODEL_IO_ASSERT_SFPR_EQ(_F, _R, _I)
#define RVMODEL_IO_ASSERT_DFPR_EQ(_D, _R, _I)

#endif

/*
 * runtime.S - runs many short sequences of instructions and tells what each left behind.
 *
 * program.py puts a header and records behind this code; both know these addresses:
 *
 *   0x8001_0000  header: +0 records to come  +8 flags  +16 the next record  +24 where its code begins
 *   0x8001_0d00  state, in words of 8 bytes:
 *                +0 fcsr  +8 x1 to x31  +256 f0 to f31  +512 scratch, 64 words, across a page's end
 *                +1024 traps: mcause, mtval, offset of the pc; 16 of them  +1408 how many there were
 *   0x8002_0000  records of 1 KiB: +0 fcsr  +8 x1 to x31  +256 f0 to f31
 *                +512 scratch, 32 words, copied twice  +768 code, which ends in ECALL
 *
 * Of every record it prints the digest of the state, or with FLAG_STATE every word of it, as lines of 16
 * hexadecimal digits. A trap is noted and the instruction skipped. Code has all registers for itself:
 * it is entered by MRET and left by a trap.
 */
#define RUN 0x80010000
#define RUN_COUNT 0
#define RUN_FLAGS 8
#define RUN_NEXT 16
#define RUN_CODE 24
#define FLAG_FLOAT 1                    /* the hart has F and D */
#define FLAG_STATE 2                    /* print the state instead of its digest */

#define STATE 0x80010d00
#define STATE_F 256
#define STATE_SCRATCH 512
#define STATE_TRAPS 1024
#define STATE_TRAP_COUNT 1408
#define STATE_WORDS 177
#define TRAPS_KEPT 16

#define RECORD_LENGTH 1024
#define RECORD_F 256
#define RECORD_SCRATCH 512
#define RECORD_CODE 768

#define UART 0x10000000
#define UART_LSR 5
#define UART_LSR_THR_EMPTY 0x20
#define FINISHER 0x00100000
#define FINISHER_PASS 0x5555

#define MSTATUS_MPP 0x1800
#define MSTATUS_FS 0x6000
#define CAUSE_BREAKPOINT 3
#define CAUSE_ECALL_FROM_M 11

        .text
        .globl  start
start:
        la      t0, trap_entry
        csrw    mtvec, t0
        li      t0, STATE
        csrw    mscratch, t0
        li      t0, MSTATUS_FS
        csrs    mstatus, t0

next_record:
        li      s0, RUN
        ld      t0, RUN_COUNT(s0)
        beqz    t0, finish
        addi    t0, t0, -1
        sd      t0, RUN_COUNT(s0)
        ld      s1, RUN_NEXT(s0)
        li      s2, STATE

        addi    t0, s1, RECORD_SCRATCH
        addi    t1, s2, STATE_SCRATCH
        addi    t2, t0, 256
1:      ld      t3, 0(t0)
        sd      t3, 0(t1)
        sd      t3, 256(t1)
        addi    t0, t0, 8
        addi    t1, t1, 8
        bltu    t0, t2, 1b

        addi    t0, s2, STATE_TRAPS
        addi    t1, s2, STATE_TRAP_COUNT
2:      sd      zero, 0(t0)
        addi    t0, t0, 8
        bgeu    t1, t0, 2b
        sc.d    t0, zero, (t1)          /* ends a reservation */

        csrw    sscratch, zero
        ld      t0, RUN_FLAGS(s0)
        andi    t0, t0, FLAG_FLOAT
        beqz    t0, 3f
        ld      t0, 0(s1)
        csrw    fcsr, t0
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fld     f\n, RECORD_F + \n * 8(s1)
        .endr

3:      addi    t0, s1, RECORD_CODE
        sd      t0, RUN_CODE(s0)
        csrw    mepc, t0
        li      t0, MSTATUS_MPP
        csrs    mstatus, t0
        mv      x31, s1
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, \n * 8(x31)
        .endr
        mret

        .balign 4                       /* the low bits of mtvec are its mode */
trap_entry:
        csrrw   x31, mscratch, x31
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        sd      x\n, \n * 8(x31)
        .endr
        csrr    t0, mscratch
        sd      t0, 31 * 8(x31)
        csrw    mscratch, x31
        mv      s2, x31
        li      s0, RUN

        csrr    s3, mcause
        li      t0, CAUSE_ECALL_FROM_M
        beq     s3, t0, record_done

        csrr    s4, mepc
        ld      t0, STATE_TRAP_COUNT(s2)
        addi    t1, t0, 1
        sd      t1, STATE_TRAP_COUNT(s2)
        li      t1, TRAPS_KEPT
        bgeu    t0, t1, 1f
        li      t1, 24
        mul     t0, t0, t1
        add     t0, t0, s2
        sd      s3, STATE_TRAPS(t0)
        addi    t1, s3, -CAUSE_BREAKPOINT
        beqz    t1, 0f                  /* mtval may then be the pc or zero: it is taken as zero */
        csrr    t1, mtval
0:      sd      t1, STATE_TRAPS + 8(t0)
        ld      t1, RUN_CODE(s0)
        sub     t1, s4, t1
        sd      t1, STATE_TRAPS + 16(t0)

1:      lhu     t0, 0(s4)               /* 4 bytes if its two lowest bits are set, else 2 */
        addi    s4, s4, 2
        andi    t0, t0, 3
        addi    t0, t0, -3
        bnez    t0, 2f
        addi    s4, s4, 2
2:      csrw    mepc, s4
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, \n * 8(x31)
        .endr
        mret

record_done:
        sd      zero, 0(s2)
        ld      s5, RUN_FLAGS(s0)
        andi    t0, s5, FLAG_FLOAT
        beqz    t0, 1f
        csrr    t0, fcsr
        sd      t0, 0(s2)
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fsd     f\n, STATE_F + \n * 8(s2)
        .endr

1:      ld      t0, RUN_NEXT(s0)
        addi    t0, t0, RECORD_LENGTH
        sd      t0, RUN_NEXT(s0)
        mv      s6, s2
        li      s7, STATE_WORDS
        andi    s5, s5, FLAG_STATE
        li      a0, 0
        li      s8, 0x9e3779b97f4a7c15
2:      ld      t0, 0(s6)
        beqz    s5, 3f
        mv      a0, t0
        call    print
        j       4f
3:      xor     a0, a0, t0
        mul     a0, a0, s8
        srli    t0, a0, 29
        xor     a0, a0, t0
4:      addi    s6, s6, 8
        addi    s7, s7, -1
        bnez    s7, 2b
        bnez    s5, next_record
        call    print
        j       next_record

/* Prints a0 and a new line. Changes t0 to t4. */
print:
        li      t0, UART
        li      t1, 60
1:      srl     t2, a0, t1
        andi    t2, t2, 15
        li      t3, 10
        addi    t4, t2, '0'
        bltu    t2, t3, 2f
        addi    t4, t2, 'a' - 10
2:      lbu     t3, UART_LSR(t0)
        andi    t3, t3, UART_LSR_THR_EMPTY
        beqz    t3, 2b
        sb      t4, 0(t0)
        addi    t1, t1, -4
        bgez    t1, 1b
3:      lbu     t3, UART_LSR(t0)
        andi    t3, t3, UART_LSR_THR_EMPTY
        beqz    t3, 3b
        li      t4, '\n'
        sb      t4, 0(t0)
        ret

finish:
        li      t0, FINISHER
        li      t1, FINISHER_PASS
        sw      t1, 0(t0)
4:      j       4b

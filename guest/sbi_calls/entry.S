/*
 * entry.S - the start in S-mode, the ECALL, the trap that is expected, and the way back from a
 * suspend that kept nothing.
 */
        .text
        .globl  start
        .type   start, @function
start:
        la      t0, trap_entry
        csrw    stvec, t0
        csrw    sie, zero
        la      sp, stack_end
        tail    sbi_calls_main

/* void sbi_ecall(const uint64_t registers[8], uint64_t answer[2]): a0 to a7 as they are in
 * registers; a0 and a1 go to answer. answer[1] is what a1 was if nothing changed it. */
        .globl  sbi_ecall
        .type   sbi_ecall, @function
sbi_ecall:
        addi    sp, sp, -16
        sd      a1, 0(sp)
        mv      t0, a0
        ld      a0, 0(t0)
        ld      a1, 8(t0)
        ld      a2, 16(t0)
        ld      a3, 24(t0)
        ld      a4, 32(t0)
        ld      a5, 40(t0)
        ld      a6, 48(t0)
        ld      a7, 56(t0)
        ecall
        ld      t0, 0(sp)
        sd      a0, 0(t0)
        sd      a1, 8(t0)
        addi    sp, sp, 16
        ret

/* uint64_t load_cause(pa): what a load from pa traps with, or all ones if it does not. */
        .globl  load_cause
        .type   load_cause, @function
load_cause:
        li      t1, -1
        .option push
        .option norvc
        lw      t0, 0(a0)
        .option pop
        mv      a0, t1
        ret

/* The instruction that trapped is left out; it has 4 bytes. */
        .balign 4
trap_entry:
        csrr    t1, sepc
        addi    t1, t1, 4
        csrw    sepc, t1
        csrr    t1, scause
        sret

/* uint64_t suspend_and_resume(opaque): suspends the hart without keeping anything, with an address
 * to go on at that returns from here: a1 if a0 is the hart's number, 0. Else all ones, or the error
 * where the call comes back. */
        .globl  suspend_and_resume
        .type   suspend_and_resume, @function
suspend_and_resume:
        la      t0, kept
        sd      sp, 0(t0)
        sd      ra, 8(t0)
        sd      s0, 16(t0)
        sd      s1, 24(t0)
        sd      s2, 32(t0)
        sd      s3, 40(t0)
        sd      s4, 48(t0)
        sd      s5, 56(t0)
        sd      s6, 64(t0)
        sd      s7, 72(t0)
        sd      s8, 80(t0)
        sd      s9, 88(t0)
        sd      s10, 96(t0)
        sd      s11, 104(t0)
        mv      a2, a0
        li      a0, 0x80000000
        la      a1, resumed
        li      a6, 3                   # hart_suspend
        li      a7, 0x48534d            # HSM
        ecall
        ret
        .balign 4
resumed:
        la      t0, kept
        ld      sp, 0(t0)
        ld      ra, 8(t0)
        ld      s0, 16(t0)
        ld      s1, 24(t0)
        ld      s2, 32(t0)
        ld      s3, 40(t0)
        ld      s4, 48(t0)
        ld      s5, 56(t0)
        ld      s6, 64(t0)
        ld      s7, 72(t0)
        ld      s8, 80(t0)
        ld      s9, 88(t0)
        ld      s10, 96(t0)
        ld      s11, 104(t0)
        bnez    a0, 1f
        mv      a0, a1
        ret
1:      li      a0, -1
        ret

/* void load_thrice(address): with a TLB that is empty before. */
        .globl  load_thrice
        .type   load_thrice, @function
load_thrice:
        sfence.vma
        lw      t0, 0(a0)
        lw      t0, 0(a0)
        lw      t0, 0(a0)
        ret

        .data
        .balign 8
kept:   .space  14 * 8

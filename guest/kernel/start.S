/*
 * start.S - from reset in M-mode to boot_main in S-mode and the upper half.
 *
 * The hart starts here, at 0x80000000, in M-mode: no translation, no protection. a0 holds its
 * number, a1 the address of the device tree; both are handed on. M-mode does only what S-mode may
 * not do for itself, and gives the rest away for good.
 *
 * This code runs where it lies. What it needs of the rest of the kernel, which is linked in the
 * upper half, is written down below as constants: no instruction here reaches that far.
 */
#include "guest/kernel/layout.h"
#include "guest/kernel/panic_code.h"

/* Exceptions that S-mode handles itself: all that it or a user program can cause, but for the ECALL
 * of S-mode, which nobody makes. Bit n stands for cause n. Priv. [norm:medeleg_enc_txt]
 *
 *   15 store page fault, 13 load page fault, 12 fetch page fault, 8 ECALL from U-mode,
 *   7..0 access faults, misaligned addresses, breakpoint, illegal instruction */
#define DELEGATED_EXCEPTIONS 0xb1ff

/* The supervisor's own: 9 external, 5 timer, 1 software. */
#define DELEGATED_INTERRUPTS 0x222

/* menvcfg: STCE gives S-mode its timer, ADUE lets the hart set A and D where it can. What a hart
 * lacks stays 0. Priv. [norm:menvcfg_stce_op], [norm:menvcfg_adue_op] */
#define MENVCFG_BITS (1 << 63 | 1 << 61)

/* pmpcfg: A = NAPOT (bits 4..3), X, W, R. With an address of all ones the region is all memory. */
#define PMP_ALL_MEMORY 0x1f

/* mstatus.MPP, the mode that MRET goes to: 3 is M, 1 is S. */
#define MPP_MASK (3 << 11)
#define MPP_SUPERVISOR (1 << 11)

#define SATP_SV39 (8 << 60)

/* D A G X W R V: code, data and devices alike, until kernel_table.c knows better. */
#define BOOT_LEAF 0xef

#define FINISHER 0x100000                      /* FINISHER_BASE */
#define PANIC_WORD (PANIC_CODE << 16 | 0x3333) /* a failure, with that code */

        .section .start, "ax"
        .globl  start
        .type   start, @function
start:
        la      t0, machine_trap_entry  # first of all, so that a mistake is reported
        csrw    mtvec, t0
        csrw    mie, zero
        bnez    a0, park                # this is a kernel for one hart

        ld      t0, bss_start_pa
        ld      t1, bss_end_pa
1:      sd      zero, 0(t0)             # both are multiples of 8, and there is a .bss
        addi    t0, t0, 8
        bltu    t0, t1, 1b

        # S-mode and U-mode reach nothing until a PMP entry lets them. The fence makes the hart
        # forget what it knew before. Priv. [norm:pmp_no_entry_match], [norm:pmp_sfence_required]
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, PMP_ALL_MEMORY
        csrw    pmpcfg0, t0
        sfence.vma

        li      t0, DELEGATED_EXCEPTIONS
        csrw    medeleg, t0
        li      t0, DELEGATED_INTERRUPTS
        csrw    mideleg, t0
        li      t0, MENVCFG_BITS
        csrs    0x30a, t0               # menvcfg
        li      t0, -1                  # counters are no secret here; time is needed for the timer
        csrw    mcounteren, t0
        csrw    scounteren, t0

        # MRET is the only way down: it goes to mepc, in the mode that MPP names.
        # Priv. [norm:xret_op]
        li      t0, MPP_MASK
        csrc    mstatus, t0
        li      t0, MPP_SUPERVISOR
        csrs    mstatus, t0
        la      t0, supervisor
        csrw    mepc, t0
        mret

/* Turns translation on. The next instruction is fetched by the identity map of boot_root; the fence
 * is needed because satp orders nothing: neither the stores that loaded the table, nor what the
 * hart knew of satp's ASID before. Priv. [sfence.vma] */
supervisor:
        ld      t0, boot_root_pa
        srli    t0, t0, 12
        li      t1, SATP_SV39
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        ld      sp, boot_stack_end_va
        ld      t0, boot_main_va
        jr      t0

/* Where a hart waits that has nothing to do. */
park:
        wfi
        j       park

/* No trap into M-mode is expected. Nothing is believed of the kernel any more: only the finisher is
 * told. M-mode is not translated. */
        .balign 4                       # the low bits of mtvec are its mode
        .globl  machine_trap_entry
        .type   machine_trap_entry, @function
machine_trap_entry:
        li      t0, FINISHER
        li      t1, PANIC_WORD
        sw      t1, 0(t0)
        j       park

        .balign 8
bss_start_pa:      .dword bss_start - DIRECT_MAP
bss_end_pa:        .dword bss_end - DIRECT_MAP
boot_root_pa:      .dword boot_root - DIRECT_MAP
boot_stack_end_va: .dword boot_stack_end
boot_main_va:      .dword boot_main

/* The first root table, of gigapages only: all physical memory below DIRECT_MAP_LENGTH in the upper
 * half, and at its own address the gigabyte that `supervisor` runs in. */
        .data
        .balign 4096
boot_root:
        .fill   2, 8, 0
        .dword  2 << 28 | BOOT_LEAF     # a gigapage's number is 28 bits up in a PTE
        .fill   KERNEL_ROOT_FIRST - 3, 8, 0
        .set    gigapage, 0
        .rept   255
        .dword  gigapage << 28 | BOOT_LEAF
        .set    gigapage, gigapage + 1
        .endr
        .dword  0                       # the kernel stacks' place

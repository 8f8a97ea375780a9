/*
 * supervisor.h - what the files of guest/boot know of each other, and the borders that the linker
 * script sets. A user program sees of these only addresses.
 */
#ifndef GUEST_SUPERVISOR_H
#define GUEST_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/* Borders, all page aligned. They have an address and no content of their own. */
extern char text_start[], text_end[], rodata_start[], rodata_end[], data_start[], data_end[];
extern char stack_start[], stack_end[], page_tables_start[], page_tables_end[];
extern char user_text_start[], user_text_end[], user_rodata_start[], user_rodata_end[];
extern char user_data_start[], user_data_end[], user_stack_start[], user_stack_end[];
extern char arena_start[];

/* The registers of the user program while the supervisor works, in the order of their numbers:
 * trap.S saves x1 to x31 behind the place of x0, which is given to the pc. */
struct trap_frame {
    uint64_t pc; /* where SRET goes */
    uint64_t ra, sp, gp, tp;
    uint64_t t0, t1, t2;
    uint64_t s0, s1;
    uint64_t a0, a1, a2, a3, a4, a5, a6, a7;
    uint64_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
    uint64_t t3, t4, t5, t6;
};

/* start.S */
void machine_trap_entry(void);

/* boot.c: the first C code, in S-mode, called by start.S. */
__attribute__((noreturn)) void boot_main(uint64_t hart_id, uint64_t device_tree_pa);

/* boot.c: reports a trap into M-mode and ends the run; called by start.S. */
__attribute__((noreturn)) void boot_machine_trap(uint64_t mcause, uint64_t mepc, uint64_t mtval);

/* user_start.S: where user code begins. */
void user_start(void);

/* trap.S: where stvec points. */
void trap_entry(void);

/* trap.S: loads the registers and goes to U-mode. */
__attribute__((noreturn)) void trap_return(const struct trap_frame *frame);

/* trap.c: called by trap.S; the frame says how the program goes on. */
void trap_handle(struct trap_frame *frame);

/* syscall.c: does the system call that the frame asks for. */
void syscall_handle(struct trap_frame *frame);

/* trap.c: the program wants to go on at pc after its next fault. */
void trap_set_recovery(uint64_t pc);

/* paging.c: maps the program and the devices, and switches to Sv39. RAM ends at ram_end. */
void paging_start(uint64_t ram_end);

/* paging.c: the leaf PTE that maps va, or 0. */
uint64_t paging_find(uint64_t va);

/* paging.c: maps so many pages for the program, behind those it has. Returns their address, or 0 if
 * there is not enough RAM or not enough room for page tables. */
uint64_t paging_grow_arena(uint64_t pages);

#endif

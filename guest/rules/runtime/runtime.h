/*
 * runtime.h - what the parts of the rule runtime know of each other. Rules include rule.h alone.
 */
#ifndef GUEST_RULES_RUNTIME_H
#define GUEST_RULES_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/rules/runtime/rule.h"

/* ---- entry.S: into another mode and back */

/* The registers of the other side, and what the trap that ends it left. entry.S knows the offsets.
 */
struct rule_frame {
    uint64_t a[8];      /*   0: in and out */
    uint64_t pc;        /*  64: in */
    uint64_t mstatus;   /*  72: in, and as it was after the trap */
    uint64_t direct;    /*  80: in: not 0 to jump there and stay in M-mode */
    uint64_t mcause;    /*  88: out */
    uint64_t mepc;      /*  96: out */
    uint64_t mtval;     /* 104: out */
    uint64_t saved[16]; /* 112: registers of the runtime that C functions must preserve */
};

_Static_assert(offsetof(struct rule_frame, pc) == 64 && offsetof(struct rule_frame, saved) == 112,
               "entry.S has other offsets");

/* Goes to frame->pc in the mode that frame->mstatus tells; returns with the next trap into M-mode.
 */
void rule_enter(struct rule_frame *frame);

/* The page of code that other modes run (rules.ld), and in it the handler for traps into S-mode. */
extern const uint8_t rule_code_start[];
extern const uint8_t rule_code_end[];
void rule_supervisor_trap(void);

/* ---- paging.c */

/* Where the code page is mapped for S-mode and U-mode: in the last slot of every root. */
#define SUPERVISOR_CODE UINT64_C(0xffffffffffffe000)
#define USER_CODE UINT64_C(0xffffffffffffc000)

/* Finds which modes satp accepts; returns how many. paging_select chooses one of them. */
unsigned paging_probe(void);
void paging_select(unsigned index);

/* Zeroes all PTEs that were written since the last call, and maps the code pages again. */
void paging_reset(void);

/* ---- instructions.c */

/* The code of an access that is not a fetch; its first instruction is the access. */
void (*instruction_of(enum rule_op op, unsigned size))(void);

/* ---- settings.c */

/* The state of a new rule in the CSRs: nothing delegated, no settings, PMP open. */
void settings_reset(void);

/* Opens all memory by a PMP entry that rules do not use. */
void settings_open_memory(void);

/* ---- console.c: the UART and finisher of the device tree, or else HTIF */

void console_start(uint64_t uart, uint64_t finisher);
void console_write(const char *text);
__attribute__((noreturn)) void console_exit(bool ok);

/* ---- fdt.c */

struct fdt_facts {
    const char *isa;   /* riscv,isa of the first hart, or NULL */
    uint64_t uart;     /* base of the first ns16550a, or 0 */
    uint64_t finisher; /* base of the first sifive,test0 or sifive,test1, or 0 */
};

/* Reads the flattened device tree at tree; all is empty if there is none. */
struct fdt_facts fdt_read(const void *tree);

/* ---- isa.c */

void isa_start(const char *isa);

/* ---- memory.c */

void *memset(void *memory, int value, size_t length);
void *memcpy(void *restrict to, const void *restrict from, size_t length);

/* ---- text.c */

bool text_equal(const char *one, const char *other);

/* ---- rule.c */

/* Runs the rule of this ELF, from start.S on. */
__attribute__((noreturn)) void rule_main(uint64_t hart, const void *tree);

/* A trap in M-mode that nobody expects: a mistake in the runtime or the rule. */
__attribute__((noreturn)) void rule_unexpected(uint64_t cause, uint64_t epc, uint64_t tval);

#endif

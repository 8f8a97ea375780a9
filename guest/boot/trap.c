/*
 * trap.c - what the supervisor does when the user program traps: serve its system calls, and tell
 * in words what it did wrong.
 */
#include "guest/include/supervisor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/include/boot.h"
#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/include/sv39.h"

enum { ECALL_LENGTH = 4 };

_Static_assert(offsetof(struct trap_frame, t6) == 31 * sizeof(uint64_t),
               "trap.S saves register n at n * 8");

static uint64_t recovery_pc; /* where the program goes on after a fault; 0: nowhere */

void trap_set_recovery(uint64_t pc)
{
    recovery_pc = pc;
}

static const char *cause_name(uint64_t cause)
{
    static const char *const names[] = {
        [CAUSE_FETCH_MISALIGNED] = "misaligned fetch",
        [CAUSE_FETCH_ACCESS_FAULT] = "fetch access fault",
        [CAUSE_ILLEGAL_INSTRUCTION] = "illegal instruction",
        [CAUSE_BREAKPOINT] = "breakpoint",
        [CAUSE_LOAD_MISALIGNED] = "misaligned load",
        [CAUSE_LOAD_ACCESS_FAULT] = "load access fault",
        [CAUSE_STORE_MISALIGNED] = "misaligned store",
        [CAUSE_STORE_ACCESS_FAULT] = "store access fault",
        [CAUSE_ECALL_FROM_U] = "system call",
        [CAUSE_FETCH_PAGE_FAULT] = "fetch page fault",
        [CAUSE_LOAD_PAGE_FAULT] = "load page fault",
        [CAUSE_STORE_PAGE_FAULT] = "store page fault",
    };

    if (cause >= sizeof names / sizeof *names || names[cause] == NULL) {
        return "unknown trap";
    }
    return names[cause];
}

/* What the page tables would have allowed at va. */
static void print_permissions(uint64_t va)
{
    uint64_t pte = paging_find(va);

    console_print("  page ");
    console_hex(page_down(va));
    if (pte == 0) {
        console_print(" is not mapped\n");
        return;
    }
    console_print((pte & PTE_U) != 0 ? " is for the user:" : " is for the supervisor:");
    console_print((pte & PTE_R) != 0 ? " read" : "");
    console_print((pte & PTE_W) != 0 ? " write" : "");
    console_print((pte & PTE_X) != 0 ? " execute" : "");
    console_print("\n");
}

static bool is_page_fault(uint64_t cause)
{
    return cause == CAUSE_FETCH_PAGE_FAULT || cause == CAUSE_LOAD_PAGE_FAULT ||
           cause == CAUSE_STORE_PAGE_FAULT;
}

/* In words: what happened, and where. */
static void report(const char *origin, uint64_t cause, uint64_t pc, uint64_t value)
{
    console_print(origin);
    console_print(cause_name(cause));
    console_print(" (cause ");
    console_decimal(cause);
    console_print(is_page_fault(cause) ? ") at address " : "), stval ");
    console_hex(value);
    console_print(", pc ");
    console_hex(pc);
    console_print("\n");
}

void trap_handle(struct trap_frame *frame)
{
    uint64_t cause = csr_read(CSR_SCAUSE);
    uint64_t value = csr_read(CSR_STVAL); /* of a page fault: the address. Priv. [stval] */

    if ((csr_read(CSR_SSTATUS) & SSTATUS_SPP) != 0) {
        /* A bug of ours, perhaps in the page tables: better not to look at them again. */
        report("trap from S-mode: ", cause, frame->pc, value);
        finisher_exit(EXIT_SUPERVISOR_FAULT);
    }
    if (cause == CAUSE_ECALL_FROM_U) {
        /* sepc is the ECALL itself. Priv. [norm:ecall_ebreak_epc_value] */
        frame->pc += ECALL_LENGTH;
        syscall_handle(frame);
        return;
    }
    report("trap from U-mode: ", cause, frame->pc, value);
    if (is_page_fault(cause)) {
        print_permissions(value);
    }
    if (recovery_pc == 0) {
        finisher_exit(EXIT_USER_FAULT);
    }
    frame->pc = recovery_pc;
    frame->a0 = cause;
    recovery_pc = 0;
}

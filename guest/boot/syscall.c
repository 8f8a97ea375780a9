/*
 * syscall.c - the system calls of boot.h. Errors are small negative numbers, as in Linux.
 */
#include "guest/include/supervisor.h"

#include <stdbool.h>
#include <stdint.h>

#include "guest/include/boot.h"
#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/include/sv39.h"

enum { ERROR_BAD_FILE = -9, ERROR_BAD_ADDRESS = -14, ERROR_NO_CALL = -38 };

enum { STANDARD_OUTPUT = 1, STANDARD_ERROR = 2 };

/* Could the program itself read these bytes? A supervisor that does not ask would read its own
 * secrets out to whoever passes their address. */
static bool user_may_read(uint64_t va, uint64_t length)
{
    if (length == 0) {
        return true;
    }
    if (length - 1 > UINT64_MAX - va) {
        return false;
    }
    for (uint64_t page = page_down(va); page <= va + length - 1; page += PAGE_SIZE) {
        uint64_t pte = paging_find(page);

        if ((pte & PTE_U) == 0 || (pte & PTE_R) == 0) {
            return false;
        }
    }
    return true;
}

static int64_t sys_write(uint64_t file, uint64_t va, uint64_t length)
{
    if (file != STANDARD_OUTPUT && file != STANDARD_ERROR) {
        return ERROR_BAD_FILE;
    }
    if (!user_may_read(va, length)) {
        return ERROR_BAD_ADDRESS;
    }

    /* The supervisor cannot touch a page of the program by accident: only while SUM is set.
     * Priv. [norm:sstatus_sum] */
    csr_set(CSR_SSTATUS, SSTATUS_SUM);
    for (uint64_t i = 0; i < length; i++) {
        console_put(((const char *)va)[i]);
    }
    csr_clear(CSR_SSTATUS, SSTATUS_SUM);
    return (int64_t)length;
}

/* The finisher has 16 bits for it; a failure must not become a success for want of more. */
static uint16_t exit_code(uint64_t code)
{
    return code > UINT16_MAX ? UINT16_MAX : (uint16_t)code;
}

void syscall_handle(struct trap_frame *frame)
{
    switch (frame->a7) {
    case SYS_WRITE: frame->a0 = (uint64_t)sys_write(frame->a0, frame->a1, frame->a2); break;
    case SYS_EXIT: finisher_exit(exit_code(frame->a0));
    case SYS_ARENA: frame->a0 = paging_grow_arena(frame->a0); break;
    case SYS_RECOVER: trap_set_recovery(frame->a0); break;
    default: frame->a0 = (uint64_t)ERROR_NO_CALL;
    }
}

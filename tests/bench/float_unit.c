/*
 * float_unit.c - the supervisor of a program that computes with floating-point numbers: it switches
 * the unit on. Linked with --wrap=paging_start, so that guest/boot calls this first.
 *
 * Spec: Priv. [norm:mstatus_fs_op].
 */
#include <stdint.h>

#include "guest/include/csr.h"
#include "guest/include/supervisor.h"

#define SSTATUS_FS_INITIAL (UINT64_C(1) << 13)

void __real_paging_start(uint64_t ram_end);
void __wrap_paging_start(uint64_t ram_end);

void __wrap_paging_start(uint64_t ram_end)
{
    csr_set(CSR_SSTATUS, SSTATUS_FS_INITIAL);
    __real_paging_start(ram_end);
}

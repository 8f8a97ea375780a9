/*
 * boot.c - the supervisor's beginning, in S-mode with translation still off: sets up traps and page
 * tables, then becomes the servant of the user program.
 */
#include "guest/include/boot.h"

#include <stdint.h>

#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/include/supervisor.h"
#include "guest/include/sv39.h"

#define RAM_LENGTH_UNTOLD (UINT64_C(64) << 20)

/* Where usable RAM ends. Choice: the device tree is not read, but its place is: loaders put it at
 * or near the top of RAM, and what is below it is free. If it is not in RAM, 64 MiB are assumed. */
static uint64_t find_ram_end(uint64_t device_tree_pa)
{
    if (device_tree_pa >= RAM_BASE) {
        return page_down(device_tree_pa);
    }
    return RAM_BASE + RAM_LENGTH_UNTOLD;
}

void boot_main(uint64_t hart_id, uint64_t device_tree_pa)
{
    static struct trap_frame first; /* all zero: no register tells the program about us */

    (void)hart_id;
    csr_write(CSR_STVEC, (uint64_t)trap_entry);
    paging_start(find_ram_end(device_tree_pa));

    first.pc = (uint64_t)user_start;
    first.sp = (uint64_t)user_stack_end;
    csr_clear(CSR_SSTATUS, SSTATUS_SPP | SSTATUS_SUM);
    trap_return(&first);
}

void boot_machine_trap(uint64_t mcause, uint64_t mepc, uint64_t mtval)
{
    console_print("machine: unexpected trap, mcause ");
    console_hex(mcause);
    console_print(", mepc ");
    console_hex(mepc);
    console_print(", mtval ");
    console_hex(mtval);
    console_print("\n");
    finisher_exit(EXIT_MACHINE_TRAP);
}

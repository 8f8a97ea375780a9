#include "guest/kernel/boot.h"

#include "guest/kernel/asid.h"
#include "guest/kernel/console.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/end.h"
#include "guest/kernel/exec.h"
#include "guest/kernel/file_system.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/inode_pages.h"
#include "guest/kernel/kernel_table.h"
#include "guest/kernel/plic.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/swap.h"
#include "guest/kernel/syscall.h"
#include "guest/kernel/timer.h"
#include "guest/kernel/trap.h"
#include "guest/kernel/virtio_block.h"
#include "guest/kernel/virtio_console.h"

/* What swap and the programs' streams are tied to. */
static void start_devices(void)
{
    plic_start();
    timer_start();
    virtio_console_start();
    virtio_block_start();
    swap_start();
    if (!virtio_console_has(PORT_INPUT)) {
        console_start_input();
    }
}

void boot_main(uint64_t hart_id, uint64_t device_tree_pa)
{
    (void)hart_id; /* it is 0: start.S parks the others */
    trap_start();  /* first of all, so that a mistake is reported */
    device_tree_read(device_tree_pa);
    console_start();
    frames_start();
    kernel_table_start();
    asid_start();
    syscall_start();
    start_devices();
    end_note_memory();
    inode_pages_start();
    file_system_start();
    exec_first();
    scheduler_run();
}

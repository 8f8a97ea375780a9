#include "guest/kernel/kernel_table.h"

#include <stddef.h>

#include "guest/include/csr.h"
#include "guest/include/platform.h"
#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/device_tree.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/end.h"
#include "guest/kernel/fence.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/sections.h"
#include "guest/kernel/thread.h"

enum { PLIC_LENGTH = 0x400000 }; /* as far as the supervisor's context of hart 0, and more */

#define MEGAPAGE_SIZE (PAGE_SIZE * PTE_PER_TABLE)

/* No walk ever has to write a PTE of the kernel: A and D are set from the start. */
#define KERNEL_LEAF (PTE_V | PTE_G | PTE_A | PTE_D)

static uint64_t *root;
static uint64_t *stack_table; /* the leaf table of all kernel stacks */

_Static_assert(THREADS_MOST *KERNEL_STACK_SLOT <= MEGAPAGE_SIZE, "one leaf table is enough");

static uint64_t *make_table(void)
{
    struct frame *frame = frames_take(FRAME_KERNEL);

    if (frame == NULL) {
        panic("no memory for the kernel's page table");
    }
    return frame_bytes(frame);
}

/* The table of that level on the way to va, made if it is not there. */
static uint64_t *table_of(uint64_t va, unsigned level)
{
    uint64_t *table = root;

    for (unsigned above = SV39_LEVELS - 1; above > level; above--) {
        uint64_t *pte = &table[vpn_index(va, above)];

        if ((*pte & PTE_V) == 0) {
            *pte = pte_make(direct_map_pa(make_table()), PTE_V);
        }
        table = direct_map(pte_pa(*pte));
    }
    return table;
}

/* Maps [start, end) of physical memory in the direct map, by megapages where one fits. */
static void map(uint64_t start, uint64_t end, uint64_t rights)
{
    uint64_t pa = start;

    while (pa < end) {
        uint64_t va = pa + DIRECT_MAP;
        bool is_megapage = pa % MEGAPAGE_SIZE == 0 && end - pa >= MEGAPAGE_SIZE;
        unsigned level = is_megapage ? 1 : 0;

        table_of(va, level)[vpn_index(va, level)] = pte_make(pa, rights | KERNEL_LEAF);
        pa += is_megapage ? MEGAPAGE_SIZE : PAGE_SIZE;
    }
}

static void map_section(const char *start, const char *end, uint64_t rights)
{
    map(direct_map_pa(start), direct_map_pa(end), rights);
}

/* RAM: the image by what it is, the rest as data; what is below the boot stack stays out. */
static void map_memory(void)
{
    map(machine()->ram_start, direct_map_pa(text_start), PTE_R);
    map_section(text_start, text_end, PTE_R | PTE_X);
    map_section(rodata_start, rodata_end, PTE_R);
    map_section(data_start, data_end, PTE_R | PTE_W);
    map(direct_map_pa(boot_stack_start), machine()->ram_end, PTE_R | PTE_W);
}

/* A device that the tree does not tell of is taken to be where platform.h says, as console.c and
 * end.c do. */
static void map_device(uint64_t pa, uint64_t otherwise, uint64_t length)
{
    uint64_t start = page_down(pa != 0 ? pa : otherwise);

    map(start, start + length, PTE_R | PTE_W);
}

static void map_devices(void)
{
    map_device(machine()->uart_pa, UART_BASE, PAGE_SIZE);
    map_device(machine()->finisher_pa, FINISHER_BASE, PAGE_SIZE);
    map_device(machine()->plic_pa, PLIC_BASE, PLIC_LENGTH);
    for (uint32_t i = 0; i < machine()->virtio_count; i++) {
        map(page_down(machine()->virtio[i].pa), page_down(machine()->virtio[i].pa) + PAGE_SIZE,
            PTE_R | PTE_W);
    }
}

void kernel_table_start(void)
{
    root = make_table();
    map_memory();
    map_devices();
    stack_table = table_of(KERNEL_STACKS, 0);
    csr_write(CSR_SATP, SATP_SV39 | kernel_table_root_pa() >> PAGE_SHIFT);
    fence_kernel_table();
}

uint64_t kernel_table_root_pa(void)
{
    return direct_map_pa(root);
}

void kernel_table_copy_root(uint64_t *other)
{
    memcpy(other + KERNEL_ROOT_FIRST, root + KERNEL_ROOT_FIRST,
           (PTE_PER_TABLE - KERNEL_ROOT_FIRST) * sizeof *root);
}

/* Where the stack of the slot starts; it goes on for KERNEL_STACK_SIZE. */
static uint64_t stack_start(uint32_t slot)
{
    return KERNEL_STACKS + slot * (uint64_t)KERNEL_STACK_SLOT +
           (KERNEL_STACK_SLOT - KERNEL_STACK_SIZE);
}

uint64_t kernel_stack_map(uint32_t slot)
{
    uint64_t start = stack_start(slot);
    uint64_t end = start + KERNEL_STACK_SIZE;

    for (uint64_t va = start; va < end; va += PAGE_SIZE) {
        struct frame *frame = memory_take(FRAME_KERNEL);

        if (frame == NULL) {
            kernel_stack_unmap(slot);
            return 0;
        }
        stack_table[vpn_index(va, 0)] = pte_make(frame_pa(frame), PTE_R | PTE_W | KERNEL_LEAF);
        fence_kernel_stack_mapped(va);
    }
    return end;
}

void kernel_stack_unmap(uint32_t slot)
{
    uint64_t start = stack_start(slot);

    for (uint64_t va = start; va < start + KERNEL_STACK_SIZE; va += PAGE_SIZE) {
        uint64_t *pte = &stack_table[vpn_index(va, 0)];

        if ((*pte & PTE_V) != 0) {
            memory_drop(frame_of(pte_pa(*pte)));
            *pte = 0;
        }
    }
}

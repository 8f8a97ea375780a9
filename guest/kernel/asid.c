#include "guest/kernel/asid.h"

#include "guest/include/csr.h"
#include "guest/include/sv39.h"
#include "guest/kernel/event.h"
#include "guest/kernel/fence.h"
#include "guest/kernel/kernel_table.h"

enum { SATP_ASID_SHIFT = 44 };

#define SATP_ASID_MASK UINT64_C(0xffff)

static uint64_t asid_most;      /* the highest ASID of the hart, 0 if it has none */
static uint64_t asid_last;      /* that was given out in this generation */
static uint64_t generation = 1; /* 0 is that of an address space that never ran */

static uint64_t satp_of(uint64_t asid, uint64_t root_pa)
{
    return SATP_SV39 | asid << SATP_ASID_SHIFT | root_pa >> PAGE_SHIFT;
}

/* Bits that the hart does not have stay 0. Priv. [norm:asidlen] */
void asid_start(void)
{
    csr_write(CSR_SATP, satp_of(SATP_ASID_MASK, kernel_table_root_pa()));
    asid_most = csr_read(CSR_SATP) >> SATP_ASID_SHIFT & SATP_ASID_MASK;
    asid_use_kernel();
}

void asid_use_kernel(void)
{
    csr_write(CSR_SATP, satp_of(0, kernel_table_root_pa()));
}

bool asid_is_current(const struct address_space *space)
{
    return space->generation == generation;
}

/* Gives the address space its ASID of this generation, or of the next one if none is left. Without
 * ASIDs every switch begins a generation, whose only ASID is 0. */
static void give_asid(struct address_space *space)
{
    if (asid_last == asid_most) {
        generation++;
        asid_last = 0;
    }
    if (asid_most > 0) {
        asid_last++;
    }
    space->asid = asid_last;
    space->generation = generation;
}

/* satp names the new address space before the fence: so nothing of another one can be loaded under
 * its ASID behind it. */
static void fence_for(const struct address_space *space, uint64_t generation_before,
                      bool ran_before)
{
    if (generation == generation_before) {
        if (!ran_before) {
            fence_new_space(space);
        }
        return;
    }
    if (asid_most > 0) {
        fence_new_generation();
    } else {
        fence_switch_without_asids();
    }
}

void asid_use(struct address_space *space)
{
    uint64_t generation_before = generation;
    uint64_t asid_before = space->asid;
    bool ran_before = space->generation != 0;

    if (csr_read(CSR_SATP) == satp_of(space->asid, space->root_pa) && asid_is_current(space)) {
        return;
    }
    if (!asid_is_current(space) || asid_most == 0) {
        give_asid(space);
    }
    csr_write(CSR_SATP, satp_of(space->asid, space->root_pa));
    fence_for(space, generation_before, ran_before);
    if (!ran_before || space->asid != asid_before) {
        event_process_begin(space->pid, satp_of(space->asid, space->root_pa));
    }
}

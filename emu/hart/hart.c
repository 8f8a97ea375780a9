#include "emu/hart/hart.h"

#include <string.h>

#include "emu/hart/bits.h"
#include "emu/hart/exec.h"

void hart_init(struct hart *hart, struct mmu *mmu, struct bus *bus, const struct hart_host *host,
               enum hart_ad ad)
{
    *hart = (struct hart){
        .ad = ad,
        .mmu = mmu,
        .bus = bus,
        .host = *host,
        .next_event = UINT64_MAX, /* nothing is due until the owner says so */
    };
    l0_reset(&hart->l0);
    hart_reset(hart, 0);
}

uint32_t hart_insn_bits(const struct hart *hart, const struct insn *insn)
{
    if (hart->code.length == 0) {
        return hart->insn_bits;
    }
    return (uint32_t)load_bytes(hart->code.bytes + insn_place(hart, insn), insn->length);
}

/* Priv. [reset]. Choice: what the manual leaves unspecified is zero. The TLB is the
 * machine's to empty. */
void hart_reset(struct hart *hart, uint64_t reset_pc)
{
    memset(hart->x, 0, sizeof hart->x);
    memset(hart->f, 0, sizeof hart->f);
    hart->pc = reset_pc & ~UINT64_C(1); /* IALIGN is 16 */
    hart->insn_bits = 0;
    hart->privilege = MMU_MACHINE;
    csr_reset(hart);
    pmp_reset(&hart->pmp);
    hart->is_waiting = false;
    hart->reservation.is_valid = false;
    hart->pmp_refused = false;
    hart->marker = 0;
}

bool hart_has_timer(const struct hart *hart)
{
    return (hart->csr.menvcfg & MENVCFG_STCE) != 0;
}

/* Pending while time is at least stimecmp, as unsigned numbers [norm:mip_sip_stip_op]. */
void hart_update_timer(struct hart *hart)
{
    bool is_due = hart_has_timer(hart) && hart->host.mtime(hart->host.ctx) >= hart->csr.stimecmp;

    hart_set_interrupt(hart, TRAP_STI, is_due);
}

void hart_set_interrupt(struct hart *hart, enum trap_interrupt interrupt, bool level)
{
    uint64_t wire = UINT64_C(1) << interrupt;

    if (level) {
        hart->csr.mip_wires |= wire;
    } else {
        hart->csr.mip_wires &= ~wire;
    }
    hart->needs_care = true;
    /* WFI heeds mie alone: neither mstatus nor mideleg [norm:wfi_unaffected_conditions]. */
    if ((csr_mip(hart) & hart->csr.mie) != 0) {
        hart->is_waiting = false;
    }
}

#include "emu/hart/hart.h"

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"

#define BIT(n) (UINT64_C(1) << (n))

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(hart, .init = start, .fini = finish);

Test(hart, init_leaves_nothing_of_what_was_there)
{
    struct hart_host host = hart->host;
    memset(hart, 0xa5, sizeof *hart);
    hart_init(hart, bench.mmu, &bench.bus, &host, HART_AD_SVADE);

    cr_expect(hart->mmu == bench.mmu);
    cr_expect(hart->bus == &bench.bus);
    cr_expect(hart->host.ctx == &bench);
    cr_expect(eq(int, hart->ad, HART_AD_SVADE));
    cr_expect(eq(int, hart->privilege, MMU_MACHINE));
    cr_expect(eq(u64, hart->pc, 0));
    cr_expect(eq(u64, hart->counters.attempts | hart->counters.retired | hart->counters.cycles, 0));
    cr_expect(eq(u64, hart->counters.exceptions | hart->counters.faults[15], 0));
    cr_expect(eq(u64, csr_mip(hart), 0));
    cr_expect(eq(u64, hart->next_event, UINT64_MAX), "nothing is due yet");
    cr_expect(hart->commit == NULL);
    cr_expect(not(hart->is_waiting));
    cr_expect(not(hart->is_stopping));
    cr_expect(not(hart->reservation.is_valid));
    for (unsigned i = 0; i < 32; i++) {
        cr_expect(eq(u64, hart->x[i], 0), "x%u", i);
    }
}

Test(hart, reset_is_the_manuals)
{
    hart->privilege = MMU_USER;
    hart->csr.mstatus |= MSTATUS_MIE | MSTATUS_MPRV;
    hart->csr.mcause = 5;
    hart->csr.satp = (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT;
    hart->reservation.is_valid = true;
    hart->is_waiting = true;
    hart->pmp_refused = true;
    hart->marker = HART_MARK_BEGIN;
    hart_reset(hart, 0x80000100);

    cr_expect(eq(int, hart->privilege, MMU_MACHINE));
    cr_expect(eq(u64, hart->pc, 0x80000100));
    cr_expect(eq(u64, hart->csr.mstatus & (MSTATUS_MIE | MSTATUS_MPRV), 0));
    cr_expect(eq(u64, hart->csr.mcause, 0));
    cr_expect(eq(u64, hart->csr.satp, 0));
    cr_expect(not(hart->reservation.is_valid), "no valid reservation");
    cr_expect(not(pmp_allows(&hart->pmp, BENCH_RAM, 8, MMU_LOAD, MMU_SUPERVISOR)), "PMP is off");
    cr_expect(not(hart->is_waiting));
    cr_expect(not(hart->pmp_refused));
    cr_expect(eq(uint, hart->marker, 0));
    for (unsigned i = 0; i < 32; i++) {
        cr_expect(eq(u64, hart->x[i], 0), "x%u", i);
    }
}

Test(hart, reset_keeps_pc_even)
{
    hart_reset(hart, 0x80000101);
    cr_expect(eq(u64, hart->pc, 0x80000100));
}

Test(hart, counters_go_on_over_a_reset)
{
    hart->counters.attempts = 7;
    hart->counters.exceptions = 3;
    hart_reset(hart, BENCH_CODE);
    cr_expect(eq(u64, hart->counters.attempts, 7));
    cr_expect(eq(u64, hart->counters.exceptions, 3));
}

Test(hart, each_interrupt_line_is_a_bit_of_its_own)
{
    static const enum trap_interrupt lines[] = {TRAP_MSI, TRAP_MTI, TRAP_MEI, TRAP_SEI};
    uint64_t want = 0;

    for (size_t i = 0; i < 4; i++) {
        want |= BIT(lines[i]);
        hart_set_interrupt(hart, lines[i], true);
        hart_set_interrupt(hart, lines[i], true);
        cr_expect(eq(u64, csr_mip(hart), want));
    }
    for (size_t i = 0; i < 4; i++) {
        want &= ~BIT(lines[i]);
        hart_set_interrupt(hart, lines[i], false);
        cr_expect(eq(u64, csr_mip(hart), want));
    }
}

Test(hart, waiting_ends_when_something_enabled_in_mie_is_pending)
{
    static const struct {
        uint64_t mie;
        enum trap_interrupt line;
        bool level;
        bool wakes;
        const char *why;
    } rows[] = {
        {BIT(TRAP_MTI), TRAP_MTI, true, true, "enabled"},
        {BIT(TRAP_MEI), TRAP_MTI, true, false, "not enabled"},
        {BIT(TRAP_MTI), TRAP_MTI, false, false, "the line falls"},
        {BIT(TRAP_SEI), TRAP_SEI, true, true, "delegated and disabled in mstatus"},
    };

    hart->csr.mideleg = 0x222;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hart->csr.mip_wires = 0;
        hart->csr.mie = rows[i].mie;
        hart->is_waiting = true;
        hart_set_interrupt(hart, rows[i].line, rows[i].level);
        cr_expect(eq(int, hart->is_waiting, !rows[i].wakes), "%s", rows[i].why);
    }
}

/*
 * Sstc: stimecmp, who may reach it, and what it makes of mip.STIP [Priv. Sstc]; and the other
 * fields of menvcfg and senvcfg that not every value goes into.
 */
#include "emu/hart/csr.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/hart.h"
#include "tests/support/bench_hart.h"
#include "tests/support/csr_bench.h"

enum { STIP = 0x20 };
#define STCE (UINT64_C(1) << 63)

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

static void start(void)
{
    bench_init(&bench);
    bench_reset(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(csr_timer, .init = start, .fini = finish);

static uint64_t get(unsigned number)
{
    return csr_bench_get(hart, number);
}

/* Writes, and lets the owner of the hart act on it as it does before the next instruction. */
static void set(unsigned number, uint64_t value)
{
    csr_bench_set(hart, number, value);
    if (hart->counters.cycles >= hart->next_event) {
        hart->host.event(hart->host.ctx);
    }
}

Test(csr_timer, stimecmp_holds_64_bits)
{
    cr_expect(eq(u64, get(STIMECMP), UINT64_MAX), "reset");
    set(STIMECMP, UINT64_C(0x8123456789abcdef));
    cr_expect(eq(u64, get(STIMECMP), UINT64_C(0x8123456789abcdef)));
    set(STIMECMP, 0);
    cr_expect(eq(u64, get(STIMECMP), 0));
}

Test(csr_timer, a_write_calls_the_owner_before_the_next_instruction)
{
    hart->next_event = UINT64_MAX;
    csr_bench_set(hart, STIMECMP, 5);
    cr_expect(le(u64, hart->next_event, hart->counters.cycles));
    hart->next_event = UINT64_MAX;
    csr_bench_set(hart, MENVCFG, STCE);
    cr_expect(le(u64, hart->next_event, hart->counters.cycles));
}

/* [norm:menvcfg_stce_op2], [norm:mcounteren_tm_clr]; scounteren has no say. */
Test(csr_timer, below_m_mode_it_needs_stce_and_tm)
{
    static const struct {
        enum mmu_privilege privilege;
        uint64_t menvcfg;
        uint64_t mcounteren;
        uint64_t scounteren;
        bool is_legal;
    } rows[] = {
        {MMU_MACHINE, 0, 0, 0, true},
        {MMU_MACHINE, STCE, 2, 2, true},
        {MMU_SUPERVISOR, 0, 0, 0, false},
        {MMU_SUPERVISOR, STCE, 0, 0, false},
        {MMU_SUPERVISOR, STCE, ~UINT64_C(2), 2, false},
        {MMU_SUPERVISOR, 0, 2, 2, false},
        {MMU_SUPERVISOR, ~STCE, 2, 2, false},
        {MMU_SUPERVISOR, STCE, 2, 0, true},
        {MMU_USER, STCE, 2, 2, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hart->privilege = rows[i].privilege;
        hart->csr.menvcfg = rows[i].menvcfg;
        hart->csr.mcounteren = rows[i].mcounteren;
        hart->csr.scounteren = rows[i].scounteren;
        for (unsigned writes = 0; writes < 2; writes++) {
            cr_expect(eq(int, csr_check(hart, STIMECMP, writes), rows[i].is_legal), "row %zu", i);
        }
    }
}

/* As unsigned numbers, and only with STCE [norm:mip_sip_stip_op]. */
Test(csr_timer, stip_shows_that_time_has_reached_stimecmp)
{
    static const struct {
        uint64_t menvcfg;
        uint64_t time;
        uint64_t stimecmp;
        uint64_t want;
        const char *why;
    } rows[] = {
        {STCE, 99, 100, 0, "before"},
        {STCE, 100, 100, STIP, "at"},
        {STCE, 101, 100, STIP, "after"},
        {STCE, 0, 0, STIP, "the beginning of time"},
        {STCE, UINT64_MAX - 1, UINT64_MAX, 0, "just before the end of time"},
        {STCE, UINT64_MAX, UINT64_MAX, STIP, "the end of time"},
        {STCE, 1, UINT64_C(1) << 63, 0, "a number that is negative as a signed one"},
        {STCE, UINT64_C(1) << 63, 1, STIP, "a time that is"},
        {0, 101, 100, 0, "not enabled"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench.mtime = rows[i].time;
        set(MENVCFG, rows[i].menvcfg);
        set(STIMECMP, rows[i].stimecmp);
        cr_expect(eq(u64, get(MIP), rows[i].want), "%s", rows[i].why);
        hart->csr.mideleg = STIP;
        cr_expect(eq(u64, get(SIP), rows[i].want), "%s: sip", rows[i].why);
    }
}

/* [norm:mip_stip_stimecmp_acc] */
Test(csr_timer, with_stce_stip_is_read_only)
{
    set(MENVCFG, STCE);
    set(STIMECMP, 100);
    set(MIP, 0x222);
    cr_expect(eq(u64, get(MIP), 0x202), "it cannot be set");
    bench.mtime = 100;
    hart_update_timer(hart);
    cr_expect(eq(u64, get(MIP), 0x222));
    set(MIP, 0);
    cr_expect(eq(u64, get(MIP), STIP), "it cannot be cleared");
    set(STIMECMP, 101);
    cr_expect(eq(u64, get(MIP), 0), "but by a later stimecmp [norm:mip_stip_stimecmp_clr]");
}

Test(csr_timer, without_stce_stip_is_what_m_mode_wrote)
{
    bench.mtime = 100;
    set(STIMECMP, 1);
    set(MIP, STIP);
    cr_expect(eq(u64, get(MIP), STIP));
    set(MIP, 0);
    cr_expect(eq(u64, get(MIP), 0), "stimecmp does not count");
}

/* Choice: STIP does not remember what software wrote. */
Test(csr_timer, switching_stce_leaves_nothing_of_the_other_stip)
{
    bench.mtime = 100;
    set(MIP, STIP);
    set(MENVCFG, STCE);
    cr_expect(eq(u64, get(MIP), 0), "what software wrote is gone");
    set(STIMECMP, 1);
    cr_expect(eq(u64, get(MIP), STIP));
    set(MENVCFG, 0);
    cr_expect(eq(u64, get(MIP), 0), "and so is the wire");
    set(MENVCFG, STCE);
    cr_expect(eq(u64, get(MIP), STIP), "which comes back");
}

Test(csr_timer, a_timer_that_is_due_ends_the_wait)
{
    hart->csr.mie = STIP;
    hart->is_waiting = true;
    set(MENVCFG, STCE);
    cr_expect(hart->is_waiting);
    set(STIMECMP, 0);
    cr_expect(not(hart->is_waiting));
}

Test(csr_timer, reset_turns_it_off)
{
    set(MENVCFG, STCE);
    set(STIMECMP, 0);
    hart_reset(hart, BENCH_CODE);
    cr_expect(eq(u64, get(MIP), 0));
    cr_expect(eq(u64, get(MENVCFG), 0));
    cr_expect(not(hart_has_timer(hart)));
    set(MENVCFG, STCE);
    cr_expect(eq(u64, get(MIP), 0), "stimecmp is at the end of time");
}

/* Choice: the reserved value 2 keeps what is there; the other fields of the word are written. */
Test(csr_timer, cbie_never_holds_its_reserved_value)
{
    static const unsigned numbers[] = {MENVCFG, SENVCFG};

    for (unsigned i = 0; i < 2; i++) {
        for (uint64_t old = 0; old < 4; old += old == 1 ? 2 : 1) {
            set(numbers[i], old << 4);
            cr_expect(eq(u64, get(numbers[i]), old << 4));
            set(numbers[i], 2 << 4 | 0xc1);
            cr_expect(eq(u64, get(numbers[i]), old << 4 | 0xc1), "CSR 0x%x", numbers[i]);
        }
    }
}

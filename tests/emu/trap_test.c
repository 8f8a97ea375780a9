#include "emu/hart/trap.h"

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/bits.h"
#include "emu/hart/hart.h"
#include "tests/support/bench_hart.h"

enum { U = MMU_USER, S = MMU_SUPERVISOR, M = MMU_MACHINE };

#define PC UINT64_C(0x80001234)
#define TVAL UINT64_C(0xffffffc012345678)
#define MTVEC UINT64_C(0x80002000)
#define STVEC UINT64_C(0xffffffc000003000)
#define VECTORED 1

#define BIT(n) (UINT64_C(1) << (n))
#define IRQ TRAP_IS_INTERRUPT

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

/* A hart with something in every trap CSR, so that what a trap leaves alone shows. */
static void prepare(unsigned privilege)
{
    bench_reset(&bench);
    hart->pc = PC;
    hart->privilege = (enum mmu_privilege)privilege;
    hart->csr.mtvec = MTVEC;
    hart->csr.stvec = STVEC;
    hart->csr.mepc = hart->csr.sepc = 0x1110;
    hart->csr.mcause = hart->csr.scause = 0x111;
    hart->csr.mtval = hart->csr.stval = 0x1112;
}

static void start(void)
{
    bench_init(&bench);
    prepare(M);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(trap, .init = start, .fini = finish);

static void set_field(uint64_t mask, uint64_t value)
{
    hart->csr.mstatus = field_set(hart->csr.mstatus, mask, value);
}

static uint64_t field(uint64_t mask)
{
    return field_get(hart->csr.mstatus, mask);
}

static void expect_taken_to_m(uint64_t cause, uint64_t tval, unsigned from, const char *why)
{
    cr_expect(eq(u64, hart->csr.mcause, cause), "mcause: %s", why);
    cr_expect(eq(u64, hart->csr.mepc, PC), "mepc: %s", why);
    cr_expect(eq(u64, hart->csr.mtval, tval), "mtval: %s", why);
    cr_expect(eq(u64, field(MSTATUS_MPP), from), "MPP: %s", why);
    cr_expect(eq(int, hart->privilege, M), "privilege: %s", why);
    cr_expect(eq(u64, hart->csr.scause, 0x111), "scause: %s", why);
    cr_expect(eq(u64, hart->csr.sepc, 0x1110), "sepc: %s", why);
    cr_expect(eq(u64, hart->csr.stval, 0x1112), "stval: %s", why);
}

static void expect_taken_to_s(uint64_t cause, uint64_t tval, unsigned from, const char *why)
{
    cr_expect(eq(u64, hart->csr.scause, cause), "scause: %s", why);
    cr_expect(eq(u64, hart->csr.sepc, PC), "sepc: %s", why);
    cr_expect(eq(u64, hart->csr.stval, tval), "stval: %s", why);
    cr_expect(eq(u64, field(MSTATUS_SPP), from == S), "SPP: %s", why);
    cr_expect(eq(int, hart->privilege, S), "privilege: %s", why);
    cr_expect(eq(u64, hart->csr.mcause, 0x111), "mcause: %s", why);
    cr_expect(eq(u64, hart->csr.mepc, 0x1110), "mepc: %s", why);
    cr_expect(eq(u64, hart->csr.mtval, 0x1112), "mtval: %s", why);
}

/* Causes. */

Test(trap, the_cause_follows_the_status_and_the_kind_of_access)
{
    static const struct {
        enum mmu_status status;
        enum mmu_access access;
        unsigned want;
    } rows[] = {
        {MMU_PAGE_FAULT, MMU_FETCH, 12}, {MMU_PAGE_FAULT, MMU_LOAD, 13},
        {MMU_PAGE_FAULT, MMU_STORE, 15}, {MMU_ACCESS_FAULT, MMU_FETCH, 1},
        {MMU_ACCESS_FAULT, MMU_LOAD, 5}, {MMU_ACCESS_FAULT, MMU_STORE, 7},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(eq(uint, trap_from_mmu(rows[i].status, rows[i].access), rows[i].want));
    }
}

Test(trap, every_cause_has_a_name_and_no_other_number)
{
    static const uint64_t causes = 0xbbff; /* all but 10 and 14 */

    for (unsigned cause = 0; cause < 70; cause++) {
        bool is_cause = cause < 16 && (causes >> cause & 1) != 0;
        bool is_unknown = strcmp(trap_cause_name(cause), "unknown") == 0;
        cr_expect(eq(int, is_unknown, !is_cause), "%u", cause);
    }
    cr_expect(eq(str, (char *)trap_cause_name(13), "load page fault"));
    cr_expect(eq(str, (char *)trap_cause_name(1), "fetch access fault"));
}

/* Exceptions. */

Test(trap, medeleg_decides_who_takes_an_exception_but_never_lets_it_sink)
{
    static const struct {
        unsigned from;
        enum trap_cause cause;
        uint64_t medeleg;
        bool to_s;
        const char *why;
    } rows[] = {
        {U, TRAP_LOAD_PAGE_FAULT, 0, false, "not delegated, from U"},
        {S, TRAP_LOAD_PAGE_FAULT, 0, false, "not delegated, from S"},
        {M, TRAP_LOAD_PAGE_FAULT, 0, false, "from M"},
        {U, TRAP_LOAD_PAGE_FAULT, BIT(13), true, "delegated, from U"},
        {S, TRAP_LOAD_PAGE_FAULT, BIT(13), true, "delegated, from S"},
        {M, TRAP_LOAD_PAGE_FAULT, BIT(13), false, "delegated, but from M"},
        {U, TRAP_LOAD_PAGE_FAULT, ~BIT(13), false, "all others delegated"},
        {U, TRAP_FETCH_MISALIGNED, BIT(0), true, "cause 0"},
        {U, TRAP_STORE_PAGE_FAULT, BIT(15), true, "cause 15"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        prepare(rows[i].from);
        hart->csr.medeleg = rows[i].medeleg;
        trap_raise(hart, rows[i].cause, TVAL);
        if (rows[i].to_s) {
            expect_taken_to_s(rows[i].cause, TVAL, rows[i].from, rows[i].why);
            cr_expect(eq(u64, hart->pc, STVEC), "%s", rows[i].why);
        } else {
            expect_taken_to_m(rows[i].cause, TVAL, rows[i].from, rows[i].why);
            cr_expect(eq(u64, hart->pc, MTVEC), "%s", rows[i].why);
        }
    }
}

Test(trap, a_fault_of_an_mprv_access_goes_to_m_with_mpp_m)
{
    hart->csr.medeleg = BIT(13);
    hart->csr.mstatus |= MSTATUS_MPRV;
    set_field(MSTATUS_MPP, U);
    trap_raise(hart, TRAP_LOAD_PAGE_FAULT, TVAL);
    expect_taken_to_m(13, TVAL, M, "MPRV");
    cr_expect(eq(u64, field(MSTATUS_MPRV), 1), "a trap leaves MPRV alone");
}

Test(trap, a_trap_stacks_the_interrupt_enable_of_the_mode_that_takes_it)
{
    for (unsigned enabled = 0; enabled < 2; enabled++) {
        prepare(U);
        set_field(MSTATUS_MIE, enabled);
        set_field(MSTATUS_SIE, !enabled);
        set_field(MSTATUS_MPIE, !enabled);
        set_field(MSTATUS_SPIE, enabled);
        set_field(MSTATUS_SPP, 1);
        trap_raise(hart, TRAP_ECALL_FROM_U, 0);
        cr_expect(eq(u64, field(MSTATUS_MPIE), enabled));
        cr_expect(eq(u64, field(MSTATUS_MIE), 0));
        cr_expect(eq(u64, field(MSTATUS_SIE), !enabled), "S's stays");
        cr_expect(eq(u64, field(MSTATUS_SPIE), enabled), "S's stays");
        cr_expect(eq(u64, field(MSTATUS_SPP), 1), "S's stays");

        prepare(U);
        hart->csr.medeleg = BIT(8);
        set_field(MSTATUS_SIE, enabled);
        set_field(MSTATUS_MIE, !enabled);
        set_field(MSTATUS_SPIE, !enabled);
        set_field(MSTATUS_MPIE, enabled);
        set_field(MSTATUS_MPP, M);
        trap_raise(hart, TRAP_ECALL_FROM_U, 0);
        cr_expect(eq(u64, field(MSTATUS_SPIE), enabled));
        cr_expect(eq(u64, field(MSTATUS_SIE), 0));
        cr_expect(eq(u64, field(MSTATUS_MIE), !enabled), "M's stays");
        cr_expect(eq(u64, field(MSTATUS_MPIE), enabled), "M's stays");
        cr_expect(eq(u64, field(MSTATUS_MPP), M), "M's stays");
    }
}

Test(trap, exceptions_go_to_base_even_if_vectored)
{
    hart->csr.mtvec = MTVEC | VECTORED;
    trap_raise(hart, TRAP_STORE_PAGE_FAULT, 0);
    cr_expect(eq(u64, hart->pc, MTVEC));

    prepare(U);
    hart->csr.stvec = STVEC | VECTORED;
    hart->csr.medeleg = BIT(15);
    trap_raise(hart, TRAP_STORE_PAGE_FAULT, 0);
    cr_expect(eq(u64, hart->pc, STVEC));
}

Test(trap, an_exception_is_counted_and_remembered)
{
    prepare(S);
    struct hart_counters before = hart->counters;
    trap_raise(hart, TRAP_LOAD_PAGE_FAULT, TVAL);

    cr_expect(eq(u64, hart->counters.exceptions, before.exceptions + 1));
    cr_expect(eq(u64, hart->counters.faults[13], before.faults[13] + 1));
    cr_expect(eq(u64, hart->counters.faults[12], before.faults[12]));
    cr_expect(eq(u64, hart->counters.interrupts, before.interrupts));
    cr_expect(eq(u64, hart->counters.attempts, before.attempts), "that is the engine's");
    cr_expect(eq(int, hart->last_exception.cause, TRAP_LOAD_PAGE_FAULT));
    cr_expect(eq(u64, hart->last_exception.pc, PC));
    cr_expect(eq(u64, hart->last_exception.tval, TVAL));
    cr_expect(eq(int, hart->last_exception.privilege, S));
    cr_expect(not(hart->last_exception.by_pmp));
}

Test(trap, only_an_access_fault_is_laid_on_pmp_and_only_once)
{
    hart->pmp_refused = true;
    trap_raise(hart, TRAP_STORE_ACCESS_FAULT, TVAL);
    cr_expect(hart->last_exception.by_pmp);
    cr_expect(not(hart->pmp_refused), "consumed");
    trap_raise(hart, TRAP_STORE_ACCESS_FAULT, TVAL);
    cr_expect(not(hart->last_exception.by_pmp));
    hart->pmp_refused = true;
    trap_raise(hart, TRAP_STORE_PAGE_FAULT, TVAL);
    cr_expect(not(hart->last_exception.by_pmp));
    cr_expect(not(hart->pmp_refused));
}

Test(trap, any_trap_ends_the_reservation)
{
    hart->reservation.is_valid = true;
    trap_raise(hart, TRAP_BREAKPOINT, 0);
    cr_expect(not(hart->reservation.is_valid), "exception");

    prepare(U);
    hart->reservation.is_valid = true;
    hart->csr.mie = hart->csr.mip_software = BIT(TRAP_SSI);
    cr_assert(trap_take_interrupt(hart));
    cr_expect(not(hart->reservation.is_valid), "interrupt");
}

/* Interrupts. */

/* Pending bits and what becomes of them; all are enabled in mie. */
static const struct {
    unsigned from;
    uint64_t mie;
    uint64_t sie;
    uint64_t pending;
    uint64_t mideleg;
    int want; /* the interrupt taken, or -1 */
    unsigned to;
    const char *why;
} interrupt_rows[] = {
    {M, 1, 0, BIT(7), 0, 7, M, "M-mode with MIE"},
    {M, 0, 1, BIT(7), 0, -1, M, "M-mode without MIE"},
    {S, 0, 0, BIT(7), 0, 7, M, "below M, MIE does not matter"},
    {U, 0, 0, BIT(7), 0, 7, M, "below M, MIE does not matter"},
    {M, 1, 1, 0, 0, -1, M, "nothing is pending"},

    {M, 1, 0, BIT(5), 0, 5, M, "S's interrupt, not delegated, goes to M"},
    {S, 0, 0, BIT(5), 0, 5, M, "from S too, whatever SIE is"},
    {M, 1, 1, BIT(5), BIT(5), -1, M, "delegated: masked in M-mode"},
    {S, 1, 0, BIT(5), BIT(5), -1, S, "S-mode without SIE"},
    {S, 0, 1, BIT(5), BIT(5), 5, S, "S-mode with SIE"},
    {U, 0, 0, BIT(5), BIT(5), 5, S, "below S, SIE does not matter"},

    {U, 0, 0, 0xaaa, 0, 11, M, "MEI first"},
    {U, 0, 0, 0x2aa, 0, 3, M, "then MSI"},
    {U, 0, 0, 0x2a2, 0, 7, M, "then MTI"},
    {U, 0, 0, 0x222, 0, 9, M, "then SEI"},
    {U, 0, 0, 0x022, 0, 1, M, "then SSI"},
    {U, 0, 0, 0x020, 0, 5, M, "then STI"},
    {U, 0, 0, 0x222, 0x222, 9, S, "SEI first"},
    {U, 0, 0, 0x022, 0x222, 1, S, "then SSI"},
    {U, 0, 0, 0x020, 0x222, 5, S, "then STI"},

    {U, 0, 0, BIT(5) | BIT(9), BIT(9), 5, M, "what goes to M comes first, even STI before SEI"},
    {S, 0, 1, BIT(7) | BIT(9), BIT(9), 7, M, "MTI before a delegated SEI"},
    {M, 0, 1, BIT(7) | BIT(9), BIT(9), -1, M, "M-mode without MIE takes neither"},
    {M, 1, 1, BIT(7) | BIT(9), BIT(9), 7, M, "M-mode with MIE takes its own"},
};

Test(trap, interrupts_are_taken_by_enable_delegation_and_priority)
{
    for (size_t i = 0; i < sizeof interrupt_rows / sizeof *interrupt_rows; i++) {
        const char *why = interrupt_rows[i].why;
        prepare(interrupt_rows[i].from);
        set_field(MSTATUS_MIE, interrupt_rows[i].mie);
        set_field(MSTATUS_SIE, interrupt_rows[i].sie);
        hart->csr.mie = 0xaaa;
        hart->csr.mip_wires = interrupt_rows[i].pending;
        hart->csr.mideleg = interrupt_rows[i].mideleg;
        bool taken = trap_take_interrupt(hart);

        cr_expect(eq(int, taken, interrupt_rows[i].want >= 0), "%s", why);
        if (!taken) {
            cr_expect(eq(u64, hart->pc, PC), "%s", why);
        } else if (interrupt_rows[i].to == M) {
            expect_taken_to_m(IRQ | interrupt_rows[i].want, 0, interrupt_rows[i].from, why);
        } else {
            expect_taken_to_s(IRQ | interrupt_rows[i].want, 0, interrupt_rows[i].from, why);
        }
        hart->csr.mip_wires = 0;
    }
}

Test(trap, an_interrupt_must_be_pending_and_enabled)
{
    for (unsigned interrupt = 1; interrupt <= 11; interrupt += 2) {
        prepare(U);
        hart->csr.mip_wires = BIT(interrupt);
        hart->csr.mie = 0xaaa & ~BIT(interrupt);
        cr_expect(not(trap_take_interrupt(hart)), "%u is pending only", interrupt);
        hart->csr.mie = BIT(interrupt);
        cr_expect(trap_take_interrupt(hart), "%u is pending and enabled", interrupt);
        hart->csr.mip_wires = 0;
    }
}

Test(trap, software_can_make_an_interrupt_pending)
{
    prepare(U);
    hart->csr.mie = 0xaaa;
    hart->csr.mip_software = BIT(TRAP_SEI);
    cr_assert(trap_take_interrupt(hart));
    expect_taken_to_m(IRQ | 9, 0, U, "SEIP by software");
}

Test(trap, vectored_interrupts_go_to_base_plus_four_times_the_cause)
{
    static const struct {
        unsigned interrupt;
        uint64_t mideleg;
        uint64_t want;
    } rows[] = {
        {TRAP_MTI, 0, MTVEC + 0x1c},     {TRAP_MEI, 0, MTVEC + 0x2c},
        {TRAP_STI, 0, MTVEC + 0x14},     {TRAP_STI, 0x222, STVEC + 0x14},
        {TRAP_SEI, 0x222, STVEC + 0x24},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned mode = 0; mode < 2; mode++) {
            prepare(U);
            hart->csr.mtvec = MTVEC | mode;
            hart->csr.stvec = STVEC | mode;
            hart->csr.mie = hart->csr.mip_wires = BIT(rows[i].interrupt);
            hart->csr.mideleg = rows[i].mideleg;
            cr_assert(trap_take_interrupt(hart));
            uint64_t direct = rows[i].mideleg == 0 ? MTVEC : STVEC;
            cr_expect(eq(u64, hart->pc, mode == VECTORED ? rows[i].want : direct), "row %zu", i);
            hart->csr.mip_wires = 0;
        }
    }
}

Test(trap, an_interrupt_is_counted_and_ends_waiting)
{
    prepare(U);
    struct hart_counters before = hart->counters;
    hart->is_waiting = true;
    cr_expect(not(trap_take_interrupt(hart)));
    cr_expect(hart->is_waiting, "nothing was taken");

    hart->csr.mie = hart->csr.mip_wires = BIT(TRAP_MTI);
    cr_assert(trap_take_interrupt(hart));
    cr_expect(not(hart->is_waiting));
    cr_expect(eq(u64, hart->counters.interrupts, before.interrupts + 1));
    cr_expect(eq(u64, hart->counters.exceptions, before.exceptions));
}

Test(trap, an_interrupt_leaves_the_last_exception_alone)
{
    trap_raise(hart, TRAP_BREAKPOINT, TVAL);
    prepare(U);
    hart->csr.mie = hart->csr.mip_wires = BIT(TRAP_MTI);
    cr_assert(trap_take_interrupt(hart));
    cr_expect(eq(int, hart->last_exception.cause, TRAP_BREAKPOINT));
    cr_expect(eq(u64, hart->last_exception.tval, TVAL));
}

/* Returns. */

Test(trap, mret_goes_where_mpp_says)
{
    static const unsigned modes[] = {U, S, M};

    for (unsigned i = 0; i < 6; i++) {
        unsigned to = modes[i / 2];
        uint64_t pc = 0;
        prepare(M);
        set_field(MSTATUS_MPP, to);
        set_field(MSTATUS_MPIE, i % 2);
        set_field(MSTATUS_MIE, !(i % 2));
        set_field(MSTATUS_SIE, 1);
        set_field(MSTATUS_SPP, 1);
        hart->csr.mstatus |= MSTATUS_MPRV;
        trap_return_machine(hart, &pc);

        cr_expect(eq(int, hart->privilege, to));
        cr_expect(eq(u64, pc, 0x1110), "mepc");
        cr_expect(eq(u64, field(MSTATUS_MIE), i % 2), "MIE = MPIE");
        cr_expect(eq(u64, field(MSTATUS_MPIE), 1));
        cr_expect(eq(u64, field(MSTATUS_MPP), U));
        cr_expect(eq(u64, field(MSTATUS_MPRV), to == M), "MPRV ends below M");
        cr_expect(eq(u64, field(MSTATUS_SIE), 1), "S's stays");
        cr_expect(eq(u64, field(MSTATUS_SPIE), 0), "S's stays");
        cr_expect(eq(u64, field(MSTATUS_SPP), 1), "S's stays");
        cr_expect(eq(u64, hart->pc, PC), "the engine moves pc when it retires");
    }
}

Test(trap, sret_goes_where_spp_says)
{
    static const unsigned from[] = {S, M};

    for (unsigned i = 0; i < 8; i++) {
        unsigned to = i / 2 % 2 == 0 ? U : S;
        uint64_t pc = 0;
        prepare(from[i / 4]);
        hart->csr.sepc = 0x2220;
        set_field(MSTATUS_SPP, to);
        set_field(MSTATUS_SPIE, i % 2);
        set_field(MSTATUS_SIE, !(i % 2));
        set_field(MSTATUS_MIE, 1);
        set_field(MSTATUS_MPP, M);
        hart->csr.mstatus |= MSTATUS_MPRV;
        trap_return_supervisor(hart, &pc);

        cr_expect(eq(int, hart->privilege, to));
        cr_expect(eq(u64, pc, 0x2220), "sepc");
        cr_expect(eq(u64, field(MSTATUS_SIE), i % 2), "SIE = SPIE");
        cr_expect(eq(u64, field(MSTATUS_SPIE), 1));
        cr_expect(eq(u64, field(MSTATUS_SPP), 0));
        cr_expect(eq(u64, field(MSTATUS_MPRV), 0), "SRET always ends MPRV");
        cr_expect(eq(u64, field(MSTATUS_MIE), 1), "M's stays");
        cr_expect(eq(u64, field(MSTATUS_MPIE), 0), "M's stays");
        cr_expect(eq(u64, field(MSTATUS_MPP), M), "M's stays");
    }
}

Test(trap, returns_leave_the_reservation_alone)
{
    uint64_t pc;
    hart->reservation.is_valid = true;
    set_field(MSTATUS_MPP, S);
    trap_return_machine(hart, &pc);
    trap_return_supervisor(hart, &pc);
    cr_expect(hart->reservation.is_valid);
}

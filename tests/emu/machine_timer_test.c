/*
 * Time on a whole machine: the timers of M-mode and S-mode interrupt at their tick and end a WFI
 * [Priv. mtime, Priv. Sstc].
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/machine/machine.h"
#include "emu/machine/platform.h"
#include "tests/support/encode.h"
#include "tests/support/machine_box.h"

enum {
    CSR_SSTATUS = 0x100,
    CSR_SIE = 0x104,
    CSR_STIMECMP = 0x14d,
    CSR_MSTATUS = 0x300,
    CSR_MIDELEG = 0x303,
    CSR_MIE = 0x304,
    CSR_MTVEC = 0x305,
    CSR_MCOUNTEREN = 0x306,
    CSR_MENVCFG = 0x30a,
    CSR_MIP = 0x344,
    CSR_PMPCFG0 = 0x3a0,
    CSR_PMPADDR0 = 0x3b0,
    CSR_TIME = 0xc01,
};

/* Sets mtimecmp to 1000 ticks and sleeps with mie.MTIE set. */
#define SLEEP_UNTIL_TICK_1000                                                                      \
    lui(T0, PLATFORM_CLINT_BASE + 0x4000), addi(T1, 0, 1000), store(DWORD, T0, T1, 0),             \
        addi(T1, 0, 128), encode_csr(CSRRS, 0, CSR_MIE, T1), INSN_WFI

Test(machine_timer, wfi_moves_time_to_the_timer)
{
    struct box box;

    START(&box, SLEEP_UNTIL_TICK_1000, encode_csr(CSRRS, A0, CSR_TIME, 0));
    cr_expect(eq(int, box_run(&box, 7).reason, MACHINE_LIMIT));
    cr_expect(eq(u64, machine_hart(box.machine)->x[A0], 1000));
    cr_expect(eq(u64, machine_hart(box.machine)->counters.cycles, 1000 * 100 + 1));
    cr_expect(eq(u64, machine_hart(box.machine)->counters.attempts, 7), "sleep is no attempt");
    machine_destroy(box.machine);
}

Test(machine_timer, the_timer_interrupt_comes_right_after_the_sleep)
{
    struct box box;

    /* mtvec = the last word: mstatus.MIE is on, so the interrupt is taken before the nop. */
    START(&box, encode_u(OPCODE_AUIPC, T0, 0), addi(T0, T0, 44),
          encode_csr(CSRRW, 0, CSR_MTVEC, T0), encode_csr(CSRRSI, 0, CSR_MSTATUS, 8),
          SLEEP_UNTIL_TICK_1000, addi(T2, 0, 1), addi(A0, 0, 77));
    cr_expect(eq(int, box_run(&box, 11).reason, MACHINE_LIMIT));
    const struct hart *hart = machine_hart(box.machine);

    cr_expect(eq(u64, hart->x[A0], 77));
    cr_expect(eq(u64, hart->x[T2], 0), "the instruction after WFI comes later");
    cr_expect(eq(u64, hart->counters.interrupts, 1));
    cr_expect(eq(u64, hart->csr.mcause, TRAP_IS_INTERRUPT | TRAP_MTI));
    cr_expect(eq(u64, hart->csr.mepc, PLATFORM_RAM_BASE + 40));
    machine_destroy(box.machine);
}

Test(machine_timer, a_timer_interrupts_a_loop_at_the_tick)
{
    struct box box;

    /* mtimecmp = 3 ticks = 300 cycles; the loop is one jump to itself. */
    START(&box, encode_u(OPCODE_AUIPC, T0, 0), addi(T0, T0, 44),
          encode_csr(CSRRW, 0, CSR_MTVEC, T0), encode_csr(CSRRSI, 0, CSR_MSTATUS, 8),
          lui(T0, PLATFORM_CLINT_BASE + 0x4000), addi(T1, 0, 3), store(DWORD, T0, T1, 0),
          addi(T1, 0, 128), encode_csr(CSRRS, 0, CSR_MIE, T1), encode_j(0, 0), INSN_NOP,
          addi(A0, 0, 77));
    cr_expect(eq(int, box_run(&box, 300).reason, MACHINE_LIMIT));
    cr_expect(eq(u64, machine_hart(box.machine)->counters.interrupts, 0));
    cr_expect(eq(int, box_run(&box, 301).reason, MACHINE_LIMIT));
    cr_expect(eq(u64, machine_hart(box.machine)->counters.interrupts, 1));
    cr_expect(eq(u64, machine_hart(box.machine)->x[A0], 77));
    machine_destroy(box.machine);
}

/* S-mode with a timer of its own and its interrupt, which goes to this word of the program. */
static void enter_supervisor(struct box *box, unsigned handler)
{
    struct hart *hart = machine_hart(box->machine);

    csr_write(hart, CSR_MENVCFG, MENVCFG_STCE);
    csr_write(hart, CSR_MCOUNTEREN, 2);
    csr_write(hart, CSR_MIDELEG, UINT64_C(1) << TRAP_STI);
    csr_write(hart, CSR_PMPADDR0, UINT64_MAX);
    csr_write(hart, CSR_PMPCFG0, 0x1f);
    hart->csr.stvec = PLATFORM_RAM_BASE + UINT64_C(4) * handler;
    hart->privilege = MMU_SUPERVISOR;
}

/* Sets stimecmp and sie.STIE. */
#define TIMER_OF_S(tick)                                                                           \
    addi(T1, 0, tick), encode_csr(CSRRW, 0, CSR_STIMECMP, T1), addi(T1, 0, 32),                    \
        encode_csr(CSRRS, 0, CSR_SIE, T1)

Test(machine_timer, the_supervisor_timer_interrupts_a_loop_at_the_tick)
{
    struct box box;

    START(&box, TIMER_OF_S(3), encode_csr(CSRRSI, 0, CSR_SSTATUS, 2), encode_j(0, 0),
          addi(A0, 0, 77));
    enter_supervisor(&box, 6);
    const struct hart *hart = machine_hart(box.machine);

    cr_expect(eq(int, box_run(&box, 300).reason, MACHINE_LIMIT));
    cr_expect(eq(u64, hart->counters.interrupts, 0));
    cr_expect(eq(int, box_run(&box, 301).reason, MACHINE_LIMIT));
    cr_expect(eq(u64, hart->counters.interrupts, 1));
    cr_expect(eq(u64, hart->x[A0], 77));
    cr_expect(eq(int, hart->privilege, MMU_SUPERVISOR));
    cr_expect(eq(u64, hart->csr.scause, TRAP_IS_INTERRUPT | TRAP_STI));
    cr_expect(eq(u64, hart->csr.sepc, PLATFORM_RAM_BASE + 20));
    machine_destroy(box.machine);
}

Test(machine_timer, a_supervisor_timer_that_is_due_interrupts_before_the_next_instruction)
{
    struct box box;

    START(&box, addi(T1, 0, 32), encode_csr(CSRRS, 0, CSR_SIE, T1),
          encode_csr(CSRRSI, 0, CSR_SSTATUS, 2), encode_csr(CSRRW, 0, CSR_STIMECMP, 0),
          addi(T2, 0, 1), addi(A0, 0, 77));
    enter_supervisor(&box, 5);
    box_run(&box, 5);
    cr_expect(eq(u64, machine_hart(box.machine)->csr.sepc, PLATFORM_RAM_BASE + 16));
    cr_expect(eq(u64, machine_hart(box.machine)->x[T2], 0));
    cr_expect(eq(u64, machine_hart(box.machine)->x[A0], 77));
    machine_destroy(box.machine);
}

Test(machine_timer, wfi_moves_time_to_the_supervisor_timer)
{
    struct box box;

    START(&box, TIMER_OF_S(1000), INSN_WFI, encode_csr(CSRRS, A0, CSR_TIME, 0));
    enter_supervisor(&box, 0);
    cr_expect(eq(int, box_run(&box, 6).reason, MACHINE_LIMIT));
    cr_expect(eq(u64, machine_hart(box.machine)->x[A0], 1000));
    cr_expect(eq(u64, machine_hart(box.machine)->counters.cycles, 1000 * 100 + 1));
    machine_destroy(box.machine);
}

Test(machine_timer, the_first_timer_that_is_enabled_wakes_the_hart)
{
    static const struct {
        int32_t mtimecmp;
        int32_t stimecmp;
        int32_t mie;
        uint64_t menvcfg;
        uint64_t tick; /* 0: it sleeps for ever */
        const char *why;
    } rows[] = {
        {10, 20, 0xa0, MENVCFG_STCE, 10, "that of M-mode first"},
        {20, 10, 0xa0, MENVCFG_STCE, 10, "that of S-mode first"},
        {10, 20, 0x20, MENVCFG_STCE, 20, "only that of S-mode is enabled"},
        {20, 10, 0x80, MENVCFG_STCE, 20, "only that of M-mode is enabled"},
        {20, 10, 0xa0, 0, 20, "that of S-mode is off"},
        {20, 10, 0x20, 0, 0, "that of S-mode is off, and nothing else enabled"},
        {20, -1, 0x20, MENVCFG_STCE, 0, "that of S-mode is at the end of time"},
        {20, -2, 0x20, MENVCFG_STCE, 0, "that of S-mode is near the end of time"},
        {-1, 10, 0xa0, MENVCFG_STCE, 10, "that of M-mode is at the end of time"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct box box;

        START(&box, lui(T0, PLATFORM_CLINT_BASE + 0x4000), addi(T1, 0, rows[i].mtimecmp),
              store(DWORD, T0, T1, 0), addi(T1, 0, rows[i].stimecmp),
              encode_csr(CSRRW, 0, CSR_STIMECMP, T1), addi(T1, 0, rows[i].mie),
              encode_csr(CSRRS, 0, CSR_MIE, T1), INSN_WFI, encode_csr(CSRRS, A0, CSR_TIME, 0));
        csr_write(machine_hart(box.machine), CSR_MENVCFG, rows[i].menvcfg);
        enum machine_reason reason = box_run(&box, 9).reason;

        cr_expect(eq(int, reason, rows[i].tick == 0 ? MACHINE_IDLE : MACHINE_LIMIT), "%s",
                  rows[i].why);
        cr_expect(eq(u64, machine_hart(box.machine)->x[A0], rows[i].tick), "%s", rows[i].why);
        machine_destroy(box.machine);
    }
}

Test(machine_timer, writing_mtime_moves_both_timers)
{
    struct box box;

    START(&box, lui(T0, PLATFORM_CLINT_BASE + 0xc000), addi(T1, 0, 1000),
          encode_csr(CSRRW, 0, CSR_STIMECMP, T1), store(DWORD, T0, T1, -8),
          encode_csr(CSRRS, A0, CSR_MIP, 0), store(DWORD, T0, 0, -8),
          encode_csr(CSRRS, T2, CSR_MIP, 0));
    csr_write(machine_hart(box.machine), CSR_MENVCFG, MENVCFG_STCE);
    box_run(&box, 7);
    cr_expect(eq(u64, machine_hart(box.machine)->x[A0], UINT64_C(1) << TRAP_STI));
    cr_expect(eq(u64, machine_hart(box.machine)->x[T2], 0));
    machine_destroy(box.machine);
}

/* Whether the hart looks at the host or at a timer at an event, the other is not forgotten. */
Test(machine_timer, a_supervisor_timer_far_away_still_comes_at_the_tick)
{
    struct box box;

    START(&box, TIMER_OF_S(2000), encode_csr(CSRRSI, 0, CSR_SSTATUS, 2), encode_j(0, 0),
          addi(A0, 0, 77));
    enter_supervisor(&box, 6);
    box_run(&box, 2000 * 100);
    cr_expect(eq(u64, machine_hart(box.machine)->counters.interrupts, 0));
    box_run(&box, 2000 * 100 + 1);
    cr_expect(eq(u64, machine_hart(box.machine)->counters.interrupts, 1));
    machine_destroy(box.machine);
}

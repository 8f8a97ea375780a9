/*
 * pmu_csr.S - CSRs by a number that is known at run time only: the number is part of the
 * instruction, so there is one for each, all of the same length, and a jump into their middle.
 */
        .option norvc                   # each row has 8 bytes

        .text
        .globl  pmu_event_read
        .type   pmu_event_read, @function
pmu_event_read:
        la      t0, event_reads - 3 * 8
        slli    t1, a0, 3
        add     t0, t0, t1
        jr      t0
event_reads:
        .set    number, 0x323           # mhpmevent3
        .rept   29
        csrr    a0, number
        ret
        .set    number, number + 1
        .endr

        .globl  pmu_event_write
        .type   pmu_event_write, @function
pmu_event_write:
        la      t0, event_writes - 3 * 8
        slli    t1, a0, 3
        add     t0, t0, t1
        jr      t0
event_writes:
        .set    number, 0x323           # mhpmevent3
        .rept   29
        csrw    number, a1
        ret
        .set    number, number + 1
        .endr

        .globl  pmu_counter_write
        .type   pmu_counter_write, @function
pmu_counter_write:
        la      t0, counter_writes
        slli    t1, a0, 3
        add     t0, t0, t1
        jr      t0
counter_writes:
        csrw    mcycle, a1
        ret
        nop                             # time is not written
        ret
        .set    number, 0xb02           # minstret, mhpmcounter3 and on
        .rept   30
        csrw    number, a1
        ret
        .set    number, number + 1
        .endr

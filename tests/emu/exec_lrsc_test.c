/*
 * Load-reserved and store-conditional against Unpriv. [ext:zalrsc]: when an SC may store.
 *
 * Choice: the reservation is the aligned 64 bytes; any SC, any trap and a write to them by others
 * end it, the hart's own stores do not; a failing SC writes 1.
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/access.h"
#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_lrsc, .init = start, .fini = finish);

Test(exec_lrsc, lr_loads_like_a_load_and_sign_extends_words)
{
    for (size_t i = 0; i < EDGE_VALUES; i++) {
        for (unsigned size = 4; size <= 8; size += 4) {
            bench_reset(&bench);
            bench_poke(&bench, BENCH_DATA, 8, edge_values[i]);
            bench.hart.x[11] = BENCH_DATA;
            bench_name(&bench, "lr of %u bytes of 0x%llx", size,
                       (unsigned long long)edge_values[i]);
            bench_step(&bench, encode_atomic(LR, size, 10, 11, 0));
            bench_expect_result(&bench, 10, (uint64_t)as_signed(edge_values[i], 8 * size));
        }
    }
}

/* Executes an SC of x12 to this address, wherever the pc is, and expects it to retire with this
 * outcome: 0 and the value stored, or 1 and memory as it was. */
static void check_sc(unsigned size, uint64_t address, bool succeeds)
{
    uint64_t old = bench_peek(&bench, address, 8);
    uint64_t low_bits = size == 8 ? UINT64_MAX : UINT64_C(0xffffffff);

    bench.hart.x[11] = address;
    bench.hart.x[12] = ~old;
    bench_step(&bench, encode_atomic(SC, size, 10, 11, 12));
    bench_expect_result(&bench, 10, succeeds ? 0 : 1);
    cr_expect(eq(u64, bench_peek(&bench, address, 8), succeeds ? old ^ low_bits : old),
              "%s: memory", bench.what);
}

static void do_lr(unsigned size, uint64_t address)
{
    bench.hart.x[11] = address;
    bench_step(&bench, encode_atomic(LR, size, 10, 11, 0));
}

Test(exec_lrsc, sc_needs_a_reservation_of_its_64_bytes)
{
    static const struct {
        int offset; /* of the SC from the LR, which is 16 bytes into its 64 */
        bool succeeds;
        const char *why;
    } rows[] = {
        {0, true, "the bytes of the LR"},          {-16, true, "the first of the 64"},
        {40, true, "the last of the 64"},          {8, true, "others of the 64"},
        {-24, false, "just below the 64"},         {48, false, "just above the 64"},
        {64, false, "the same place of the next"}, {0x4000, false, "another page"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows * 4; i++) {
        unsigned lr_size = i % 2 == 0 ? 4 : 8;
        unsigned sc_size = i / 2 % 2 == 0 ? 4 : 8;
        size_t row = i / 4;
        bench_reset(&bench);
        bench_name(&bench, "lr of %u and sc of %u bytes: %s", lr_size, sc_size, rows[row].why);
        do_lr(lr_size, BENCH_DATA + 16);
        check_sc(sc_size, BENCH_DATA + 16 + (uint64_t)(int64_t)rows[row].offset,
                 rows[row].succeeds);
        check_sc(sc_size, BENCH_DATA + 16, false); /* success or not, an SC ends it */
    }
}

Test(exec_lrsc, sc_without_a_reservation_fails)
{
    for (unsigned size = 4; size <= 8; size += 4) {
        bench_reset(&bench);
        bench_name(&bench, "sc of %u bytes after reset", size);
        check_sc(size, BENCH_DATA, false);
    }
    bench_reset(&bench);
    bench_name(&bench, "sc to the block at 0 of memory after reset");
    check_sc(8, BENCH_RAM, false);
}

Test(exec_lrsc, sc_pairs_with_the_latest_lr)
{
    bench_reset(&bench);
    bench_name(&bench, "sc to the earlier of two lr");
    do_lr(8, BENCH_DATA);
    do_lr(8, BENCH_DATA + 64);
    check_sc(8, BENCH_DATA, false);
    bench_reset(&bench);
    bench_name(&bench, "sc to the later of two lr");
    do_lr(8, BENCH_DATA);
    do_lr(8, BENCH_DATA + 64);
    check_sc(8, BENCH_DATA + 64, true);
}

/* What comes between an LR and its SC: x13 is the LR's address, x14 is 2, x15 is elsewhere. */
Test(exec_lrsc, sc_fails_after_another_sc_or_a_trap)
{
    const struct {
        uint32_t bits;
        bool keeps;
        const char *why;
    } rows[] = {
        {INSN_NOP, true, "nop"},
        {encode_i(OPCODE_MISC_MEM, 0, 0, 0, 0x0ff), true, "fence"},
        {encode_s(3, 13, 14, 0), true, "sd: the hart's own store"},
        {encode_i(OPCODE_LOAD, 3, 14, 13, 0), true, "ld"},
        {encode_atomic(AMOADD, 8, 14, 13, 14), true, "amoadd.d: the hart's own AMO"},
        {encode_atomic(SC, 8, 14, 15, 14), false, "sc.d elsewhere, which fails"},
        {INSN_ECALL, false, "ecall: a trap"},
        {INSN_EBREAK, false, "ebreak: a trap"},
        {0x0000, false, "a compressed illegal instruction: a trap"},
        {encode_r(OPCODE_OP_32, 2, 0, 0, 0, 0), false, "an illegal instruction: a trap"},
        {encode_i(OPCODE_LOAD, 3, 14, 0, 0), false, "ld outside memory: a trap"},
        {encode_atomic(LR, 4, 14, 14, 0), false, "lr.w misaligned: a trap"},
        {encode_atomic(SC, 4, 14, 14, 0), false, "sc.w misaligned: a trap"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_reset(&bench);
        bench_poke(&bench, BENCH_DATA, 8, 0);
        bench.hart.x[13] = BENCH_DATA;
        bench.hart.x[14] = 2;
        bench.hart.x[15] = BENCH_DATA + 0x800;
        bench_name(&bench, "between lr and sc: %s", rows[i].why);
        do_lr(8, BENCH_DATA);
        bench_step(&bench, rows[i].bits);
        check_sc(8, BENCH_DATA, rows[i].keeps);
    }
}

Test(exec_lrsc, an_interrupt_ends_the_reservation)
{
    bench_reset(&bench);
    bench_name(&bench, "between lr and sc: a timer interrupt");
    do_lr(8, BENCH_DATA);
    bench.hart.csr.mie = UINT64_C(1) << TRAP_MTI;
    bench.hart.csr.mstatus |= MSTATUS_MIE;
    hart_set_interrupt(&bench.hart, TRAP_MTI, true);
    bench_poke(&bench, BENCH_VECTOR, 4, INSN_NOP);
    bench_run(&bench, 1);
    cr_expect(eq(u64, bench.hart.csr.mcause, TRAP_IS_INTERRUPT | TRAP_MTI));
    hart_set_interrupt(&bench.hart, TRAP_MTI, false);
    check_sc(8, BENCH_DATA, false);
}

/* Writes by others, told through access_end_reservation. The LR is at BENCH_DATA + 16. */
Test(exec_lrsc, a_write_by_others_ends_the_reservation_if_it_touches_the_64_bytes)
{
    static const struct {
        int64_t offset; /* of the write from the first of the 64 bytes */
        uint64_t length;
        bool keeps;
        const char *why;
    } rows[] = {
        {16, 8, false, "the bytes of the LR"},
        {0, 1, false, "the first byte"},
        {63, 1, false, "the last byte"},
        {-8, 9, false, "from below into the first byte"},
        {63, 4096, false, "from the last byte on"},
        {-4096, 8192, false, "all around"},
        {-8, 8, true, "up to the first byte"},
        {64, 8, true, "from the first byte after"},
        {-4096, 4096, true, "the page below"},
        {16, 0, true, "nothing"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_reset(&bench);
        bench_name(&bench, "another writes %s", rows[i].why);
        do_lr(8, BENCH_DATA + 16);
        access_end_reservation(&bench.hart, BENCH_DATA + (uint64_t)rows[i].offset, rows[i].length);
        check_sc(8, BENCH_DATA + 16, rows[i].keeps);
    }
}

Test(exec_lrsc, sc_registers_may_coincide)
{
    static const struct {
        unsigned rd;
        unsigned rs1;
        unsigned rs2;
        const char *why;
    } rows[] = {
        {11, 11, 12, "rd is the address"},
        {12, 11, 12, "rd is the operand"},
        {10, 11, 11, "the address is the operand"},
        {11, 11, 11, "all are one"},
        {0, 11, 12, "rd is x0"},
        {10, 11, 0, "the operand is x0"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows * 2; i++) {
        unsigned size = i % 2 == 0 ? 4 : 8;
        size_t row = i / 2;
        bench_reset(&bench);
        bench_poke(&bench, BENCH_DATA, 8, UINT64_C(0x1122334455667788));
        bench.hart.x[12] = UINT64_C(0x99aabbccddeeff00);
        bench_name(&bench, "sc of %u bytes: %s", size, rows[row].why);
        do_lr(size, BENCH_DATA);
        uint64_t operand = bench.hart.x[rows[row].rs2];
        bench_step(&bench, encode_atomic(SC, size, rows[row].rd, rows[row].rs1, rows[row].rs2));
        bench_expect_result(&bench, rows[row].rd, 0);
        cr_expect(
            eq(u64, bench_peek(&bench, BENCH_DATA, size), (uint64_t)as_unsigned(operand, 8 * size)),
            "%s", bench.what);
    }
}

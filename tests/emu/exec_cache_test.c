/*
 * The instructions of Zicbom, Zicboz and Zicbop: who may execute them [Unpriv. csr_state] and that
 * each does its own operation. What the operations do on their way to memory is in
 * access_cache_test.c.
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/bench_hart.h"
#include "tests/support/encode.h"

enum { CBO = 2, INVAL = 0, CLEAN = 1, FLUSH = 2, ZERO = 4 };
enum { BASE = 11, ORI = 6 };

static const char *const names[] = {
    [INVAL] = "cbo.inval", [CLEAN] = "cbo.clean", [FLUSH] = "cbo.flush", [ZERO] = "cbo.zero"};

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_cache, .init = start, .fini = finish);

static uint32_t encode_cbo(int operation)
{
    return encode_i(OPCODE_MISC_MEM, CBO, 0, BASE, operation);
}

/* The manual's conditions for an illegal instruction, word by word; fields are those of one
 * operation, from menvcfg and senvcfg, and 0 stands for 00 or clear. */
static bool is_illegal(enum mmu_privilege privilege, unsigned menvcfg_field, unsigned senvcfg_field)
{
    return (privilege != MMU_MACHINE && menvcfg_field == 0) ||
           (privilege == MMU_USER && senvcfg_field == 0);
}

static unsigned field_of(int operation, uint64_t envcfg)
{
    switch (operation) {
    case INVAL: return envcfg >> 4 & 3;
    case CLEAN:
    case FLUSH: return envcfg >> 6 & 1;
    default: return envcfg >> 7 & 1;
    }
}

static void check_enables(int operation, enum mmu_privilege privilege, uint64_t menvcfg,
                          uint64_t senvcfg)
{
    uint32_t bits = encode_cbo(operation);

    bench_reset(&bench);
    bench_name(&bench, "%s in mode %d with 0x%x and 0x%x", names[operation], (int)privilege,
               (unsigned)menvcfg, (unsigned)senvcfg);
    bench_poke(&bench, BENCH_DATA, 8, UINT64_MAX);
    bench.hart.x[BASE] = BENCH_DATA;
    bench.hart.privilege = privilege;
    bench.hart.csr.menvcfg = menvcfg;
    bench.hart.csr.senvcfg = senvcfg;
    bench_step(&bench, bits);

    bool illegal =
        is_illegal(privilege, field_of(operation, menvcfg), field_of(operation, senvcfg));
    bool is_zeroed = operation == ZERO && !illegal;

    if (illegal) {
        bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, bits);
    } else {
        bench_expect_result(&bench, 0, 0);
    }
    cr_expect(eq(u64, bench_peek(&bench, BENCH_DATA, 8), is_zeroed ? 0 : UINT64_MAX), "%s: memory",
              bench.what);
}

/* All values of the fields but CBIE = 2, which neither register holds. */
Test(exec_cache, menvcfg_and_senvcfg_say_who_may)
{
    static const int operations[] = {INVAL, CLEAN, FLUSH, ZERO};
    static const enum mmu_privilege privileges[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};

    for (unsigned i = 0; i < 4 * 3 * 16 * 16; i++) {
        uint64_t menvcfg = (i & 15) << 4;
        uint64_t senvcfg = (i >> 4 & 15) << 4;

        if ((menvcfg >> 4 & 3) != 2 && (senvcfg >> 4 & 3) != 2) {
            check_enables(operations[i >> 8 & 3], privileges[i >> 10], menvcfg, senvcfg);
        }
    }
}

Test(exec_cache, illegal_comes_before_what_the_address_is)
{
    bench_reset(&bench);
    bench_name(&bench, "cbo.clean of nothing, disabled");
    bench.hart.x[BASE] = 0;
    bench.hart.privilege = MMU_SUPERVISOR;
    bench_step(&bench, encode_cbo(CLEAN));
    bench_expect_trap(&bench, TRAP_ILLEGAL_INSTRUCTION, encode_cbo(CLEAN));
}

Test(exec_cache, faults_are_store_faults_with_rs1_in_xtval)
{
    static const int operations[] = {INVAL, CLEAN, FLUSH, ZERO};

    for (unsigned i = 0; i < 4; i++) {
        bench_reset(&bench);
        bench_name(&bench, "%s of nothing", names[operations[i]]);
        bench.hart.x[BASE] = BENCH_RAM_END + 77;
        bench_step(&bench, encode_cbo(operations[i]));
        bench_expect_trap(&bench, TRAP_STORE_ACCESS_FAULT, BENCH_RAM_END + 77);
    }
}

Test(exec_cache, any_register_may_hold_the_address)
{
    for (unsigned base = 0; base < 32; base++) {
        bench_reset(&bench);
        bench_name(&bench, "cbo.zero (x%u)", base);
        bench.hart.x[base] = base == 0 ? 0 : BENCH_DATA;
        bench_poke(&bench, BENCH_DATA, 8, UINT64_MAX);
        bench_step(&bench, encode_i(OPCODE_MISC_MEM, CBO, 0, base, ZERO));
        if (base == 0) {
            bench_expect_trap(&bench, TRAP_STORE_ACCESS_FAULT, 0);
        } else {
            bench_expect_result(&bench, 0, 0);
            cr_expect(zero(u64, bench_peek(&bench, BENCH_DATA, 8)), "%s", bench.what);
        }
    }
}

/* No exception, no access, whatever is there [norm:cbp_unperm_noexcep]; any mode may. */
Test(exec_cache, prefetch_does_nothing_anywhere)
{
    static const unsigned kinds[] = {0, 1, 3}; /* i, r, w */
    static const uint64_t addresses[] = {0, BENCH_DATA, BENCH_RAM_END, UINT64_MAX};

    for (unsigned i = 0; i < 3 * 4; i++) {
        bench_reset(&bench);
        bench_name(&bench, "prefetch %u of 0x%llx", kinds[i / 4],
                   (unsigned long long)addresses[i % 4]);
        bench.hart.privilege = MMU_USER;
        bench.hart.x[BASE] = addresses[i % 4];
        bench_step(&bench, encode_i(OPCODE_OP_IMM, ORI, 0, BASE, -32 | (int32_t)kinds[i / 4]));
        bench_expect_result(&bench, 0, 0);
    }
}

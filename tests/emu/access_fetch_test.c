/* Fetches: parcels, pages, PMP, and what they count. The rest of access.c: access*_test.c. */
#include "emu/hart/access.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/bits.h"
#include "emu/hart/hart.h"
#include "mmu/pte.h"
#include "tests/support/access_bench.h"

#define LONG UINT32_C(0x12345673)  /* low bits 11: four bytes */
#define SHORT UINT32_C(0x00004501) /* two bytes */

static struct access_bench access;
static struct bench_hart *const bench = &access.bench;
static struct hart *const hart = &access.bench.hart;

static void start(void)
{
    access_bench_init(&access);
}

static void finish(void)
{
    access_bench_finish(&access);
}

TestSuite(access_fetch, .init = start, .fini = finish);

/* Puts an instruction at byte offset of PAGE_CODE; what does not fit goes to PAGE_CODE_NEXT. */
static void put(int64_t offset, uint32_t bits, unsigned length)
{
    for (unsigned i = 0; i < length; i++) {
        int64_t at = offset + i;
        bench_poke(bench,
                   at < 0x1000 ? page_pa(PAGE_CODE, at) : page_pa(PAGE_CODE_NEXT, at - 0x1000), 1,
                   bits >> (8 * i));
    }
}

Test(access_fetch, instructions_are_read_whole_wherever_they_are)
{
    static const struct {
        uint64_t offset;
        uint32_t bits;
        unsigned length;
        unsigned translations;
        const char *why;
    } rows[] = {
        {0, LONG, 4, 1, "four bytes"},
        {2, LONG, 4, 1, "four bytes at a multiple of two"},
        {0x100, SHORT, 2, 1, "two bytes"},
        {0xffc, LONG, 4, 1, "the last four bytes of a page"},
        {0xffe, SHORT, 2, 1, "the last two bytes of a page"},
        {0xffe, LONG, 4, 2, "across two pages"},
        {0x1ffe, SHORT, 2, 1, "the next page is not mapped, and not asked"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t bits = 0;
        unsigned length = 0;
        uint64_t count = access_bench_count(&access, MMU_FETCH);
        put(rows[i].offset, UINT32_MAX, 4);
        put(rows[i].offset, rows[i].bits, rows[i].length);
        hart->pc = page_va(PAGE_CODE, rows[i].offset);
        cr_expect(access_fetch(hart, &bits, &length), "%s", rows[i].why);
        cr_expect(eq(u32, bits, rows[i].bits), "%s", rows[i].why);
        cr_expect(eq(uint, length, rows[i].length), "%s", rows[i].why);
        cr_expect(eq(u64, access_bench_count(&access, MMU_FETCH), count + rows[i].translations),
                  "%s: translations", rows[i].why);
    }
}

/* Fetches of a four-byte instruction, which is there as far as there is memory. */
static const struct {
    enum access_page page;
    int offset;
    enum trap_cause cause;
    int fault_offset;
    unsigned translations;
    const char *why;
} fault_rows[] = {
    {PAGE_HOLE, 8, TRAP_FETCH_PAGE_FAULT, 8, 1, "not mapped"},
    {PAGE_AFTER_CODE, -2, TRAP_FETCH_PAGE_FAULT, 0, 2, "second half not mapped: its own address"},
    {PAGE_AFTER_CODE, 0xffe, TRAP_FETCH_PAGE_FAULT, 0xffe, 1, "first half not mapped"},
    {PAGE_RAM, 0, TRAP_FETCH_PAGE_FAULT, 0, 1, "not executable"},
    {PAGE_DEVICE, 16, TRAP_FETCH_ACCESS_FAULT, 16, 1, "a device"},
    {PAGE_NOTHING, 4, TRAP_FETCH_ACCESS_FAULT, 4, 1, "nothing answers"},
};

Test(access_fetch, faults_name_the_half_that_faults_and_the_start_of_the_instruction)
{
    for (size_t i = 0; i < sizeof fault_rows / sizeof *fault_rows; i++) {
        uint32_t bits = 7;
        unsigned length;
        uint64_t count = access_bench_count(&access, MMU_FETCH);
        uint64_t pc = page_va(fault_rows[i].page, fault_rows[i].offset);
        access_bench_enter(&access, MMU_SUPERVISOR);
        put(0x1ffe, LONG, 2);
        hart->pc = pc;
        cr_expect(not(access_fetch(hart, &bits, &length)), "%s", fault_rows[i].why);
        access_bench_expect_fault(&access, fault_rows[i].cause,
                                  page_va(fault_rows[i].page, fault_rows[i].fault_offset), false,
                                  fault_rows[i].why);
        cr_expect(eq(u64, hart->csr.mepc, pc), "%s: mepc", fault_rows[i].why);
        cr_expect(
            eq(u64, access_bench_count(&access, MMU_FETCH), count + fault_rows[i].translations),
            "%s: translations", fault_rows[i].why);
    }
    cr_expect(eq(uint, access.device_reads, 0), "no device is asked for an instruction");
}

Test(access_fetch, pmp_looks_at_each_parcel)
{
    static const struct {
        int64_t pc; /* the protected 8 bytes begin at offset 0x100 */
        uint32_t instruction;
        uint8_t cfg;
        int fault_offset; /* 0: none */
        const char *why;
    } rows[] = {
        {0x100, LONG, 0, 0x100, "all of it refused"},
        {0x106, LONG, 0, 0x106, "first half refused"},
        {0x0fe, LONG, 0, 0x100, "second half refused"},
        {0x0fe, LONG, PMP_R | PMP_W, 0x100, "X is what counts"},
        {0x0fe, SHORT, 0, 0, "two bytes before what is refused"},
        {0x0fe, LONG, PMP_X, 0, "half in one entry, half in another, both permit"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t bits;
        unsigned length;
        access_bench_enter(&access, MMU_SUPERVISOR);
        access_bench_protect(&access, page_pa(PAGE_CODE, 0x100), 8, rows[i].cfg);
        put(rows[i].pc, rows[i].instruction, 4);
        hart->pc = page_va(PAGE_CODE, rows[i].pc);
        bool done = access_fetch(hart, &bits, &length);
        cr_expect(eq(int, done, rows[i].fault_offset == 0), "%s", rows[i].why);
        if (rows[i].fault_offset != 0) {
            access_bench_expect_fault(&access, TRAP_FETCH_ACCESS_FAULT,
                                      page_va(PAGE_CODE, rows[i].fault_offset), true, rows[i].why);
        }
    }
}

Test(access_fetch, ram_may_end_after_a_parcel)
{
    uint32_t bits;
    unsigned length;

    access_bench_enter(&access, MMU_MACHINE);
    hart->pc = BENCH_RAM_END - 2;
    bench_poke(bench, hart->pc, 2, SHORT);
    cr_expect(access_fetch(hart, &bits, &length), "two bytes");
    bench_poke(bench, hart->pc, 2, LONG & 0xffff);
    cr_expect(not(access_fetch(hart, &bits, &length)), "four bytes");
    access_bench_expect_fault(&access, TRAP_FETCH_ACCESS_FAULT, BENCH_RAM_END, false, "RAM ends");
}

Test(access_fetch, mprv_has_no_say)
{
    uint32_t bits;
    unsigned length;

    access_bench_enter(&access, MMU_MACHINE);
    hart->csr.mstatus = field_set(hart->csr.mstatus | MSTATUS_MPRV, MSTATUS_MPP, MMU_SUPERVISOR);
    hart->pc = page_pa(PAGE_CODE, 0);
    put(0, LONG, 4);
    cr_expect(access_fetch(hart, &bits, &length), "a physical address, in M-mode");
    cr_expect(eq(u64, access_bench_count(&access, MMU_FETCH), 0));
}

Test(access_fetch, a_fetch_is_no_memory_access_of_the_instruction)
{
    struct hart_commit commit = {.memory_count = 0};
    uint32_t bits;
    unsigned length;

    hart->commit = &commit;
    hart->pc = page_va(PAGE_CODE, 0);
    put(0, LONG, 4);
    cr_assert(access_fetch(hart, &bits, &length));
    cr_expect(eq(uint, commit.memory_count, 0));
}

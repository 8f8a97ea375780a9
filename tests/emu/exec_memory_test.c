/*
 * Loads and stores of RV64I: sizes, extension, every alignment, neighbours, faults
 * [Unpriv. ldst, Unpriv. rv64]. What a TLB does is tested elsewhere; here Sv39 only splits an
 * access that crosses a page.
 */
#include "emu/hart/exec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "devices/device.h"
#include "mmu/pte.h"
#include "tests/support/bench_hart.h"
#include "tests/support/edge_values.h"
#include "tests/support/encode.h"

static const struct load {
    const char *name;
    unsigned funct3;
    unsigned size;
    bool sign_extends;
} loads[] = {
    {"lb", 0, 1, true},   {"lh", 1, 2, true},   {"lw", 2, 4, true},   {"ld", 3, 8, true},
    {"lbu", 4, 1, false}, {"lhu", 5, 2, false}, {"lwu", 6, 4, false},
};

static const struct store {
    const char *name;
    unsigned funct3;
    unsigned size;
} stores[] = {{"sb", 0, 1}, {"sh", 1, 2}, {"sw", 2, 4}, {"sd", 3, 8}};

enum { LOADS = sizeof loads / sizeof *loads, STORES = sizeof stores / sizeof *stores };

static struct bench_hart bench;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(exec_memory, .init = start, .fini = finish);

/* Executes a load of x[rd] from imm(x[rs1]) with this base. */
static void do_load(const struct load *load, unsigned rd, unsigned rs1, uint64_t base, int32_t imm)
{
    bench.hart.x[rs1] = base;
    bench_name(&bench, "%s x%u, %d(x%u) with 0x%llx", load->name, rd, imm, rs1,
               (unsigned long long)base);
    bench_step(&bench, encode_i(OPCODE_LOAD, load->funct3, rd, rs1, imm));
}

static void do_store(const struct store *store, unsigned rs2, unsigned rs1, uint64_t base,
                     int32_t imm)
{
    bench.hart.x[rs1] = base;
    bench_name(&bench, "%s x%u, %d(x%u) with 0x%llx", store->name, rs2, imm, rs1,
               (unsigned long long)base);
    bench_step(&bench, encode_s(store->funct3, rs1, rs2, imm));
}

/* What a load makes of the bytes that are there. */
static uint64_t loaded(const struct load *load, uint64_t bytes)
{
    unsigned bits = 8 * load->size;
    return load->sign_extends ? (uint64_t)as_signed(bytes, bits)
                              : (uint64_t)as_unsigned(bytes, bits);
}

Test(exec_memory, loads_extend_and_are_little_endian_at_every_alignment)
{
    for (unsigned pattern = 0; pattern < 4; pattern++) {
        for (unsigned i = 0; i < 64; i++) {
            uint8_t byte = (uint8_t)(pattern % 2 == 0 ? 0x80 + 7 * i : 0x7f - 3 * i);
            bench_poke(&bench, BENCH_DATA + i, 1, pattern < 2 ? byte : (i % 2 == 0 ? 0xff : 0x01));
        }
        for (unsigned i = 0; i < LOADS * 17; i++) {
            const struct load *load = &loads[i % LOADS];
            uint64_t pa = BENCH_DATA + 8 + i / LOADS;
            bench_reset(&bench);
            do_load(load, 10, 11, pa, 0);
            bench_expect_result(&bench, 10, loaded(load, bench_peek(&bench, pa, load->size)));
        }
    }
}

Test(exec_memory, loads_of_edge_values_extend_their_top_bit)
{
    for (unsigned i = 0; i < LOADS * EDGE_VALUES; i++) {
        const struct load *load = &loads[i % LOADS];
        bench_reset(&bench);
        bench_poke(&bench, BENCH_DATA, 8, edge_values[i / LOADS]);
        do_load(load, 10, 11, BENCH_DATA, 0);
        bench_expect_result(&bench, 10, loaded(load, edge_values[i / LOADS]));
    }
}

Test(exec_memory, stores_write_their_bytes_and_no_neighbour)
{
    enum { WINDOW = 48, CANARY = 0xe7 };

    for (unsigned i = 0; i < STORES * 17; i++) {
        const struct store *store = &stores[i % STORES];
        unsigned at = 16 + i / STORES;
        for (unsigned byte = 0; byte < WINDOW; byte++) {
            bench_poke(&bench, BENCH_DATA + byte, 1, CANARY);
        }
        bench_reset(&bench);
        bench.hart.x[12] = UINT64_C(0x1f2e3d4c5b6a7988);
        do_store(store, 12, 11, BENCH_DATA + at, 0);
        bench_expect_result(&bench, 0, 0);
        for (unsigned byte = 0; byte < WINDOW; byte++) {
            bool is_stored = byte >= at && byte < at + store->size;
            uint64_t want = is_stored ? (bench.hart.x[12] >> (8 * (byte - at))) & 0xff : CANARY;
            uint64_t seen = bench_peek(&bench, BENCH_DATA + byte, 1);
            cr_expect(eq(u64, seen, want), "%s: byte %u", bench.what, byte);
        }
    }
}

/* The effective address is a sum modulo 2^64 [norm:ldst_ea]. */
Test(exec_memory, offsets_are_sign_extended_at_all_edges)
{
    bench_poke(&bench, BENCH_DATA, 8, UINT64_C(0x8877665544332211));
    for (unsigned i = 0; i < LOADS * EDGE_IMMEDIATES; i++) {
        int32_t imm = edge_immediates[i / LOADS];
        bench_reset(&bench);
        do_load(&loads[i % LOADS], 10, 11, BENCH_DATA - (uint64_t)(int64_t)imm, imm);
        bench_expect_result(&bench, 10, loaded(&loads[i % LOADS], UINT64_C(0x8877665544332211)));
    }
    for (unsigned i = 0; i < STORES * EDGE_IMMEDIATES; i++) {
        const struct store *store = &stores[i % STORES];
        int32_t imm = edge_immediates[i / STORES];
        bench_reset(&bench);
        bench_poke(&bench, BENCH_DATA, 8, 0);
        do_store(store, 10, 11, BENCH_DATA - (uint64_t)(int64_t)imm, imm);
        bench_expect_result(&bench, 0, 0);
        cr_expect(eq(u64, bench_peek(&bench, BENCH_DATA, 8),
                     (uint64_t)as_unsigned(bench.hart.x[10], 8 * store->size)),
                  "%s", bench.what);
    }
}

Test(exec_memory, loads_go_to_every_register_and_may_overwrite_their_base)
{
    bench_poke(&bench, BENCH_DATA, 8, UINT64_C(0x8877665544332211));
    for (unsigned i = 0; i < LOADS * 32 * 31; i++) {
        unsigned rd = i / LOADS % 32;
        unsigned rs1 = 1 + i / LOADS / 32;
        bench_reset(&bench);
        do_load(&loads[i % LOADS], rd, rs1, BENCH_DATA, 0);
        bench_expect_result(&bench, rd, loaded(&loads[i % LOADS], UINT64_C(0x8877665544332211)));
    }
}

Test(exec_memory, stores_take_every_register_their_base_and_x0)
{
    for (unsigned i = 0; i < STORES * 32 * 31; i++) {
        const struct store *store = &stores[i % STORES];
        unsigned rs2 = i / STORES % 32;
        bench_reset(&bench);
        bench_poke(&bench, BENCH_DATA, 8, UINT64_MAX);
        do_store(store, rs2, 1 + i / STORES / 32, BENCH_DATA, 0);
        bench_expect_result(&bench, 0, 0);
        uint64_t seen = bench_peek(&bench, BENCH_DATA, store->size);
        uint64_t want = (uint64_t)as_unsigned(bench.hart.x[rs2], 8 * store->size);
        if (seen != want) {
            cr_expect(eq(u64, seen, want), "%s", bench.what);
        }
    }
}

/* Where an access to physical memory fails. tval is the address of the part that failed: an access
 * that crosses the end of RAM is split at the page boundary there. */
static const struct {
    uint64_t address;
    unsigned size; /* rows apply to accesses of this size */
    uint64_t tval;
    const char *why;
} outside_rows[] = {
    {BENCH_RAM - 1, 1, BENCH_RAM - 1, "the byte before RAM"},
    {BENCH_RAM_END, 1, BENCH_RAM_END, "the byte after RAM"},
    {BENCH_RAM_END, 2, BENCH_RAM_END, "the halfword after RAM"},
    {BENCH_RAM_END, 4, BENCH_RAM_END, "the word after RAM"},
    {BENCH_RAM_END, 8, BENCH_RAM_END, "the doubleword after RAM"},
    {BENCH_RAM - 1, 2, BENCH_RAM - 1, "into RAM from below"},
    {BENCH_RAM - 7, 8, BENCH_RAM - 7, "into RAM from below"},
    {BENCH_RAM_END - 1, 2, BENCH_RAM_END, "out of RAM"},
    {BENCH_RAM_END - 1, 4, BENCH_RAM_END, "out of RAM"},
    {BENCH_RAM_END - 7, 8, BENCH_RAM_END, "out of RAM"},
    {0, 1, 0, "address 0"},
    {0, 8, 0, "address 0"},
    {UINT64_MAX, 1, UINT64_MAX, "the last byte of all"},
    {UINT64_C(0xfffffffffffffff8), 8, UINT64_C(0xfffffffffffffff8), "the last doubleword of all"},
    {UINT64_C(0x8000000080000000), 4, UINT64_C(0x8000000080000000), "RAM with a high bit set"},
    {UINT64_C(0x0100000080000000), 8, UINT64_C(0x0100000080000000), "RAM with bit 56 set"},
};

enum { OUTSIDE_ROWS = sizeof outside_rows / sizeof *outside_rows };

Test(exec_memory, loads_outside_memory_are_access_faults_also_to_x0)
{
    for (unsigned i = 0; i < OUTSIDE_ROWS * LOADS * 2; i++) {
        const struct load *load = &loads[i / 2 % LOADS];
        size_t row = i / 2 / LOADS;
        if (load->size == outside_rows[row].size) {
            bench_reset(&bench);
            do_load(load, i % 2 == 0 ? 10 : 0, 11, outside_rows[row].address, 0);
            bench_expect_trap(&bench, TRAP_LOAD_ACCESS_FAULT, outside_rows[row].tval);
        }
    }
}

Test(exec_memory, stores_outside_memory_are_access_faults_and_store_nothing)
{
    bench_poke(&bench, BENCH_RAM, 8, 0);
    bench_poke(&bench, BENCH_RAM_END - 8, 8, 0);
    for (unsigned i = 0; i < OUTSIDE_ROWS * STORES; i++) {
        const struct store *store = &stores[i % STORES];
        size_t row = i / STORES;
        if (store->size == outside_rows[row].size) {
            bench_reset(&bench);
            do_store(store, 10, 11, outside_rows[row].address, 0);
            bench_expect_trap(&bench, TRAP_STORE_ACCESS_FAULT, outside_rows[row].tval);
            cr_expect(zero(u64, bench_peek(&bench, BENCH_RAM, 8)), "%s", bench.what);
            cr_expect(zero(u64, bench_peek(&bench, BENCH_RAM_END - 8, 8)), "%s", bench.what);
        }
    }
}

Test(exec_memory, the_first_and_last_bytes_of_memory_can_be_reached)
{
    for (unsigned i = 0; i < LOADS; i++) {
        uint64_t last = BENCH_RAM_END - loads[i].size;
        bench_poke(&bench, BENCH_RAM, 8, UINT64_C(0xa1a2a3a4a5a6a7a8));
        bench_poke(&bench, BENCH_RAM_END - 8, 8, UINT64_C(0xb1b2b3b4b5b6b7b8));
        bench_reset(&bench);
        do_load(&loads[i], 10, 11, BENCH_RAM, 0);
        bench_expect_result(&bench, 10, loaded(&loads[i], UINT64_C(0xa1a2a3a4a5a6a7a8)));
        bench_reset(&bench);
        do_load(&loads[i], 10, 11, last, 0);
        bench_expect_result(&bench, 10, loaded(&loads[i], bench_peek(&bench, last, loads[i].size)));
    }
}

/* A device of 16 bytes that takes all sizes and refuses its last doubleword. */
struct probe {
    struct device device;
    uint64_t offset;
    unsigned size;
    uint64_t value;
    unsigned count;
};

static bool probe_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    struct probe *probe = (struct probe *)device;
    probe->count++;
    if (offset >= 8) {
        return false;
    }
    probe->offset = offset;
    probe->size = size;
    *value = UINT64_C(0xf1f2f3f4f5f6f7f8) >> (64 - 8 * size);
    return true;
}

static bool probe_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct probe *probe = (struct probe *)device;
    probe->count++;
    if (offset >= 8) {
        return false;
    }
    probe->offset = offset;
    probe->size = size;
    probe->value = value;
    return true;
}

#define PROBE_BASE UINT64_C(0x10000000)

static const struct device_ops probe_ops = {
    .name = "probe", .length = 16, .read = probe_read, .write = probe_write};

Test(exec_memory, a_device_sees_each_access_once_with_its_size)
{
    struct probe probe = {.device = {.ops = &probe_ops}};

    bus_attach(&bench.bus, PROBE_BASE, &probe.device);
    for (unsigned i = 0; i < LOADS; i++) {
        uint64_t offset = 8 - loads[i].size;
        probe.count = 0;
        bench_reset(&bench);
        do_load(&loads[i], 10, 11, PROBE_BASE + offset, 0);
        bench_expect_result(
            &bench, 10,
            loaded(&loads[i], UINT64_C(0xf1f2f3f4f5f6f7f8) >> (64 - 8 * loads[i].size)));
        cr_expect(eq(uint, probe.count, 1), "%s", bench.what);
        cr_expect(eq(uint, probe.size, loads[i].size), "%s", bench.what);
        cr_expect(eq(u64, probe.offset, offset), "%s", bench.what);
    }
    for (unsigned i = 0; i < STORES; i++) {
        unsigned bits = 8 * stores[i].size;
        probe.count = 0;
        bench_reset(&bench);
        do_store(&stores[i], 10, 11, PROBE_BASE, 0);
        bench_expect_result(&bench, 0, 0);
        cr_expect(eq(uint, probe.count, 1), "%s", bench.what);
        cr_expect(eq(uint, probe.size, stores[i].size), "%s", bench.what);
        cr_expect(eq(u64, (uint64_t)as_unsigned(probe.value, bits),
                     (uint64_t)as_unsigned(bench.hart.x[10], bits)),
                  "%s", bench.what);
    }
}

/* Choice: a misaligned access to a device is an access fault [norm:misaligned_ldst_exc_type]. */
Test(exec_memory, a_device_that_refuses_or_is_accessed_misaligned_makes_an_access_fault)
{
    struct probe probe = {.device = {.ops = &probe_ops}};

    bus_attach(&bench.bus, PROBE_BASE, &probe.device);
    for (unsigned i = 0; i < LOADS * 16; i++) {
        const struct load *load = &loads[i % LOADS];
        uint64_t offset = i / LOADS;
        if (offset % load->size != 0 || offset >= 8) {
            bench_reset(&bench);
            do_load(load, 10, 11, PROBE_BASE + offset, 0);
            bench_expect_trap(&bench, TRAP_LOAD_ACCESS_FAULT, PROBE_BASE + offset);
        }
    }
    for (unsigned i = 0; i < STORES * 16; i++) {
        const struct store *store = &stores[i % STORES];
        uint64_t offset = i / STORES;
        if (offset % store->size != 0 || offset >= 8) {
            bench_reset(&bench);
            do_store(store, 10, 11, PROBE_BASE + offset, 0);
            bench_expect_trap(&bench, TRAP_STORE_ACCESS_FAULT, PROBE_BASE + offset);
        }
    }
}

/* Two virtual pages in a row, at physical pages that are not. */
#define FIRST_PAGE BENCH_DATA
#define SECOND_PAGE (BENCH_DATA + 0x5000)
#define BOUNDARY (BENCH_VA + 0x1000)

Test(exec_memory, an_access_that_crosses_pages_uses_both_translations)
{
    bench_map(&bench, BENCH_VA, FIRST_PAGE, PTE_R | PTE_W);
    bench_map(&bench, BOUNDARY, SECOND_PAGE, PTE_R | PTE_W);
    bench_map(&bench, BENCH_VA + 0x2000, BENCH_CODE, PTE_X);
    for (unsigned i = 0; i < (LOADS + STORES) * 7; i++) {
        unsigned before = 1 + i / (LOADS + STORES); /* bytes in the first page */
        unsigned which = i % (LOADS + STORES);
        unsigned size = which < LOADS ? loads[which].size : stores[which - LOADS].size;
        if (before >= size) {
            continue;
        }
        uint64_t low = UINT64_C(0x99aabbccddeeff81) & ((UINT64_C(1) << (8 * before)) - 1);
        uint64_t high = UINT64_C(0x8797a7b7c7d7e7f7) >> (8 * (8 - (size - before)));
        uint64_t whole = low | high << (8 * before);
        bench_reset(&bench);
        bench_enter_sv39(&bench);
        bench_poke(&bench, FIRST_PAGE + 0x1000 - before, before, which < LOADS ? low : 0);
        bench_poke(&bench, SECOND_PAGE, size - before, which < LOADS ? high : 0);
        bench_poke(&bench, BENCH_CODE, 4,
                   which < LOADS ? encode_i(OPCODE_LOAD, loads[which].funct3, 10, 11, 0)
                                 : encode_s(stores[which - LOADS].funct3, 11, 10, 0));
        bench.hart.pc = BENCH_VA + 0x2000;
        bench.hart.x[11] = BOUNDARY - before;
        bench.hart.x[10] = whole;
        bench_name(&bench, "%u of %u bytes before the boundary, row %u", before, size, which);
        bench_run(&bench, 1);
        bench_expect_retired(&bench, BENCH_VA + 0x2004, which < LOADS ? 10 : 0,
                             which < LOADS ? loaded(&loads[which], whole) : 0);
        cr_expect(eq(u64, bench_peek(&bench, FIRST_PAGE + 0x1000 - before, before), low), "%s",
                  bench.what);
        cr_expect(eq(u64, bench_peek(&bench, SECOND_PAGE, size - before), high), "%s", bench.what);
    }
}

/* The first part that faults is reported, with its own address [norm:stval_op_load_store_fault].
 * Choice: both parts are translated before either is performed, so a store writes nothing. */
Test(exec_memory, a_crossing_access_reports_the_page_that_faulted)
{
    static const struct {
        uint64_t first;  /* flags of the first page */
        uint64_t second; /* and of the second; 0: not mapped */
        bool is_store;
        uint64_t tval;
        const char *why;
    } rows[] = {
        {PTE_R | PTE_W, 0, false, BOUNDARY, "a load, second page not there"},
        {0, PTE_R | PTE_W, false, BOUNDARY - 4, "a load, first page not there"},
        {0, 0, false, BOUNDARY - 4, "a load, neither there: the first is reported"},
        {PTE_R | PTE_W, 0, true, BOUNDARY, "a store, second page not there"},
        {PTE_R | PTE_W, PTE_R, true, BOUNDARY, "a store, second page read-only"},
        {PTE_R, PTE_R | PTE_W, true, BOUNDARY - 4, "a store, first page read-only"},
        {PTE_R, 0, true, BOUNDARY - 4, "a store, neither writable: the first is reported"},
    };

    bench_map(&bench, BENCH_VA + 0x2000, BENCH_CODE, PTE_X);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_map(&bench, BENCH_VA, FIRST_PAGE, rows[i].first);
        bench_map(&bench, BOUNDARY, SECOND_PAGE, rows[i].second);
        bench_poke(&bench, FIRST_PAGE + 0xffc, 4, 0x11111111);
        bench_poke(&bench, SECOND_PAGE, 4, 0x22222222);
        bench_poke(&bench, BENCH_CODE, 4,
                   rows[i].is_store ? encode_s(3, 11, 10, 0) : encode_i(OPCODE_LOAD, 3, 10, 11, 0));
        bench_reset(&bench);
        bench_enter_sv39(&bench);
        bench.hart.pc = BENCH_VA + 0x2000;
        bench.hart.x[11] = BOUNDARY - 4;
        bench_name(&bench, "%s", rows[i].why);
        bench_run(&bench, 1);
        bench_expect_trap(&bench, rows[i].is_store ? TRAP_STORE_PAGE_FAULT : TRAP_LOAD_PAGE_FAULT,
                          rows[i].tval);
        cr_expect(eq(u64, bench_peek(&bench, FIRST_PAGE + 0xffc, 4), 0x11111111), "%s", bench.what);
        cr_expect(eq(u64, bench_peek(&bench, SECOND_PAGE, 4), 0x22222222), "%s", bench.what);
    }
}

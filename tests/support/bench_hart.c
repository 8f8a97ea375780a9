#include "tests/support/bench_hart.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/access.h"
#include "emu/hart/bits.h"
#include "mmu/geometry.h"
#include "mmu/pte.h"

enum { NO_REGISTER = 32 };

static uint64_t answer_mtime(void *ctx)
{
    struct bench_hart *bench = ctx;
    return bench->mtime;
}

static void answer_event(void *ctx)
{
    struct bench_hart *bench = ctx;
    hart_update_timer(&bench->hart);
    bench->hart.next_event = UINT64_MAX;
}

static void take_marker(void *ctx, unsigned marker)
{
    struct bench_hart *bench = ctx;
    bench->marker.count++;
    bench->marker.last = marker;
    bench->marker.retired = bench->hart.counters.retired;
}

void bench_init(struct bench_hart *bench)
{
    struct mmu_geometry geometry;
    struct mmu_geometry_error error;
    struct hart_host host = {
        .mtime = answer_mtime, .event = answer_event, .marker = take_marker, .ctx = bench};

    memset(bench, 0, sizeof *bench);
    uint8_t *ram = calloc(1, BENCH_RAM_LENGTH);
    cr_assert(ram != NULL);
    cr_assert(mmu_geometry_parse("default", &geometry, &error));
    bus_init(&bench->bus, ram, BENCH_RAM, BENCH_RAM_LENGTH);
    struct mmu_memory memory = access_walker_memory(&bench->hart);
    bench->mmu = mmu_create(&geometry, &memory);
    cr_assert(bench->mmu != NULL);
    hart_init(&bench->hart, bench->mmu, &bench->bus, &host, HART_AD_HARDWARE);
    bench_reset(bench);
}

void bench_finish(struct bench_hart *bench)
{
    mmu_destroy(bench->mmu);
    free(bench->bus.ram);
}

void bench_reset(struct bench_hart *bench)
{
    struct hart *hart = &bench->hart;

    hart_reset(hart, BENCH_CODE);
    hart->next_event = UINT64_MAX;
    hart->csr.mtvec = BENCH_VECTOR;
    pmp_write_addr(&hart->pmp, 0, UINT64_MAX);
    pmp_write_cfg(&hart->pmp, 0, PMP_NAPOT | PMP_R | PMP_W | PMP_X);
    for (unsigned i = 1; i < 32; i++) {
        hart->x[i] = UINT64_C(0xc0ffee0000000000) + i * UINT64_C(0x0101010101);
    }
    for (unsigned i = 0; i < 32; i++) {
        hart->f[i] = UINT64_C(0x4bad1dea00000000) + i * UINT64_C(0x0101010101);
    }
    bench->marker.count = 0;
    bench->what[0] = '\0';
}

enum { CSR_FCSR = 0x003, CSR_MSTATUS = 0x300, FS_DIRTY = 3 };

/* SD comes of it. */
static void write_fs(struct hart *hart, unsigned fs)
{
    csr_write(hart, CSR_MSTATUS, (hart->csr.mstatus & ~(uint64_t)0x6000) | (uint64_t)fs << 13);
}

void bench_float_unit(struct bench_hart *bench, unsigned fs, unsigned fcsr)
{
    write_fs(&bench->hart, FS_DIRTY);
    csr_write(&bench->hart, CSR_FCSR, fcsr);
    write_fs(&bench->hart, fs);
}

void bench_name(struct bench_hart *bench, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bench->what, sizeof bench->what, format, arguments);
    va_end(arguments);
}

void bench_poke(struct bench_hart *bench, uint64_t pa, unsigned size, uint64_t value)
{
    cr_assert(pa >= BENCH_RAM && pa - BENCH_RAM <= BENCH_RAM_LENGTH - size);
    for (unsigned i = 0; i < size; i++) {
        bench->bus.ram[pa - BENCH_RAM + i] = (uint8_t)(value >> (8 * i));
    }
}

uint64_t bench_peek(const struct bench_hart *bench, uint64_t pa, unsigned size)
{
    uint64_t value = 0;

    cr_assert(pa >= BENCH_RAM && pa - BENCH_RAM <= BENCH_RAM_LENGTH - size);
    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)bench->bus.ram[pa - BENCH_RAM + i] << (8 * i);
    }
    return value;
}

/* A PTE for the page or table at pa. */
static uint64_t make_pte(uint64_t pa, uint64_t flags)
{
    return (pa >> PAGE_SHIFT) << PTE_PPN_SHIFT | flags | PTE_V;
}

void bench_map(struct bench_hart *bench, uint64_t va, uint64_t pa, uint64_t flags)
{
    uint64_t middle = BENCH_TABLES + PAGE_SIZE;
    uint64_t last = BENCH_TABLES + 2 * PAGE_SIZE;
    uint64_t pte = flags == 0 ? 0 : make_pte(pa, flags | PTE_A | PTE_D);

    cr_assert(va >= BENCH_VA && va - BENCH_VA < PAGE_SIZE << VPN_BITS);
    bench_poke(bench, BENCH_TABLES + (BENCH_VA >> 30) * PTE_SIZE, PTE_SIZE, make_pte(middle, 0));
    bench_poke(bench, middle, PTE_SIZE, make_pte(last, 0));
    bench_poke(bench, last + ((va - BENCH_VA) >> PAGE_SHIFT) * PTE_SIZE, PTE_SIZE, pte);
    mmu_fence(bench->mmu, &(struct mmu_fence){.has_va = false, .has_asid = false});
}

void bench_enter_sv39(struct bench_hart *bench)
{
    bench->hart.csr.satp = (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | BENCH_TABLES >> PAGE_SHIFT;
    bench->hart.privilege = MMU_SUPERVISOR;
}

enum engine_stop bench_run(struct bench_hart *bench, unsigned attempts)
{
    struct engine_goal goal = {.attempts = bench->hart.counters.attempts + attempts};

    bench->before = bench->hart;
    return reference_run(&bench->hart, &goal, NULL);
}

enum engine_stop bench_step(struct bench_hart *bench, uint32_t bits)
{
    bench->length = (bits & 3) == 3 ? 4 : 2;
    bench_poke(bench, bench->hart.pc, bench->length, bits);
    return bench_run(bench, 1);
}

/* Expects one number. Passing costs nothing, so that tests may look at everything each time. */
static void expect_number(const struct bench_hart *bench, const char *name, uint64_t seen,
                          uint64_t want)
{
    if (seen != want) {
        cr_expect(seen == want, "%s: %s is 0x%" PRIx64 ", not 0x%" PRIx64, bench->what, name, seen,
                  want);
    }
}

/* Expects that of 32 registers none but rd moved; rd may be none of them. */
static void expect_same(const struct bench_hart *bench, char letter, const uint64_t *now,
                        const uint64_t *then, unsigned rd)
{
    char name[4];

    for (unsigned i = 0; i < 32; i++) {
        if (i != rd && now[i] != then[i]) {
            snprintf(name, sizeof name, "%c%u", letter, i);
            expect_number(bench, name, now[i], then[i]);
        }
    }
}

/* Expects that no x register but rd moved, no f register but float_rd, and x0 is zero. */
static void expect_other_registers(const struct bench_hart *bench, unsigned rd, unsigned float_rd)
{
    expect_number(bench, "x0", bench->hart.x[0], 0);
    expect_same(bench, 'x', bench->hart.x, bench->before.x, rd);
    expect_same(bench, 'f', bench->hart.f, bench->before.f, float_rd);
}

/* Expects that the step retired and execution goes on at pc. */
static void expect_progress(const struct bench_hart *bench, uint64_t pc)
{
    const struct hart_counters *now = &bench->hart.counters;
    const struct hart_counters *then = &bench->before.counters;

    expect_number(bench, "attempts", now->attempts - then->attempts, 1);
    expect_number(bench, "retired", now->retired - then->retired, 1);
    expect_number(bench, "exceptions", now->exceptions - then->exceptions, 0);
    expect_number(bench, "pc", bench->hart.pc, pc);
}

void bench_expect_retired(const struct bench_hart *bench, uint64_t pc, unsigned rd, uint64_t value)
{
    expect_progress(bench, pc);
    expect_number(bench, "rd", bench->hart.x[rd], rd == 0 ? 0 : value);
    expect_other_registers(bench, rd, NO_REGISTER);
}

void bench_expect_result(const struct bench_hart *bench, unsigned rd, uint64_t value)
{
    bench_expect_retired(bench, bench->before.pc + bench->length, rd, value);
}

void bench_expect_float(const struct bench_hart *bench, unsigned rd, uint64_t value)
{
    expect_progress(bench, bench->before.pc + bench->length);
    expect_number(bench, "f rd", bench->hart.f[rd], value);
    expect_other_registers(bench, NO_REGISTER, rd);
}

void bench_expect_trap(const struct bench_hart *bench, enum trap_cause cause, uint64_t tval)
{
    const struct hart *hart = &bench->hart;
    const struct hart_counters *then = &bench->before.counters;

    expect_number(bench, "attempts", hart->counters.attempts - then->attempts, 1);
    expect_number(bench, "retired", hart->counters.retired - then->retired, 0);
    expect_number(bench, "exceptions", hart->counters.exceptions - then->exceptions, 1);
    expect_number(bench, "faults[cause]", hart->counters.faults[cause] - then->faults[cause], 1);
    expect_number(bench, "mcause", hart->csr.mcause, cause);
    expect_number(bench, "mepc", hart->csr.mepc, bench->before.pc);
    expect_number(bench, "mtval", hart->csr.mtval, tval);
    expect_number(bench, "mstatus.MPP", field_get(hart->csr.mstatus, MSTATUS_MPP),
                  bench->before.privilege);
    expect_number(bench, "privilege", hart->privilege, MMU_MACHINE);
    expect_number(bench, "pc", hart->pc, BENCH_VECTOR);
    expect_other_registers(bench, NO_REGISTER, NO_REGISTER);
}

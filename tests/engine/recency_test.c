/*
 * Fetches that wander among a few pages of code, in at their first instruction, which jumps away at
 * once, or further down: under policies that a hit moves in other ways than by a time stamp, and
 * with miss classes, the fast engine may note hits only on the latest page.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <string.h>

#include "emu/machine/platform.h"
#include "mmu/mmu.h"
#include "mmu/pte.h"
#include "tests/support/encode.h"
#include "tests/support/twin_machines.h"

enum {
    PAGES = 8, /* of code; three page tables stand behind them */
    ROOT = PAGES,
    MIDDLE,
    LEAVES,
    ALL_PAGES,
    BODY = 64, /* where the body of a page is */
    ATTEMPTS = 60000,
};

enum { X5 = 5, X6 = 6, X7 = 7, X8 = 8, X9 = 9, X10 = 10, X11 = 11 };

static uint8_t image[ALL_PAGES * PAGE_SIZE];

static void put_pte(unsigned table, uint64_t index, uint64_t pte)
{
    memcpy(image + table * PAGE_SIZE + index * PTE_SIZE, &pte, sizeof pte);
}

static uint64_t pointer_to(unsigned page)
{
    return ((PLATFORM_RAM_BASE >> PAGE_SHIFT) + page) << PTE_PPN_SHIFT | PTE_V;
}

/* RAM where it is, in pages of 4 KiB. */
static void make_tables(void)
{
    put_pte(ROOT, PLATFORM_RAM_BASE >> 30, pointer_to(MIDDLE));
    put_pte(MIDDLE, 0, pointer_to(LEAVES));
    for (unsigned page = 0; page < ALL_PAGES; page++) {
        put_pte(LEAVES, page, pointer_to(page) | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D);
    }
}

/* x10 is where the pages begin, x11 the multiplier. x7 becomes a page to jump to if the next one is
 * entered at its beginning. */
static void make_code(void)
{
    const uint32_t entry = encode_i(OPCODE_JALR, 0, 0, X7, BODY);
    const uint32_t body[] = {
        encode_r(OPCODE_OP, 0, 1, X5, X5, X11),
        encode_i(OPCODE_OP_IMM, 0, X5, X5, 0x333),
        encode_i(OPCODE_OP_IMM, 5, X6, X5, 20),
        encode_i(OPCODE_OP_IMM, 7, X6, X6, PAGES - 1),
        encode_i(OPCODE_OP_IMM, 1, X6, X6, PAGE_SHIFT),
        encode_r(OPCODE_OP, 0, 0, X7, X10, X6),
        encode_i(OPCODE_OP_IMM, 5, X6, X5, 28),
        encode_i(OPCODE_OP_IMM, 7, X6, X6, PAGES - 1),
        encode_i(OPCODE_OP_IMM, 1, X6, X6, PAGE_SHIFT),
        encode_r(OPCODE_OP, 0, 0, X8, X10, X6),
        encode_i(OPCODE_OP_IMM, 5, X9, X5, 36),
        encode_i(OPCODE_OP_IMM, 7, X9, X9, BODY),
        encode_r(OPCODE_OP, 0, 0, X8, X8, X9),
        encode_i(OPCODE_JALR, 0, 0, X8, 0),
    };

    for (unsigned page = 0; page < PAGES; page++) {
        memcpy(image + page * PAGE_SIZE, &entry, sizeof entry);
        memcpy(image + page * PAGE_SIZE + BODY, body, sizeof body);
    }
}

static void start(struct machine *machine)
{
    struct hart *hart = machine_hart(machine);

    hart->privilege = MMU_SUPERVISOR;
    hart->csr.satp =
        (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | ((PLATFORM_RAM_BASE >> PAGE_SHIFT) + ROOT);
    pmp_write_addr(&hart->pmp, 0, UINT64_MAX);
    pmp_write_cfg(&hart->pmp, 0, PMP_NAPOT | PMP_R | PMP_W | PMP_X);
    hart->x[X5] = 12345;
    hart->x[X7] = PLATFORM_RAM_BASE;
    hart->x[X10] = PLATFORM_RAM_BASE;
    hart->x[X11] = UINT64_C(6364136223846793005);
}

static void compare(const char *geometry, bool has_classes)
{
    static struct twin_machines twins;
    struct machine_config config = {.ram_length = 16 * sizeof image};
    struct mmu_geometry_error error;

    cr_assert(mmu_geometry_parse(geometry, &config.geometry, &error), "%s", geometry);
    config.geometry.has_classes = has_classes;
    twins_init(&twins, &config, image, sizeof image, PLATFORM_RAM_BASE + 8 * sizeof image);
    start(twins.fast.machine);
    start(twins.reference.machine);
    for (uint64_t attempts = 1013; attempts < ATTEMPTS; attempts += 1013) {
        twins_run(&twins, &(struct engine_goal){.attempts = attempts}, NULL);
        cr_assert(twins_same_harts(&twins) && twins_same_counts(&twins), "%s, classes %d: %s",
                  geometry, has_classes, twins.difference);
    }
    cr_expect(eq(u64, machine_hart(twins.fast.machine)->counters.exceptions, 0));
    cr_expect(gt(u64,
                 mmu_counters(machine_mmu(twins.fast.machine))->array[MMU_L1I].misses[MMU_FETCH],
                 ATTEMPTS / 100));
    twins_finish(&twins);
}

Test(recency, fetches_wander_among_pages_the_same_on_both_engines)
{
    static const char *const policies[] = {"lru",  "plru",        "bit-plru",
                                           "fifo", "round-robin", "random"};

    make_tables();
    make_code();
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        for (unsigned ways = 2; ways <= 5; ways++) {
            char geometry[64];

            snprintf(geometry, sizeof geometry, "l1i=%u:%s,l1d=2,l2=7:%s", ways, policies[i],
                     policies[i]);
            compare(geometry, false);
            compare(geometry, true);
        }
    }
}

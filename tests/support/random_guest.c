#include "tests/support/random_guest.h"

#include <string.h>

#include "emu/hart/csr.h"
#include "emu/hart/hpm_events.h"
#include "emu/machine/platform.h"
#include "mmu/pte.h"
#include "tests/support/random_code.h"
#include "tests/support/random_handlers.h"

/* Pages of RAM, besides those of random_handlers.h. */
enum {
    ROOTS = 8,       /* of Sv39 */
    MIDDLES = 11,    /* of 2 MiB an entry */
    LEAVES = 14,     /* of 4 KiB an entry */
    TALL_ROOTS = 17, /* of Sv48, then of Sv57 */
    CODE = 32,
    DATA = 48,
    SPACES = 3,
    POOL = 16, /* pages of code, pages of data */
};

/* Pages of GUEST_VA that are the same in all address spaces; the next ones are as they come. */
enum {
    VA_HANDLER,
    VA_TABLES,
    VA_MSIP,
    VA_MTIMECMP,
    VA_UART,
    VA_OTHER_TABLES,
    VA_FIRST,
    VA_USER = 32, /* most from here on are U-mode's, most before S-mode's */
    VA_COUNT = 64,
};

struct guest {
    struct chooser *chooser;
    uint8_t *ram;
    unsigned levels;
};

static unsigned below(struct guest *guest, unsigned limit)
{
    return chooser_below(guest->chooser, limit);
}

static bool percent(struct guest *guest, unsigned chance)
{
    return chooser_percent(guest->chooser, chance);
}

static uint64_t page_pa(unsigned page)
{
    return PLATFORM_RAM_BASE + page * PAGE_SIZE;
}

static void poke(const struct guest *guest, unsigned page, unsigned index, uint64_t value)
{
    memcpy(guest->ram + page * PAGE_SIZE + (size_t)index * 8, &value, sizeof value);
}

/* Page tables. */

static uint64_t pointer_to(unsigned page)
{
    return (page_pa(page) >> PAGE_SHIFT) << PTE_PPN_SHIFT | PTE_V;
}

/* Leaf flags as they come: most pages can be read, written and executed. */
static uint64_t leaf_flags(struct guest *guest, bool is_user)
{
    static const uint64_t permissions[] = {PTE_R | PTE_W, PTE_R | PTE_X, PTE_R, PTE_X, PTE_X};
    uint64_t flags = PTE_V;

    flags |= percent(guest, 75) ? PTE_R | PTE_W | PTE_X : permissions[below(guest, 5)];
    flags |= is_user != percent(guest, 4) ? PTE_U : 0;
    flags |= percent(guest, 15) ? PTE_G : 0;
    flags |= percent(guest, 85) ? PTE_A : 0;
    flags |= percent(guest, 75) ? PTE_D : 0;
    return flags;
}

static uint64_t leaf_to(uint64_t pa, uint64_t flags)
{
    return (pa >> PAGE_SHIFT) << PTE_PPN_SHIFT | flags;
}

/* A page of the code or of the data, or none. */
static uint64_t random_leaf(struct guest *guest, unsigned pool, bool is_user)
{
    if (percent(guest, 5)) {
        pool = CODE + DATA - pool;
    }
    if (percent(guest, 3)) {
        return percent(guest, 50) ? 0 : chooser_word(guest->chooser) & ~PTE_RESERVED;
    }
    return leaf_to(page_pa(pool + below(guest, POOL)), leaf_flags(guest, is_user));
}

/* 16 pages from first on that are one of 64 KiB. */
static void map_napot(struct guest *guest, unsigned table, unsigned first)
{
    uint64_t pa = page_pa(percent(guest, 70) ? CODE : DATA);
    uint64_t pte = leaf_to(pa + 8 * PAGE_SIZE, leaf_flags(guest, first >= VA_USER)) | PTE_N;

    for (unsigned i = 0; i < 16; i++) {
        poke(guest, table, first + i, pte);
    }
}

/* Where a page of GUEST_VA most likely leads to: code and data take turns, by two pages. */
static unsigned pool_of(unsigned page)
{
    return page / 2 % 2 == 0 ? CODE : DATA;
}

static void make_leaf_table(struct guest *guest, unsigned space)
{
    unsigned table = LEAVES + space;
    uint64_t device = PTE_V | PTE_R | PTE_W | PTE_A | PTE_D | (percent(guest, 50) ? PTE_U : 0);
    uint64_t supervisor = PTE_V | PTE_R | PTE_A | PTE_D;

    for (unsigned i = VA_FIRST; i < VA_COUNT; i++) {
        poke(guest, table, i, random_leaf(guest, pool_of(i), i >= VA_USER));
    }
    if (percent(guest, 60)) {
        map_napot(guest, table, 16);
    }
    if (percent(guest, 40)) {
        map_napot(guest, table, 32);
    }
    poke(guest, table, VA_HANDLER,
         leaf_to(page_pa(HANDLERS_SUPERVISOR), supervisor | PTE_X | PTE_G));
    poke(guest, table, VA_TABLES, leaf_to(page_pa(table), supervisor | PTE_W));
    poke(guest, table, VA_OTHER_TABLES,
         leaf_to(page_pa(LEAVES + (space + 1) % SPACES), supervisor | PTE_W));
    poke(guest, table, VA_MSIP, leaf_to(PLATFORM_CLINT_BASE, device));
    poke(guest, table, VA_MTIMECMP, leaf_to(PLATFORM_CLINT_BASE + 0x4000, device));
    poke(guest, table, VA_UART, leaf_to(PLATFORM_UART_BASE, device));
}

static void make_space(struct guest *guest, unsigned space)
{
    unsigned root = ROOTS + space;
    unsigned middle = MIDDLES + space;

    make_leaf_table(guest, space);
    poke(guest, root, 1, pointer_to(middle));
    poke(guest, root, 2, leaf_to(PLATFORM_RAM_BASE, leaf_flags(guest, percent(guest, 50))));
    poke(guest, middle, 0, pointer_to(LEAVES + space));
    poke(guest, middle, 1, leaf_to(PLATFORM_RAM_BASE, leaf_flags(guest, percent(guest, 50))));
    poke(guest, middle, 2,
         pointer_to(LEAVES + (space + 1) % SPACES) | (percent(guest, 20) ? PTE_G : 0));
    for (unsigned i = 0; i < 512; i += 511) { /* the lowest part, and the highest */
        poke(guest, TALL_ROOTS + space, i, pointer_to(root));
        poke(guest, TALL_ROOTS + SPACES + space, i, pointer_to(TALL_ROOTS + space));
    }
    poke(guest, root, 511, pointer_to(middle));
    poke(guest, middle, 511, pointer_to(LEAVES + space));
    poke(guest, LEAVES + space, 511, leaf_to(page_pa(CODE), leaf_flags(guest, percent(guest, 50))));
}

static uint64_t random_satp(struct guest *guest)
{
    static const unsigned roots[] = {ROOTS, TALL_ROOTS, TALL_ROOTS + SPACES};
    unsigned tallness = percent(guest, 60) ? 0 : below(guest, guest->levels - 2);
    unsigned space = below(guest, SPACES);
    uint64_t asid = percent(guest, 70) ? space : below(guest, 6);

    return (uint64_t)(SATP_MODE_SV39 + tallness) << SATP_MODE_SHIFT | asid << SATP_ASID_SHIFT |
           page_pa(roots[tallness] + space) >> PAGE_SHIFT;
}

/* Entries. */

/* A page of GUEST_VA, most likely one of this pool that a privilege may use. */
static uint64_t random_va(struct guest *guest, uint64_t privilege, unsigned pool)
{
    bool is_lent = pool == DATA && percent(guest, 40); /* to S-mode, by SUM */
    unsigned first = privilege == MMU_SUPERVISOR && !is_lent ? 8 : VA_USER;
    unsigned page = first + below(guest, VA_USER - 8);

    if (pool_of(page) != pool) {
        page ^= 2;
    }
    return GUEST_VA + (percent(guest, 97) ? page : below(guest, VA_COUNT)) * PAGE_SIZE;
}

/* An address in code or data, as a privilege sees it; a place for an access is mostly aligned. */
static uint64_t random_place(struct guest *guest, uint64_t privilege, unsigned pool)
{
    uint64_t within = below(guest, PAGE_SIZE) & (percent(guest, 85) ? ~7U : ~1U);
    uint64_t offset = (pool + below(guest, POOL)) * PAGE_SIZE;

    if (percent(guest, 15)) { /* so that an access crosses the end of the page */
        within = PAGE_SIZE - 1 - below(guest, 16);
    }
    if (privilege == MMU_MACHINE) {
        bool is_virtual = pool == DATA && percent(guest, 40); /* for MPRV */

        return (is_virtual ? GUEST_VA + (1 << 21) : PLATFORM_RAM_BASE) + offset + within;
    }
    switch (below(guest, 16)) {
    case 0: return GUEST_VA + (UINT64_C(1) << 21) + offset + within;
    case 1: return PLATFORM_RAM_BASE + offset + within;
    case 2: return random_va(guest, privilege, pool) + (UINT64_C(2) << 21) + within;
    case 3: return random_va(guest, privilege, pool) - GUEST_VA - (UINT64_C(1) << 30) + within;
    case 4: return within - PAGE_SIZE;
    default: return random_va(guest, privilege, pool) + within;
    }
}

static uint64_t random_status(struct guest *guest, uint64_t privilege)
{
    uint64_t status =
        chooser_word(guest->chooser) & (MSTATUS_SIE | MSTATUS_MIE | MSTATUS_SPIE | MSTATUS_MPIE |
                                        MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR);

    status |= percent(guest, 60) ? MSTATUS_SUM : 0;

    status |= percent(guest, 70) ? MSTATUS_MPIE : 0;
    status |= percent(guest, 95) ? MSTATUS_FS : 0;
    status |= percent(guest, privilege == MMU_MACHINE ? 50 : 10) ? MSTATUS_MPRV : 0;
    status |= percent(guest, 5) ? MSTATUS_TVM : 0;
    status |= percent(guest, 5) ? MSTATUS_TSR : 0;
    return status | privilege * (MSTATUS_MPP & -MSTATUS_MPP);
}

/* PMP entry 0, before one that allows everything: a region of code, data or tables. */
static void make_region(struct guest *guest, unsigned entry_page, unsigned first)
{
    static const unsigned pools[] = {CODE, DATA, LEAVES};
    uint64_t pa = page_pa(pools[below(guest, 3)] + below(guest, 3)) + (below(guest, 4096) & ~7U);
    uint64_t ones = (UINT64_C(1) << below(guest, 16)) - 1; /* a region of 8 bytes to 256 KiB */
    uint64_t cfg = percent(guest, 50) ? 0 : PMP_NAPOT | (percent(guest, 70) ? 7 : below(guest, 8));

    if (percent(guest, 10)) {
        cfg = PMP_NA4 | below(guest, 8);
    }
    if (percent(guest, 25)) { /* everything */
        ones = UINT64_MAX >> 10;
        cfg = PMP_NAPOT | PMP_R | PMP_W | PMP_X;
    }
    poke(guest, entry_page, first + ENTRY_PMPADDR, (pa >> 2 & ~ones) | ones >> 1);
    poke(guest, entry_page, first + ENTRY_PMPCFG, cfg);
}

static void make_registers(struct guest *guest, unsigned page, unsigned first, uint64_t privilege)
{
    for (unsigned i = 1; i <= ENTRY_REGISTERS; i++) {
        uint64_t value = chooser_word(guest->chooser);

        if (i < 8) { /* also ASIDs */
            value = percent(guest, 50) ? below(guest, 6) : value;
        } else if (i < 16) {
            value = random_place(guest, privilege, percent(guest, 20) ? CODE : DATA);
        } else if (i < 20) {
            value =
                (uint64_t)random_code_word(guest->chooser) << 32 | random_code_word(guest->chooser);
        } else if (i < 24) {
            value = random_leaf(guest, percent(guest, 30) ? CODE : DATA, percent(guest, 50));
            value -= percent(guest, 15) ? UINT64_C(1) << 20 : 0; /* below RAM */
        } else if (i >= 26) {
            value = random_satp(guest);
        }
        poke(guest, page, first + ENTRY_X1 + i - 1, value);
    }
}

static void make_entry(struct guest *guest, unsigned entry)
{
    static const uint64_t privileges[] = {MMU_USER,       MMU_USER,       MMU_USER,
                                          MMU_SUPERVISOR, MMU_SUPERVISOR, MMU_SUPERVISOR,
                                          MMU_MACHINE,    MMU_MACHINE};
    uint64_t privilege = privileges[below(guest, 8)];
    unsigned words = (1 << ENTRY_SHIFT) / 8;
    unsigned page = HANDLERS_ENTRIES + entry * words / (unsigned)(PAGE_SIZE / 8);
    unsigned first = entry * words % (unsigned)(PAGE_SIZE / 8);

    poke(guest, page, first + ENTRY_PC, random_place(guest, privilege, CODE) & ~UINT64_C(1));
    poke(guest, page, first + ENTRY_SATP, percent(guest, 97) ? random_satp(guest) : 0);
    poke(guest, page, first + ENTRY_STATUS, random_status(guest, privilege));
    poke(guest, page, first + ENTRY_MIE,
         chooser_word(guest->chooser) | (percent(guest, 80) ? 1 << TRAP_MTI : 0));
    make_region(guest, page, first);
    make_registers(guest, page, first, privilege);
}

void random_guest(struct chooser *chooser, unsigned levels, uint8_t *ram)
{
    struct guest guest = {.chooser = chooser, .ram = ram, .levels = levels};
    uint32_t pages[VA_COUNT];
    const struct random_code_places places = {.page = pages,
                                              .page_count = VA_COUNT,
                                              .tables =
                                                  (uint32_t)(GUEST_VA >> PAGE_SHIFT) + VA_TABLES};

    for (uint32_t i = 0; i < VA_COUNT; i++) {
        uint64_t privilege = i % 4 == 0 ? MMU_SUPERVISOR : MMU_USER;

        pages[i] = (uint32_t)(random_va(&guest, privilege, i % 5 == 0 ? CODE : DATA) >> PAGE_SHIFT);
    }
    memset(ram, 0, GUEST_BYTES);
    random_handlers(ram, chooser_word(chooser));
    for (unsigned space = 0; space < SPACES; space++) {
        make_space(&guest, space);
    }
    random_code(chooser, &places, ram + GUEST_CODE, GUEST_BYTES - GUEST_CODE); /* data, too */
    for (unsigned entry = 0; entry < ENTRY_COUNT; entry++) {
        make_entry(&guest, entry);
    }
}

void random_guest_begin(struct chooser *chooser, struct hart *hart)
{
    static const uint64_t events[] = {HPM_L1D_LOAD_ACCESSES, HPM_L1D_STORE_MISSES, HPM_L1I_ACCESSES,
                                      HPM_L1D_MISSES,        HPM_L2_ACCESSES,      HPM_WALKS};

    hart->csr.mtvec = page_pa(HANDLERS_MACHINE);
    hart->csr.stvec = GUEST_VA;
    hart->csr.medeleg = chooser_word(chooser) & (chooser_percent(chooser, 50) ? 0xb1f0 : 0xb000);
    hart->csr.mideleg = chooser_word(chooser) & 0x222;
    hart->csr.menvcfg = MENVCFG_STCE | ENVCFG_CBZE | ENVCFG_CBCFE | ENVCFG_CBIE;
    hart->csr.senvcfg = ENVCFG_CBZE | ENVCFG_CBCFE | ENVCFG_CBIE;
    hart->csr.mcounteren = hart->csr.scounteren = UINT32_MAX;
    for (unsigned i = 3; i < 9; i++) {
        hart->csr.mhpmevent[i] = events[chooser_below(chooser, 6)];
    }
    pmp_write_addr(&hart->pmp, PMP_ENTRIES - 1, UINT64_MAX);
    pmp_write_cfg(&hart->pmp, 1, (uint64_t)(PMP_NAPOT | PMP_R | PMP_W | PMP_X) << 56);
    hart->x[HANDLERS_RANDOM] = chooser_word(chooser);
    random_guest_restart(hart);
}

void random_guest_restart(struct hart *hart)
{
    hart->privilege = MMU_MACHINE;
    hart->csr.mstatus &= ~MSTATUS_MPRV;
    hart->is_waiting = false;
    hart->pc = page_pa(HANDLERS_MACHINE) + HANDLERS_RESTART;
}

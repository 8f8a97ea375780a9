#include "emu/hart/pmp.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { RW = PMP_R | PMP_W, RWX = PMP_R | PMP_W | PMP_X };
enum { MOST_ENTRIES = 3, MOST_ACCESSES = 5 };
enum { U = MMU_USER, S = MMU_SUPERVISOR, M = MMU_MACHINE };

#define TOP_OF_SPACE UINT64_C(0x00ffffffffffffff)
#define ADDR_ONES UINT64_C(0x003fffffffffffff) /* with NAPOT: the whole space */

/* pmpaddr of an address, and of a NAPOT range of size bytes. */
#define AT(address) ((uint64_t)(address) >> 2)
#define NAPOT_AT(address, size) (((uint64_t)(address) | ((size) / 2 - 1)) >> 2)

/* The lowest entries, and what accesses come to; size 0 ends them. */
static const struct scene {
    struct {
        uint8_t cfg;
        uint64_t addr;
    } entry[MOST_ENTRIES];
    struct {
        uint64_t pa;
        uint64_t size;
        enum mmu_access access;
        int privilege;
        bool want;
        const char *why;
    } access[MOST_ACCESSES];
} scenes[] = {
    {.entry = {{PMP_OFF | RWX, AT(0x2000)}},
     .access = {{0x1000, 8, MMU_LOAD, S, false, "no entry matches: S fails"},
                {0x1000, 8, MMU_STORE, U, false, "no entry matches: U fails"},
                {0x1000, 4, MMU_FETCH, M, true, "no entry matches: M passes"}}},

    {.entry = {{PMP_TOR | PMP_R, AT(0x2000)}},
     .access = {{0, 8, MMU_LOAD, U, true, "TOR of entry 0 begins at 0"},
                {0x1ff8, 8, MMU_LOAD, U, true, "the last bytes below the top of a TOR range"},
                {0x2000, 1, MMU_LOAD, U, false, "the top of a TOR range is outside"},
                {0x1ffc, 8, MMU_LOAD, M, false, "half above the top: fails, even for M"}}},
    {.entry = {{PMP_OFF, AT(0x1000)}, {PMP_TOR | PMP_R, AT(0x2000)}},
     .access = {{0x1000, 8, MMU_LOAD, U, true, "an entry that is off gives the bottom"},
                {0xffc, 4, MMU_LOAD, U, false, "below the bottom of a TOR range"},
                {0xffc, 8, MMU_LOAD, M, false, "half below the bottom: fails, even for M"}}},
    {.entry = {{PMP_NA4 | RWX, AT(0x1000)}, {PMP_TOR, AT(0x2000)}},
     .access = {{0x1004, 4, MMU_LOAD, U, false, "an entry with a range gives the bottom too"}}},
    {.entry = {{PMP_OFF, AT(0x2000)}, {PMP_TOR, AT(0x1000)}, {PMP_NAPOT | PMP_R, ADDR_ONES}},
     .access = {{0x1800, 8, MMU_LOAD, U, true, "a TOR range upside down matches nothing"}}},
    {.entry = {{PMP_OFF, AT(0x1000)}, {PMP_TOR, AT(0x1000)}, {PMP_NAPOT | PMP_R, ADDR_ONES}},
     .access = {{0xffc, 8, MMU_LOAD, U, true, "an empty TOR range has no part of anything"}}},
    {.entry = {{PMP_TOR, 0}, {PMP_NAPOT | PMP_R, ADDR_ONES}},
     .access = {{0, 8, MMU_LOAD, U, true, "a TOR range that ends at 0 is empty"}}},

    {.entry = {{PMP_NA4 | PMP_R, AT(0xc)}, {PMP_NAPOT | PMP_R, NAPOT_AT(0x10, 8)}},
     .access = {{0xc, 4, MMU_LOAD, U, true, "NA4, all of it"},
                {0xf, 1, MMU_LOAD, U, true, "NA4, its last byte"},
                {0x8, 4, MMU_LOAD, U, false, "before NA4"},
                {0x8, 8, MMU_LOAD, M, false, "a partial match fails for M without a lock too"},
                {0xc, 8, MMU_LOAD, U, false, "two neighbours do not make one range"}}},
    {.entry = {{PMP_NA4 | PMP_R, AT(0xc)}, {PMP_NAPOT | PMP_R, ADDR_ONES}},
     .access = {{0x8, 8, MMU_LOAD, U, false, "a later match does not make up for a partial one"},
                {0x0, 4096, MMU_LOAD, U, false, "an entry inside a long range is a partial match"},
                {0x10, 4, MMU_LOAD, U, true, "behind NA4, the next entry decides"}}},

    {.entry = {{PMP_NAPOT | PMP_R, NAPOT_AT(0x1000, 8)}},
     .access = {{0x1000, 8, MMU_LOAD, U, true, "NAPOT of 8 bytes"},
                {0x1004, 8, MMU_LOAD, U, false, "half behind NAPOT of 8 bytes"}}},
    {.entry = {{PMP_NAPOT | PMP_R, ADDR_ONES}},
     .access = {{TOP_OF_SPACE, 1, MMU_LOAD, U, true, "all ones are the whole space"},
                {UINT64_MAX - 3, 8, MMU_LOAD, S, false, "no entry reaches the end of 64 bits"},
                {UINT64_MAX - 3, 8, MMU_LOAD, M, true, "what wraps matches nothing at 0"}}},

    {.entry = {{PMP_NAPOT, NAPOT_AT(0x1000, 8)}, {PMP_NAPOT | RWX, ADDR_ONES}},
     .access = {{0x1000, 8, MMU_LOAD, U, false, "the lowest entry decides: it denies"}}},
    {.entry = {{PMP_NAPOT | PMP_R, NAPOT_AT(0x1000, 8)}, {PMP_NAPOT, ADDR_ONES}},
     .access = {{0x1000, 8, MMU_LOAD, U, true, "the lowest entry decides: it permits"}}},

    {.entry = {{PMP_NAPOT | PMP_R, ADDR_ONES}},
     .access = {{0x1000, 8, MMU_LOAD, U, true, "R permits loads"},
                {0x1000, 8, MMU_STORE, U, false, "R does not permit stores"},
                {0x1000, 2, MMU_FETCH, U, false, "R does not permit fetches"},
                {0x1000, 8, MMU_STORE, M, true, "an unlocked entry does not bind M"}}},
    {.entry = {{PMP_NAPOT | RW, ADDR_ONES}},
     .access = {{0x1000, 8, MMU_STORE, S, true, "W permits stores"}}},
    {.entry = {{PMP_OFF, 0}, {PMP_OFF, 0}, {PMP_NAPOT | PMP_X, ADDR_ONES}},
     .access = {{0x1000, 2, MMU_FETCH, S, true, "X permits fetches; what is off is passed over"},
                {0x1000, 2, MMU_LOAD, S, false, "X does not permit loads"}}},
    {.entry = {{PMP_NAPOT | PMP_L | PMP_R, ADDR_ONES}},
     .access = {{0x1000, 8, MMU_STORE, M, false, "a locked entry binds M"},
                {0x1000, 8, MMU_LOAD, M, true, "a locked entry permits M what it permits"},
                {0x1000, 8, MMU_LOAD, U, true, "a locked entry permits U what it permits"},
                {0x1000, 8, MMU_STORE, U, false, "a locked entry binds U"}}},
};

/* Gives one entry its byte of pmpcfg, and leaves the others alone. */
static void set_cfg(struct pmp *pmp, unsigned entry, uint8_t cfg)
{
    unsigned shift = 8 * (entry % 8);
    uint64_t others = pmp_read_cfg(pmp, entry / 8) & ~(UINT64_C(0xff) << shift);

    pmp_write_cfg(pmp, entry / 8, others | (uint64_t)cfg << shift);
}

static void check_scene(const struct scene *scene)
{
    struct pmp pmp = {.writes = 0};

    pmp_reset(&pmp);
    for (unsigned i = 0; i < MOST_ENTRIES; i++) {
        pmp_write_addr(&pmp, i, scene->entry[i].addr);
    }
    for (unsigned i = 0; i < MOST_ENTRIES; i++) {
        set_cfg(&pmp, i, scene->entry[i].cfg);
    }
    for (unsigned i = 0; i < MOST_ACCESSES && scene->access[i].size != 0; i++) {
        bool got = pmp_allows(&pmp, scene->access[i].pa, scene->access[i].size,
                              scene->access[i].access, scene->access[i].privilege);
        cr_expect(eq(int, got, scene->access[i].want), "%s", scene->access[i].why);
    }
}

Test(pmp, entries_match_and_permit_as_the_manual_says)
{
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        check_scene(&scenes[i]);
    }
}

Test(pmp, napot_ranges_of_every_size_begin_and_end_where_they_should)
{
    for (unsigned ones = 0; ones < 54; ones++) {
        uint64_t size = UINT64_C(8) << ones;
        uint64_t first = ones <= 52 ? size : 0; /* the second range of its size, if there is one */
        struct pmp pmp = {.writes = 0};
        pmp_reset(&pmp);
        pmp_write_addr(&pmp, 0, first >> 2 | ((UINT64_C(1) << ones) - 1));
        pmp_write_cfg(&pmp, 0, PMP_NAPOT | PMP_R);

        cr_expect(pmp_allows(&pmp, first, size, MMU_LOAD, MMU_USER), "%u ones", ones);
        cr_expect(not(pmp_allows(&pmp, first + size, 1, MMU_LOAD, MMU_USER)), "%u ones", ones);
        cr_expect(not(pmp_allows(&pmp, first - 1, 1, MMU_LOAD, MMU_USER)), "%u ones", ones);
    }
}

/* The manual, byte by byte and entry by entry, for addresses below 256. */
static bool byte_matches(const struct pmp *pmp, unsigned entry, uint64_t byte)
{
    uint64_t word = byte / 4;
    uint64_t addr = pmp->addr[entry];
    unsigned zero = 0;

    switch (pmp->cfg[entry] & PMP_A) {
    case PMP_TOR: return (entry == 0 || word >= pmp->addr[entry - 1]) && word < addr;
    case PMP_NA4: return word == addr;
    case PMP_NAPOT:
        while ((addr >> zero & 1) != 0) {
            zero++;
        }
        return word >> (zero + 1) == addr >> (zero + 1);
    default: return false;
    }
}

static bool model_allows(const struct pmp *pmp, uint64_t pa, unsigned size, enum mmu_access access,
                         enum mmu_privilege privilege)
{
    static const uint8_t needed[] = {PMP_X, PMP_R, PMP_W};

    for (unsigned entry = 0; entry < PMP_ENTRIES; entry++) {
        unsigned matches = 0;
        for (unsigned i = 0; i < size; i++) {
            matches += byte_matches(pmp, entry, pa + i);
        }
        if (matches == 0) {
            continue;
        }
        bool binds = privilege != MMU_MACHINE || (pmp->cfg[entry] & PMP_L) != 0;
        return matches == size && (!binds || (pmp->cfg[entry] & needed[access]) != 0);
    }
    return privilege == MMU_MACHINE;
}

/* The next number of a fixed sequence, below limit. */
static unsigned next_random(uint64_t *state, unsigned limit)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33) % limit;
}

Test(pmp, random_entries_do_what_a_model_that_looks_at_each_byte_does)
{
    static const enum mmu_privilege privileges[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};
    uint64_t state = 1;

    for (unsigned round = 0; round < 20000; round++) {
        struct pmp pmp = {.writes = 0};
        pmp_reset(&pmp);
        for (unsigned i = 0; i < 4; i++) {
            unsigned entry = next_random(&state, PMP_ENTRIES);
            pmp_write_addr(&pmp, entry, next_random(&state, 48));
            set_cfg(&pmp, entry, (uint8_t)(next_random(&state, 256) & (PMP_L | PMP_A | RWX)));
        }
        uint64_t pa = next_random(&state, 180);
        unsigned size = 1U << next_random(&state, 4);
        enum mmu_access access = (enum mmu_access)next_random(&state, MMU_ACCESSES);
        enum mmu_privilege privilege = privileges[next_random(&state, 3)];
        bool got = pmp_allows(&pmp, pa, size, access, privilege);

        cr_assert(eq(int, got, model_allows(&pmp, pa, size, access, privilege)),
                  "round %u: %u bytes at 0x%x", round, size, (unsigned)pa);
    }
}

Test(pmp, reset_leaves_nothing_to_s_and_u_and_unlocks)
{
    struct pmp pmp = {.writes = 0};
    pmp_reset(&pmp);
    pmp_write_addr(&pmp, 0, ADDR_ONES);
    pmp_write_cfg(&pmp, 0, PMP_L | PMP_NAPOT | RWX);
    pmp_reset(&pmp);

    cr_expect(not(pmp_allows(&pmp, 0x1000, 8, MMU_LOAD, MMU_SUPERVISOR)));
    cr_expect(pmp_allows(&pmp, 0x1000, 8, MMU_STORE, MMU_MACHINE));
    pmp_write_cfg(&pmp, 0, PMP_NAPOT);
    cr_expect(eq(u64, pmp_read_cfg(&pmp, 0), PMP_NAPOT));
}

Test(pmp, cfg_holds_only_legal_values)
{
    static const struct {
        uint8_t written;
        uint8_t want;
        const char *why;
    } cfg_rows[] = {
        {0x1f, 0x1f, "everything but L"},
        {0x60, 0x00, "bits 6 and 5 are read-only zero"},
        {PMP_W, 0, "W without R is reserved: neither"},
        {PMP_W | PMP_X, PMP_X, "W without R is reserved: X stays"},
        {PMP_R | PMP_W, PMP_R | PMP_W, "R with W"},
        {PMP_NA4, PMP_NA4, "a grain of 4 bytes: NA4 can be selected"},
    };

    for (size_t i = 0; i < sizeof cfg_rows / sizeof *cfg_rows; i++) {
        struct pmp pmp = {.writes = 0};
        pmp_reset(&pmp);
        pmp_write_cfg(&pmp, 0, cfg_rows[i].written);
        cr_expect(eq(u64, pmp_read_cfg(&pmp, 0), cfg_rows[i].want), "%s", cfg_rows[i].why);
    }
}

Test(pmp, two_cfg_registers_hold_eight_entries_each)
{
    struct pmp pmp = {.writes = 0};
    pmp_reset(&pmp);
    pmp_write_cfg(&pmp, 0, UINT64_C(0x0f0e0d0c0b090801));
    pmp_write_cfg(&pmp, 1, UINT64_C(0x1717151413111019));

    cr_expect(eq(u64, pmp_read_cfg(&pmp, 0), UINT64_C(0x0f0c0d0c0b090801)));
    cr_expect(eq(u64, pmp_read_cfg(&pmp, 1), UINT64_C(0x1717151413111019)));
    cr_expect(eq(u8, pmp.cfg[0], 0x01));
    cr_expect(eq(u8, pmp.cfg[7], 0x0f));
    cr_expect(eq(u8, pmp.cfg[8], 0x19));
    cr_expect(eq(u8, pmp.cfg[15], 0x17));
}

Test(pmp, addresses_hold_bits_55_to_2)
{
    struct pmp pmp = {.writes = 0};
    pmp_reset(&pmp);
    pmp_write_addr(&pmp, 15, UINT64_MAX);
    cr_expect(eq(u64, pmp.addr[15], ADDR_ONES));
}

Test(pmp, locked_entries_keep_their_values)
{
    struct pmp pmp = {.writes = 0};
    pmp_reset(&pmp);
    pmp_write_addr(&pmp, 1, 5);
    pmp_write_cfg(&pmp, 0, (uint64_t)(PMP_L | PMP_NAPOT | PMP_R) << 8);

    pmp_write_addr(&pmp, 1, 6);
    cr_expect(eq(u64, pmp.addr[1], 5), "pmpaddr of a locked entry");
    pmp_write_cfg(&pmp, 0, UINT64_C(0x0101010101010101));
    cr_expect(eq(u64, pmp_read_cfg(&pmp, 0), UINT64_C(0x0101010101019901)),
              "only the locked byte of pmpcfg stays");
    pmp_write_addr(&pmp, 0, 7);
    cr_expect(eq(u64, pmp.addr[0], 7), "a locked NAPOT entry leaves its neighbour alone");
}

Test(pmp, an_entry_locked_while_off_is_locked)
{
    struct pmp pmp = {.writes = 0};
    pmp_reset(&pmp);
    pmp_write_cfg(&pmp, 0, PMP_L | PMP_OFF);
    pmp_write_addr(&pmp, 0, 7);
    pmp_write_cfg(&pmp, 0, 0);
    cr_expect(eq(u64, pmp.addr[0], 0));
    cr_expect(eq(u64, pmp_read_cfg(&pmp, 0), PMP_L));
}

Test(pmp, a_locked_tor_range_keeps_its_bottom)
{
    struct pmp pmp = {.writes = 0};
    pmp_reset(&pmp);
    pmp_write_addr(&pmp, 8, 5);
    pmp_write_cfg(&pmp, 1, (uint64_t)(PMP_L | PMP_TOR | PMP_R) << 8);

    pmp_write_addr(&pmp, 8, 6);
    cr_expect(eq(u64, pmp.addr[8], 5), "pmpaddr8 bounds the locked entry 9");
    pmp_write_addr(&pmp, 7, 6);
    cr_expect(eq(u64, pmp.addr[7], 6), "pmpaddr7 does not");
    pmp_write_cfg(&pmp, 1, PMP_NA4);
    cr_expect(eq(u8, pmp.cfg[8], PMP_NA4), "the cfg of entry 8 is not locked");
    pmp_write_cfg(&pmp, 0, PMP_TOR << 8);
    pmp_write_addr(&pmp, 0, 6);
    cr_expect(eq(u64, pmp.addr[0], 6), "a TOR range that is not locked has no such right");
}

Test(pmp, the_last_entry_has_no_neighbour_above)
{
    struct pmp pmp = {.writes = 0};
    pmp_reset(&pmp);
    pmp_write_cfg(&pmp, 0, PMP_L | PMP_TOR);
    pmp_write_addr(&pmp, 15, 6);
    cr_expect(eq(u64, pmp.addr[15], 6));
}

/* The bytes around one that the same entry decides for. */
Test(pmp, alike_are_the_bytes_that_one_entry_decides_for)
{
    static const struct pmp_span ram = {0x1000, 0x8fff};
    static const struct {
        struct {
            uint8_t cfg;
            uint64_t addr;
        } entry[MOST_ENTRIES];
        uint64_t pa;
        struct pmp_span want;
        const char *why;
    } rows[] = {
        {{{PMP_OFF, 0}}, 0x2000, {0x1000, 0x8fff}, "no entry: none of the bytes has one"},
        {{{PMP_NAPOT | RWX, ADDR_ONES}}, 0x2000, {0x1000, 0x8fff}, "one for all of it"},
        {{{PMP_NAPOT | RWX, NAPOT_AT(0x2000, 0x2000)}}, 0x2abc, {0x2000, 0x3fff}, "a part"},
        {{{PMP_NAPOT | RWX, NAPOT_AT(0x2000, 0x2000)}}, 0x1abc, {0x1000, 0x1fff}, "below it"},
        {{{PMP_NAPOT | RWX, NAPOT_AT(0x2000, 0x2000)}}, 0x4000, {0x4000, 0x8fff}, "above it"},
        {{{PMP_NAPOT, NAPOT_AT(0x2000, 0x1000)},
          {PMP_NAPOT, NAPOT_AT(0x5000, 0x1000)},
          {PMP_NAPOT | RWX, ADDR_ONES}},
         0x4004,
         {0x3000, 0x4fff},
         "two before it cut pieces off"},
        {{{PMP_NAPOT | RWX, ADDR_ONES}, {PMP_NAPOT, NAPOT_AT(0x2000, 0x1000)}},
         0x4004,
         {0x1000, 0x8fff},
         "one behind it does not count"},
        {{{PMP_TOR | RWX, AT(0x3004)}}, 0x3000, {0x1000, 0x3003}, "not by pages"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pmp pmp = {.writes = 0};

        for (unsigned entry = 0; entry < MOST_ENTRIES; entry++) {
            pmp_write_addr(&pmp, entry, rows[i].entry[entry].addr);
            pmp_write_cfg(
                &pmp, 0, pmp_read_cfg(&pmp, 0) | (uint64_t)rows[i].entry[entry].cfg << (8 * entry));
        }
        struct pmp_span got = pmp_alike(&pmp, rows[i].pa, &ram);

        cr_expect(eq(u64, got.first, rows[i].want.first), "%s", rows[i].why);
        cr_expect(eq(u64, got.last, rows[i].want.last), "%s", rows[i].why);
    }
}

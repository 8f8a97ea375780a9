#include "emu/report/narrate.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/pte.h"

#define RAM UINT64_C(0x80000000)

enum { RAM_LENGTH = 0x100000 };

static uint8_t ram[1]; /* nobody looks inside */
static struct bus bus;
static struct pmp pmp;
static struct narration narration;
static char *text;

static bool no_access(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)device;
    (void)offset;
    (void)size;
    (void)value;
    return false;
}

static const struct device_ops ops = {.name = "lamp", .length = 0x100, .read = no_access};
static struct device lamp = {.ops = &ops};

/* A load from 0x40201234 in U-mode, ASID 5, that nothing cached answers: three PTEs. */
static void setup(void)
{
    bus_init(&bus, ram, RAM, RAM_LENGTH);
    bus_attach(&bus, 0x10000000, &lamp);
    pmp_reset(&pmp);
    pmp_write_addr(&pmp, 0, UINT64_MAX);
    pmp_write_cfg(&pmp, 0, PMP_NAPOT | PMP_R | PMP_W | PMP_X);
    narration = (struct narration){
        .mode = {.satp = UINT64_C(8) << 60 | UINT64_C(5) << 44 | 0x80010,
                 .privilege = MMU_USER,
                 .hardware_ad = true},
        .va = 0x40201234,
        .access = MMU_LOAD,
        .pmp = &pmp,
        .bus = &bus,
        .probe = {.rule = MMU_ALLOWED,
                  .pa = 0x80034234,
                  .array = {[MMU_L1D] = {.was_asked = true}, [MMU_L2] = {.was_asked = true}},
                  .walks = true,
                  .walk = {.rule = MMU_ALLOWED,
                           .step_count = 3,
                           .step = {{.pte_pa = 0x80010008, .pte = 0x20004401, .level = 2},
                                    {.pte_pa = 0x80011008, .pte = 0x20004821, .level = 1},
                                    {.pte_pa = 0x80012008, .pte = 0x2000d017, .level = 0}},
                           .sets_a = true}},
    };
}

static void teardown(void)
{
    free(text);
}

TestSuite(narrate, .init = setup, .fini = teardown);

static void tell_with_tables(void)
{
    size_t length;
    FILE *file;

    free(text);
    file = open_memstream(&text, &length);
    narrate(file, &narration);
    cr_assert(eq(int, fclose(file), 0));
}

/* The page tables say the same. */
static void tell(void)
{
    narration.tables = narration.probe;
    tell_with_tables();
}

static void expect_words(const char *words)
{
    cr_expect(strstr(text, words) != NULL, "'%s' in\n%s", words, text);
}

static void expect_no_words(const char *words)
{
    cr_expect(strstr(text, words) == NULL, "'%s' in\n%s", words, text);
}

/* 0x40201234 = 1 GiB + 1 * 2 MiB + 1 * 4 KiB + 0x234, by hand. */
Test(narrate, tells_a_walk_from_the_address_to_the_end)
{
    tell();
    cr_expect(
        eq(str, text,
           "access     a load from 0x0000000040201234 in U-mode, SUM=0 MXR=0, A and D set by "
           "hardware\n"
           "satp       0x8000500000080010: Sv39, ASID 5, root table at 0x80010000\n"
           "address    0x0000000040201234\n"
           "           VPN[2]  000000001    = 0x001 (1)\n"
           "           VPN[1]  000000001    = 0x001 (1)\n"
           "           VPN[0]  000000001    = 0x001 (1)\n"
           "           offset  001000110100 = 0x234 (564)\n"
           "           bits 63 to 39 all equal bit 38\n"
           "TLB        L1D miss\n"
           "           L2  miss\n"
           "walk       level 2: the PTE at 0x80010008 is 0x0000000020004401\n"
           "                    pointer to the table at 0x80011000\n"
           "           level 1: the PTE at 0x80011008 is 0x0000000020004821\n"
           "                    pointer to the table at 0x80012000, global\n"
           "           level 0: the PTE at 0x80012008 is 0x000000002000d017\n"
           "                    leaf of a 4 KiB page at 0x80034000:\n"
           "                    readable, writable, not executable, for U-mode, not accessed, not "
           "dirty\n"
           "           the access sets A in that PTE\n"
           "result     physical address 0x0000000080034234, in RAM\n"));
}

Test(narrate, tells_what_the_end_of_the_address_is)
{
    static const struct {
        uint64_t pa;
        const char *words;
        const char *not_words;
    } rows[] = {
        {RAM, ", in RAM\n", "exception"},
        {0x10000000, ", in the device lamp\n", "exception"},
        {0x100000ff, ", in the device lamp\n", "exception"},
        {0x10000100, ", where nothing answers\n           exception 5, load access fault\n", "PMP"},
        {RAM + RAM_LENGTH, ", where nothing answers\n", "PMP"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        narration.probe.pa = rows[i].pa;
        tell();
        expect_words(rows[i].words);
        expect_no_words(rows[i].not_words);
    }
}

Test(narrate, names_pmp_only_where_it_refuses)
{
    tell();
    expect_no_words("PMP");
    pmp_write_cfg(&pmp, 0, PMP_NAPOT | PMP_X);
    tell();
    expect_words("in RAM\n           refused by PMP\n           exception 5, load access fault\n");
}

Test(narrate, tells_a_hit_with_the_entry_that_answers)
{
    narration.probe.array[MMU_L2].matched = true;
    narration.probe.array[MMU_L2].answers = true;
    narration.probe.array[MMU_L2].entry = (struct mmu_cached){.size = MMU_2M,
                                                              .leaf = MMU_2M,
                                                              .va = 0x40200000,
                                                              .pte = 0x200000df,
                                                              .pa = 0x80001234,
                                                              .asid = 5};
    narration.probe.walks = false;
    tell();
    expect_words("TLB        L1D miss\n"
                 "           L2  hit:  the 2M page at 0x0000000040200000, ASID 5, PTE "
                 "0x00000000200000df\n"
                 "                     readable, writable, executable, for U-mode, accessed, "
                 "dirty\n");
    expect_no_words("level 2");
    narration.probe.array[MMU_L2].entry.is_global = true;
    tell();
    expect_words("0x0000000040200000, global, PTE");
}

Test(narrate, tells_why_a_store_must_walk_though_its_page_is_cached)
{
    narration.access = MMU_STORE;
    narration.probe.array[MMU_L1D].matched = true;
    narration.probe.array[MMU_L1D].entry = (struct mmu_cached){.pte = 0x2000d057};
    narration.probe.walk.sets_a = false;
    narration.probe.walk.sets_d = true;
    tell();
    expect_words("L1D miss, because D is clear");
    expect_words("the access sets D in that PTE");
    narration.probe.walk.sets_a = true;
    tell();
    expect_words("the access sets A and D in that PTE");
}

Test(narrate, tells_page_tables_that_say_otherwise)
{
    static const struct {
        enum mmu_rule cached;
        uint64_t cached_pa;
        enum mmu_rule tables;
        uint64_t tables_pa;
        const char *words; /* NULL: nothing is stale */
    } rows[] = {
        {MMU_ALLOWED, RAM, MMU_ALLOWED, RAM, NULL},
        {MMU_ALLOWED, RAM, MMU_ALLOWED, RAM + 0x1000,
         "           physical address 0x0000000080001000\n"},
        {MMU_ALLOWED, RAM, MMU_NOT_WRITABLE, 0, "           the page is not writable (W=0)\n"},
        {MMU_NOT_WRITABLE, 1, MMU_NOT_WRITABLE, 2, NULL},
        {MMU_NOT_WRITABLE, 0, MMU_ALLOWED, RAM, "           physical address 0x0000000080000000\n"},
        {MMU_NOT_VALID, 0, MMU_NOT_WRITABLE, 0, "           the page is not writable (W=0)\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        narration.tables = narration.probe;
        narration.tables.rule = rows[i].tables;
        narration.tables.pa = rows[i].tables_pa;
        narration.probe.rule = rows[i].cached;
        narration.probe.pa = rows[i].cached_pa;
        tell_with_tables();
        if (rows[i].words == NULL) {
            expect_no_words("stale");
        } else {
            expect_words("stale      the page tables say otherwise, and no fence has told so:\n"
                         "tables     level 2: the PTE at 0x80010008 is ");
            expect_words(rows[i].words);
        }
    }
}

Test(narrate, tells_of_which_page_an_entry_is_a_piece)
{
    narration.probe.array[MMU_L1D].matched = true;
    narration.probe.array[MMU_L1D].answers = true;
    narration.probe.array[MMU_L1D].entry = (struct mmu_cached){
        .size = MMU_2M, .leaf = MMU_1G, .va = 0x40200000, .pte = 0x200000df, .asid = 5};
    tell();
    expect_words("L1D hit:  the 2M piece at 0x0000000040200000 of a 1G page, ASID 5, PTE ");
}

Test(narrate, tells_an_invalid_pte_that_answers)
{
    narration.probe.array[MMU_L1D].matched = true;
    narration.probe.array[MMU_L1D].answers = true;
    narration.probe.array[MMU_L1D].entry = (struct mmu_cached){
        .size = MMU_4K, .leaf = MMU_4K, .va = 0x40201000, .pte = 0x2000d0de, .asid = 5};
    narration.probe.walks = false;
    narration.probe.rule = MMU_NOT_VALID;
    tell();
    expect_words("L1D hit:  no 4K page at 0x0000000040201000, ASID 5, PTE 0x000000002000d0de\n"
                 "                     an invalid PTE (V=0), which this TLB keeps until a fence\n");
    expect_words("exception 13, load page fault\n");
    expect_no_words("readable");
}

Test(narrate, tells_what_the_walk_cache_answered)
{
    narration.probe.walk.step[1].is_cached = true;
    tell();
    expect_words("level 2: the PTE at 0x80010008 is 0x0000000020004401\n");
    expect_words("level 1: the walk cache has the PTE at 0x80011008 as 0x0000000020004821\n"
                 "                    pointer to the table at 0x80012000, global\n");
    expect_words("level 0: the PTE at 0x80012008 is 0x000000002000d017\n");
}

Test(narrate, tells_that_the_walk_began_at_a_pointer_that_is_cached)
{
    struct mmu_walk *walk = &narration.probe.walk;

    walk->step[0] = (struct mmu_walk_step){.pte = 0x20004821, .level = 1, .is_cached = true};
    walk->step[1] = walk->step[2];
    walk->step_count = 2;
    tell();
    expect_words("walk       level 1: the walk cache knows it, so that no level above is read: "
                 "0x0000000020004821\n"
                 "                    pointer to the table at 0x80012000, global\n"
                 "           level 0: the PTE at 0x80012008 is ");
    expect_no_words("level 2");
    expect_no_words("at 0x0\n");
}

Test(narrate, ends_in_the_rule_and_the_exception)
{
    static const struct {
        enum mmu_rule rule;
        enum mmu_access access;
        const char *words;
    } rows[] = {
        {MMU_NOT_VALID, MMU_LOAD,
         "result     page fault: the page-table entry is not valid (V=0)\n"
         "           exception 13, load page fault\n"},
        {MMU_NOT_WRITABLE, MMU_STORE, "exception 15, store page fault\n"},
        {MMU_NOT_EXECUTABLE, MMU_FETCH, "exception 12, fetch page fault\n"},
        {MMU_PTE_UNREADABLE, MMU_LOAD, "result     access fault: "},
        {MMU_PTE_UNREADABLE, MMU_FETCH, "exception 1, fetch access fault\n"},
        {MMU_PTE_UNWRITABLE, MMU_STORE, "exception 7, store access fault\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        narration.probe.rule = rows[i].rule;
        narration.probe.walk.rule = rows[i].rule;
        narration.access = rows[i].access;
        tell();
        expect_words(rows[i].words);
        expect_no_words("physical address");
        expect_no_words("the access sets");
    }
}

Test(narrate, tells_why_a_pte_cannot_be_read)
{
    narration.probe.rule = MMU_PTE_UNREADABLE;
    narration.probe.walk.rule = MMU_PTE_UNREADABLE;
    narration.probe.walk.step_count = 1;
    tell();
    expect_words("level 2: the PTE at 0x80010008 cannot be read\n");
    expect_words("there is no RAM at that PTE");
    pmp_reset(&pmp);
    tell();
    expect_words("PMP refuses S-mode that PTE");
}

Test(narrate, tells_other_kinds_of_pte)
{
    static const struct {
        uint64_t pte;
        unsigned level;
        const char *words;
    } rows[] = {
        {0x20000000, 0, "not valid (V=0)\n"},
        {0x20000005, 0, "reserved: writable but not readable\n"},
        {0x20000003, 1, "leaf of a 2 MiB page at 0x80000000:\n"},
        {0x20000009, 2,
         "leaf of a 1 GiB page at 0x80000000:\n                    not readable, not "
         "writable, executable, not for U-mode, not accessed, not dirty\n"},
        {0x200000e3, 1, "not for U-mode, global, accessed, dirty\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        narration.probe.walk.step[0].pte = rows[i].pte;
        narration.probe.walk.step[0].level = rows[i].level;
        tell();
        expect_words(rows[i].words);
    }
}

Test(narrate, tells_that_an_address_is_not_canonical)
{
    narration.va = UINT64_C(0x4000000000);
    narration.probe = (struct mmu_probe){.rule = MMU_NOT_CANONICAL};
    tell();
    expect_words("VPN[2]  100000000    = 0x100 (256)\n");
    expect_words("bits 63 to 39 do not all equal bit 38\n");
    expect_words("exception 13, load page fault\n");
    expect_no_words("TLB");
}

Test(narrate, tells_that_nothing_is_translated)
{
    narration.probe = (struct mmu_probe){.pa = narration.va};
    narration.va = RAM;
    narration.mode.privilege = MMU_MACHINE;
    tell();
    expect_words("nothing is translated in M-mode; the address is physical\n"
                 "result     physical address 0x0000000080000000, in RAM\n");
    narration.mode.privilege = MMU_SUPERVISOR;
    narration.mode.satp = 0;
    tell();
    expect_words("satp       0x0000000000000000: Bare\n");
    expect_words("nothing is translated while satp is Bare");
}

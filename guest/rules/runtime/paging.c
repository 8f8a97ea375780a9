/*
 * paging.c - page tables of three, four or five levels, built from M-mode at physical addresses.
 *
 * Every PTE that is handed out for writing is remembered, so that a reset costs what was used and
 * not whole tables.
 */
#include "guest/rules/runtime/runtime.h"

#include "guest/include/sv39.h"

enum { TABLES = 40, LOG_LENGTH = 512, MODES = 3, SATP_MODE_SHIFT = 60, SATP_ASID_SHIFT = 44 };

const struct rule_paging *rule_paging;

static const struct rule_paging modes[MODES] = {
    {.name = "sv39", .mode = 8, .levels = 3},
    {.name = "sv48", .mode = 9, .levels = 4},
    {.name = "sv57", .mode = 10, .levels = 5},
};
static const struct rule_paging *accepted[MODES];

/* The first tables are the roots. They are in no section that is cleared: each is when it is first
 * used, and after that a reset keeps it so. */
static uint64_t tables[TABLES][PTE_PER_TABLE] __attribute__((aligned(4096), section(".tables")));
static unsigned tables_cleared;
static unsigned tables_used;
static unsigned chosen_space;

/* The PTEs that may be other than 0. */
static volatile uint64_t *written[LOG_LENGTH];
static unsigned written_count;

unsigned paging_probe(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < MODES; i++) {
        csr_write(CSR_SATP, 0);
        csr_write(CSR_SATP, modes[i].mode << SATP_MODE_SHIFT);
        if (csr_read(CSR_SATP) >> SATP_MODE_SHIFT == modes[i].mode) {
            accepted[count++] = &modes[i];
        }
    }
    csr_write(CSR_SATP, 0);
    return count;
}

void paging_select(unsigned index)
{
    rule_paging = accepted[index];
}

static uint64_t *take_table(void)
{
    if (tables_used == TABLES) {
        rule_unexpected(0, 0, TABLES);
    }
    uint64_t *table = tables[tables_used++];

    if (tables_cleared < tables_used) {
        tables_cleared = tables_used;
        memset(table, 0, PAGE_SIZE);
    }
    return table;
}

static volatile uint64_t *note(volatile uint64_t *pte)
{
    if (written_count == LOG_LENGTH) {
        rule_unexpected(0, (uint64_t)pte, LOG_LENGTH);
    }
    written[written_count++] = pte;
    return pte;
}

static void map_code(unsigned space)
{
    uint64_t code = (uint64_t)rule_code_start;

    rule_choose_space(space);
    if (space == 0) {
        rule_map(SUPERVISOR_CODE, code, LEAF_RX, 0);
        rule_map(USER_CODE, code, LEAF_RX | PTE_U, 0);
        return;
    }
    /* The other roots share the tables of the first. */
    uint64_t last = PTE_PER_TABLE - 1;

    *note(&tables[space][last]) = tables[0][last];
}

void paging_reset(void)
{
    while (written_count > 0) {
        *written[--written_count] = 0;
    }
    tables_used = 0;
    for (unsigned space = 0; space < RULE_SPACES; space++) {
        take_table();
    }
    for (unsigned space = 0; space < RULE_SPACES; space++) {
        map_code(space);
    }
    rule_choose_space(0);
}

void rule_choose_space(unsigned space)
{
    chosen_space = space;
}

uint64_t rule_satp_of(unsigned space, uint64_t asid)
{
    return rule_paging->mode << SATP_MODE_SHIFT | asid << SATP_ASID_SHIFT |
           (uint64_t)tables[space] >> PAGE_SHIFT;
}

uint64_t rule_size(unsigned level)
{
    return PAGE_SIZE << (SV39_VPN_BITS * level);
}

uint64_t rule_va(unsigned level, uint64_t pa)
{
    static const uint64_t vpn[] = {2, 5, 3, 9, 6};
    uint64_t va = pa & (rule_size(level) - 1);

    for (unsigned i = level; i < rule_paging->levels; i++) {
        va |= vpn[i] * rule_size(i);
    }
    return va;
}

volatile uint64_t *rule_pte(uint64_t va, unsigned level)
{
    volatile uint64_t *table = tables[chosen_space];

    for (unsigned i = rule_paging->levels - 1; i > level; i--) {
        volatile uint64_t *pte = &table[vpn_index(va, i)];

        if (*pte == 0) {
            *note(pte) = pte_make((uint64_t)take_table(), PTE_V);
        }
        table = (volatile uint64_t *)pte_pa(*pte);
    }
    return note(&table[vpn_index(va, level)]);
}

volatile uint64_t *rule_map(uint64_t va, uint64_t pa, uint64_t bits, unsigned level)
{
    volatile uint64_t *pte = rule_pte(va, level);

    *pte = pte_make(pa, bits);
    return pte;
}

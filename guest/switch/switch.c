/*
 * switch.c - a kernel that does nothing but switch between address spaces, and touch pages in each.
 *
 * All spaces have the same virtual addresses, mapped to other physical pages in each, and each has
 * a root table of its own. A turn is: switch to a space, and load one word from each of its pages.
 * The order is 0 1 2 ... in every round; or 0 1 0 2 0 3 ..., as if space 0 were a server of the
 * others.
 *
 * A switch fences exactly as it must. If satp has room for an ASID for each space, not at all: that
 * is what ASIDs are for. Otherwise all spaces share ASID 0, and every switch needs a full fence.
 * Each word tells whose it is; a load that finds another's ends the run with exit code 1.
 *
 *   switch_spaces   address spaces
 *   switch_pages    pages that a turn touches
 *   switch_stride   from one of them to the next, in pages
 *   switch_sweeps   times that a turn touches them all, one after the other
 *   switch_server   1: a turn of space 0 before each turn of another
 *   switch_rounds   rounds: turns of all spaces, once each (but the server)
 *   switch_warmup   rounds before the region begins
 *
 * The region holds pages * sweeps loads a turn, in S-mode, and no other data access. The kernel's
 * code is on one global gigapage. The pages are 4 KiB, and up to 512 of them, strides included,
 * have one leaf table. RAM must have 64 MiB.
 *
 *   0x0000_0000  devices  R W   G, 1 GiB     0x4000_0000  the pages of the space  R  4 KiB
 *   0x8000_0000  RAM      R W X G, 1 GiB
 */
#include "guest/include/supervisor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/include/boot.h"
#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/include/pagewalk.h"
#include "guest/include/sv39.h"

enum { EXIT_WRONG_PAGE = 1, EXIT_REFUSED = 2 };

enum { GIGAPAGE_LEVEL = 2, SATP_ASID_SHIFT = 44, SATP_ASID_MAX = 0xffff };

#define FIRST_VA UINT64_C(0x40000000)
#define MAX_SPAN (UINT64_C(1) << 18)  /* pages from FIRST_VA to RAM */
#define MAX_PAGES (UINT64_C(1) << 13) /* 32 MiB, of all spaces */

#define KERNEL_FLAGS (PTE_V | PTE_R | PTE_W | PTE_G | PTE_A | PTE_D)
#define PAGE_FLAGS (PTE_V | PTE_R | PTE_A)

volatile uint64_t switch_spaces = 4;
volatile uint64_t switch_pages = 16;
volatile uint64_t switch_stride = 1;
volatile uint64_t switch_sweeps = 4;
volatile uint64_t switch_server = 0;
volatile uint64_t switch_rounds = 1000;
volatile uint64_t switch_warmup = 1;

struct plan {
    uint64_t spaces;
    uint64_t pages;
    uint64_t stride;
    uint64_t sweeps;
    bool has_server;
    bool has_asids;
    uint64_t first_satp; /* of space 0 */
    uint64_t satp_step;  /* from one space to the next */
};

static uint64_t next_table; /* the pool from here to page_tables_end is free */
static uint64_t next_page;

__attribute__((noreturn)) static void refuse(const char *why)
{
    console_print("switch: ");
    console_print(why);
    console_print("\n");
    finisher_exit(EXIT_REFUSED);
}

__attribute__((noreturn)) static void stop(const char *what, uint64_t cause, uint64_t pc,
                                           uint64_t value, uint16_t code)
{
    console_print(what);
    console_hex(cause);
    console_print(", pc ");
    console_hex(pc);
    console_print(", address ");
    console_hex(value);
    console_print("\n");
    finisher_exit(code);
}

void boot_machine_trap(uint64_t mcause, uint64_t mepc, uint64_t mtval)
{
    stop("switch: trap into M-mode, mcause ", mcause, mepc, mtval, EXIT_MACHINE_TRAP);
}

/* Where stvec points: no trap is expected. */
__attribute__((aligned(4), noreturn)) static void supervisor_trap(void)
{
    stop("switch: trap from S-mode, scause ", csr_read(CSR_SCAUSE), csr_read(CSR_SEPC),
         csr_read(CSR_STVAL), EXIT_SUPERVISOR_FAULT);
}

/* An empty table. */
static uint64_t *take_table(void)
{
    if (next_table == (uint64_t)page_tables_end) {
        refuse("not enough room for page tables");
    }

    uint64_t *table = (uint64_t *)next_table;

    next_table += PAGE_SIZE;
    for (unsigned i = 0; i < PTE_PER_TABLE; i++) {
        table[i] = 0;
    }
    return table;
}

/* The table that a non-leaf PTE points to, new if there was none. */
static uint64_t *table_below(uint64_t *pte)
{
    if (*pte == 0) {
        *pte = pte_make((uint64_t)take_table(), PTE_V);
    }
    return (uint64_t *)pte_pa(*pte);
}

/* What the page of a space holds, in its first word. */
static inline uint64_t word_of(uint64_t space, uint64_t page)
{
    return space << 32 | page;
}

static void map_space(const struct plan *plan, uint64_t space, uint64_t *root)
{
    root[vpn_index(UART_BASE, GIGAPAGE_LEVEL)] = pte_make(0, KERNEL_FLAGS);
    root[vpn_index(RAM_BASE, GIGAPAGE_LEVEL)] = pte_make(RAM_BASE, KERNEL_FLAGS | PTE_X);
    for (uint64_t page = 0; page < plan->pages; page++) {
        uint64_t va = FIRST_VA + page * plan->stride * PAGE_SIZE;
        uint64_t *table = table_below(&root[vpn_index(va, 2)]);

        table = table_below(&table[vpn_index(va, 1)]);
        table[vpn_index(va, 0)] = pte_make(next_page, PAGE_FLAGS);
        *(uint64_t *)next_page = word_of(space, page);
        next_page += PAGE_SIZE;
    }
}

/* The largest ASID that satp can hold: bits that the hardware does not have read as zero.
 * Priv. [norm:asidlen] */
static uint64_t probe_asids(uint64_t satp)
{
    csr_write(CSR_SATP, satp | (uint64_t)SATP_ASID_MAX << SATP_ASID_SHIFT);
    return csr_read(CSR_SATP) >> SATP_ASID_SHIFT & SATP_ASID_MAX;
}

/* Makes all spaces, and switches to the first. The root tables stand side by side, so that the satp
 * of each can be worked out from its number, without a load. */
static void start_paging(struct plan *plan)
{
    uint64_t *root = (uint64_t *)page_tables_start;

    next_table = (uint64_t)page_tables_start;
    next_page = (uint64_t)arena_start;
    for (uint64_t space = 0; space < plan->spaces; space++) {
        take_table();
    }
    for (uint64_t space = 0; space < plan->spaces; space++) {
        map_space(plan, space, root + space * PTE_PER_TABLE);
    }
    sfence_vma_all(); /* the tables reach memory before the MMU reads them */
    plan->first_satp = SATP_SV39 | (uint64_t)root >> PAGE_SHIFT;
    plan->satp_step = 1;
    plan->has_asids = probe_asids(plan->first_satp) >= plan->spaces;
    if (plan->has_asids) {
        plan->first_satp |= UINT64_C(1) << SATP_ASID_SHIFT;
        plan->satp_step |= UINT64_C(1) << SATP_ASID_SHIFT;
    }
}

/* Writing satp removes nothing from the TLB. Where all spaces have the same ASID, what is cached of
 * the last one must go, and only once satp is written: before that it might come back. The kernel's
 * own page is the same in all spaces, so the fence is found. Priv. [norm:satp_op_sfence_vma] */
__attribute__((always_inline)) static inline void switch_to(const struct plan *plan, uint64_t space)
{
    csr_write(CSR_SATP, plan->first_satp + space * plan->satp_step);
    if (!plan->has_asids) {
        sfence_vma_all();
    }
}

/* Loads from all pages. Returns how many of them are another space's. */
__attribute__((always_inline)) static inline uint64_t touch_pages(const struct plan *plan,
                                                                  uint64_t space)
{
    uint64_t wrong = 0;

    for (uint64_t sweep = 0; sweep < plan->sweeps; sweep++) {
        uint64_t va = FIRST_VA;

        for (uint64_t page = 0; page < plan->pages; page++) {
            wrong += *(const volatile uint64_t *)va != word_of(space, page);
            va += plan->stride * PAGE_SIZE;
        }
    }
    return wrong;
}

/* In a round, the space whose turn it is: 0 1 2 ..., or 0 1 0 2 0 3 ... */
static inline uint64_t space_of_turn(const struct plan *plan, uint64_t turn)
{
    if (!plan->has_server) {
        return turn;
    }
    return turn % 2 == 0 ? 0 : turn / 2 + 1;
}

__attribute__((always_inline)) static inline uint64_t take_turns(const struct plan *plan,
                                                                 uint64_t rounds)
{
    uint64_t turns = plan->has_server ? 2 * (plan->spaces - 1) : plan->spaces;
    uint64_t wrong = 0;

    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t turn = 0; turn < turns; turn++) {
            uint64_t space = space_of_turn(plan, turn);

            switch_to(plan, space);
            wrong += touch_pages(plan, space);
        }
    }
    return wrong;
}

static struct plan make_plan(void)
{
    struct plan plan = {.spaces = switch_spaces,
                        .pages = switch_pages,
                        .stride = switch_stride,
                        .sweeps = switch_sweeps,
                        .has_server = switch_server != 0};

    if (plan.spaces == 0 || plan.pages == 0 || plan.stride == 0) {
        refuse("spaces, pages and stride must not be 0");
    }
    if (plan.has_server && plan.spaces == 1) {
        refuse("a server needs another space");
    }
    if (plan.spaces > MAX_PAGES || plan.pages > MAX_PAGES / plan.spaces ||
        plan.stride > MAX_SPAN / plan.pages) {
        refuse("too many pages");
    }
    return plan;
}

void boot_main(uint64_t hart_id, uint64_t device_tree_pa)
{
    (void)hart_id;
    (void)device_tree_pa;
    csr_write(CSR_STVEC, (uint64_t)supervisor_trap);

    struct plan made = make_plan();
    uint64_t rounds = switch_rounds;
    uint64_t warmup = switch_warmup;

    start_paging(&made);

    const struct plan plan = made; /* of its own, so that it may live in registers */
    uint64_t wrong = take_turns(&plan, warmup);

    pagewalk_begin();
    wrong += take_turns(&plan, rounds);
    pagewalk_end();

    console_print(plan.has_asids ? "switch: with ASIDs: " : "switch: without ASIDs: ");
    console_decimal(wrong);
    console_print(" loads found the page of another space\n");
    finisher_exit(wrong == 0 ? 0 : EXIT_WRONG_PAGE);
}

/*
 * selfcount.c - a program that counts its own TLB events and knows what they must be.
 *
 * M-mode gives each event of pagewalk a performance counter, opens the counters, and starts loops
 * in U-mode under Sv39. Each loop is a window: it reads every counter, touches pages, reads every
 * counter again, and keeps all of that in registers, so that the loop's accesses are the only ones.
 *
 *   loads        one load from each page       stores       one store to each page
 *   again        the same, the TLB as it is    sequential   every word of every page is loaded
 *                                              calls        each page holds a function: call it
 *
 * All windows but `again` begin with a TLB that has been emptied: then P pages are P misses, in
 * every geometry. A window is a region of interest too, so the host has the same numbers.
 *
 *   selfcount_pages   P, 1 to 512
 *
 * Exit code 1: a count is wrong. 2: the size is, or the machine has not these events. 3: a trap.
 *
 *   0x8000_0000  code, data, stacks, page tables: one megapage     0x8020_0000  the pages, 4 KiB
 * each
 *
 * Spec: Priv. [norm:mhpmevent_enc], [mcounteren], [mcountinhibit]; pagewalk's docs/counters.md.
 */
#include <stdbool.h>
#include <stdint.h>

#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/include/platform.h"
#include "guest/include/sv39.h"

enum { EXIT_WRONG = 1, EXIT_REFUSED = 2, EXIT_TRAP = 3 };

/* The counters, in the order of their numbers from hpmcounter3 on. */
enum {
    FETCHES,
    FETCH_MISSES,
    LOADS,
    LOAD_MISSES,
    STORES,
    STORE_MISSES,
    DATA,
    DATA_MISSES,
    L2,
    L2_MISSES,
    WALKS,
    PTE_READS,
    EVENTS,
    RETIRED = EVENTS, /* instret */
    COUNTS,
};

static const char *const event_names[EVENTS] = {
    "fetches", "fetch-misses", "loads", "load-misses", "stores", "store-misses",
    "data",    "data-misses",  "l2",    "l2-misses",   "walks",  "pte-reads",
};

#define PAGES_START (RAM_BASE + UINT64_C(0x200000))
#define INSN_RET 0x8082 /* c.jr ra */

volatile uint64_t selfcount_pages = 64;

static uint64_t root_table[PTE_PER_TABLE] __attribute__((aligned(4096))) = {0};
static uint64_t middle_table[PTE_PER_TABLE] __attribute__((aligned(4096))) = {0};
static uint64_t last_table[PTE_PER_TABLE] __attribute__((aligned(4096))) = {0};

/* A window: what it counts goes to counts. */
typedef void window_fn(uint64_t start, uint64_t pages, uint64_t counts[COUNTS]);

/* entry.S */
void user_run(window_fn *function, uint64_t start, uint64_t pages, uint64_t counts[COUNTS]);
__attribute__((noreturn)) void selfcount_main(void);
__attribute__((noreturn)) void selfcount_trap(uint64_t mcause, uint64_t mepc, uint64_t mtval);

/* ---- U-mode. */

/* Aligned, so that a window does not cross 4 KiB: there are TLBs that hold a megapage in pieces. */
#define WINDOW __attribute__((noinline, aligned(512))) static void

__attribute__((always_inline)) static inline uint64_t hpmcounter(unsigned event)
{
    return csr_read((enum csr)(CSR_HPMCOUNTER3 + event));
}

__attribute__((always_inline)) static inline void read_middle(uint64_t counts[COUNTS])
{
    counts[FETCH_MISSES] = hpmcounter(FETCH_MISSES);
    counts[LOADS] = hpmcounter(LOADS);
    counts[LOAD_MISSES] = hpmcounter(LOAD_MISSES);
    counts[STORES] = hpmcounter(STORES);
    counts[STORE_MISSES] = hpmcounter(STORE_MISSES);
    counts[DATA] = hpmcounter(DATA);
    counts[DATA_MISSES] = hpmcounter(DATA_MISSES);
    counts[L2] = hpmcounter(L2);
    counts[L2_MISSES] = hpmcounter(L2_MISSES);
    counts[WALKS] = hpmcounter(WALKS);
    counts[PTE_READS] = hpmcounter(PTE_READS);
}

/* The region begins, fetches and instret are read, with nothing between; then the others. */
__attribute__((always_inline)) static inline void open_window(uint64_t counts[COUNTS])
{
    __asm__ volatile("slti x0, x0, 1\n\t"
                     "csrr %0, hpmcounter3\n\t"
                     "csrr %1, instret"
                     : "=r"(counts[FETCHES]), "=r"(counts[RETIRED])
                     :
                     : "memory");
    read_middle(counts);
}

/* The mirror image. */
__attribute__((always_inline)) static inline void close_window(uint64_t counts[COUNTS])
{
    read_middle(counts);
    __asm__ volatile("csrr %1, instret\n\t"
                     "csrr %0, hpmcounter3\n\t"
                     "slti x0, x0, 2"
                     : "=r"(counts[FETCHES]), "=r"(counts[RETIRED])
                     :
                     : "memory");
}

__attribute__((always_inline)) static inline void
subtract(uint64_t counts[COUNTS], const uint64_t before[COUNTS], const uint64_t after[COUNTS])
{
    counts[FETCHES] = after[FETCHES] - before[FETCHES];
    counts[FETCH_MISSES] = after[FETCH_MISSES] - before[FETCH_MISSES];
    counts[LOADS] = after[LOADS] - before[LOADS];
    counts[LOAD_MISSES] = after[LOAD_MISSES] - before[LOAD_MISSES];
    counts[STORES] = after[STORES] - before[STORES];
    counts[STORE_MISSES] = after[STORE_MISSES] - before[STORE_MISSES];
    counts[DATA] = after[DATA] - before[DATA];
    counts[DATA_MISSES] = after[DATA_MISSES] - before[DATA_MISSES];
    counts[L2] = after[L2] - before[L2];
    counts[L2_MISSES] = after[L2_MISSES] - before[L2_MISSES];
    counts[WALKS] = after[WALKS] - before[WALKS];
    counts[PTE_READS] = after[PTE_READS] - before[PTE_READS];
    counts[RETIRED] = after[RETIRED] - before[RETIRED];
}

WINDOW load_pages(uint64_t start, uint64_t pages, uint64_t counts[COUNTS])
{
    uint64_t end = start + pages * PAGE_SIZE;
    uint64_t before[COUNTS];
    uint64_t after[COUNTS];

    open_window(before);
    for (uint64_t page = start; page != end; page += PAGE_SIZE) {
        (void)*(volatile uint64_t *)page;
    }
    close_window(after);
    subtract(counts, before, after);
}

WINDOW store_pages(uint64_t start, uint64_t pages, uint64_t counts[COUNTS])
{
    uint64_t end = start + pages * PAGE_SIZE;
    uint64_t before[COUNTS];
    uint64_t after[COUNTS];

    open_window(before);
    for (uint64_t page = start; page != end; page += PAGE_SIZE) {
        *((volatile uint64_t *)page + 1) = page; /* beside the function */
    }
    close_window(after);
    subtract(counts, before, after);
}

WINDOW load_words(uint64_t start, uint64_t pages, uint64_t counts[COUNTS])
{
    uint64_t end = start + pages * PAGE_SIZE;
    uint64_t before[COUNTS];
    uint64_t after[COUNTS];

    open_window(before);
    for (uint64_t word = start; word != end; word += sizeof(uint64_t)) {
        (void)*(volatile uint64_t *)word;
    }
    close_window(after);
    subtract(counts, before, after);
}

WINDOW call_pages(uint64_t start, uint64_t pages, uint64_t counts[COUNTS])
{
    uint64_t end = start + pages * PAGE_SIZE;
    uint64_t before[COUNTS];
    uint64_t after[COUNTS];

    open_window(before);
    for (uint64_t page = start; page != end; page += PAGE_SIZE) {
        /* The function there changes no register, which no C call could know. */
        __asm__ volatile("jalr %0" : : "r"(page) : "ra", "memory");
    }
    close_window(after);
    subtract(counts, before, after);
}

/* ---- M-mode. */

static const struct window {
    const char *name;
    window_fn *function;
    bool is_cold;
    uint64_t loads_per_page;
    uint64_t stores_per_page;
    uint64_t calls_per_page;
} windows[] = {
    {"loads", load_pages, true, 1, 0, 0},
    {"again", load_pages, false, 1, 0, 0},
    {"stores", store_pages, true, 0, 1, 0},
    {"sequential", load_words, true, PAGE_SIZE / sizeof(uint64_t), 0, 0},
    {"calls", call_pages, true, 0, 0, 1},
};

enum { WINDOWS = sizeof windows / sizeof *windows };

__attribute__((noreturn)) static void refuse(const char *why)
{
    console_print("selfcount: ");
    console_print(why);
    console_print("\n");
    finisher_exit(EXIT_REFUSED);
}

void selfcount_trap(uint64_t mcause, uint64_t mepc, uint64_t mtval)
{
    console_print("selfcount: unexpected trap, mcause ");
    console_hex(mcause);
    console_print(", mepc ");
    console_hex(mepc);
    console_print(", mtval ");
    console_hex(mtval);
    console_print("\n");
    finisher_exit(EXIT_TRAP);
}

/* One megapage for the program, then the pages, everything at its physical address; A and D are
 * set. Each page gets a function that only returns. */
static void map(uint64_t pages)
{
    uint64_t flags = PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D;

    root_table[vpn_index(RAM_BASE, 2)] = pte_make((uint64_t)middle_table, PTE_V);
    middle_table[vpn_index(RAM_BASE, 1)] = pte_make(RAM_BASE, flags);
    middle_table[vpn_index(PAGES_START, 1)] = pte_make((uint64_t)last_table, PTE_V);
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t page = PAGES_START + i * PAGE_SIZE;

        last_table[i] = pte_make(page, flags);
        *(volatile uint16_t *)page = INSN_RET;
    }
    __asm__ volatile("fence.i" : : : "memory");
    csr_write(CSR_SATP, SATP_SV39 | (uint64_t)root_table >> PAGE_SHIFT);
}

/* Lets a counter count an event from 0. What cannot be selected does not read back. */
__attribute__((always_inline)) static inline void select_event(unsigned event, uint64_t number)
{
    csr_write((enum csr)(CSR_MHPMEVENT3 + event), number);
    if (csr_read((enum csr)(CSR_MHPMEVENT3 + event)) != number) {
        refuse("the machine has not these events");
    }
    csr_write((enum csr)(CSR_MHPMCOUNTER3 + event), 0);
}

/* Stops the counters, sets them up, opens them to S-mode and from there to U-mode, and starts all
 * at once. */
static void start_counters(void)
{
    csr_write(CSR_MCOUNTINHIBIT, UINT64_MAX);
    select_event(FETCHES, 0x10020);
    select_event(FETCH_MISSES, 0x10021);
    select_event(LOADS, 0x10018);
    select_event(LOAD_MISSES, 0x10019);
    select_event(STORES, 0x1001a);
    select_event(STORE_MISSES, 0x1001b);
    select_event(DATA, 0x100010);
    select_event(DATA_MISSES, 0x100011);
    select_event(L2, 0x100020);
    select_event(L2_MISSES, 0x100021);
    select_event(WALKS, 0x100030);
    select_event(PTE_READS, 0x100031);
    csr_write(CSR_MCOUNTEREN, UINT64_MAX);
    csr_write(CSR_SCOUNTEREN, UINT64_MAX);
    csr_write(CSR_MCOUNTINHIBIT, 0);
}

/* The accesses of a window are known exactly. The fetches are counted from behind their first read
 * up to their second, itself included; instret from its own first read, itself included, up to its
 * second, which lies one before: two less. */
static bool has_right_accesses(const struct window *window, uint64_t pages, const uint64_t *counts)
{
    return counts[LOADS] == pages * window->loads_per_page &&
           counts[STORES] == pages * window->stores_per_page &&
           counts[DATA] == counts[LOADS] + counts[STORES] && counts[FETCHES] == counts[RETIRED] + 2;
}

/* A page that is touched for the first time misses, and is walked for. In a small TLB the code may
 * have to be found again between two calls. */
static bool has_cold_misses(const struct window *window, uint64_t pages, const uint64_t *counts)
{
    return counts[LOAD_MISSES] == (window->loads_per_page != 0 ? pages : 0) &&
           counts[STORE_MISSES] == (window->stores_per_page != 0 ? pages : 0) &&
           counts[FETCH_MISSES] >= pages * window->calls_per_page && counts[WALKS] >= pages;
}

/* Misses of the L1s ask the L2, if there is one, misses of the last level walk, and a walk reads a
 * leaf and at most two pointers above it. */
static bool has_consistent_misses(const uint64_t *counts)
{
    uint64_t misses = counts[FETCH_MISSES] + counts[DATA_MISSES];
    bool has_l2 = counts[L2] != 0;

    return counts[DATA_MISSES] == counts[LOAD_MISSES] + counts[STORE_MISSES] &&
           counts[L2] == (has_l2 ? misses : 0) &&
           counts[WALKS] == (has_l2 ? counts[L2_MISSES] : misses) &&
           counts[PTE_READS] >= counts[WALKS] && counts[PTE_READS] <= SV39_LEVELS * counts[WALKS];
}

static bool measure(const struct window *window, uint64_t pages)
{
    static uint64_t counts[COUNTS] = {0};

    if (window->is_cold) {
        sfence_vma_all();
    }
    user_run(window->function, PAGES_START, pages, counts);
    console_print(window->name);
    console_print(":");
    for (unsigned event = 0; event < EVENTS; event++) {
        console_print(" ");
        console_print(event_names[event]);
        console_print(" ");
        console_decimal(counts[event]);
    }

    bool is_right = has_right_accesses(window, pages, counts) && has_consistent_misses(counts) &&
                    (!window->is_cold || has_cold_misses(window, pages, counts));

    console_print(is_right ? "\n" : " WRONG\n");
    return is_right;
}

void selfcount_main(void)
{
    uint64_t pages = selfcount_pages;
    bool is_right = true;

    if (pages == 0 || pages > PTE_PER_TABLE) {
        refuse("from 1 to 512 pages");
    }
    map(pages);
    start_counters();
    for (unsigned i = 0; i < WINDOWS; i++) {
        is_right = measure(&windows[i], pages) && is_right;
    }
    finisher_exit(is_right ? 0 : EXIT_WRONG);
}

/*
 * costs.c - one thing over and over, in S-mode under Sv39 with 4 KiB pages: what it costs the host,
 * costs.py finds out.
 *
 *   costs_kind     what: the number of a row of kinds
 *   costs_rounds   rounds; how many of the thing are in a round, costs.py knows
 *   costs_pages    pages that a round of COSTS_SWEEP goes over
 */
#include <stdint.h>

#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/include/platform.h"
#include "guest/include/supervisor.h"
#include "guest/include/sv39.h"

enum { EXIT_TRAP = 1, EXIT_NO_KIND = 2, ARENA_PAGES = 2048 };

#define RAM_LENGTH (UINT64_C(64) << 20)
#define SSTATUS_FS_INITIAL (UINT64_C(1) << 13)

volatile uint64_t costs_kind = 0;
volatile uint64_t costs_rounds = 100;
volatile uint64_t costs_pages = 16;

/* So many rounds of a body, which may use a1, a page that is read and written, a2, and t0 to t6.
 * The loop lies within a page. */
#define ROUNDS(name, body)                                                                         \
    void name(uint64_t rounds, uint64_t page, uint64_t other);                                     \
    __asm__("        .text\n"                                                                      \
            "        .option push\n"                                                               \
            "        .option norvc\n"                                                              \
            "        .option arch, +d\n"                                                           \
            "        .balign 256\n" #name ":\n"                                                    \
            "        mv t6, ra\n"                                                                  \
            "        la t5, 3f\n"                                                                  \
            "        csrw stvec, t5\n"                                                             \
            "1:      beqz a0, 2f\n"                                                                \
            "        addi a0, a0, -1\n" body "        j 1b\n"                                      \
            "2:      jr t6\n"                                                                      \
            "        .option pop\n")

#define SIXTEEN(instruction) "        .rept 16\n        " instruction "\n        .endr\n"

/* The place 3 is where a trap goes on. */
ROUNDS(costs_nothing, "3:\n");
ROUNDS(costs_add, SIXTEEN("add t0, t0, t1") "3:\n");
ROUNDS(costs_load, SIXTEEN("ld t0, 8(a1)") "3:\n");
ROUNDS(costs_store, SIXTEEN("sd t0, 8(a1)") "3:\n");
ROUNDS(costs_branch, SIXTEEN("beq zero, zero, .+4") "3:\n");
ROUNDS(costs_branch_past, SIXTEEN("bne zero, zero, .+8") "3:\n");
ROUNDS(costs_float_add, SIXTEEN("fadd.d ft0, ft1, ft2") "3:\n");
ROUNDS(costs_float_multiply, SIXTEEN("fmul.d ft0, ft1, ft2") "3:\n");
ROUNDS(costs_float_divide, SIXTEEN("fdiv.d ft0, ft1, ft2") "3:\n");
ROUNDS(costs_float_fused, SIXTEEN("fmadd.d ft0, ft1, ft2, ft2") "3:\n");
ROUNDS(costs_float_compare, SIXTEEN("flt.d t0, ft1, ft2") "3:\n");
ROUNDS(costs_float_load, SIXTEEN("fld ft0, 8(a1)") "3:\n");
ROUNDS(costs_float_store, SIXTEEN("fsd ft0, 8(a1)") "3:\n");
ROUNDS(costs_single_add, SIXTEEN("fadd.s ft0, ft3, ft3") "3:\n");
ROUNDS(costs_single_fused, SIXTEEN("fmadd.s ft0, ft3, ft3, ft3") "3:\n");
ROUNDS(costs_call, SIXTEEN("call costs_far") "3:\n");
ROUNDS(costs_csr, SIXTEEN("csrr t0, sscratch") "3:\n");
ROUNDS(costs_amo, SIXTEEN("amoadd.d t0, zero, (a1)") "3:\n");
ROUNDS(costs_device, SIXTEEN("lbu t0, 5(a2)") "3:\n");
ROUNDS(costs_trap, "        ebreak\n        .balign 4\n3:\n");

/* A load from each page from a1 up to a2. */
ROUNDS(costs_sweep, "        mv t1, a1\n"
                    "        lui t2, 1\n"
                    "3:      ld t0, 0(t1)\n"
                    "        add t1, t1, t2\n"
                    "        bltu t1, a2, 3b\n");
ROUNDS(costs_sweep_nothing, "        mv t1, a1\n"
                            "        lui t2, 1\n"
                            "3:      add t1, t1, t2\n"
                            "        bltu t1, a2, 3b\n");

/* On a page of its own. */
__asm__("        .text\n"
        "        .option push\n"
        "        .option norvc\n"
        "        .balign 4096\n"
        "costs_far:\n"
        "        ret\n"
        "        .option pop\n");

/* What the loops of floats begin with: ft1, ft2 and ft3, a single, are 3/7, 7 and 3/7. An inexact
 * result has come before, as in any program but at its start. */
void costs_float_start(void);
__asm__("        .text\n"
        "        .option push\n"
        "        .option arch, +d\n"
        "costs_float_start:\n"
        "        li t0, 3\n"
        "        fcvt.d.w ft1, t0\n"
        "        li t0, 7\n"
        "        fcvt.d.w ft2, t0\n"
        "        fdiv.d ft1, ft1, ft2\n"
        "        fcvt.s.d ft3, ft1\n"
        "        ret\n"
        "        .option pop\n");

enum { COSTS_DEVICE = 10 };

typedef void rounds_fn(uint64_t rounds, uint64_t page, uint64_t other);

static rounds_fn *const kinds[] = {
    costs_nothing,     costs_add,           costs_load,           costs_store,
    costs_branch,      costs_branch_past,   costs_float_add,      costs_call,
    costs_csr,         costs_amo,           costs_device,         costs_trap,
    costs_sweep,       costs_sweep_nothing, costs_float_multiply, costs_float_divide,
    costs_float_fused, costs_float_compare, costs_float_load,     costs_float_store,
    costs_single_add,  costs_single_fused,
};

/* Where stvec points at first: no trap is expected. */
__attribute__((aligned(4), noreturn)) static void supervisor_trap(void)
{
    finisher_exit(EXIT_TRAP);
}

void boot_machine_trap(uint64_t mcause, uint64_t mepc, uint64_t mtval)
{
    (void)mcause;
    (void)mepc;
    (void)mtval;
    finisher_exit(EXIT_TRAP);
}

void boot_main(uint64_t hart_id, uint64_t device_tree_pa)
{
    uint64_t kind = costs_kind;

    (void)hart_id;
    (void)device_tree_pa;
    if (kind >= sizeof kinds / sizeof *kinds || costs_pages > ARENA_PAGES) {
        finisher_exit(EXIT_NO_KIND);
    }
    csr_write(CSR_STVEC, (uint64_t)supervisor_trap);
    paging_start(RAM_BASE + RAM_LENGTH);

    uint64_t arena = paging_grow_arena(ARENA_PAGES);

    csr_set(CSR_SSTATUS, SSTATUS_SUM | SSTATUS_FS_INITIAL);
    costs_float_start();
    kinds[kind](costs_rounds, arena,
                kind == COSTS_DEVICE ? UART_BASE : arena + costs_pages * PAGE_SIZE);
    finisher_exit(0);
}

/*
 * bench_hart.h - a hart on a bench: RAM, an MMU and nothing else, one instruction at a time.
 *
 * A test puts an instruction at the pc, sets the registers, steps, and says what it expects of the
 * whole state: the register written, the pc, and that nothing else moved. Instructions run
 * through the reference engine, so they are fetched and decoded as in a real run.
 *
 * S and U reach all of memory (PMP entry 0). Traps go to BENCH_VECTOR in M-mode.
 */
#ifndef TESTS_SUPPORT_BENCH_HART_H
#define TESTS_SUPPORT_BENCH_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/bus.h"
#include "emu/engine/reference.h"
#include "emu/hart/hart.h"
#include "mmu/mmu.h"

/* RAM and what tests keep where in it. */
#define BENCH_RAM UINT64_C(0x80000000)
#define BENCH_RAM_LENGTH UINT64_C(0x100000)
#define BENCH_RAM_END (BENCH_RAM + BENCH_RAM_LENGTH)
#define BENCH_VECTOR (BENCH_RAM + 0x1000)
#define BENCH_TABLES (BENCH_RAM + 0x4000) /* three pages of page tables */
#define BENCH_DATA (BENCH_RAM + 0x10000)
#define BENCH_CODE (BENCH_RAM + 0x80000)

/* Virtual pages that bench_map can map: 2 MiB from here on. */
#define BENCH_VA UINT64_C(0x40000000)

struct bench_hart {
    struct hart hart;
    struct bus bus;
    struct mmu *mmu;
    struct hart before; /* the hart as it was when the last step or run began */
    unsigned length;    /* of the last instruction stepped, in bytes */
    char what[160];     /* the instruction and operands of the last bench_name */
    uint64_t mtime;     /* what host.mtime answers */
    struct {
        unsigned count;
        unsigned last;
        uint64_t retired; /* the hart's counter when host.marker was called */
    } marker;
};

/* Makes the RAM, the MMU and the hart. Fails the test if that fails. */
void bench_init(struct bench_hart *bench);

void bench_finish(struct bench_hart *bench);

/* The hart as after power-up but for mtvec and PMP, in M-mode at BENCH_CODE, and every register
 * holding a number of its own. RAM keeps its contents, counters go on. */
void bench_reset(struct bench_hart *bench);

/* Sets fcsr, then mstatus.FS (0 to 3), as instructions do in M-mode. */
void bench_float_unit(struct bench_hart *bench, unsigned fs, unsigned fcsr);

/* Says what is being executed, for the messages of the expectations below. */
__attribute__((format(printf, 2, 3))) void bench_name(struct bench_hart *bench, const char *format,
                                                      ...);

/* Memory by physical address; size is 1 to 8. */
void bench_poke(struct bench_hart *bench, uint64_t pa, unsigned size, uint64_t value);
uint64_t bench_peek(const struct bench_hart *bench, uint64_t pa, unsigned size);

/* Maps the page of va (of the 2 MiB at BENCH_VA) to pa with these PTE flags, V, A, D added; 0
 * unmaps. Empties the TLB. */
void bench_map(struct bench_hart *bench, uint64_t va, uint64_t pa, uint64_t flags);

/* Turns Sv39 on with the tables of bench_map, in S-mode. */
void bench_enter_sv39(struct bench_hart *bench);

/* Runs this many attempts from where the hart is. */
enum engine_stop bench_run(struct bench_hart *bench, unsigned attempts);

/* Puts one instruction (compressed if its low bits say so) at the pc, which must be a physical
 * address, and makes one attempt at it. */
enum engine_stop bench_step(struct bench_hart *bench, uint32_t bits);

/* Expects that the step retired: pc is as given, x[rd] is value (rd may be 0), no other register
 * moved, nothing trapped. */
void bench_expect_retired(const struct bench_hart *bench, uint64_t pc, unsigned rd, uint64_t value);

/* The same after a bench_step whose instruction just goes on to the next one. */
void bench_expect_result(const struct bench_hart *bench, unsigned rd, uint64_t value);

/* The same with the f register rd. */
void bench_expect_float(const struct bench_hart *bench, unsigned rd, uint64_t value);

/* Expects that the step ended in this exception, taken to M-mode, and changed no register. */
void bench_expect_trap(const struct bench_hart *bench, enum trap_cause cause, uint64_t tval);

#endif

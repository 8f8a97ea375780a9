/*
 * trace.h - writes what a run does as text, one line per event: instructions or walks.
 *
 * Instructions, one line each as it retires, in the format of Spike's commit log:
 *
 *   core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000
 *   core   0: 1 0x0000000080000102 (0xe11c) mem 0x0000000080002008 0x0000000000000007
 *             |  pc                 bits    what it wrote, in this order: register, CSR, memory
 *             privilege it ran at           (a load gives its address only)
 *
 * An f register is told as f5, and flags that an instruction was the first to raise as a write of
 * fflags: c1_fflags. Changes of mstatus.FS are not told.
 *
 * Walks, one line each as it ends. The fields are separated by single spaces:
 *
 *   17 0x80000104 0x40002008 load U 1 0x80010008=0x20004801 ... 4K 0x80032008
 *   |  |          |          |    | |  |                        |  physical address
 *   |  pc         address    access | ASID                      page size
 *   attempt, the first is 1         mode  one per PTE read, root first: its address and value
 *
 * A PTE that the walk cache answered, and that memory was not asked for, has a * behind its value;
 * one by VA answers the deepest pointer that it knows, at no address (0x0), and the line begins
 * there.
 *
 * A walk that faults ends in "page-fault" or "access-fault" and the rule in words instead of a size
 * and an address; a PTE that could not be read has "refused" as its value.
 */
#ifndef EMU_REPORT_TRACE_H
#define EMU_REPORT_TRACE_H

#include <stdio.h>

#include "emu/engine/reference.h"
#include "emu/hart/hart.h"
#include "mmu/mmu.h"

/* One trace. Must stay where it is while it is connected. */
struct trace {
    FILE *file;
    struct hart *hart;
    struct hart_commit commit; /* of an instruction trace */
};

/* Begins an instruction trace of the hart into file. The result goes to machine_run; it and the
 * hart use the trace from then on. */
struct engine_observer trace_instructions(struct trace *trace, struct hart *hart, FILE *file);

/* Begins a trace of the walks of the hart's MMU, which uses the trace from then on. */
void trace_walks(struct trace *trace, struct hart *hart, FILE *file);

#endif

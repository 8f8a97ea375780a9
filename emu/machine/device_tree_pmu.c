#include "emu/machine/device_tree_pmu.h"

#include <assert.h>
#include <libfdt.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "emu/hart/hpm_events.h"

/* Events of the SBI that the hart has no number for. */
enum { SBI_CYCLES = 1, SBI_INSTRUCTIONS = 2 };

/* Sets of counters: bit n is counter n. */
#define CYCLE (UINT32_C(1) << 0)
#define INSTRET (UINT32_C(1) << 2)
#define ANY UINT32_C(0xfffffff8)

/* Two events that differ in bit 0 only, an access and a miss. */
#define ALL_BITS UINT32_C(0xffffffff)
#define ALL_BUT_BIT_0 UINT32_C(0xfffffffe)

/* Event of the SBI; mhpmevent, the upper half first. */
static const uint32_t event_to_mhpmevent[][3] = {
    {HPM_L1D_LOAD_ACCESSES, 0, HPM_L1D_LOAD_ACCESSES},   /* dTLB-loads */
    {HPM_L1D_LOAD_MISSES, 0, HPM_L1D_LOAD_MISSES},       /* dTLB-load-misses */
    {HPM_L1D_STORE_ACCESSES, 0, HPM_L1D_STORE_ACCESSES}, /* dTLB-stores */
    {HPM_L1D_STORE_MISSES, 0, HPM_L1D_STORE_MISSES},     /* dTLB-store-misses */
    {HPM_L1I_ACCESSES, 0, HPM_L1I_ACCESSES},             /* iTLB-loads */
    {HPM_L1I_MISSES, 0, HPM_L1I_MISSES},                 /* iTLB-load-misses */
};

/* First and last event of the SBI; counters. */
static const uint32_t event_to_counters[][3] = {
    {SBI_CYCLES, SBI_CYCLES, CYCLE},
    {SBI_INSTRUCTIONS, SBI_INSTRUCTIONS, INSTRET},
    {HPM_L1D_LOAD_ACCESSES, HPM_L1D_STORE_MISSES, ANY},
    {HPM_L1I_ACCESSES, HPM_L1I_MISSES, ANY},
};

/* mhpmevent, and the bits that must be so, both the upper half first; counters. */
static const uint32_t raw_event_to_counters[][5] = {
    {0, HPM_L1D_LOAD_ACCESSES, ALL_BITS, ALL_BUT_BIT_0, ANY},
    {0, HPM_L1D_STORE_ACCESSES, ALL_BITS, ALL_BUT_BIT_0, ANY},
    {0, HPM_L1I_ACCESSES, ALL_BITS, ALL_BUT_BIT_0, ANY},
    {0, HPM_L1D_ACCESSES, ALL_BITS, ALL_BUT_BIT_0, ANY},
    {0, HPM_L2_ACCESSES, ALL_BITS, ALL_BUT_BIT_0, ANY},
    {0, HPM_WALKS, ALL_BITS, ALL_BUT_BIT_0, ANY},
};

/* Writes a table, all rows one after the other. */
static int put_cells(void *blob, const char *name, const void *table, size_t length)
{
    enum { MOST_CELLS = 32 };
    uint32_t cells[MOST_CELLS];

    assert(length <= sizeof cells);
    memcpy(cells, table, length);
    for (size_t i = 0; i < length / sizeof *cells; i++) {
        cells[i] = cpu_to_fdt32(cells[i]);
    }
    return fdt_property(blob, name, cells, (int)length);
}

int device_tree_put_pmu(void *blob)
{
    int status = fdt_begin_node(blob, "pmu");

    if (status == 0) {
        status = fdt_property_string(blob, "compatible", "riscv,pmu");
    }
    if (status == 0) {
        status = put_cells(blob, "riscv,event-to-mhpmevent", event_to_mhpmevent,
                           sizeof event_to_mhpmevent);
    }
    if (status == 0) {
        status = put_cells(blob, "riscv,event-to-mhpmcounters", event_to_counters,
                           sizeof event_to_counters);
    }
    if (status == 0) {
        status = put_cells(blob, "riscv,raw-event-to-mhpmcounters", raw_event_to_counters,
                           sizeof raw_event_to_counters);
    }
    return status == 0 ? fdt_end_node(blob) : status;
}

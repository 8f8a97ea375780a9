/*
 * hpm_events.h - what a performance counter can count: the events that mhpmevent selects.
 *
 * The MMU counts everything all the time, whoever looks. An event is a name for some of its counts,
 * so a counter that selects one costs nothing until it is read.
 *
 * Where the SBI has a number for a cache event that means the same, the event has that number,
 * which a firmware may then hand on as it is. The others lie above all 20-bit numbers of the SBI
 * and below 2^31: raw events, whichever width of those a supervisor knows.
 *
 *   SBI   19..16    | 15..3                 | 2..1            | 0
 *         1 (cache) | 3 data TLB, 4 ITLB    | 0 read, 1 write | 0 access, 1 miss
 *
 *   ours  20 | 7..4                         | 0
 *         1  | 1 data TLB, 2 L2, 3 walker   | 0 access or walk, 1 miss or PTE read
 *
 * Spec: Priv. [norm:mhpmevent_enc]; SBI, Performance Monitoring Unit Extension. docs/counters.md
 * says what each event is.
 */
#ifndef EMU_HART_HPM_EVENTS_H
#define EMU_HART_HPM_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/counters.h"

enum hpm_event {
    HPM_NO_EVENT = 0,

    HPM_L1D_LOAD_ACCESSES = 0x10018,
    HPM_L1D_LOAD_MISSES = 0x10019,
    HPM_L1D_STORE_ACCESSES = 0x1001a,
    HPM_L1D_STORE_MISSES = 0x1001b,
    HPM_L1I_ACCESSES = 0x10020,
    HPM_L1I_MISSES = 0x10021,

    HPM_L1D_ACCESSES = 0x100010,
    HPM_L1D_MISSES = 0x100011,
    HPM_L2_ACCESSES = 0x100020,
    HPM_L2_MISSES = 0x100021,
    HPM_WALKS = 0x100030,
    HPM_PTE_READS = 0x100031,
};

/* True if number is one of the events above, HPM_NO_EVENT included. */
bool hpm_event_exists(uint64_t number);

/* How often the event has happened since the MMU was made; 0 for HPM_NO_EVENT. */
uint64_t hpm_event_count(uint64_t number, const struct mmu_counters *counters);

#endif

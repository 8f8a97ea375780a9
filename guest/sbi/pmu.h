/*
 * pmu.h - the hart's performance counters, which S-mode reads itself and has M-mode set up.
 *
 * A counter's index is its number: 0 is cycle, 2 is instret, 3 to 31 are those that count any
 * event. 1 would be time, which is none. The number of an event of the SBI's caches is what
 * mhpmevent wants (docs/counters.md); what mhpmevent does not take, nothing counts. There are no
 * counters of firmware events, no filters by mode and no snapshots.
 *
 * Spec: SBI 2.0, Performance Monitoring Unit Extension (EID #0x504D55 "PMU").
 */
#ifndef GUEST_SBI_PMU_H
#define GUEST_SBI_PMU_H

#include <stdint.h>

/* Stops all counters but cycle and instret, which run for S-mode and U-mode from the beginning. */
void pmu_start(void);

/* pmu_csr.S: mhpmevent and mhpmcounter of the counter, 3 to 31. For a counter of 0 and 2 too,
 * which are mcycle and minstret, there is pmu_counter_write. */
uint64_t pmu_event_read(unsigned counter);
void pmu_event_write(unsigned counter, uint64_t event);
void pmu_counter_write(unsigned counter, uint64_t value);

#endif

/*
 * device_tree_pmu.h - the node that tells firmware which performance counter can count what.
 *
 * The hart's events have the numbers that the SBI gives them (emu/hart/hpm_events.h), and each of
 * the counters 3 to 31 counts any of them; cycles and instructions have counters of their own.
 *
 * Spec: the kernel's binding of riscv,pmu, and OpenSBI's docs/pmu_support.md.
 */
#ifndef EMU_MACHINE_DEVICE_TREE_PMU_H
#define EMU_MACHINE_DEVICE_TREE_PMU_H

/* Writes the node where the tree in the blob is being written. Returns libfdt's status. */
int device_tree_put_pmu(void *blob);

#endif

/*
 * machine_wires.h - what connects the devices of a machine: interrupts to the hart, memory and
 * streams of characters to the host, requests to end to the run.
 */
#ifndef EMU_MACHINE_MACHINE_WIRES_H
#define EMU_MACHINE_MACHINE_WIRES_H

#include "emu/machine/symbols.h"

struct machine;

/* Makes the devices and puts them on the bus. Hart, bus and the disks' storage are made. */
void machine_wires_attach(struct machine *machine);

/* Makes the devices anew, as at the start, and lets go of every wire; mtime begins at 0. What was
 * asked of disks remains counted. */
void machine_wires_reset(struct machine *machine);

/* Makes HTIF if a program with these symbols has it. */
void machine_wires_htif(struct machine *machine, const struct symbols *symbols);

#endif

/*
 * machine_wires.h - what connects the devices of a machine: interrupts to the hart, memory and
 * streams of characters to the host, requests to end to the run.
 */
#ifndef EMU_MACHINE_MACHINE_WIRES_H
#define EMU_MACHINE_MACHINE_WIRES_H

#include "emu/machine/symbols.h"

struct machine;

/* Makes the devices and puts them on the bus. Hart, bus and the disk's storage are made. */
void machine_wires_attach(struct machine *machine);

/* Makes HTIF if a program with these symbols has it. */
void machine_wires_htif(struct machine *machine, const struct symbols *symbols);

#endif

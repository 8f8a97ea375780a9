/*
 * system_symbols.h - the symbols of a system: firmware and kernel in one table, by mode.
 *
 * Addresses of a system are of several kinds at once. Firmware has physical ones; a kernel links
 * where it will map itself; and a program may lie at any of the lower half, over those of firmware
 * too. So a name of firmware is never given to what runs in U-mode, a name of the kernel only to
 * what runs in S-mode, and programs, of which no symbols are known, have none.
 */
#ifndef EMU_MACHINE_SYSTEM_SYMBOLS_H
#define EMU_MACHINE_SYSTEM_SYMBOLS_H

#include <stdbool.h>

#include "emu/machine/error.h"
#include "emu/machine/symbols.h"

/* Fills symbols, which must be zero, and sorts them: the kernel's under their names, the firmware's
 * with "firmware:" before them. Beside a kernel, of which no symbols may be known, firmware has
 * those from RAM on up to BOOT_KERNEL_BASE, and the kernel all others. Each may be NULL: it is not
 * there. Returns false and sets *error if there is no memory; symbols_finish is due either way. */
bool system_symbols_make(struct symbols *symbols, const struct symbols *firmware,
                         const struct symbols *kernel, struct error *error);

#endif

#include "emu/machine/system_symbols.h"

#include <stddef.h>
#include <stdint.h>

#include "emu/machine/boot.h"
#include "emu/machine/platform.h"
#include "mmu/mmu.h"

enum { KERNEL_MODES = 1U << MMU_SUPERVISOR };

/* Firmware may be all that there is, and then go on in S-mode. */
enum { FIRMWARE_MODES = 1U << MMU_MACHINE | 1U << MMU_SUPERVISOR };

#define UPPER_HALF (UINT64_C(1) << 63)

static bool add_firmware(struct symbols *symbols, const struct symbols *firmware, uint64_t first,
                         uint64_t last)
{
    const struct symbol_range range = {
        .first = first, .last = last, .prefix = "firmware:", .modes = FIRMWARE_MODES};

    return firmware == NULL || symbols_add_range(symbols, firmware, &range);
}

/* No symbol without a size reaches from one range into the next. */
static bool add_kernel(struct symbols *symbols, const struct symbols *kernel)
{
    static const struct symbol_range ranges[] = {
        {0, PLATFORM_RAM_BASE - 1, 0, "", KERNEL_MODES},
        {BOOT_KERNEL_BASE, UPPER_HALF - 1, 0, "", KERNEL_MODES},
        {UPPER_HALF, UINT64_MAX, 0, "", KERNEL_MODES},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (!symbols_add_range(symbols, kernel, &ranges[i])) {
            return false;
        }
    }
    return true;
}

bool system_symbols_make(struct symbols *symbols, const struct symbols *firmware,
                         const struct symbols *kernel, struct error *error)
{
    bool is_made = kernel == NULL
                       ? add_firmware(symbols, firmware, 0, UPPER_HALF - 1) &&
                             add_firmware(symbols, firmware, UPPER_HALF, UINT64_MAX)
                       : add_firmware(symbols, firmware, PLATFORM_RAM_BASE, BOOT_KERNEL_BASE - 1) &&
                             add_kernel(symbols, kernel);

    if (!is_made) {
        return error_set(error, "out of memory");
    }
    symbols_sort(symbols);
    symbols->is_system = true;
    return true;
}

#include "guest/sbi/memory.h"

#include "guest/sbi/firmware.h"
#include "guest/sbi/trap.h"

/* RAM is one range that begins with the firmware: its last byte tells for all. */
bool memory_is_supervisors(uint64_t pa, uint64_t length)
{
    uint64_t last = pa + length - 1;

    return length == 0 || (pa >= (uint64_t)firmware_end && last >= pa && memory_is_there(last));
}

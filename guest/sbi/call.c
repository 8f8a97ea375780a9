#include "guest/sbi/call.h"

#include <stddef.h>

/* An extension's number is its name: "TIME", "sPI", ... Those of the legacy ones are functions. */
static const struct extension {
    uint64_t number;
    struct sbi_result (*call)(struct trap_frame *frame);
    bool is_legacy; /* a0 is all that comes back */
} extensions[] = {
    {0x10, base_call, false},
    {0x54494d45, timer_call, false},
    {0x735049, ipi_call, false},
    {0x52464e43, remote_fence_call, false},
    {0x48534d, hart_state_call, false},
    {0x53525354, reset_call, false},
    {0x4442434e, debug_console_call, false},
    {0x504d55, pmu_call, false},
    {0x01, legacy_call, true},
    {0x02, legacy_call, true},
    {0x08, legacy_call, true},
};

static const struct extension *find(uint64_t number)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (extensions[i].number == number) {
            return &extensions[i];
        }
    }
    return NULL;
}

bool call_has_extension(uint64_t extension)
{
    return find(extension) != NULL;
}

void call_handle(struct trap_frame *frame)
{
    const struct extension *extension = find(frame->a7);
    struct sbi_result result =
        extension == NULL ? sbi_error(SBI_NOT_SUPPORTED) : extension->call(frame);

    frame->a0 = (uint64_t)result.error;
    if (extension == NULL || !extension->is_legacy) {
        frame->a1 = result.value;
    }
}

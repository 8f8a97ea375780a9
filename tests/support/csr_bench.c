#include "tests/support/csr_bench.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/csr.h"
#include "emu/hart/hart.h"

uint64_t csr_bench_get(struct hart *hart, unsigned number)
{
    uint64_t value = 0;

    cr_assert(csr_read(hart, number, false, &value), "reading CSR 0x%x", number);
    return value;
}

void csr_bench_set(struct hart *hart, unsigned number, uint64_t value)
{
    cr_assert(csr_check(hart, number, true), "writing CSR 0x%x", number);
    csr_write(hart, number, value);
    csr_bench_retire(hart, 1);
}

void csr_bench_retire(struct hart *hart, unsigned instructions)
{
    hart->counters.attempts += instructions;
    hart->counters.cycles += instructions;
    hart->counters.retired += instructions;
}

#include "emu/hart/csr_counters.h"

#include "emu/hart/hart.h"

/* Bits of mcounteren, scounteren and mcountinhibit, and the low bits of the counters' numbers. */
enum { COUNTER_CYCLE = 0, COUNTER_INSTRET = 2 };

/* Choice: the counters of mhpmcounter3 to 31 never count, so their bits are read-only zero. */
#define MCOUNTINHIBIT_WRITABLE (UINT64_C(1) << COUNTER_CYCLE | UINT64_C(1) << COUNTER_INSTRET)

static unsigned counter_of(unsigned number)
{
    return number & 31;
}

static bool is_set(uint64_t word, unsigned bit)
{
    return (word >> bit & 1) != 0;
}

bool csr_counter_is_enabled(const struct hart *hart, unsigned number)
{
    unsigned counter = counter_of(number);

    if (number < CSR_CYCLE || number > CSR_HPMCOUNTER31 || hart->privilege == MMU_MACHINE) {
        return true;
    }
    if (!is_set(hart->csr.mcounteren, counter)) {
        return false; /* [norm:mcounteren_clr_ill_inst_exc] */
    }
    /* U-mode needs both [norm:scounteren_mcounteren_and]. */
    return hart->privilege != MMU_USER || is_set(hart->csr.scounteren, counter);
}

static bool is_inhibited(const struct hart *hart, unsigned number)
{
    return is_set(hart->csr.mcountinhibit, counter_of(number));
}

/* How often the event has happened, whatever software wrote. */
static uint64_t events(const struct hart *hart, unsigned number)
{
    return counter_of(number) == COUNTER_CYCLE ? hart->counters.cycles : hart->counters.retired;
}

static const struct csr_counter *state(const struct csr_file *csr, unsigned number)
{
    return counter_of(number) == COUNTER_CYCLE ? &csr->mcycle : &csr->minstret;
}

uint64_t csr_read_counter(const struct hart *hart, unsigned number)
{
    const struct csr_counter *counter = state(&hart->csr, number);

    if (is_inhibited(hart, number)) {
        return counter->frozen;
    }
    return events(hart, number) + counter->offset;
}

uint64_t csr_next_counter(const struct hart *hart, unsigned number)
{
    return csr_read_counter(hart, number) + !is_inhibited(hart, number);
}

/* Only the half that mcountinhibit selects means anything: setting both is simplest. */
void csr_write_counter(struct hart *hart, unsigned number, uint64_t value)
{
    struct csr_counter next = {.offset = value - (events(hart, number) + 1), .frozen = value};

    if (counter_of(number) == COUNTER_CYCLE) {
        hart->csr.mcycle = next;
    } else {
        hart->csr.minstret = next;
    }
}

uint64_t csr_read_time(const struct hart *hart, unsigned number)
{
    (void)number;
    return hart->host.mtime(hart->host.ctx);
}

void csr_write_mcountinhibit(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    uint64_t next_cycle = csr_next_counter(hart, CSR_MCYCLE);
    uint64_t next_instret = csr_next_counter(hart, CSR_MINSTRET);

    hart->csr.mcountinhibit = value & MCOUNTINHIBIT_WRITABLE;
    csr_write_counter(hart, CSR_MCYCLE, next_cycle);
    csr_write_counter(hart, CSR_MINSTRET, next_instret);
}

#include "emu/hart/csr_counters.h"

#include "emu/hart/hart.h"
#include "emu/hart/hpm_events.h"

/* The counters that have an event of their own, and the one that is not counted here. */
enum { COUNTER_CYCLE = 0, COUNTER_TIME = 1, COUNTER_INSTRET = 2 };

/* mtime cannot be stopped: the bit in its place is read-only zero. */
#define MCOUNTINHIBIT_WRITABLE (UINT64_C(0xffffffff) & ~(UINT64_C(1) << COUNTER_TIME))

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

static bool is_inhibited(const struct hart *hart, unsigned counter)
{
    return is_set(hart->csr.mcountinhibit, counter);
}

/* How often the event has happened, whatever software wrote. */
static uint64_t events(const struct hart *hart, unsigned counter)
{
    if (counter == COUNTER_CYCLE) {
        return hart->counters.cycles;
    }
    if (counter == COUNTER_INSTRET) {
        return hart->counters.retired;
    }
    return hpm_event_count(hart->csr.mhpmevent[counter], mmu_counters(hart->mmu));
}

/* Events of the current instruction that are counted when its handler is done. */
static uint64_t events_to_come(unsigned counter)
{
    return counter == COUNTER_CYCLE || counter == COUNTER_INSTRET;
}

/* Choice: the fetch of the reading instruction comes before the read, which shows what it did. */
uint64_t csr_read_counter(const struct hart *hart, unsigned number)
{
    unsigned counter = counter_of(number);
    const struct csr_counter *state = &hart->csr.counter[counter];

    return is_inhibited(hart, counter) ? state->frozen : events(hart, counter) + state->offset;
}

uint64_t csr_next_counter(const struct hart *hart, unsigned number)
{
    unsigned counter = counter_of(number);
    uint64_t value = csr_read_counter(hart, number);

    return is_inhibited(hart, counter) ? value : value + events_to_come(counter);
}

/* Only the half that mcountinhibit selects means anything: setting both is simplest. */
void csr_write_counter(struct hart *hart, unsigned number, uint64_t value)
{
    unsigned counter = counter_of(number);

    hart->csr.counter[counter] = (struct csr_counter){
        .offset = value - (events(hart, counter) + events_to_come(counter)),
        .frozen = value,
    };
}

/* Choice: a number that is no event becomes "no event", so that a read tells
 * [norm:mhpmevent_sz_warl_op]. A counter keeps its value when its event changes. */
void csr_write_mhpmevent(struct hart *hart, unsigned number, uint64_t value)
{
    uint64_t count = csr_read_counter(hart, number);

    hart->csr.mhpmevent[counter_of(number)] = hpm_event_exists(value) ? value : HPM_NO_EVENT;
    csr_write_counter(hart, number, count);
}

uint64_t csr_read_time(const struct hart *hart, unsigned number)
{
    (void)number;
    return hart->host.mtime(hart->host.ctx);
}

void csr_write_mcountinhibit(struct hart *hart, unsigned number, uint64_t value)
{
    (void)number;
    for (unsigned counter = 0; counter < CSR_COUNTERS; counter++) {
        csr_write_counter(hart, CSR_MCYCLE + counter, csr_next_counter(hart, CSR_MCYCLE + counter));
    }
    hart->csr.mcountinhibit = value & MCOUNTINHIBIT_WRITABLE;
}

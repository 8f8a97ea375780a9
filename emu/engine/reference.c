#include "emu/engine/reference.h"

#include "emu/hart/access.h"
#include "emu/hart/decode.h"
#include "emu/hart/exec.h"
#include "emu/hart/hart.h"

/* The end of every chain of handlers: the instruction has done all it does and retires. */
static void retire(struct hart *hart, const struct insn *insn)
{
    (void)insn;
    hart->pc = hart->next_pc;
    hart->counters.retired++;
}

/* One attempt: fetch, decode, execute. Either the instruction retires or an exception is taken. */
static void attempt(struct hart *hart, const struct engine_observer *observer)
{
    struct insn chain[2] = {[1] = {.exec = retire}};
    uint64_t pc = hart->pc;
    enum mmu_privilege privilege = hart->privilege;
    uint64_t retired = hart->counters.retired;
    unsigned length = 0;

    if (access_fetch(hart, &hart->insn_bits, &length)) {
        decode(hart->insn_bits, &chain[0]);
        hart->next_pc = pc + length;
        chain[0].exec(hart, &chain[0]);
    }
    hart->counters.attempts++;
    hart->counters.cycles++;
    if (hart->counters.retired == retired) {
        return;
    }
    if (hart->marker != 0) {
        hart->host.marker(hart->host.ctx, hart->marker);
        hart->marker = 0;
    }
    if (observer != NULL) {
        observer->retired(observer->ctx, hart, &chain[0], pc, privilege);
    }
}

/* A WFI lasts until something enabled in mie is pending, whatever mstatus and mideleg say.
 * Priv. [wfi] */
static bool still_waits(struct hart *hart)
{
    if (hart->is_waiting && (csr_mip(hart) & hart->csr.mie) != 0) {
        hart->is_waiting = false;
    }
    return hart->is_waiting;
}

bool engine_is_break(const struct engine_goal *goal, uint64_t pc)
{
    for (unsigned i = 0; i < goal->break_count; i++) {
        if (goal->break_pc[i] == pc) {
            return true;
        }
    }
    return false;
}

enum engine_stop reference_run(struct hart *hart, const struct engine_goal *goal,
                               const struct engine_observer *observer)
{
    if (goal->goes_on) {
        attempt(hart, observer);
    }
    for (;;) {
        if (hart->counters.cycles >= hart->next_event) {
            hart->host.event(hart->host.ctx);
        }
        if (hart->is_stopping) {
            return ENGINE_STOPPED;
        }
        if (still_waits(hart)) {
            return ENGINE_IDLE;
        }
        if (hart->counters.attempts >= goal->attempts) {
            return ENGINE_ATTEMPTS;
        }
        (void)trap_take_interrupt(hart);
        if (engine_is_break(goal, hart->pc)) {
            return ENGINE_BREAK;
        }
        attempt(hart, observer);
    }
}

#include "emu/engine/engine.h"

#include "emu/hart/access.h"
#include "emu/hart/decode.h"
#include "emu/hart/exec.h"
#include "emu/hart/hart.h"

/* The instruction has done all it does and retires. */
static void retire(struct hart *hart, const struct insn *insn, uint64_t pc)
{
    (void)insn;
    hart->pc = pc;
    hart->counters.retired++;
}

/* What stands behind the instruction, and runs if it does not jump. */
static HANDLER(fall_through)
{
    retire(hart, insn, insn_pc(hart, insn));
}

void engine_attempt(struct hart *hart, const struct engine_observer *observer)
{
    struct insn chain[2];
    uint16_t place[2] = {0};
    uint64_t pc = hart->pc;
    enum mmu_privilege privilege = hart->privilege;
    uint64_t retired = hart->counters.retired;
    unsigned length = 0;

    if (access_fetch(hart, &hart->insn_bits, &length)) {
        decode(hart->insn_bits, &chain[0]);
        chain[1] = (struct insn){.exec = exec_fall_through};
        place[1] = (uint16_t)length;
        hart->code = (struct hart_code){
            .base = chain, .place = place, .va = pc, .leave = retire, .jump = retire};
        insn_execute(hart, &chain[0]);
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

bool engine_look(struct hart *hart, const struct engine_goal *goal, enum engine_stop *stop)
{
    if (hart->counters.cycles >= hart->next_event) {
        hart->host.event(hart->host.ctx);
    }
    if (hart->is_stopping) {
        *stop = ENGINE_STOPPED;
    } else if (still_waits(hart)) {
        *stop = ENGINE_IDLE;
    } else if (hart->counters.attempts >= goal->attempts) {
        *stop = ENGINE_ATTEMPTS;
    } else {
        (void)trap_take_interrupt(hart);
        *stop = ENGINE_BREAK;
        return engine_is_break(goal, hart->pc);
    }
    return true;
}

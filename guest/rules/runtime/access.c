/*
 * access.c - runs one instruction, or some code, in another mode and tells what came of it.
 *
 * The code lies in one page (RULE_CODE) that every address space maps, once for S-mode and once for
 * U-mode; M-mode runs it where it is. Each piece ends in a c.ebreak, whose trap comes back here
 * like any other.
 */
#include "guest/rules/runtime/runtime.h"

#include "guest/include/csr.h"

#define MSTATUS_SPP (UINT64_C(1) << 8)
#define MSTATUS_MPP (UINT64_C(3) << 11)
#define MSTATUS_MPRV (UINT64_C(1) << 17)

enum { MSTATUS_MPP_SHIFT = 11, ARGUMENTS = 8 };

uint64_t rule_code_va(enum rule_mode mode, void (*code)(void))
{
    uint64_t offset = (uint64_t)code - (uint64_t)rule_code_start;

    if ((mode != RULE_U && mode != RULE_S) || csr_read(CSR_SATP) >> 60 == 0) {
        return (uint64_t)code;
    }
    return (mode == RULE_U ? USER_CODE : SUPERVISOR_CODE) + offset;
}

uint64_t rule_access_pc(const struct rule_access *access)
{
    if (access->op == RULE_FETCH) {
        return access->va;
    }
    return rule_code_va(access->mode, instruction_of(access->op, access->size));
}

/* mstatus for the other side: in M-mode MPP is whom MPRV stands for, else where MRET goes. */
static uint64_t mstatus_for(enum rule_mode mode, unsigned settings)
{
    uint64_t privilege = mode == RULE_U || mode == RULE_MPRV_U   ? 0
                         : mode == RULE_S || mode == RULE_MPRV_S ? 1
                                                                 : 3;
    uint64_t mprv =
        mode == RULE_MPRV_U || mode == RULE_MPRV_S || mode == RULE_MPRV_M ? MSTATUS_MPRV : 0;
    uint64_t kept = csr_read(CSR_MSTATUS) & ~(MSTATUS_MPP | MSTATUS_MPRV);

    return kept | settings | mprv | privilege << MSTATUS_MPP_SHIFT;
}

static enum rule_mode mode_of(uint64_t privilege)
{
    return privilege == 0 ? RULE_U : privilege == 1 ? RULE_S : RULE_M;
}

/* What the trap that ended it says: if it was delegated, the CSRs of S-mode tell, and the trap into
 * M-mode is only the handler's. */
static struct rule_outcome outcome_of(const struct rule_frame *frame, uint64_t supervisor_handler)
{
    struct rule_outcome outcome = {
        .trapped = true,
        .cause = frame->mcause,
        .tval = frame->mtval,
        .epc = frame->mepc,
        .from = mode_of((frame->mstatus & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT),
        .to = RULE_M,
        .mstatus = frame->mstatus,
        .value = frame->a[0],
    };

    if (outcome.cause == CAUSE_ECALL_FROM_S && outcome.epc == supervisor_handler) {
        outcome.cause = csr_read(CSR_SCAUSE);
        outcome.tval = csr_read(CSR_STVAL);
        outcome.epc = csr_read(CSR_SEPC);
        outcome.from = mode_of((frame->mstatus & MSTATUS_SPP) != 0);
        outcome.to = RULE_S;
    }
    for (unsigned i = 0; i < ARGUMENTS; i++) {
        outcome.a[i] = frame->a[i];
    }
    return outcome;
}

/* Enters frame with all that must be in place before, and cleans up after. */
static struct rule_outcome enter(struct rule_frame *frame, enum rule_mode mode, unsigned settings)
{
    uint64_t mstatus = csr_read(CSR_MSTATUS);
    uint64_t handler = rule_code_va(RULE_S, rule_supervisor_trap);

    frame->direct = mode != RULE_U && mode != RULE_S;
    frame->mstatus = mstatus_for(mode, settings);
    csr_write(CSR_STVEC, handler);
    rule_enter(frame);
    csr_write(CSR_MSTATUS, mstatus);
    return outcome_of(frame, handler);
}

static void settle(struct rule_outcome *outcome, bool is_done)
{
    if (is_done) {
        outcome->trapped = false;
        outcome->cause = RULE_DONE;
    }
}

struct rule_outcome rule_jump(enum rule_mode mode, unsigned settings, uint64_t va, uint64_t end,
                              const uint64_t a[8])
{
    struct rule_frame frame = {.pc = va};

    for (unsigned i = 0; i < ARGUMENTS; i++) {
        frame.a[i] = a[i];
    }
    struct rule_outcome outcome = enter(&frame, mode, settings);

    settle(&outcome, outcome.cause == CAUSE_BREAKPOINT && outcome.epc == end);
    return outcome;
}

struct rule_outcome rule_run(const struct rule_run *run)
{
    struct rule_frame frame = {.pc = rule_code_va(run->mode, run->code)};
    uint64_t page = page_down(frame.pc);

    for (unsigned i = 0; i < ARGUMENTS; i++) {
        frame.a[i] = run->a[i];
    }
    struct rule_outcome outcome = enter(&frame, run->mode, run->settings);

    settle(&outcome, outcome.cause == CAUSE_BREAKPOINT && page_down(outcome.epc) == page);
    return outcome;
}

/* A mark is two instructions: the second, a c.ebreak, tells that the first was fetched and run. */
static struct rule_outcome fetch(const struct rule_access *access)
{
    const uint64_t a[8] = {RULE_UNTOUCHED};
    struct rule_outcome outcome =
        rule_jump(access->mode, access->settings, access->va, access->va + 4, a);

    if (!outcome.trapped) {
        outcome.value = (uint64_t)(uint32_t)outcome.value | (access->va & (PAGE_SIZE - 1));
    }
    return outcome;
}

struct rule_outcome rule_access(const struct rule_access *access)
{
    if (access->op == RULE_FETCH) {
        return fetch(access);
    }
    return rule_run(&(struct rule_run){
        .code = instruction_of(access->op, access->size),
        .mode = access->mode,
        .settings = access->settings,
        .a = {RULE_UNTOUCHED, access->va, access->value, RULE_UNTOUCHED},
    });
}

struct rule_outcome rule_try(enum rule_op op, enum rule_mode mode, uint64_t va)
{
    return rule_access(&(struct rule_access){.op = op, .mode = mode, .va = va});
}

uint64_t rule_page_fault(enum rule_op op)
{
    if (op == RULE_FETCH) {
        return CAUSE_FETCH_PAGE_FAULT;
    }
    return op == RULE_LOAD || op == RULE_LR ? CAUSE_LOAD_PAGE_FAULT : CAUSE_STORE_PAGE_FAULT;
}

uint64_t rule_access_fault(enum rule_op op)
{
    if (op == RULE_FETCH) {
        return CAUSE_FETCH_ACCESS_FAULT;
    }
    return op == RULE_LOAD || op == RULE_LR ? CAUSE_LOAD_ACCESS_FAULT : CAUSE_STORE_ACCESS_FAULT;
}

/* The place for an instruction that is only known at run time. */
RULE_CODE static void any_instruction(void)
{
    __asm__ volatile(".option norvc\n nop\n .option rvc\n" RULE_END);
}

struct rule_outcome rule_insn(enum rule_mode mode, unsigned settings, uint32_t word, uint64_t a1,
                              uint64_t a2)
{
    volatile uint32_t *place = (volatile uint32_t *)(uint64_t)any_instruction;

    *place = word;
    __asm__ volatile("fence.i" : : : "memory");
    return rule_run(&(struct rule_run){
        .code = any_instruction,
        .mode = mode,
        .settings = settings,
        .a = {RULE_UNTOUCHED, a1, a2},
    });
}

struct rule_outcome rule_csr_read(enum rule_mode mode, unsigned settings, unsigned number)
{
    return rule_insn(mode, settings, number << 20 | UINT32_C(0x00002573), 0, 0);
}

struct rule_outcome rule_csr_write(enum rule_mode mode, unsigned settings, unsigned number,
                                   uint64_t value)
{
    return rule_insn(mode, settings, number << 20 | UINT32_C(0x00059573), value, 0);
}

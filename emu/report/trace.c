#include "emu/report/trace.h"

#include <inttypes.h>

#include "emu/hart/csr.h"
#include "emu/hart/decode.h"
#include "emu/hart/rvc.h"
#include "emu/report/names.h"

static void print_register(const struct trace *trace, const struct hart *hart,
                           const struct insn *insn)
{
    bool is_compressed = decode_is_compressed(hart->insn_bits);
    uint32_t bits = is_compressed ? rvc_expand((uint16_t)hart->insn_bits) : hart->insn_bits;
    enum insn_op op = decode_op(bits);
    char letter = '\0';

    if (op != OP_illegal) {
        letter = decode_destination(insn_rows[op].format);
    }
    if (letter == 'f') {
        fprintf(trace->file, " f%-2u 0x%016" PRIx64, insn->rd, hart->f[insn->rd]);
    } else if (letter == 'x' && insn->rd != INSN_SINK) {
        fprintf(trace->file, " x%-2u 0x%016" PRIx64, insn->rd, hart->x[insn->rd]);
    }
}

static void print_csr(const struct trace *trace)
{
    const char *name = csr_name(trace->commit.csr.number);

    fprintf(trace->file, " c%u_%s 0x%016" PRIx64, trace->commit.csr.number,
            name == NULL ? "unknown" : name, trace->commit.csr.value);
}

/* Loads come before stores, as an atomic operation does them. */
static void print_memory(const struct trace *trace)
{
    const struct hart_commit *commit = &trace->commit;

    for (unsigned i = 0; i < commit->memory_count; i++) {
        fprintf(trace->file, " mem 0x%016" PRIx64, commit->memory[i].va);
        if (commit->memory[i].is_store) {
            uint64_t mask = UINT64_MAX >> (64 - 8 * commit->memory[i].size);
            int digits = (int)(2 * commit->memory[i].size);

            fprintf(trace->file, " 0x%0*" PRIx64, digits, commit->memory[i].value & mask);
        }
    }
}

static void print_instruction(void *ctx, const struct hart *hart, const struct insn *insn,
                              uint64_t pc, unsigned privilege)
{
    struct trace *trace = ctx;

    fprintf(trace->file, "core   0: %u 0x%016" PRIx64 " (0x%0*" PRIx32 ")", privilege, pc,
            2 * insn->length, hart->insn_bits);
    print_register(trace, hart, insn);
    if (trace->commit.wrote_csr) {
        print_csr(trace);
    }
    print_memory(trace);
    fputc('\n', trace->file);
    trace->commit.memory_count = 0;
    trace->commit.wrote_csr = false;
}

struct engine_observer trace_instructions(struct trace *trace, struct hart *hart, FILE *file)
{
    *trace = (struct trace){.file = file, .hart = hart};
    hart->commit = &trace->commit;
    return (struct engine_observer){.retired = print_instruction, .ctx = trace};
}

static void print_steps(FILE *file, const struct mmu_walk *walk)
{
    for (unsigned i = 0; i < walk->step_count; i++) {
        bool is_last = i + 1 == walk->step_count;

        fprintf(file, " 0x%" PRIx64 "=", walk->step[i].pte_pa);
        if (is_last && walk->rule == MMU_PTE_UNREADABLE) {
            fprintf(file, "refused");
        } else {
            fprintf(file, "0x%" PRIx64 "%s", walk->step[i].pte, walk->step[i].is_cached ? "*" : "");
        }
    }
}

static void print_walk(void *ctx, const struct mmu_walk *walk)
{
    const struct trace *trace = ctx;
    const struct hart *hart = trace->hart;
    FILE *file = trace->file;
    uint64_t asid = (walk->mode.satp & SATP_ASID) >> SATP_ASID_SHIFT;

    fprintf(file, "%" PRIu64 " 0x%" PRIx64 " 0x%" PRIx64 " %s %c %" PRIu64,
            hart->counters.attempts + 1, hart->pc, walk->va, name_of_access(walk->access),
            letter_of_privilege(walk->mode.privilege), asid);
    print_steps(file, walk);
    if (walk->rule == MMU_ALLOWED) {
        fprintf(file, " %s 0x%" PRIx64 "\n", mmu_page_size_name(walk->size), walk->pa);
        return;
    }
    fprintf(file, " %s %s\n",
            mmu_rule_status(walk->rule) == MMU_PAGE_FAULT ? "page-fault" : "access-fault",
            mmu_rule_words(walk->rule));
}

void trace_walks(struct trace *trace, struct hart *hart, FILE *file)
{
    *trace = (struct trace){.file = file, .hart = hart};
    mmu_observe_walks(hart->mmu, print_walk, trace);
}

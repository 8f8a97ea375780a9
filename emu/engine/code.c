#include "emu/engine/code.h"

#include <stdlib.h>

#include "emu/hart/decode.h"
#include "emu/hart/exec.h"
#include "emu/hart/hart.h"
#include "emu/hart/rvc.h"

enum { MOST_PAGES = 2048 };

/* Stops before an instruction: the engine goes on from here. */
static void exec_stop(struct hart *hart, const struct insn *insn)
{
    hart_sync(hart, insn);
    hart->code.has_left = true;
}

/* Nobody has come here before, or the page was written since. The accounts are put right: the run
 * that leads here was as long as it was thought to be. */
static void exec_undecoded(struct hart *hart, const struct insn *insn)
{
    struct code_page *page = (struct code_page *)(uintptr_t)hart->code.base;
    uint64_t place = insn_place(hart, insn);
    int64_t before = run_from(hart, place);

    code_decode(page, (unsigned)place);
    hart->code.left -= run_from(hart, place) - before;
    if (hart->code.left < 0) {
        exec_stop(hart, insn);
        return;
    }
    insn->exec(hart, insn);
}

static void forget(struct code_page *page)
{
    for (size_t i = 0; i < CODE_PLACES; i++) {
        page->insn[i].exec = exec_undecoded;
    }
}

static uint64_t page_of(const struct code *code, uint64_t pa)
{
    return (pa - code->bus->ram_base) / CODE_PAGE_BYTES;
}

/* The bus tells of a write to decoded code. */
static void written(void *ctx, uint64_t pa, uint64_t length)
{
    struct code *code = ctx;
    uint64_t last = page_of(code, pa + length - 1);

    for (uint64_t page = page_of(code, pa); page <= last; page++) {
        if (code->slot[page].page != NULL) {
            forget(code->slot[page].page);
        }
    }
}

bool code_init(struct code *code, struct bus *bus)
{
    size_t pages = bus->ram_length / CODE_PAGE_BYTES;

    *code = (struct code){.bus = bus};
    code->slot = calloc(pages, sizeof *code->slot);
    code->marked = calloc(pages, sizeof *code->marked);
    if (code->slot == NULL || code->marked == NULL) {
        code_finish(code);
        return false;
    }
    bus->marks = (struct bus_marks){.marked = code->marked, .written = written, .ctx = code};
    return true;
}

static void free_pages(struct code *code)
{
    for (uint64_t page = 0; code->count > 0; page++) {
        if (code->slot[page].page != NULL) {
            free(code->slot[page].page);
            code->slot[page].page = NULL;
            code->marked[page] = 0;
            code->count--;
        }
    }
}

void code_finish(struct code *code)
{
    if (code->bus != NULL) {
        code->bus->marks = (struct bus_marks){.marked = NULL};
    }
    if (code->slot != NULL) {
        free_pages(code);
    }
    free(code->slot);
    free(code->marked);
    *code = (struct code){.count = 0};
}

static struct code_page *make_page(const uint8_t *bytes)
{
    struct code_page *page = calloc(1, sizeof *page);

    if (page == NULL) {
        return NULL;
    }
    page->bytes = bytes;
    page->insn[CODE_PLACES].exec = exec_stop;
    forget(page);
    return page;
}

struct code_page *code_at(struct code *code, uint64_t pa)
{
    struct code_slot *slot = &code->slot[page_of(code, pa)];

    if (slot->page != NULL) {
        return slot->page;
    }
    if (code->count == MOST_PAGES) {
        free_pages(code);
    }
    slot->page = make_page(bus_ram(code->bus, pa, CODE_PAGE_BYTES));
    if (slot->page != NULL) {
        code->marked[page_of(code, pa)] = 1;
        code->count++;
    }
    return slot->page;
}

/* Whether a run goes on behind an instruction, ends with it, or before it. */
enum kind { PLAIN, JUMP, SLOW };

enum opcode { OPCODE_BRANCH = 0x63, OPCODE_JAL = 0x6f };

static unsigned opcode_of(uint32_t bits)
{
    return decode_is_compressed(bits) ? rvc_expand((uint16_t)bits) & 0x7f : bits & 0x7f;
}

/* Instructions behind which nothing follows straight on. */
static bool ends_run(exec_fn *exec)
{
    static exec_fn *const ends[] = {exec_jal,  exec_jalr, exec_ecall, exec_ebreak,
                                    exec_mret, exec_sret, exec_wfi,   exec_illegal};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends[i] == exec) {
            return true;
        }
    }
    return false;
}

static enum kind kind_of(const struct insn *insn)
{
    if (insn->exec == exec_marker) {
        return SLOW;
    }
    return ends_run(insn->exec) ? JUMP : PLAIN;
}

/* Notes in a branch or JAL that its target is in the same page. */
static void note_near(unsigned opcode, struct insn *insn, unsigned place)
{
    bool is_near = (uint64_t)place + (uint64_t)(int64_t)insn->imm < CODE_PAGE_BYTES;

    if (opcode == OPCODE_BRANCH) {
        insn->rd = is_near;
    } else if (opcode == OPCODE_JAL) {
        insn->rs1 = is_near;
    }
}

static uint32_t half(const struct code_page *page, unsigned place)
{
    return (uint32_t)(page->bytes[place] | page->bytes[place + 1] << 8);
}

/* Decodes one instruction into its place. */
static enum kind decode_one(struct code_page *page, unsigned place)
{
    struct insn *insn = &page->insn[place / 2];
    uint32_t bits = half(page, place);
    enum kind kind = SLOW;

    if (!decode_is_compressed(bits) && place + 2 < CODE_PAGE_BYTES) {
        bits |= half(page, place + 2) << 16;
    }
    if (decode_is_compressed(bits) || place + 2 < CODE_PAGE_BYTES) {
        decode(bits, insn);
        kind = kind_of(insn);
        note_near(opcode_of(bits), insn, place);
    }
    if (kind == SLOW) {
        *insn = (struct insn){.exec = exec_stop, .length = 2};
    }
    return kind;
}

void code_decode(struct code_page *page, unsigned place)
{
    uint16_t decoded[CODE_PLACES];
    unsigned count = 0;
    enum kind kind = PLAIN;

    while (kind == PLAIN && page->insn[place / 2].exec == exec_undecoded) {
        kind = decode_one(page, place);
        decoded[count++] = (uint16_t)(place / 2);
        if (kind == PLAIN) {
            place += page->insn[place / 2].length;
        }
    }
    /* A plain one goes on with a run that is known; a jump is a run of its own, a stop is none. */
    int run = kind == PLAIN ? page->run[place / 2] : kind == JUMP ? 0 : -1;

    while (count > 0) {
        page->run[decoded[--count]] = (uint16_t)++run;
    }
}

bool code_is_slow(const struct code_page *page, unsigned place)
{
    return page->insn[place / 2].exec == exec_stop;
}

#include "emu/engine/code.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "emu/hart/decode.h"
#include "emu/hart/exec.h"
#include "emu/hart/hart.h"

enum { MOST_PAGES = 2048 };

/* Stops before an instruction: the engine goes on from here. */
static void stop(struct hart *hart, const struct insn *insn)
{
    hart_sync(hart, insn);
    hart->code.has_left = true;
}

static HANDLER(stop)
{
    stop(hart, insn);
}

static struct code_page *page_around(const struct hart *hart)
{
    return (struct code_page *)(void *)((char *)(uintptr_t)hart->code.base -
                                        offsetof(struct code_page, insn));
}

/* Goes on at an element: what stood here is no attempt of its own. */
static inline void go_on_at(struct hart *hart, const struct insn *insn, const struct insn *target)
{
    hart->code.end += (uintptr_t)target - (uintptr_t)insn;
    insn_execute(hart, target);
}

static bool is_due(const struct hart *hart, const struct insn *insn)
{
    return (uintptr_t)insn > hart->code.end;
}

/* What follows is elsewhere in the array, imm bytes from here. */
static HANDLER(join)
{
    if (is_due(hart, insn)) {
        stop(hart, insn);
        return;
    }
    go_on_at(hart, insn, (const struct insn *)((const char *)insn + insn->imm));
}

/* What follows is still to be decoded: the run was long, or the page has been written. */
static HANDLER(continue)
{
    struct code_page *page = page_around(hart);

    if (is_due(hart, insn)) {
        stop(hart, insn);
        return;
    }
    go_on_at(hart, insn, &page->insn[code_find(page, (unsigned)insn_place(hart, insn))]);
}

/* Elements keep their places: one of them may be being executed. */
static void forget(struct code_page *page)
{
    for (unsigned i = 0; i < page->count; i++) {
        page->insn[i].exec = exec_continue;
    }
    memset(page->index, 0, sizeof page->index);
    page->count = 1;
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
    struct code_page *page = malloc(sizeof *page);

    if (page == NULL) {
        return NULL;
    }
    page->bytes = bytes;
    page->count = 1;
    memset(page->index, 0, sizeof page->index);
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

static uint32_t half(const struct code_page *page, unsigned place)
{
    return (uint32_t)(page->bytes[place] | page->bytes[place + 1] << 8);
}

/* Decodes the instruction at a place, if it lies in the page. */
static enum kind decode_one(const struct code_page *page, unsigned place, struct insn *insn)
{
    if (place >= CODE_PAGE_BYTES) {
        return SLOW;
    }
    uint32_t bits = half(page, place);

    if (!decode_is_compressed(bits)) {
        if (place + 2 >= CODE_PAGE_BYTES) {
            return SLOW;
        }
        bits |= half(page, place + 2) << 16;
    }
    decode(bits, insn);
    return kind_of(insn);
}

/* From one element to another, in bytes of the array. */
static int32_t way_to(unsigned from, unsigned to)
{
    return ((int32_t)to - (int32_t)from) * (int32_t)sizeof(struct insn);
}

/* Whether rs1 and rs2 may change places. */
static bool commutes(exec_fn *exec)
{
    static exec_fn *const commuting[] = {exec_add, exec_addw, exec_and, exec_or, exec_xor,
                                         exec_mul, exec_mulw, exec_beq, exec_bne};

    for (size_t i = 0; i < sizeof commuting / sizeof *commuting; i++) {
        if (commuting[i] == exec) {
            return true;
        }
    }
    return false;
}

/* Makes an element pass its result on to the one behind it, if that takes it. No matter how that is
 * come to otherwise: who goes there gives it its rs1. */
static void pass_on(struct insn *insn)
{
    struct insn *next = insn + 1;
    exec_fn *on = decode_passes_on(insn->exec);

    if (on == NULL) {
        return;
    }
    if (insn->rd == next->rs2 && commutes(next->exec)) {
        next->rs2 = next->rs1;
        next->rs1 = insn->rd;
    }
    if (insn->rd == next->rs1) {
        insn->exec = on;
    }
}

/* Appends elements from a place on, through what is known already as long as there is room for
 * copies: to join it costs as much as an instruction. Returns how many of them are instructions
 * that do not stop. */
static unsigned append_run(struct code_page *page, unsigned place)
{
    unsigned run = 0;

    for (;;) {
        unsigned element = page->count++;
        struct insn *insn = &page->insn[element];
        bool is_known = page->index[place / 2] != 0;

        page->place[element] = (uint16_t)place;
        if (is_known && element > CODE_COPIES) {
            *insn =
                (struct insn){.exec = exec_join, .imm = way_to(element, page->index[place / 2])};
            return run;
        }
        if (run == CODE_MOST_RUN) {
            *insn = (struct insn){.exec = exec_continue};
            return run;
        }
        enum kind kind = decode_one(page, place, insn);

        if (!is_known) {
            page->index[place / 2] = (uint16_t)element;
        }
        if (kind == SLOW) {
            *insn = (struct insn){.exec = exec_stop};
            return run;
        }
        if (run > 0) {
            pass_on(insn - 1);
        }
        run++;
        if (kind == JUMP) {
            return run;
        }
        place += insn->length;
    }
}

unsigned code_decode(struct code_page *page, unsigned place)
{
    unsigned first = page->count;
    unsigned run = append_run(page, place);

    for (unsigned element = first; element < page->count; element++) {
        page->run[element] = (uint8_t)(run - (element - first));
    }
    return first;
}

/* The handler of a branch or JAL whose target is in the same array. */
static exec_fn *near_form(exec_fn *exec)
{
    static const struct {
        exec_fn *far;
        exec_fn *near;
    } forms[] = {
        {exec_beq, exec_beq_near}, {exec_bne, exec_bne_near},   {exec_blt, exec_blt_near},
        {exec_bge, exec_bge_near}, {exec_bltu, exec_bltu_near}, {exec_bgeu, exec_bgeu_near},
        {exec_jal, exec_jal_near},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].far == exec) {
            return forms[i].near;
        }
    }
    return exec;
}

void code_bind(struct code_page *page, const struct insn *insn, unsigned target)
{
    unsigned element = (unsigned)(insn - page->insn);
    struct insn *bound = &page->insn[element];

    bound->imm = way_to(element + 1, code_find(page, target));
    bound->exec = near_form(bound->exec);
}

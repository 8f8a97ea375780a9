#include "emu/engine/fast.h"

#include <stdlib.h>

#include "emu/engine/code.h"
#include "emu/engine/direct.h"
#include "emu/engine/views.h"
#include "emu/hart/access.h"
#include "emu/hart/exec.h"
#include "emu/hart/hart.h"
#include "mmu/pte.h"

enum {
    WAYS = 64,
    /* Attempts of one visit: where a compiler makes no jump of a tail call (clang does not in
     * handlers that pass on the address of a local), calls nest no deeper than this. */
    MOST_AT_ONCE = 2 * CODE_PLACES,
};

/* A tag that no page has. */
#define NO_PAGE UINT64_C(1)

/* A page of code that fetches would hit, allowed, and that is RAM. */
struct way {
    uint64_t tag; /* its virtual address, and the view that it is for, as in the L0 */
    struct code_page *page;
    bool is_translated; /* *shortcut is valid */
    struct mmu_shortcut shortcut;
    uint64_t fetches; /* hits not yet counted */
};

struct fast {
    struct hart *hart;
    struct code code;
    struct direct direct;
    struct way way[WAYS];
    const struct engine_goal *goal;
    uint64_t until;      /* attempts that may be made before the engine must look around */
    struct way *current; /* where instructions run; NULL: nowhere, or it is gone */
    struct way *latest;  /* the one whose shortcut is latest-only; NULL: there is none */
    uint64_t first;      /* attempts when that began */
    struct views views;  /* ways and direct pages are tagged with */
};

static struct way *way_at(struct fast *fast, uint64_t va)
{
    return &fast->way[(va >> PAGE_SHIFT) % WAYS];
}

static uint64_t page_of(uint64_t va)
{
    return va & ~(PAGE_SIZE - 1);
}

/* Fetches of the current page so far, that of the current instruction included. */
static void gather_fetches(struct fast *fast)
{
    fast->current->fetches += fast->hart->counters.attempts + 1 - fast->first;
    fast->first = fast->hart->counters.attempts + 1;
}

static void settle_way(struct fast *fast, struct way *way)
{
    if (way == fast->current) {
        gather_fetches(fast);
    }
    if (way->is_translated && way->fetches != 0) {
        mmu_count_shortcut(fast->hart->mmu, &way->shortcut, MMU_FETCH, way->fetches);
    }
    way->fetches = 0;
}

static void forget_way(struct fast *fast, struct way *way)
{
    if (way->tag == NO_PAGE) {
        return;
    }
    settle_way(fast, way);
    way->tag = NO_PAGE;
    if (way == fast->latest) {
        fast->latest = NULL;
    }
    if (way == fast->current) { /* the instruction that is being executed is the last one here */
        fast->current = NULL;
        fast->hart->needs_care = true;
    }
}

static void forget_ways(struct fast *fast)
{
    for (unsigned i = 0; i < WAYS; i++) {
        forget_way(fast, &fast->way[i]);
    }
}

/* What the MMU tells the keeper of shortcuts. */

__attribute__((noinline)) static void code_changed(struct fast *fast, uint64_t va,
                                                   enum mmu_page_size size)
{
    if (size != MMU_4K) {
        forget_ways(fast);
    } else if (page_of(way_at(fast, va)->tag) == va) {
        forget_way(fast, way_at(fast, va));
    }
}

static void on_changed(void *ctx, enum mmu_array array, uint64_t va, enum mmu_page_size size)
{
    struct fast *fast = ctx;

    if (array == MMU_L1D) {
        direct_forget(&fast->direct, va, size);
    } else {
        code_changed(fast, va, size);
    }
}

static void on_look_up(void *ctx, enum mmu_array array)
{
    struct fast *fast = ctx;

    if (array == MMU_L1D) {
        direct_forget_latest(&fast->direct);
    } else if (fast->latest != NULL) {
        forget_way(fast, fast->latest);
    }
}

static void on_settle(void *ctx)
{
    struct fast *fast = ctx;

    for (unsigned i = 0; i < WAYS; i++) {
        settle_way(fast, &fast->way[i]);
    }
    direct_settle(&fast->direct);
}

struct fast *fast_create(struct hart *hart)
{
    struct fast *fast = calloc(1, sizeof *fast);
    const struct mmu_keeper keeper = {.clock = &hart->l0.clock,
                                      .changed = on_changed,
                                      .looks_up = on_look_up,
                                      .settle = on_settle,
                                      .ctx = fast};

    if (fast == NULL || !code_init(&fast->code, hart->bus)) {
        free(fast);
        return NULL;
    }
    fast->hart = hart;
    direct_init(&fast->direct, hart, &fast->code);
    for (unsigned i = 0; i < WAYS; i++) {
        fast->way[i].tag = NO_PAGE;
    }
    mmu_keep_shortcuts(hart->mmu, &keeper);
    hart->engine = fast;
    return fast;
}

void fast_destroy(struct fast *fast)
{
    if (fast == NULL) {
        return;
    }
    on_settle(fast);
    mmu_keep_shortcuts(fast->hart->mmu, &(struct mmu_keeper){.ctx = NULL});
    direct_finish(&fast->direct);
    code_finish(&fast->code);
    free(fast);
}

/* Whether anything but page tables and TLB has changed what addresses mean. */
static void look_at_view(struct fast *fast)
{
    if (!views_look(&fast->views, fast->hart)) {
        forget_ways(fast);
        direct_forget_all(&fast->direct);
    }
    fast->hart->l0.view = (uint64_t)fast->views.current << L0_VIEW_SHIFT;
}

/* The tag of a way into the page of va, as the hart sees it now. */
static uint64_t tag_of(const struct fast *fast, uint64_t va)
{
    return page_of(va) | fast->hart->l0.view;
}

/* Makes a way into the page at pc, which a fetch has just reached under this mode. */
static void learn(struct fast *fast, const struct mmu_mode *mode, uint64_t pc)
{
    struct way *way = way_at(fast, pc);
    uint64_t pa = page_of(pc);

    forget_way(fast, way);
    way->is_translated = mmu_is_active(mode);
    if (way->is_translated) {
        if (!mmu_make_shortcut(fast->hart->mmu, mode, pc, MMU_FETCH, &way->shortcut)) {
            return;
        }
        pa = page_of(way->shortcut.pa);
    }
    if (!bus_is_ram(fast->hart->bus, pa, PAGE_SIZE) ||
        !pmp_allows(&fast->hart->pmp, pa, PAGE_SIZE, MMU_FETCH, mode->privilege)) {
        return;
    }
    if (code_is_data(&fast->code, pa)) {
        forget_ways(fast); /* code_at may throw other pages away */
        direct_forget_stores(&fast->direct);
    }
    way->page = code_at(&fast->code, pa);
    if (way->page == NULL) {
        return;
    }
    way->tag = tag_of(fast, pc);
    if (way->is_translated && way->shortcut.is_latest_only) {
        fast->latest = way; /* the one before it went when this page was looked up */
    }
}

/* One instruction the plain way; afterwards its page is known, if it still is what it was. */
static void step(struct fast *fast)
{
    const struct mmu_mode mode = access_mode(fast->hart, MMU_FETCH);
    uint64_t pc = fast->hart->pc;
    uint64_t exceptions = fast->hart->counters.exceptions;
    unsigned view = fast->views.current;

    engine_attempt(fast->hart, NULL);
    look_at_view(fast);
    if (way_at(fast, pc)->tag != tag_of(fast, pc) &&
        fast->hart->counters.exceptions == exceptions && fast->views.current == view) {
        learn(fast, &mode, pc);
    }
}

/* The attempts that may be made before something is due. */
static uint64_t limit(const struct hart *hart, const struct engine_goal *goal)
{
    uint64_t to_event = hart->next_event - hart->counters.cycles;
    uint64_t to_goal = goal->attempts - hart->counters.attempts;
    uint64_t nearest = to_event < to_goal ? to_event : to_goal;

    return hart->counters.attempts + (nearest < MOST_AT_ONCE ? nearest : MOST_AT_ONCE);
}

static bool has_break_in(const struct engine_goal *goal, uint64_t page)
{
    for (unsigned i = 0; i < goal->break_count; i++) {
        if (page_of(goal->break_pc[i]) == page) {
            return true;
        }
    }
    return false;
}

/* Points the hart at the decoded page of pc, so many attempts having been made. Returns the
 * instruction to begin with; or NULL, with nothing done, and the next one must be stepped over: no
 * way leads there, it is slow, or something is due, or a break, before its run ends. */
static const struct insn *enter(struct fast *fast, uint64_t pc, uint64_t attempts)
{
    struct hart *hart = fast->hart;
    struct hart_code *code = &hart->code;
    struct way *way = way_at(fast, pc);
    uint64_t page_va = page_of(pc);
    unsigned place = (unsigned)(pc - page_va);

    if (way->tag != tag_of(fast, pc) || has_break_in(fast->goal, page_va)) {
        return NULL;
    }
    struct code_page *page = way->page;
    unsigned element = code_find(page, place);
    unsigned run = page->run[element];

    if (run == 0 || attempts + run > fast->until) {
        return NULL;
    }
    code->base = page->insn;
    code->place = page->place;
    code->index = page->index;
    code->va = page_va;
    code->bytes = page->bytes;
    code->end = end_for(hart, attempts, &page->insn[element]);
    if (way->is_translated) {
        *way->shortcut.stamp = ++hart->l0.clock;
    }
    fast->current = way;
    fast->first = attempts;
    return &page->insn[element];
}

/* The fetches of the current page, which ends to be that after so many attempts, are counted. */
static void exit_page(struct fast *fast, uint64_t attempts)
{
    if (fast->current != NULL) {
        fast->current->fetches += attempts - fast->first;
        fast->current = NULL;
    }
}

/* insn has retired, and the engine must look around before the next one. */
__attribute__((noinline)) static void leave_handlers(struct hart *hart, const struct insn *insn,
                                                     uint64_t pc)
{
    hart_sync(hart, insn);
    hart->pc = pc;
    hart->counters.attempts++;
    hart->counters.retired++;
    hart->counters.cycles++;
    hart->code.has_left = true;
}

/* The same, but perhaps the next one is only in another page: its way is taken at once, and the
 * counters follow later. */
static void leave(struct hart *hart, const struct insn *insn, uint64_t pc)
{
    struct fast *fast = hart->engine;
    uint64_t attempts = attempts_before(hart, insn) + 1;

    if (!hart->needs_care) {
        exit_page(fast, attempts);
        const struct insn *next = enter(fast, pc, attempts);

        if (next != NULL) {
            insn_execute(hart, next);
            return;
        }
    }
    leave_handlers(hart, insn, pc);
}

/* insn, a branch or JAL, has retired: if it stays in its page, it finds the way alone next time. */
static void jump(struct hart *hart, const struct insn *insn, uint64_t pc)
{
    struct fast *fast = hart->engine;
    uint64_t place = pc - hart->code.va;

    if (place < CODE_PAGE_BYTES && fast->current != NULL) {
        code_bind(fast->current->page, insn, (unsigned)place);
    }
    leave(hart, insn, pc);
}

static void run(struct fast *fast, const struct insn *insn)
{
    struct hart *hart = fast->hart;

    hart->needs_care = false;
    hart->code.has_left = false;
    insn_execute(hart, insn);
    if (!hart->code.has_left) { /* it trapped */
        hart->counters.attempts++;
        hart->counters.cycles++;
    }
    exit_page(fast, hart->counters.attempts);
    if (!hart->code.has_left || hart->needs_care) {
        look_at_view(fast);
    }
}

/* Runs on from pc, one instruction at least. */
static void advance(struct fast *fast)
{
    struct hart *hart = fast->hart;

    fast->until = limit(hart, fast->goal);
    /* Below 0 it wraps around: only distances from it count. */
    hart->code = (struct hart_code){.length = CODE_PAGE_BYTES,
                                    .limit = fast->until - CODE_MOST_RUN,
                                    .leave = leave,
                                    .jump = jump};
    const struct insn *insn = enter(fast, hart->pc, hart->counters.attempts);

    if (insn == NULL) {
        step(fast);
    } else {
        run(fast, insn);
    }
}

enum engine_stop fast_run(struct fast *fast, const struct engine_goal *goal)
{
    enum engine_stop stop;

    fast->goal = goal;
    look_at_view(fast);
    if (goal->goes_on) {
        step(fast);
    }
    for (;;) {
        uint64_t interrupts = fast->hart->counters.interrupts;

        if (engine_look(fast->hart, goal, &stop)) {
            return stop;
        }
        if (fast->hart->counters.interrupts != interrupts) {
            look_at_view(fast);
        }
        advance(fast);
    }
}

#include "devices/plic.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>

enum { M, S };

enum {
    PENDING = 0x1000,
    ENABLE = 0x2000,
    ENABLE_STRIDE = 0x80,
    CONTEXT = 0x200000,
    CONTEXT_STRIDE = 0x1000,
    LENGTH = 0x600000
};

static struct plic plic;
static bool notified[PLIC_CONTEXTS]; /* what the output lines say */

static void output_set(void *ctx, bool level)
{
    *(bool *)ctx = level;
}

static void set_up(void)
{
    const struct irq_line output[PLIC_CONTEXTS] = {{output_set, &notified[M]},
                                                   {output_set, &notified[S]}};

    notified[M] = false;
    notified[S] = false;
    plic_init(&plic, output);
}

static uint32_t get(uint64_t offset)
{
    uint64_t value = UINT64_C(0xbadbadbadbadbad0);

    cr_assert(plic.device.ops->read(&plic.device, offset, 4, &value));
    cr_assert(le(u64, value, UINT32_MAX));
    return (uint32_t)value;
}

static void put(uint64_t offset, uint64_t value)
{
    cr_assert(plic.device.ops->write(&plic.device, offset, 4, value));
}

static void wire(unsigned source, bool level)
{
    struct irq_line line = plic_line(&plic, source);

    irq_line_set(&line, level);
}

static void set_priority(unsigned source, uint32_t priority)
{
    put(4 * source, priority);
}

static uint64_t enable_offset(unsigned context, unsigned source)
{
    return ENABLE + ENABLE_STRIDE * context + 4 * (source / 32);
}

static void enable(unsigned context, unsigned source)
{
    uint64_t offset = enable_offset(context, source);

    put(offset, get(offset) | 1u << source % 32);
}

static void disable(unsigned context, unsigned source)
{
    uint64_t offset = enable_offset(context, source);

    put(offset, get(offset) & ~(1u << source % 32));
}

static void set_threshold(unsigned context, uint32_t threshold)
{
    put(CONTEXT + CONTEXT_STRIDE * context, threshold);
}

static uint32_t claim(unsigned context)
{
    return get(CONTEXT + CONTEXT_STRIDE * context + 4);
}

static void complete(unsigned context, uint32_t source)
{
    put(CONTEXT + CONTEXT_STRIDE * context + 4, source);
}

static bool is_pending(unsigned source)
{
    return (get(PENDING + 4 * (source / 32)) >> source % 32 & 1) != 0;
}

TestSuite(plic, .init = set_up);

Test(plic, starts_silent)
{
    static const unsigned edges[] = {0, 4, 0x17c, PENDING, ENABLE, ENABLE + ENABLE_STRIDE, CONTEXT};

    cr_expect(eq(u64, plic.device.ops->length, LENGTH));
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        cr_expect(eq(u32, get(edges[i]), 0));
    }
    cr_expect(eq(u32, claim(M), 0));
    cr_expect(eq(u32, claim(S), 0));
}

Test(plic, every_source_interrupts_the_context_that_enables_it)
{
    for (unsigned source = 1; source < PLIC_SOURCES; source++) {
        for (unsigned context = M; context <= S; context++) {
            set_up();
            set_priority(source, 1);
            enable(context, source);
            wire(source, true);
            cr_expect(is_pending(source), "source %u", source);
            cr_expect(notified[context], "source %u", source);
            cr_expect(not(notified[!context]), "source %u", source);
            cr_expect(eq(u32, claim(!context), 0), "source %u", source);
            cr_expect(eq(u32, claim(context), source));
            cr_expect(not(is_pending(source)), "source %u", source);
            cr_expect(not(notified[context]), "source %u", source);
        }
    }
}

Test(plic, registers_keep_the_bits_they_have)
{
    static const struct {
        uint64_t offset;
        uint64_t value;
        uint32_t want;
        const char *why;
    } rows[] = {
        {0x4, 0xffffffff, 7, "priority has 3 bits"},
        {0x17c, 0x5, 5, "the last source has a priority"},
        {0x17c, 0x8, 0, "WARL: the low bits of what is written"},
        {0x0, 7, 0, "source 0 has no priority"},
        {0x180, 7, 0, "nor has source 96"},
        {0xffc, 7, 0, "nor source 1023"},
        {PENDING, 0xffffffff, 0, "pending is read-only"},
        {PENDING + 0xc, 0xffffffff, 0, "past the pending words"},
        {ENABLE, 0xffffffff, 0xfffffffe, "source 0 cannot be enabled"},
        {ENABLE, 0, 0, "enable bits go away"},
        {ENABLE + 8, 0x89abcdef, 0x89abcdef, "the last word of the machine context"},
        {ENABLE + 0xc, 0xffffffff, 0, "past the machine context's words"},
        {ENABLE + ENABLE_STRIDE, 0xffffffff, 0xfffffffe, "supervisor: source 0"},
        {ENABLE + ENABLE_STRIDE + 4, 0x12345678, 0x12345678, "supervisor: second word"},
        {ENABLE + ENABLE_STRIDE + 0xc, 0xffffffff, 0, "past the supervisor context's words"},
        {ENABLE + 2 * ENABLE_STRIDE, 0xffffffff, 0, "there is no third context"},
        {CONTEXT, 0xffffffff, 7, "threshold has 3 bits"},
        {CONTEXT + CONTEXT_STRIDE, 0x2, 2, "the supervisor's threshold"},
        {CONTEXT + 8, 0xffffffff, 0, "past the claim register"},
        {CONTEXT + 2 * CONTEXT_STRIDE, 7, 0, "no threshold of a third context"},
        {LENGTH - 4, 0xffffffff, 0, "the last word"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(rows[i].offset, rows[i].value);
        cr_expect(eq(u32, get(rows[i].offset), rows[i].want), "%s", rows[i].why);
    }
    cr_expect(eq(u32, get(ENABLE + 8), 0x89abcdef), "the contexts' words are apart");
    cr_expect(eq(u32, get(CONTEXT), 7), "the contexts' thresholds are apart");
}

Test(plic, an_interrupt_needs_a_priority_above_the_threshold)
{
    for (uint32_t priority = 0; priority <= 7; priority++) {
        for (uint32_t threshold = 0; threshold <= 7; threshold++) {
            set_up();
            set_priority(33, priority);
            set_threshold(S, threshold);
            enable(S, 33);
            wire(33, true);
            cr_expect(eq(int, notified[S], priority > threshold), "priority %u threshold %u",
                      priority, threshold);
            cr_expect(is_pending(33), "whatever its priority");
        }
    }
}

Test(plic, outputs_follow_every_register_that_matters)
{
    wire(10, true);
    cr_expect(not(notified[M]));
    enable(M, 10);
    cr_expect(not(notified[M]), "priority 0 never interrupts");
    set_priority(10, 3);
    cr_expect(notified[M], "raised by the priority");
    set_threshold(M, 3);
    cr_expect(not(notified[M]), "masked by the threshold");
    set_threshold(M, 2);
    cr_expect(notified[M], "raised by the threshold");
    disable(M, 10);
    cr_expect(not(notified[M]), "masked by enable");
    enable(M, 10);
    cr_expect(notified[M], "raised by enable");
    set_priority(10, 0);
    cr_expect(not(notified[M]), "masked by the priority");
}

Test(plic, a_claim_takes_the_highest_priority_then_the_lowest_number)
{
    static const struct {
        unsigned source;
        uint32_t priority;
    } raised[] = {{95, 4}, {3, 2}, {64, 7}, {40, 4}, {31, 4}, {32, 4}, {2, 2}, {9, 0}, {1, 1}};
    static const uint32_t order[] = {64, 31, 32, 40, 95, 2, 3, 1, 0};

    for (size_t i = 0; i < sizeof raised / sizeof *raised; i++) {
        set_priority(raised[i].source, raised[i].priority);
        enable(S, raised[i].source);
        wire(raised[i].source, true);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        cr_expect(eq(int, notified[S], order[i] != 0));
        cr_expect(eq(u32, claim(S), order[i]));
    }
    cr_expect(is_pending(9), "priority 0 is never claimed");
}

Test(plic, a_claim_is_not_affected_by_the_threshold)
{
    set_priority(5, 1);
    enable(M, 5);
    set_threshold(M, 7);
    wire(5, true);
    cr_expect(not(notified[M]));
    cr_expect(eq(u32, claim(M), 5));
    cr_expect(eq(u32, claim(M), 0));
}

Test(plic, one_claim_takes_the_request_from_both_contexts)
{
    set_priority(5, 1);
    enable(M, 5);
    enable(S, 5);
    wire(5, true);
    cr_expect(notified[M]);
    cr_expect(notified[S]);
    cr_expect(eq(u32, claim(S), 5));
    cr_expect(not(notified[M]));
    cr_expect(not(notified[S]));
    cr_expect(eq(u32, claim(M), 0));
}

Test(plic, a_level_interrupts_again_only_after_completion)
{
    set_priority(10, 1);
    enable(S, 10);
    wire(10, true);
    cr_expect(eq(u32, claim(S), 10));
    wire(10, true);
    cr_expect(not(is_pending(10)), "still high, being served");
    wire(10, false);
    wire(10, true);
    cr_expect(not(is_pending(10)), "rose again, being served");
    complete(S, 10);
    cr_expect(is_pending(10), "forwarded again");
    cr_expect(notified[S]);
    cr_expect(eq(u32, claim(S), 10));
    wire(10, false);
    complete(S, 10);
    cr_expect(not(is_pending(10)), "the device is content");
    cr_expect(not(notified[S]));
    wire(10, true);
    cr_expect(notified[S], "a new request");
}

Test(plic, a_request_once_forwarded_is_not_taken_back)
{
    set_priority(10, 1);
    enable(S, 10);
    wire(10, true);
    wire(10, false);
    cr_expect(is_pending(10));
    cr_expect(notified[S]);
    cr_expect(eq(u32, claim(S), 10));
    complete(S, 10);
    cr_expect(not(is_pending(10)));
}

Test(plic, completions_that_do_not_fit_are_ignored)
{
    static const struct {
        unsigned context;
        uint32_t source;
        const char *why;
    } rows[] = {
        {M, 10, "not enabled for the machine context"},
        {S, 11, "another source"},
        {S, 0, "source 0"},
        {S, 96, "past the last source"},
        {S, 10 + 128, "far past it"},
        {S, 0xffffffff, "very far past it"},
    };

    set_priority(10, 1);
    enable(S, 10);
    enable(S, 11);
    wire(10, true);
    cr_expect(eq(u32, claim(S), 10));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        complete(rows[i].context, rows[i].source);
        cr_expect(not(is_pending(10)), "%s", rows[i].why);
    }
    disable(S, 10);
    complete(S, 10);
    enable(S, 10);
    cr_expect(not(is_pending(10)), "disabled when it was completed");
    complete(S, 10);
    cr_expect(is_pending(10));
}

Test(plic, another_context_may_complete_if_the_source_is_enabled_for_it)
{
    set_priority(10, 1);
    enable(S, 10);
    enable(M, 10);
    wire(10, true);
    cr_expect(eq(u32, claim(S), 10));
    complete(M, 10);
    cr_expect(is_pending(10));
}

Test(plic, a_completion_without_a_claim_keeps_the_one_request)
{
    set_priority(10, 1);
    enable(S, 10);
    wire(10, true);
    complete(S, 10);
    cr_expect(eq(u32, claim(S), 10));
    cr_expect(eq(u32, claim(S), 0), "it was only one");
}

Test(plic, a_disabled_source_waits_as_pending)
{
    set_priority(70, 1);
    wire(70, true);
    cr_expect(is_pending(70));
    cr_expect(eq(u32, claim(S), 0));
    enable(S, 70);
    cr_expect(eq(u32, claim(S), 70));
}

Test(plic, only_accesses_of_4_bytes_are_taken)
{
    static const unsigned sizes[] = {1, 2, 8};
    static const uint64_t offsets[] = {8, PENDING, ENABLE, CONTEXT, CONTEXT + 8, LENGTH - 8};

    set_priority(2, 3);
    enable(M, 2);
    wire(2, true);
    for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            uint64_t value = 0x77;

            cr_expect(not(plic.device.ops->read(&plic.device, offsets[o], sizes[i], &value)));
            cr_expect(eq(u64, value, 0x77));
            cr_expect(not(plic.device.ops->write(&plic.device, offsets[o], sizes[i], 0)));
        }
    }
    cr_expect(eq(u32, get(8), 3));
    cr_expect(eq(u32, claim(M), 2), "a refused read claims nothing");
}

Test(plic, source_0_has_no_wire, .signal = SIGABRT)
{
    (void)plic_line(&plic, 0);
}

Test(plic, source_96_has_no_wire, .signal = SIGABRT)
{
    (void)plic_line(&plic, PLIC_SOURCES);
}

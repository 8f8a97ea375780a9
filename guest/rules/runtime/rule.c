/*
 * rule.c - runs the rule of this ELF under every paging mode, and ends the run.
 */
#include "guest/rules/runtime/runtime.h"

#include "guest/rules/runtime/cases.h"
#include "guest/rules/runtime/report.h"

enum { MARK_DISTANCE = 64 };

void rule_reset(void)
{
    paging_reset();
    settings_reset();
    csr_write(CSR_SATP, rule_satp_of(0, 0));
    rule_fence();
}

static void run_under_paging(void)
{
    for (size_t i = 0; i < rule.case_count; i++) {
        cases_run(&rule.cases[i]);
    }
    if (rule.program != NULL) {
        rule_reset();
        rule.program();
    }
}

void rule_main(uint64_t hart, const void *tree)
{
    struct fdt_facts facts = fdt_read(tree);

    (void)hart;
    console_start(facts.uart, facts.finisher);
    isa_start(facts.isa);
    report_begin();
    settings_open_memory();
    if (rule.needs != NULL && !rule_has(rule.needs)) {
        report_end(rule_text("no %s", rule.needs));
    }
    for (uint64_t pa = rule_page(0); pa < rule_page(RULE_PAGES); pa += MARK_DISTANCE) {
        rule_mark(pa);
    }
    unsigned modes = paging_probe();

    for (unsigned i = 0; i < modes; i++) {
        paging_select(i);
        run_under_paging();
    }
    if (rule.once != NULL) {
        settings_reset();
        csr_write(CSR_SATP, 0);
        rule_fence();
        rule_paging = NULL;
        rule.once();
    }
    report_end(modes == 0 ? "no paging mode" : NULL);
}

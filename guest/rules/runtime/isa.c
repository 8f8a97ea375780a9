/*
 * isa.c - which extensions there are: riscv,isa of the device tree, or what the runner put instead.
 *
 *   rv64imac_zicsr_svnapot   letters first, then names of more letters, each after an underscore
 */
#include "guest/rules/runtime/runtime.h"

/* What a runner may put into a copy of the ELF: they are data, found by their symbols. */
volatile char rule_isa_override[256] = {0};
volatile char rule_expect_ad[16] = {0};

enum { PREFIX_LENGTH = 4 }; /* rv64 */

static const char *isa_text;

void isa_start(const char *isa)
{
    isa_text = rule_isa_override[0] != '\0' ? (const char *)rule_isa_override : isa;
    if (isa_text == NULL) {
        isa_text = "rv64imac";
    }
}

static bool has_letter(char letter)
{
    for (const char *at = isa_text + PREFIX_LENGTH; *at != '\0' && *at != '_'; at++) {
        if (*at == letter || (*at == 'g' && (letter == 'f' || letter == 'd'))) {
            return true;
        }
    }
    return false;
}

/* True if the word at text is extension, and not only begins with it. */
static bool is_word(const char *text, const char *extension)
{
    while (*extension != '\0') {
        if (*text++ != *extension++) {
            return false;
        }
    }
    return *text == '\0' || *text == '_';
}

bool rule_has(const char *extension)
{
    if (extension[1] == '\0') {
        return has_letter(extension[0]);
    }
    for (const char *at = isa_text; *at != '\0'; at++) {
        if (*at == '_' && is_word(at + 1, extension)) {
            return true;
        }
    }
    return false;
}

enum rule_ad rule_ad(void)
{
    bool is_switchable = rule_menvcfg(MENVCFG_ADUE);

    rule_menvcfg(0);
    if (is_switchable) {
        return RULE_AD_SVADU;
    }
    uint64_t va = rule_va(0, rule_page(0));
    volatile uint64_t *leaf = rule_map(va, rule_page(0), PTE_V | PTE_R, 0);

    rule_fence();
    struct rule_outcome outcome = rule_try(RULE_LOAD, RULE_MPRV_S, va);

    *leaf = 0;
    rule_fence();
    return outcome.trapped ? RULE_AD_SVADE : RULE_AD_HARDWARE;
}

void rule_expect_ad_scheme(void)
{
    static const char *const names[] = {
        [RULE_AD_HARDWARE] = "hw",
        [RULE_AD_SVADE] = "svade",
        [RULE_AD_SVADU] = "svadu",
    };
    const char *wanted = (const char *)rule_expect_ad;
    const char *found = names[rule_ad()];

    if (*wanted != '\0') {
        rule_expect(text_equal(found, wanted), "scheme for A and D", wanted, found);
    }
}

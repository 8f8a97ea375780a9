#include "emu/report/narrate.h"

#include <assert.h>
#include <inttypes.h>

#include "emu/hart/bits.h"
#include "emu/hart/trap.h"
#include "emu/report/names.h"
#include "mmu/pte.h"

enum {
    ENTRY_INDENT = sizeof "L1D hit:  " - 1,
    PTE_INDENT = sizeof "level 0: " - 1,
};

static void print_heading(FILE *file, const char *heading)
{
    fprintf(file, "%-*s", NARRATE_HEADING_WIDTH, heading);
}

/* Begins a line below another one, so many columns to the right of where that began. */
static void print_indent(FILE *file, int columns)
{
    fprintf(file, "%*s", NARRATE_HEADING_WIDTH + columns, "");
}

/* The access in words, such as "a load from", for "... 0xADDRESS". */
static const char *access_words(enum mmu_access access)
{
    static const char *const words[] = {
        [MMU_FETCH] = "a fetch from", [MMU_LOAD] = "a load from", [MMU_STORE] = "a store to"};
    return words[access];
}

static unsigned asid_of(const struct mmu_mode *mode)
{
    return (unsigned)((mode->satp & SATP_ASID) >> SATP_ASID_SHIFT);
}

/* Levels of page table that satp names: Sv39 is mode 8 and has 3, each wider mode one more. */
static unsigned levels_of(const struct mmu_mode *mode)
{
    return (unsigned)(mode->satp >> SATP_MODE_SHIFT) - SATP_MODE_SV39 + SV39_LEVELS;
}

static void print_access(FILE *file, const struct narration *narration)
{
    const struct mmu_mode *mode = &narration->mode;

    print_heading(file, "access");
    fprintf(file, "%s 0x%016" PRIx64 " in %c-mode, SUM=%d MXR=%d, A and D set by %s\n",
            access_words(narration->access), narration->va, letter_of_privilege(mode->privilege),
            mode->sum, mode->mxr, mode->hardware_ad ? "hardware" : "software");
    print_heading(file, "satp");
    fprintf(file, "0x%016" PRIx64, mode->satp);
    if (mode->satp >> SATP_MODE_SHIFT == SATP_MODE_BARE) {
        fprintf(file, ": Bare\n");
    } else {
        fprintf(file, ": Sv%u, ASID %u, root table at 0x%" PRIx64 "\n",
                PAGE_SHIFT + levels_of(mode) * VPN_BITS, asid_of(mode),
                (mode->satp & SATP_PPN) << PAGE_SHIFT);
    }
}

static void print_binary(FILE *file, uint64_t value, unsigned bits)
{
    while (bits-- > 0) {
        fputc('0' + (int)(value >> bits & 1), file);
    }
}

/* One part of the address: its bits, and what they make as a number. */
static void print_part(FILE *file, const char *name, uint64_t value, unsigned bits)
{
    print_indent(file, 0);
    fprintf(file, "%-8s", name);
    print_binary(file, value, bits);
    fprintf(file, "%*s = 0x%03" PRIx64 " (%" PRIu64 ")\n", PAGE_SHIFT - (int)bits, "", value,
            value);
}

static void print_address(FILE *file, uint64_t va, unsigned levels)
{
    static const char *const names[MMU_MAX_LEVELS] = {"VPN[0]", "VPN[1]", "VPN[2]", "VPN[3]",
                                                      "VPN[4]"};
    unsigned va_bits = PAGE_SHIFT + levels * VPN_BITS;

    assert(levels <= MMU_MAX_LEVELS);
    print_heading(file, "address");
    fprintf(file, "0x%016" PRIx64 "\n", va);
    for (unsigned level = levels; level-- > 0;) {
        uint64_t index = va >> (PAGE_SHIFT + level * VPN_BITS) & ((1u << VPN_BITS) - 1);

        print_part(file, names[level], index, VPN_BITS);
    }
    print_part(file, "offset", va & (PAGE_SIZE - 1), PAGE_SHIFT);
    print_indent(file, 0);
    fprintf(file, "bits 63 to %u %s bit %u\n", va_bits,
            sign_extend(va, va_bits) == va ? "all equal" : "do not all equal", va_bits - 1);
}

/* The bits of a leaf that say who may do what, in words. */
static void print_flags(FILE *file, uint64_t pte)
{
    static const struct {
        uint64_t bit;
        const char *set;
        const char *clear; /* NULL: not worth saying */
    } flags[] = {
        {PTE_R, "readable", "not readable"},
        {PTE_W, "writable", "not writable"},
        {PTE_X, "executable", "not executable"},
        {PTE_U, "for U-mode", "not for U-mode"},
        {PTE_G, "global", NULL},
        {PTE_A, "accessed", "not accessed"},
        {PTE_D, "dirty", "not dirty"},
    };
    const char *separator = "";

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const char *word = (pte & flags[i].bit) != 0 ? flags[i].set : flags[i].clear;

        if (word != NULL) {
            fprintf(file, "%s%s", separator, word);
            separator = ", ";
        }
    }
}

/* "the 4K page at 0xVA", or "the 2M piece at 0xVA of a 1G page", or "no 4K page at 0xVA". */
static void print_covered(FILE *file, const struct mmu_cached *entry)
{
    bool is_piece = entry->leaf != entry->size;
    const char *article = (entry->pte & PTE_V) == 0 ? "no" : "the";

    fprintf(file, "%s %s %s at 0x%016" PRIx64, article, mmu_page_size_name(entry->size),
            is_piece ? "piece" : "page", entry->va);
    if (is_piece) {
        fprintf(file, " of a %s page", mmu_page_size_name(entry->leaf));
    }
}

static void print_cached(FILE *file, const struct mmu_cached *entry)
{
    print_covered(file, entry);
    if (entry->is_global) {
        fprintf(file, ", global");
    } else {
        fprintf(file, ", ASID %u", entry->asid);
    }
    fprintf(file, ", PTE 0x%016" PRIx64 "\n", entry->pte);
    print_indent(file, ENTRY_INDENT);
    if ((entry->pte & PTE_V) == 0) {
        fprintf(file, "an invalid PTE (V=0), which this TLB keeps until a fence");
    } else {
        print_flags(file, entry->pte);
    }
    fprintf(file, "\n");
}

static void print_lookups(FILE *file, const struct narration *narration)
{
    static const char *const names[MMU_ARRAYS] = {
        [MMU_L1I] = "L1I", [MMU_L1D] = "L1D", [MMU_L2] = "L2"};
    const char *heading = "TLB";

    for (size_t i = 0; i < MMU_ARRAYS; i++) {
        if (!narration->probe.array[i].was_asked) {
            continue;
        }
        print_heading(file, heading);
        heading = "";
        fprintf(file, "%-4s", names[i]);
        if (!narration->probe.array[i].matched) {
            fprintf(file, "miss\n");
        } else if (narration->probe.array[i].answers) {
            fprintf(file, "hit:  ");
            print_cached(file, &narration->probe.array[i].entry);
        } else {
            fprintf(file, "miss, because D is clear and must be set in memory; it has\n");
            print_indent(file, ENTRY_INDENT);
            print_cached(file, &narration->probe.array[i].entry);
        }
    }
}

/* What a PTE is, by its low bits. */
static void print_pte(FILE *file, const struct mmu_walk_step *step)
{
    static const char *const leaf_sizes[MMU_MAX_LEVELS] = {"4 KiB", "2 MiB", "1 GiB", "512 GiB",
                                                           "256 TiB"};
    const char *size = (step->pte & PTE_N) != 0 ? "64 KiB" : leaf_sizes[step->level];

    if ((step->pte & PTE_V) == 0) {
        fprintf(file, "not valid (V=0)");
    } else if (pte_is_leaf(step->pte)) {
        fprintf(file, "leaf of a %s page at 0x%" PRIx64 ":\n", size,
                pte_ppn(step->pte) << PAGE_SHIFT);
        print_indent(file, PTE_INDENT);
        print_flags(file, step->pte);
    } else if ((step->pte & PTE_W) != 0) {
        fprintf(file, "reserved: writable but not readable");
    } else {
        fprintf(file, "pointer to the table at 0x%" PRIx64 "%s", pte_ppn(step->pte) << PAGE_SHIFT,
                (step->pte & PTE_G) != 0 ? ", global" : "");
    }
}

/* Where a PTE came from, and its value; a walk cache by VA knows no addresses of PTEs. */
static void print_step(FILE *file, const struct mmu_walk_step *step)
{
    if (step->is_cached && step->pte_pa == 0) {
        fprintf(file, "the walk cache knows it, so that no level above is read: ");
    } else if (step->is_cached) {
        fprintf(file, "the walk cache has the PTE at 0x%" PRIx64 " as ", step->pte_pa);
    } else {
        fprintf(file, "the PTE at 0x%" PRIx64 " is ", step->pte_pa);
    }
    fprintf(file, "0x%016" PRIx64 "\n", step->pte);
    print_indent(file, PTE_INDENT);
    print_pte(file, step);
    fprintf(file, "\n");
}

static void print_walk(FILE *file, const char *heading, const struct mmu_walk *walk)
{
    for (unsigned i = 0; i < walk->step_count; i++) {
        const struct mmu_walk_step *step = &walk->step[i];
        bool is_last = i + 1 == walk->step_count;

        print_heading(file, heading);
        heading = "";
        fprintf(file, "level %u: ", step->level);
        if (is_last && walk->rule == MMU_PTE_UNREADABLE) {
            fprintf(file, "the PTE at 0x%" PRIx64 " cannot be read\n", step->pte_pa);
        } else {
            print_step(file, step);
        }
    }
    if (walk->rule == MMU_ALLOWED && (walk->sets_a || walk->sets_d)) {
        print_indent(file, 0);
        fprintf(file, "the access sets %s in that PTE\n",
                walk->sets_a && walk->sets_d ? "A and D" : (walk->sets_a ? "A" : "D"));
    }
}

/* Ends a line with the exception that is raised. */
static void print_exception(FILE *file, enum mmu_status status, enum mmu_access access)
{
    enum trap_cause cause = trap_from_mmu(status, access);

    print_indent(file, 0);
    fprintf(file, "exception %d, %s\n", (int)cause, trap_cause_name(cause));
}

static const char *device_at(const struct bus *bus, uint64_t pa)
{
    for (size_t i = 0; i < bus->slot_count; i++) {
        if (pa - bus->slot[i].base < bus->slot[i].device->ops->length) {
            return bus->slot[i].device->ops->name;
        }
    }
    return NULL;
}

/* The translation is done; what is at its end? */
static void print_physical(FILE *file, const struct narration *narration, uint64_t pa)
{
    const char *device = device_at(narration->bus, pa);
    bool is_ram = bus_is_ram(narration->bus, pa, 1);
    bool is_refused =
        !pmp_allows(narration->pmp, pa, 1, narration->access, narration->mode.privilege);

    print_heading(file, "result");
    fprintf(file, "physical address 0x%016" PRIx64 ", ", pa);
    if (is_ram) {
        fprintf(file, "in RAM\n");
    } else if (device != NULL) {
        fprintf(file, "in the device %s\n", device);
    } else {
        fprintf(file, "where nothing answers\n");
    }
    if (is_refused) {
        print_indent(file, 0);
        fprintf(file, "refused by PMP\n");
    }
    if (is_refused || (!is_ram && device == NULL)) {
        print_exception(file, MMU_ACCESS_FAULT, narration->access);
    }
}

/* A walk ended at a PTE out of its reach: was it PMP? */
static void print_pte_reach(FILE *file, const struct narration *narration)
{
    const struct mmu_walk *walk = &narration->probe.walk;
    bool is_write = walk->rule == MMU_PTE_UNWRITABLE;
    uint64_t pte_pa = walk->step[walk->step_count - 1].pte_pa;
    bool is_allowed = pmp_allows(narration->pmp, pte_pa, PTE_SIZE, is_write ? MMU_STORE : MMU_LOAD,
                                 MMU_SUPERVISOR);

    print_indent(file, 0);
    fprintf(file, "%s\n",
            is_allowed ? "there is no RAM at that PTE" : "PMP refuses S-mode that PTE");
}

static void print_fault(FILE *file, const struct narration *narration)
{
    enum mmu_rule rule = narration->probe.rule;

    print_heading(file, "result");
    fprintf(file, "%s: %s\n",
            mmu_rule_status(rule) == MMU_PAGE_FAULT ? "page fault" : "access fault",
            mmu_rule_words(rule));
    if (narration->probe.walks && mmu_rule_status(rule) == MMU_ACCESS_FAULT) {
        print_pte_reach(file, narration);
    }
    print_exception(file, mmu_rule_status(rule), narration->access);
}

/* A cached translation or pointer that the page tables no longer bear out: what they say. */
static void print_stale(FILE *file, const struct narration *narration)
{
    const struct mmu_probe *cached = &narration->probe;
    const struct mmu_probe *tables = &narration->tables;

    if (cached->rule == tables->rule && (cached->rule != MMU_ALLOWED || cached->pa == tables->pa)) {
        return;
    }
    print_heading(file, "stale");
    fprintf(file, "the page tables say otherwise, and no fence has told so:\n");
    print_walk(file, "tables", &tables->walk);
    print_indent(file, 0);
    if (tables->rule == MMU_ALLOWED) {
        fprintf(file, "physical address 0x%016" PRIx64 "\n", tables->pa);
    } else {
        fprintf(file, "%s\n", mmu_rule_words(tables->rule));
    }
}

void narrate(FILE *file, const struct narration *narration)
{
    const struct mmu_probe *probe = &narration->probe;

    print_access(file, narration);
    if (!mmu_is_active(&narration->mode)) {
        print_heading(file, "walk");
        fprintf(file, "nothing is translated %s; the address is physical\n",
                narration->mode.privilege == MMU_MACHINE ? "in M-mode" : "while satp is Bare");
        print_physical(file, narration, narration->va);
        return;
    }
    print_address(file, narration->va, levels_of(&narration->mode));
    print_lookups(file, narration);
    if (probe->walks) {
        print_walk(file, "walk", &probe->walk);
    }
    if (probe->rule == MMU_ALLOWED) {
        print_physical(file, narration, probe->pa);
    } else {
        print_fault(file, narration);
    }
    print_stale(file, narration);
}

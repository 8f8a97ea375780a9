#include "emu/check/rules.h"

#include <string.h>

#define NOT_VISIBLE "not visible to one hart: "
#define UNSPECIFIED "unspecified: the manual leaves it open, so that no test may depend on it"

static const struct rule rules[] = {
    {"SATP-01", "M", "satp is MODE, ASID and PPN; MODE is Bare, Sv39, Sv48 or Sv57", NULL},
    {"SATP-02", "M", "a write of a MODE that is not there changes nothing in satp", NULL},
    {"SATP-03", "M", "Bare: the virtual address is the physical one", NULL},
    {"SATP-04", "U", "Bare written together with an ASID or a PPN", UNSPECIFIED},
    {"SATP-05", "M", "the ASID has its low ASIDLEN bits; the others read zero", NULL},
    {"SATP-06", "M", "satp matters to effective privilege S and U, and never to M", NULL},
    {"SATP-07", "L", "a write of satp alone invalidates nothing", NULL},
    {"SATP-08", "M", "a change of MODE from or to Bare counts at once", NULL},
    {"SATP-09", "M", "a change of ASID counts at once", NULL},
    {"SATP-10", "M", "satp is illegal in U-mode, and in S-mode under TVM", NULL},

    {"VA-01", "M", "an address that is not canonical: page fault", NULL},
    {"VA-02", "M", "a non-canonical alias of a cached page: page fault", NULL},
    {"VA-03", "M", "in Bare and for M-mode any address is canonical", NULL},
    {"VA-04", "M", "each VPN indexes its table, and the offset stays", NULL},
    {"VA-05", "M/L", "a pc that is not canonical faults at the fetch", NULL},

    {"PTW-01", "M", "the walk starts at satp.PPN, at the highest level", NULL},
    {"PTW-02", "M", "a PTE is 8 bytes, read as one, at VPN times 8", NULL},
    {"PTW-03", "M", "a PTE that PMA or PMP keep from being read: access fault", NULL},
    {"PTW-04", "M", "PMP judges the reads of PTEs as those of S-mode", NULL},
    {"PTW-05", "M", "V=0: page fault, whatever the other bits are", NULL},
    {"PTW-06", "M", "writable but not readable: page fault", NULL},
    {"PTW-07", "M", "a reserved bit in a leaf or a pointer: page fault", NULL},
    {"PTW-08", "M", "a pointer leads on; at the last level: page fault", NULL},
    {"PTW-09", "M", "readable or executable is a leaf, at any level", NULL},
    {"PTW-10", "M", "misaligned superpage: page fault", NULL},
    {"PTW-11", "M", "in a superpage the low VPNs go into the physical address", NULL},
    {"PTW-12", "M", "the cause of a page fault is that of the access", NULL},
    {"PTW-13", "M", "all 44 bits of a PPN count", NULL},
    {"PTW-14", "M", "a translated address that PMA or PMP refuse: access fault", NULL},
    {"PTW-15", "M", "walks only what is reachable, faults only for what is executed", NULL},
    {"PTW-16", "M", "a walk that faults changes neither memory nor the register", NULL},

    {"PTE-01", "M", "bits 60 to 54 set: page fault", NULL},
    {"PTE-02", "M", "N set without Svnapot: page fault", NULL},
    {"PTE-03", "M", "PBMT set without Svpbmt, or with PBMTE=0: page fault", NULL},
    {"PTE-04", "M", "D, A or U set in a pointer: page fault", NULL},
    {"PTE-05", "M", "the bits for software are ignored", NULL},
    {"PTE-06", "M", "G in a pointer makes all below it global", NULL},
    {"PTE-07", "M", "G permits and forbids nothing", NULL},
    {"PTE-08", "M", "a page may be executable only", NULL},
    {"PTE-09", "M", "a page table is one page, and aligned to it",
     NOT_VISIBLE "follows from the PPN, whose bits are tried in tests/mmu/walk_table_test.c"},

    {"PRM-01", "M", "a fetch where X=0: instruction page fault", NULL},
    {"PRM-02", "M", "a load or LR where R=0: load page fault", NULL},
    {"PRM-03", "M", "a store, SC or AMO where W=0: store page fault", NULL},
    {"PRM-04", "M", "an AMO has store page faults only, on a page not mapped, too", NULL},
    {"PRM-05", "M", "U-mode reaches pages with U=1 only", NULL},
    {"PRM-06", "M", "S-mode reads and writes pages with U=1 only under SUM", NULL},
    {"PRM-07", "M", "S-mode never fetches from a page with U=1", NULL},
    {"PRM-08", "M", "SUM: nothing in U-mode and Bare, but for MPRV as S", NULL},
    {"PRM-09", "M", "MXR lets loads read executable pages, and does nothing else", NULL},
    {"PRM-10", "M", "MXR: for effective privilege S and U under paging only", NULL},
    {"PRM-11", "M", "SUM and MXR count at once, for cached pages too", NULL},
    {"PRM-12", "M", "SUM and MXR do not change access faults", NULL},
    {"PRM-13", "M/L", "an SC that fails: fault where the page allows nothing", NULL},
    {"PRM-14", "M", "SUM, MXR and MPRV can be written", NULL},

    {"MPR-01", "M", "MPRV: loads and stores are translated as in mode MPP", NULL},
    {"MPR-02", "M", "MPRV does not change fetches", NULL},
    {"MPR-03", "M", "MPRV with MPP=M: no translation", NULL},
    {"MPR-04", "M", "MRET and SRET to less than M clear MPRV", NULL},
    {"MPR-05", "M", "a fault under MPRV goes to M-mode, delegated or not", NULL},

    {"AD-01", "E", "Svade: A=0, or a write with D=0: page fault, PTE unchanged", NULL},
    {"AD-02", "E", "hardware sets A at each access, and D at writes only", NULL},
    {"AD-03", "M", "all harts set A and D in one way", NOT_VISIBLE "pagewalk has one"},
    {"AD-04", "E", "a PTE that changed meanwhile is not overwritten", NULL},
    {"AD-05", "E", "the first write to a clean page sets D, cached or not", NULL},
    {"AD-06", "E", "A and D are set in one atomic step of 8 bytes",
     NOT_VISIBLE "another hart is played in tests/mmu/step9_test.c"},
    {"AD-07", "E", "a PTE that must be written but may not: access fault", NULL},
    {"AD-08", "M", "neither bit is set where an earlier step faults", NULL},
    {"AD-09", "E", "D is set exactly and in program order", NULL},
    {"AD-10", "M", "hardware never clears A or D", NULL},
    {"AD-11", "L", "the bits may stay set if the access traps after all", NULL},
    {"AD-12", "E", "menvcfg.ADUE chooses between page fault and hardware", NULL},
    {"AD-13", "L", "a change of ADUE counts after a fence, or before", NULL},
    {"AD-14", "U", "D after an SC that failed", UNSPECIFIED},
    {"AD-15", "M", "an access that crosses pages: the bits of each", NULL},

    {"FEN-01", "M", "SFENCE.VMA x0, x0: everything, global pages too", NULL},
    {"FEN-02", "M/L", "SFENCE.VMA x0, asid: that address space but global pages", NULL},
    {"FEN-03", "M", "SFENCE.VMA va, x0: that page in every address space", NULL},
    {"FEN-04", "M/L", "SFENCE.VMA va, asid: that page there, unless global", NULL},
    {"FEN-05", "M", "any address in a superpage fences all of it", NULL},
    {"FEN-06", "M/L", "a register that holds 0 is not x0", NULL},
    {"FEN-07", "M/L", "an address that is not canonical raises nothing", NULL},
    {"FEN-08", "M", "bits of the ASID that are not there are ignored", NULL},
    {"FEN-09", "L", "a fence by address covers leaves; pointers may stay cached", NULL},
    {"FEN-10", "L", "fencing more than asked is legal", NULL},
    {"FEN-11", "M", "walks after a fence see the stores before it", NULL},
    {"FEN-12", "M/L", "between fences: old or new, never a mix of both", NULL},
    {"FEN-13", "L", "a PTE with V=0 may be cached until a fence", NULL},
    {"FEN-14", "M", "an entry serves its own ASID, a global one all", NULL},
    {"FEN-15", "L", "entries may outlive a change of the paging mode", NULL},
    {"FEN-16", "M", "each hart has its own caches, and fences only them",
     NOT_VISIBLE "pagewalk has one"},
    {"FEN-17", "M", "a walk begun before a fence leaves nothing behind it",
     NOT_VISIBLE "walks never overlap a fence here; what one leaves: tests/mmu/fence_test.c"},
    {"FEN-18", "M", "SFENCE.VMA is illegal in U-mode, and in S-mode under TVM", NULL},
    {"FEN-19", "L", "after a change of PMP the old one may count until a fence", NULL},
    {"FEN-20", "L", "SFENCE.VMA where satp is always Bare",
     "not visible: every MMU that this suite is for has a paging mode"},

    {"TRP-01", "M/E", "xtval is the virtual address that faulted", NULL},
    {"TRP-02", "M", "an access that crosses pages: xtval is in the faulting one", NULL},
    {"TRP-03", "M", "a fetch that crosses pages: so too, and xepc is its start", NULL},
    {"TRP-04", "L", "part of a store that crosses may be done before it faults", NULL},
    {"TRP-05", "M", "of two halves that fault, the first one is told", NULL},
    {"TRP-06", "M", "xepc is the virtual address of the instruction, bit 0 clear", NULL},
    {"TRP-07", "M", "xcause has the manual's numbers", NULL},
    {"TRP-08", "M", "medeleg sends traps of S and U to S, and never those of M", NULL},
    {"TRP-09", "M", "no medeleg bit is always one; 11 and 16 are always zero", NULL},
    {"TRP-10", "M", "a delegated trap writes what is S-mode's and nothing else", NULL},
    {"TRP-11", "M", "a trap stacks the interrupt enable and the mode", NULL},
    {"TRP-12", "M", "exceptions go to BASE, vectored or not", NULL},
    {"TRP-13", "M/L", "xepc and xtval of ECALL, EBREAK and what is illegal", NULL},
    {"TRP-14", "M/L", "xtval and xepc hold every valid address", NULL},
    {"TRP-15", "M", "only a trap into S-mode changes stval", NULL},

    {"PRI-01", "M", "a fault of the fetch comes before an illegal instruction", NULL},
    {"PRI-02", "M", "a fault of the translation comes before one of the address", NULL},
    {"PRI-03", "L", "a misaligned access may trap before or after its page faults", NULL},
    {"PRI-04", "M", "the order of the steps decides: page fault or access fault", NULL},
    {"RET-01", "M", "xRET takes the mode and the interrupt enable back", NULL},
    {"RET-02", "M", "SRET is illegal in U-mode, and in S-mode under TSR", NULL},
    {"RET-03", "M", "MPP holds only modes that there are", NULL},
    {"RET-04", "L", "xRET may end a reservation", NULL},
    {"VIR-01", "M/E", "TVM: satp, SFENCE.VMA and SINVAL.VMA are illegal in S-mode", NULL},
    {"VIR-02", "M", "TW: WFI below M-mode is illegal", NULL},

    {"PMP-01", "M", "PMP judges reads and writes of PTEs as well as the access", NULL},
    {"PMP-02", "M", "a PMP entry must match all bytes of an access", NULL},
    {"NAP-01", "E", "Svnapot: 64 KiB pages; all other uses of N: page fault", NULL},
    {"NAP-02", "L", "each 4 KiB of a NAPOT page needs a fence of its own", NULL},
    {"PBM-01", "E", "Svpbmt: the reserved type, or a type in a pointer: page fault", NULL},
    {"INV-01", "E", "SINVAL.VMA between its fences is an SFENCE.VMA", NULL},
    {"RSW-01", "E", "Svrsw60t59b: bits 60 and 59 are for software", NULL},

    {"CBO-01", "E", "CBO.ZERO is translated as a store", NULL},
    {"CBO-02", "E", "CBO.CLEAN, FLUSH and INVAL need R or W and never set D", NULL},
    {"CBO-03", "E/L", "cache-block faults are store faults, with the address in xtval", NULL},
};

/* The letters that ids begin with, and what they are about. */
static const struct {
    const char *prefix;
    const char *section;
} sections[] = {
    {"SATP-", "satp"},
    {"VA-", "virtual address"},
    {"PTW-", "walk"},
    {"PTE-", "page-table entries"},
    {"PRM-", "permissions"},
    {"MPR-", "MPRV"},
    {"AD-", "accessed and dirty"},
    {"FEN-", "fences"},
    {"TRP-", "traps"},
    {"PRI-", "priority and returns"},
    {"RET-", "priority and returns"},
    {"VIR-", "priority and returns"},
    {"PMP-", "PMP and extensions"},
    {"NAP-", "PMP and extensions"},
    {"PBM-", "PMP and extensions"},
    {"INV-", "PMP and extensions"},
    {"RSW-", "PMP and extensions"},
    {"CBO-", "cache blocks"},
};

const struct rule *rules_all(size_t *count)
{
    *count = sizeof rules / sizeof *rules;
    return rules;
}

const char *rule_section(const struct rule *rule)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (strncmp(rule->id, sections[i].prefix, strlen(sections[i].prefix)) == 0) {
            return sections[i].section;
        }
    }
    return NULL;
}

bool rule_has_kind(const struct rule *rule, const char *kind)
{
    bool is_part = strlen(kind) == 1 && *kind != '/' && strchr(rule->kind, *kind) != NULL;

    return is_part || strcmp(rule->kind, kind) == 0;
}

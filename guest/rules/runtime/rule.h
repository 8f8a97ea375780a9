/*
 * rule.h - what a rule of the manual is checked with: page tables, one access, its outcome.
 *
 * One file is one rule and makes one ELF: it includes this header and defines the object `rule`,
 * with RULE(id, kind, table) where rows of struct rule_case can say all of it, and with
 * RULE_PROGRAM(id, kind, function) where the order of events matters. The runtime starts in M-mode
 * and runs the rows, or calls the function, once under each paging mode that satp accepts. Before
 * each row and each call everything is as rule_reset() leaves it. See docs/rules.md for the
 * protocol on the console.
 *
 * The code of a rule is M-mode code: it writes PTEs and CSRs directly. Only the access itself runs
 * elsewhere (enum rule_mode), and always comes back to M-mode with a struct rule_outcome, whatever
 * happened to it.
 */
#ifndef GUEST_RULES_RULE_H
#define GUEST_RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/include/csr.h"
#include "guest/include/sv39.h"

/* ---- Memory and page-table entries -------------------------------------------------------- */

/* Bits of a PTE that sv39.h does not name. */
#define PTE_RSW (UINT64_C(3) << 8) /* for software */
#define PTE_RESERVED (UINT64_C(0x7f) << 54)
#define PTE_PBMT_NC (UINT64_C(1) << 61)
#define PTE_PBMT_IO (UINT64_C(2) << 61)
#define PTE_PBMT (UINT64_C(3) << 61)
#define PTE_N (UINT64_C(1) << 63)

/* Leaves with A and D set, so that no scheme for these bits comes into it. PTE_U is added where a
 * row asks for it by its mode. */
#define LEAF_R (PTE_V | PTE_R | PTE_A | PTE_D)
#define LEAF_X (PTE_V | PTE_X | PTE_A | PTE_D)
#define LEAF_RW (LEAF_R | PTE_W)
#define LEAF_RX (LEAF_R | PTE_X)
#define LEAF_RWX (LEAF_RW | PTE_X)

/* RAM for rules to map. Test pages lie together from 0x80200000 (so they start a megapage, and
 * sixteen are a NAPOT range) and hold marks: see rule_mark. The 2 MiB after them and the 2 MiB from
 * 0x80400000 are free and hold nothing. */
enum { RULE_PAGES = 16, RULE_SPACES = 4 };
#define RULE_PAGE_BASE UINT64_C(0x80200000)

/* A physical page where nothing is, neither memory nor a device: every access of it is an access
 * fault. It is far from all devices of the virt board. */
#define RULE_MISSING UINT64_C(0x18000000)

/* The physical address of test page number n. */
static inline uint64_t rule_page(unsigned n)
{
    return RULE_PAGE_BASE + n * PAGE_SIZE;
}

/* The 8-byte word at a physical address, for M-mode to read and write. */
static inline volatile uint64_t *rule_memory(uint64_t pa)
{
    return (volatile uint64_t *)pa;
}

/* Writes a mark to the aligned 8 bytes at pa: a word that tells its own physical address to who
 * loads it, and also is code, which tells its page to who runs it:
 *
 *   63..48       | 47..32   | 31..0
 *   pa bits 11..0| c.ebreak | lui a0, page
 *
 * Every 64th byte of a test page starts with a mark from the beginning. pa is below 4 GiB. */
void rule_mark(uint64_t pa);

/* The mark of pa, as 8-byte word. */
uint64_t rule_mark_of(uint64_t pa);

/* ---- Paging modes and address spaces ------------------------------------------------------ */

struct rule_paging {
    const char *name; /* sv39 */
    uint64_t mode;    /* satp.MODE */
    unsigned levels;
};

/* The mode that the rule is being run under. */
extern const struct rule_paging *rule_paging;

/* Takes everything back: PTEs that were written through rule_pte or rule_map are 0 again, PMP is
 * open, delegation, menvcfg and the settings in mstatus are off, satp names space 0 with ASID 0,
 * all is fenced. Marks are not renewed. */
void rule_reset(void);

/* There are RULE_SPACES root tables. All of them map the code that runs in S-mode and U-mode, in
 * the last slot of the root; the rest is empty. rule_map and rule_pte work on the chosen one (0
 * after a reset), whether satp names it or not. */
void rule_choose_space(unsigned space);

/* A value for satp: this space and ASID under rule_paging. */
uint64_t rule_satp_of(unsigned space, uint64_t asid);

/* Writes satp, in M-mode, and fences nothing. */
static inline void rule_switch(unsigned space, uint64_t asid)
{
    csr_write(CSR_SATP, rule_satp_of(space, asid));
}

/* How many bytes a leaf at this level maps: 4096, 2 MiB, 1 GiB ... */
uint64_t rule_size(unsigned level);

/* A canonical virtual address of the lower half to map pa at, by a leaf at this level: its VPNs are
 * different at each level, and below the level it has the bits of pa. Slots 1 to 16 of a table may
 * be used by this; addresses with other VPNs are free (the last slot of the root is not). */
uint64_t rule_va(unsigned level, uint64_t pa);

/* The PTE of va at this level in the chosen space. Makes pointers above it where PTEs are 0. */
volatile uint64_t *rule_pte(uint64_t va, unsigned level);

/* Writes a leaf for pa with these bits, and returns it. A pa that is not aligned to the level's
 * size is written as it is. Fences nothing. */
volatile uint64_t *rule_map(uint64_t va, uint64_t pa, uint64_t bits, unsigned level);

/* ---- Fences, executed in M-mode ----------------------------------------------------------- */

/* The four forms of SFENCE.VMA. The last three put the operand into a register that is not x0. */
static inline void rule_fence(void)
{
    sfence_vma_all();
}

static inline void rule_fence_va(uint64_t va)
{
    __asm__ volatile("sfence.vma %0, zero" : : "r"(va) : "memory");
}

static inline void rule_fence_asid(uint64_t asid)
{
    __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static inline void rule_fence_va_asid(uint64_t va, uint64_t asid)
{
    __asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(asid) : "memory");
}

/* ---- One access and what came of it ------------------------------------------------------- */

/* Who makes the access. MPRV: M-mode code with mstatus.MPRV = 1 and this MPP; its fetches are not
 * translated. Values are bits, so that a row can name several. */
enum rule_mode {
    RULE_U = 1 << 0,
    RULE_S = 1 << 1,
    RULE_M = 1 << 2,
    RULE_MPRV_U = 1 << 3,
    RULE_MPRV_S = 1 << 4,
    RULE_MPRV_M = 1 << 5,
};

/* What is done. Values are bits, too. */
enum rule_op {
    RULE_FETCH = 1 << 0, /* jumps to va, where a mark must be; not for M and MPRV */
    RULE_LOAD = 1 << 1,
    RULE_STORE = 1 << 2,
    RULE_AMO = 1 << 3, /* amoadd */
    RULE_LR = 1 << 4,
    RULE_SC = 1 << 5,    /* with no reservation, so it fails if it does not trap */
    RULE_LR_SC = 1 << 6, /* LR and SC to the same place; a trap may be either's */
};
/* AMO is not among these: where a simulator gives its faults the cause of a load, that is to fail
 * the rules about it (PTW-12, PRM-04) and not every rule. */
#define RULE_ANY (RULE_FETCH | RULE_LOAD | RULE_STORE)
#define RULE_ANY_DATA (RULE_LOAD | RULE_STORE)
#define RULE_ANY_ATOMIC (RULE_AMO | RULE_LR)

/* For names of cases: "load", "MPRV=S". */
const char *rule_op_name(enum rule_op op);
const char *rule_mode_name(enum rule_mode mode);

/* Bits of mstatus that are set while the access runs, and not before and after. */
enum rule_setting {
    RULE_SUM = 1 << 18,
    RULE_MXR = 1 << 19,
    RULE_TVM = 1 << 20,
    RULE_TW = 1 << 21,
    RULE_TSR = 1 << 22,
};

struct rule_access {
    enum rule_op op;
    enum rule_mode mode;
    unsigned settings; /* enum rule_setting */
    uint64_t va;
    unsigned size;  /* bytes: 1, 2, 4, 8; 0 stands for 8. Fetch: ignored; AMO, LR, SC: 4 or 8 */
    uint64_t value; /* to store, or to add */
};

/* What a destination register holds before the access; still there if it did not retire. */
#define RULE_UNTOUCHED UINT64_C(0x5ca1ab1e5ca1ab1e)

struct rule_outcome {
    bool trapped;
    uint64_t cause; /* of the trap, this and the next five; RULE_DONE if there was none */
    uint64_t tval;
    uint64_t epc;
    enum rule_mode from; /* RULE_U, RULE_S or RULE_M, as xPP tells */
    enum rule_mode to;   /* RULE_M, or RULE_S if it was delegated */
    uint64_t mstatus; /* right after the trap into M-mode, with or without one before in S-mode */
    uint64_t value;   /* a0: what was loaded; SC: 0 if it stored; fetch: the physical address */
    uint64_t a[8];    /* a0 to a7 */
};
#define RULE_DONE (~UINT64_C(0))

/* Makes the access under the current satp and tables, and returns what came of it. */
struct rule_outcome rule_access(const struct rule_access *access);

/* Short for rule_access with no settings, 8 bytes and this op and mode. */
struct rule_outcome rule_try(enum rule_op op, enum rule_mode mode, uint64_t va);

/* The page-fault, or access-fault, cause that belongs to an op. */
uint64_t rule_page_fault(enum rule_op op);
uint64_t rule_access_fault(enum rule_op op);

/* If value is a mark, its physical address; else 0. */
uint64_t rule_marked_pa(uint64_t value);

/* ---- Other code in another mode ----------------------------------------------------------- */

/* Code to run: a function whose body is one asm statement, ended by RULE_END. It has a0 to a7 as
 * given and to give back, t0 to t6 to spoil, no stack, and reaches only what the rule has mapped.
 *
 *   RULE_CODE static void two_loads(void)
 *   {
 *       __asm__ volatile("ld a0, 0(a1)\n ld a2, 8(a1)\n" RULE_END);
 *   }
 */
#define RULE_CODE __attribute__((naked, noinline, used, aligned(4), section(".rule_code")))
#define RULE_END "c.ebreak\n"

struct rule_run {
    void (*code)(void);
    enum rule_mode mode;
    unsigned settings;
    uint64_t a[8];
};

/* Runs code until RULE_END (then there is no trap in the outcome) or a trap. */
struct rule_outcome rule_run(const struct rule_run *run);

/* Where code lies for that mode: epc of a trap in its first instruction. */
uint64_t rule_code_va(enum rule_mode mode, void (*code)(void));

/* Where rule_access has the instruction that makes this access: epc of its trap. */
uint64_t rule_access_pc(const struct rule_access *access);

/* Runs code that starts at va, which the rule has mapped, with a0 to a7. There is no trap in the
 * outcome if it ended at a c.ebreak at end; value is a0. */
struct rule_outcome rule_jump(enum rule_mode mode, unsigned settings, uint64_t va, uint64_t end,
                              const uint64_t a[8]);

/* CSRRS rd, number, x0 and CSRRW rd, number, value in that mode. Value: what was read. */
struct rule_outcome rule_csr_read(enum rule_mode mode, unsigned settings, unsigned number);
struct rule_outcome rule_csr_write(enum rule_mode mode, unsigned settings, unsigned number,
                                   uint64_t value);

/* One instruction word in that mode, with these values in a1 and a2; its result is read from a0. */
struct rule_outcome rule_insn(enum rule_mode mode, unsigned settings, uint32_t word, uint64_t a1,
                              uint64_t a2);

/* ---- The machine -------------------------------------------------------------------------- */

/* True if riscv,isa in the device tree names it: "svnapot", or one letter, "c". */
bool rule_has(const char *extension);

enum rule_ad {
    RULE_AD_HARDWARE, /* sets A and D by itself, always */
    RULE_AD_SVADE,    /* page fault, always */
    RULE_AD_SVADU,    /* as menvcfg.ADUE says; it is 0 after a reset */
};

/* The scheme for A and D, found by trying. */
enum rule_ad rule_ad(void);

/* For the rules about A and D: one case that tells if the scheme is the one the runner asked for.
 * Prints nothing if it did not ask. */
void rule_expect_ad_scheme(void);

#define MENVCFG_PBMTE (UINT64_C(1) << 62)
#define MENVCFG_ADUE (UINT64_C(1) << 61)
/* Writes menvcfg and fences. Returns false if not all bits stick, or there is no menvcfg. */
bool rule_menvcfg(uint64_t bits);

enum { PMP_R = 1, PMP_W = 2, PMP_X = 4, PMP_LOCK = 0x80 };
/* PMP entry 0 to 5 (the lower, the stronger; all memory is open by a later one): permissions for
 * length bytes at pa; length is a power of two, 8 at least, and pa a multiple. Fences. */
void rule_pmp(unsigned entry, uint64_t pa, uint64_t length, unsigned permissions);

/* ---- Cases on the console ----------------------------------------------------------------- */

/* Text from a format with %s, %u, %lu, %lx (which also prints the 0x). It lives until eleven more
 * were made. */
const char *rule_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One case of a mandatory rule. The name gets the paging mode as suffix; it holds no colon. */
void rule_expect(bool ok, const char *name, const char *expected, const char *seen);

/* One case where the manual allows more than one answer: FAIL if it is none of them. */
void rule_choice(bool allowed, const char *name, const char *allowed_set, const char *seen);

/* One case that cannot be tried here. */
void rule_skip(const char *name, const char *reason);

/* What came of an access, in words: `cause 13 tval 0x40201000`, `pa 0x80200040`, `value 0x1`. */
const char *rule_outcome_text(const struct rule_outcome *outcome);

/* The outcome is a trap with this cause and tval. */
void rule_expect_trap(const char *name, const struct rule_outcome *outcome, uint64_t cause,
                      uint64_t tval);

/* The outcome is no trap. */
void rule_expect_done(const char *name, const struct rule_outcome *outcome);

/* The outcome is no trap and the mark of pa (aligned to 8; for a fetch, pa itself). */
void rule_expect_pa(const char *name, const struct rule_outcome *outcome, uint64_t pa);

/* A word, such as a PTE in memory or a CSR, has this value. */
void rule_expect_value(const char *name, uint64_t expected, uint64_t seen);

/* ---- Tables of cases ---------------------------------------------------------------------- */

enum rule_want {
    RULE_NO_TRAP,
    RULE_PAGE_FAULT,
    RULE_ACCESS_FAULT,
    RULE_ANY_FAULT, /* page fault or access fault: which of them is another rule's matter */
};

/* The leaf PTE in memory afterwards. */
enum rule_after {
    RULE_PTE_SAME,
    RULE_PTE_A,   /* as before with A set */
    RULE_PTE_AD,  /* as before with A and D set */
    RULE_PTE_ANY, /* as before but for A and D, which are not looked at */
};

enum { RULE_EACH_LEVEL = 100 };

/* A mapping, an access of it, and what must come of it. A row stands for all its ops and modes.
 *
 * What is checked beside the fields: of a trap, the cause that belongs to the op, tval = va, epc =
 * the instruction, the mode it came from, that it went to M-mode, and that the destination register
 * is as before; of an access that is done, the physical address that was reached. */
struct rule_case {
    const char *name;

    /* The mapping. */
    unsigned level;         /* of the leaf; rows with a level that the mode has not are left out */
    uint64_t leaf;          /* its bits: LEAF_RWX, PTE_V | PTE_R ... */
    uint64_t pa;            /* what it maps; 0 stands for a place in test page 1 */
    uint64_t ppn_flip;      /* bits to invert in the leaf's PPN: 1 makes a superpage misaligned */
    uint64_t pointer;       /* the bits of one pointer above the leaf; 0 stands for PTE_V */
    unsigned pointer_level; /* where that pointer is; 0 stands for the level above the leaf */
    uint64_t table_pa;      /* that pointer names this page instead of the real table */
    bool exact_u;           /* leaf is complete: PTE_U is not added for U-mode */

    /* The access. */
    unsigned ops;      /* enum rule_op, several; 0 stands for RULE_LOAD */
    unsigned modes;    /* enum rule_mode, several; 0 stands for RULE_S */
    unsigned settings; /* enum rule_setting */
    unsigned size;     /* 0 stands for 8 */
    uint64_t va_flip;  /* the access is at the mapped address with these bits inverted */

    /* What must come of it. */
    enum rule_want want;
    enum rule_after after;
    bool any_tval; /* tval is not looked at */

    /* When it can be tried: the row is skipped without the one extension, or with the other, or if
     * these bits of menvcfg, which are set for it, cannot be. */
    const char *needs;
    const char *lacks;
    uint64_t menvcfg;

    /* Last changes before the fence and the access. */
    void (*prepare)(uint64_t va, volatile uint64_t *leaf);
};

struct rule {
    const char *id;    /* PTW-10 */
    const char *kind;  /* M, E, L */
    const char *needs; /* the whole rule needs this extension */
    const struct rule_case *cases;
    size_t case_count;
    void (*program)(void); /* called after the cases, under each paging mode */
    void (*once)(void);    /* called at the end, with satp.MODE = Bare, rule_paging = NULL */
};

/* The rule of this file. */
extern const struct rule rule;

/* The object of this file, where cases is an array, in the usual case or with more fields:
 *
 *   RULE("PTW-10", "M", cases);
 *   const struct rule rule = {RULE_TABLE("NAP-01", "E", cases), .needs = "svnapot"};
 */
#define RULE_TABLE(ID, KIND, CASES)                                                                \
    .id = ID, .kind = KIND, .cases = CASES, .case_count = sizeof(CASES) / sizeof(*(CASES))
#define RULE(ID, KIND, CASES) const struct rule rule = {RULE_TABLE(ID, KIND, CASES)}
#define RULE_PROGRAM(ID, KIND, PROGRAM)                                                            \
    const struct rule rule = {.id = ID, .kind = KIND, .program = PROGRAM}

#endif

/*
 * hart.h - one RV64 hart: registers, privilege, CSRs, PMP, its MMU and its way to the bus.
 *
 * The hart knows no device and no machine. What it needs of them (time, an ear for events) comes as
 * callbacks; interrupt lines arrive through hart_set_interrupt. Engines make it run.
 *
 * Time: an attempt is one instruction begun, retired or ended by an exception. cycles are attempts
 * plus what WFI skipped; HART_CYCLES_PER_TICK of them make one tick of mtime.
 */
#ifndef EMU_HART_HART_H
#define EMU_HART_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "devices/bus.h"
#include "emu/hart/csr.h"
#include "emu/hart/l0.h"
#include "emu/hart/pmp.h"
#include "emu/hart/trap.h"
#include "mmu/mmu.h"

struct insn;

enum { HART_CYCLES_PER_TICK = 100 };

/* --ad: who sets the A and D bits of a PTE. */
enum hart_ad {
    HART_AD_HARDWARE, /* always the walker */
    HART_AD_SVADE,    /* never: a page fault */
    HART_AD_SVADU,    /* as menvcfg.ADUE says */
};

/* The IMM of the HINT slti x0, x0, IMM, which marks places in a program for pagewalk. */
enum hart_marker {
    HART_MARK_BEGIN = 1,
    HART_MARK_END = 2,
    HART_MARK_RESET = 3,
    HART_MARK_EVENT = 4, /* number and value in a6 and a7 */
};

struct hart_host {
    /* mtime, for the time CSR. */
    uint64_t (*mtime)(void *ctx);
    /* cycles have reached next_event: look at timers, then set next_event anew. */
    void (*event)(void *ctx);
    /* A marker instruction has retired. */
    void (*marker)(void *ctx, unsigned marker);
    void *ctx;
};

enum { HART_COMMIT_ACCESSES = 8 }; /* of CBO.ZERO, in words of 8 bytes */

/* What an instruction did to memory and CSRs; kept only while something traces. */
struct hart_commit {
    struct {
        uint64_t va;
        uint64_t value; /* of a store, in its low size bytes */
        unsigned size;
        bool is_store;
    } memory[HART_COMMIT_ACCESSES];
    unsigned memory_count;
    struct {
        unsigned number;
        uint64_t value; /* as a read shows it afterwards */
    } csr;
    bool wrote_csr;
};

/* The most recent exception, to tell people why a guest got nowhere. */
struct hart_exception {
    enum trap_cause cause;
    uint64_t pc;
    uint64_t tval;
    enum mmu_privilege privilege; /* where it was raised */
    bool by_pmp;                  /* an access fault that PMP made */
};

struct hart_counters {
    uint64_t attempts;
    uint64_t retired;
    uint64_t cycles;
    uint64_t exceptions;
    uint64_t interrupts;
    uint64_t faults[16]; /* exceptions taken, by cause; the MMU's and PMP's are reported */
};

/*
 * Where handlers run: the decoded instructions around the current one. Set by engines.
 *
 * Attempts are not counted one by one. If the elements of the array were executed one after the
 * other from the current one on, limit attempts would have been made before the one at end, which
 * may lie outside of the array, and before the current one. A jump moves the end by as much as it
 * leaves out.
 */
struct hart_code {
    const struct insn *base;
    const uint16_t *place; /* by element: where it is, in bytes from va */
    const uint16_t *index; /* by two bytes from va: the element that begins there, 0: none yet */
    uint64_t va;
    uint64_t length;      /* bytes; 0: one instruction at a time, every jump leaves */
    const uint8_t *bytes; /* of the code, at va */
    uint64_t limit;       /* attempts; a jump leaves if there are as many before it, or more */
    uintptr_t end;
    bool has_left; /* the handlers came back without a trap */
    /* insn has retired, and execution goes on at pc, later. */
    void (*leave)(struct hart *hart, const struct insn *insn, uint64_t pc);
    /* The same for a branch or JAL. */
    void (*jump)(struct hart *hart, const struct insn *insn, uint64_t pc);
};

/* No address of RAM. */
#define HART_NOT_TAKEN UINT64_MAX

/* Who fills the L0. Set by engines; all NULL: nobody. */
struct hart_pages {
    /* Translates a load or store that misses the L0, as the MMU would, where it is known that it is
     * allowed, by PMP, too, and reaches RAM: returns where, else HART_NOT_TAKEN. hart->pc must be
     * up to date. */
    uint64_t (*take)(void *ctx, uint64_t va, unsigned size, enum mmu_access access);
    /* Told of one that went the long way to one page of RAM. */
    void (*reached)(void *ctx, const struct mmu_mode *mode, uint64_t va, enum mmu_access access,
                    uint64_t pa);
    void *ctx;
};

struct hart {
    uint64_t x[33]; /* x[0] stays 0; the last is INSN_SINK */
    struct hart_code code;
    uint64_t f[32]; /* a number of 32 bits is NaN-boxed: it has ones above it */
    uint64_t pc;    /* of the current instruction, once hart_sync has been called; of the next one
                       between instructions */
    uint32_t insn_bits; /* as fetched, where instructions are executed one at a time */
    enum mmu_privilege privilege;
    struct csr_file csr;
    struct pmp pmp;
    enum hart_ad ad;
    bool is_waiting;  /* a WFI has retired and nothing enabled has become pending since */
    bool is_stopping; /* set by the machine: the engine returns before the next instruction */
    bool needs_care;  /* something an engine looks at between instructions may have changed */
    struct {
        bool is_valid;
        uint64_t pa; /* aligned to RESERVATION_BYTES */
    } reservation;
    struct mmu *mmu;
    struct bus *bus;
    struct hart_host host;
    uint64_t next_event; /* in cycles: when host.event is due */
    struct l0 l0;        /* pages that loads and stores reach directly */
    struct hart_pages pages;
    void *engine; /* whose code.leave and code.jump these are */
    struct hart_counters counters;
    struct hart_exception last_exception; /* valid if counters.exceptions is not 0 */
    bool pmp_refused;                     /* the access fault about to be raised is PMP's */
    unsigned marker;                      /* the marker the current instruction is; 0: none */
    struct hart_commit *commit;           /* NULL: nothing traces */
};

/* Connects a hart; mmu, bus and host's ctx must outlive it. Leaves it as hart_reset does. */
void hart_init(struct hart *hart, struct mmu *mmu, struct bus *bus, const struct hart_host *host,
               enum hart_ad ad);

/* Architectural reset: M-mode, pc at reset_pc, all registers zero. Counters go on. */
void hart_reset(struct hart *hart, uint64_t reset_pc);

/* Drives one of the wires that end in mip: TRAP_MSI, TRAP_MTI, TRAP_MEI, TRAP_SEI. */
void hart_set_interrupt(struct hart *hart, enum trap_interrupt interrupt, bool level);

/* Drives the wire that ends in mip.STIP from time and stimecmp as they are now; without
 * menvcfg.STCE it is down. */
void hart_update_timer(struct hart *hart);

/* True if stimecmp makes interrupts: the owner has to call hart_update_timer when time reaches it.
 */
bool hart_has_timer(const struct hart *hart);

#endif

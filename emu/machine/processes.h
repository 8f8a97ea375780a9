/*
 * processes.h - the processes of the guest's kernel, and what each of them did.
 *
 * A kernel tells of its processes by event markers (docs/events.md). Whatever is counted between
 * two switches belongs to the process that was switched to first, at any privilege: the kernel
 * works for it. So every count has one owner, pid 0 being no process, and the shares add up to the
 * counts of the whole run.
 *
 * Any program may send any event, so none is believed to make sense: unknown kinds are counted and
 * otherwise ignored, and there are never more than PROCESSES_MOST processes.
 */
#ifndef EMU_MACHINE_PROCESSES_H
#define EMU_MACHINE_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/counts.h"
#include "emu/machine/mappings.h"
#include "mmu/mmu.h"

/* The kinds of events, bits 7..0 of a marker's number. */
enum process_event {
    PROCESS_BEGIN = 1,    /* value: satp of its address space; sent again when that changes */
    PROCESS_NAME = 2,     /* value: eight characters, the part that the detail says */
    PROCESS_RUNS = 3,     /* it is switched to; pid 0: none is */
    PROCESS_END = 4,      /* value: its exit status */
    PROCESS_FAULT = 5,    /* detail: enum process_fault; value: the address */
    PROCESS_SWAP_OUT = 6, /* value: the address of the page */
    PROCESS_RESIDENT = 7, /* value: its resident pages now */
    PROCESS_TOUCHED = 8,  /* value: the pages it ever touched */
    PROCESS_MAP = 9,      /* detail: enum mapping_kind; value: first page << 32 | pages */
    PROCESS_UNMAP = 10,   /* value: the same */
};

/* What a page fault came to, the detail of PROCESS_FAULT. */
enum process_fault {
    PROCESS_MINOR,   /* the first touch of a page that needs no storage */
    PROCESS_COPY,    /* a write to a page that was shared until then */
    PROCESS_SWAP_IN, /* a page came back from storage */
    PROCESS_AD,      /* the kernel set A or D */
    PROCESS_REFUSED, /* it was forbidden: the process was killed */
    PROCESS_FAULTS,
};

enum {
    PROCESSES_MOST = 65536,
    PROCESS_NAME_PART = 8,
    PROCESS_NAME_PARTS = 2,
    PROCESS_NAME_LENGTH = PROCESS_NAME_PARTS * PROCESS_NAME_PART,
};

/* Counts that are shared out among processes. Holds nothing but uint64_t. */
struct process_share {
    uint64_t instructions; /* retired */
    struct mmu_share_counters mode[MMU_MODES];
};

struct process {
    unsigned pid;
    char name[PROCESS_NAME_LENGTH + 1]; /* as sent: any bytes */
    bool has_begun;
    uint64_t satp; /* the last one told; valid if has_begun */
    bool has_ended;
    uint64_t exit; /* valid if has_ended */
    struct process_share share;
    uint64_t faults[PROCESS_FAULTS];
    uint64_t swap_outs;
    uint64_t resident_pages;
    uint64_t touched_pages;
    struct mappings mappings; /* with the misses of U-mode */
};

/* Reads the counts of the run so far. Asked at a switch only: that takes time. */
struct process_meter {
    void (*read)(void *ctx, struct process_share *now);
    void *ctx;
};

/* All of them. */
struct processes {
    struct process_meter meter;
    struct process **of_pid; /* [PROCESSES_MOST], [0] is no process; NULL: none was told of yet */
    struct process *current; /* that the counts since base belong to */
    struct process_share base;
    uint64_t unknown;   /* events that make no sense */
    bool has_lost_some; /* there was no memory for an event */
    struct mappings
        untold; /* with the misses from before of_pid was made: they are of no process */
};

/* No processes yet. Whatever the meter says from its zero on belongs to one. */
void processes_init(struct processes *processes, const struct process_meter *meter);

/* Frees what it holds. One of zeroes is allowed. */
void processes_finish(struct processes *processes);

/* A marker of an event has retired, with this number and value. */
void processes_event(struct processes *processes, uint64_t number, uint64_t value);

/* The guest begins anew: all processes end, with the exit status of one that was killed, and have
 * nothing mapped; none runs. */
void processes_reset(struct processes *processes);

/* An access missed. */
void processes_miss(struct processes *processes, struct mmu_miss miss);

/* Shares out what was counted since the last switch: before the shares are looked at. */
void processes_settle(struct processes *processes);

/* The process with the lowest pid that is not below pid, or NULL. Pid 0, no process, is there as
 * soon as any other is. */
const struct process *processes_from(const struct processes *processes, unsigned pid);

/* Which process is meant: by its name or by its ASID. */
struct process_wanted {
    const char *name; /* only as much of it as an event can tell counts; NULL: by asid */
    uint64_t asid;
};

/* A process that is wanted, has begun and not ended, and how many there are; NULL: none. */
const struct process *processes_find(const struct processes *processes,
                                     const struct process_wanted *wanted, size_t *count);

/* The ASID in its satp. */
unsigned process_asid(const struct process *process);

/* Checks that over all processes and none the shares, once settled, are the counts of the run, and
 * that over its mappings the misses of each are those of its U-mode.
 * Returns true, also where no process was told of, or writes the first broken law and returns
 * false. */
bool processes_laws_hold(const struct processes *processes, const struct counts *counts,
                         struct mmu_law_broken *broken);

#endif

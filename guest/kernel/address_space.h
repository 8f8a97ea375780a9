/*
 * address_space.h - what a process may have in the lower half: areas of pages, and the page table.
 *
 * An area says what may be there; the page table, filled by faults, what is. An address space lives
 * in one kernel frame, areas sorted by address and apart from each other. It is in a list from its
 * creation to its destruction, so that reclaim finds every PTE of every frame.
 */
#ifndef GUEST_KERNEL_ADDRESS_SPACE_H
#define GUEST_KERNEL_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/archive.h"

enum { AREA_READ = 1, AREA_WRITE = 2, AREA_EXECUTE = 4 };
enum { AREAS_MOST = 80 };

/* Pages [start, end) with one set of permissions. Page content is `bytes` (in the archive) as far
 * as `length` goes, counted from start, and zeroes behind; bytes == NULL: zeroes. */
struct area {
    uint64_t start, end;
    const uint8_t *bytes;
    uint64_t length;
    uint32_t permissions; /* AREA_*; 0: a guard, nothing may touch it */
};

struct address_space {
    struct address_space *next; /* in the list of all */
    uint64_t root_pa;
    uint64_t asid;              /* valid if generation is the current one, see asid.h */
    uint64_t generation;        /* 0: never ran */
    uint32_t references;        /* processes that use it */
    uint32_t pid;               /* whose events its faults are */
    const struct file *program; /* whose symbols name its functions; set by elf_load(), or NULL */
    uint64_t program_break_start, program_break;
    uint64_t resident_pages; /* valid leaf PTEs; kept by page_table.c */
    uint64_t touched_pages;  /* distinct pages that ever had a frame; kept by fault.c and by fork */
    size_t area_count;
    struct area areas[AREAS_MOST];
};

/* An empty one with the kernel's half in its root, or NULL without memory. May sleep. */
struct address_space *address_space_create(uint32_t pid);

/* The same areas and pages, shared for copy-on-write; NULL without memory, the original unharmed
 * (its pages may have lost W, which a fault gives back). May sleep. */
struct address_space *address_space_copy(struct address_space *space, uint32_t pid);

/* One user less; the last one gives back all frames, slots and tables. It must not be in satp then
 * (asid_use_kernel()). Never sleeps, needs no memory. */
void address_space_drop(struct address_space *space);

/* All of them, in no special order; the list does not change unless the caller sleeps. */
struct address_space *address_space_first(void);

/* The area of va, or NULL. Not to be kept over a sleep or any change of areas. */
const struct area *address_space_find(const struct address_space *space, uint64_t va);

/* Adds an area, joining it to equal anonymous neighbours. False: overlaps, outside the user's part
 * (USER_FIRST to USER_END), not page aligned, empty, or too many. Never sleeps. */
bool address_space_add(struct address_space *space, const struct area *area);

/* Takes away whatever is in [start, end), splitting areas. False, and nothing done: too many areas.
 * The bounds are page aligned. Never sleeps. */
bool address_space_remove(struct address_space *space, uint64_t start, uint64_t end);

enum protect_result { PROTECT_DONE, PROTECT_NO_AREA, PROTECT_NO_ROOM };

/* Changes permissions in [start, end); a hole in it: PROTECT_NO_AREA and nothing done. PTEs lose
 * rights at once and regain them by faults. Never sleeps. */
enum protect_result address_space_protect(struct address_space *space, uint64_t start, uint64_t end,
                                          uint32_t permissions);

/* The highest free range of that many bytes (page aligned) below USER_MMAP_TOP, or 0. */
uint64_t address_space_room(const struct address_space *space, uint64_t length);

/* Is [start, end) free of areas? */
bool address_space_is_free(const struct address_space *space, uint64_t start, uint64_t end);

/* Sets where brk starts: the page behind the highest segment. */
void address_space_start_break(struct address_space *space, uint64_t va);

/* Moves the break, and returns where it is then: unchanged if that is not possible. Never sleeps.
 */
uint64_t address_space_set_break(struct address_space *space, uint64_t va);

#endif

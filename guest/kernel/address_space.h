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

#include "guest/kernel/inode.h"
#include "guest/kernel/lock.h"

enum { AREA_READ = 1, AREA_WRITE = 2, AREA_EXECUTE = 4 };
enum { AREAS_MOST = 80 };

/* What an area is to its program; for the report (event.h). */
enum area_kind {
    AREA_ANONYMOUS, /* mmap of no file */
    AREA_TEXT,      /* of the program: what may be executed */
    AREA_DATA,      /* of the program: all else */
    AREA_HEAP,      /* brk */
    AREA_STACK,
    AREA_FILE, /* mmap of a file */
    AREA_KINDS,
};

/* Pages [start, end) with one set of permissions. Page content is the inode's from `offset` on, as
 * far as `length` goes, counted from start, and the inode's end; zeroes behind. inode == NULL: all
 * zeroes. An area of an address space has a reference to its inode. */
struct area {
    uint64_t start, end;
    struct inode *inode;
    uint64_t offset, length;
    uint32_t permissions; /* AREA_*; 0: a guard, nothing may touch it */
    uint8_t kind;         /* enum area_kind */
    bool is_shared;    /* its pages are the file's own frames, and a write is for all who map it */
    bool is_read_only; /* shared, of a file that was opened for reading only: never gets W */
};

struct address_space {
    struct address_space *next; /* in the list of all */
    struct lock lock;           /* who changes areas, or PTEs for a fault or fork, has it */
    uint64_t root_pa;
    uint64_t asid;         /* valid if generation is the current one, see asid.h */
    uint64_t generation;   /* 0: never ran */
    uint32_t references;   /* processes that use it */
    uint32_t pid;          /* whose events its faults and areas are */
    bool is_told;          /* an event is sent of each change of areas */
    struct inode *program; /* whose symbols name its functions; set by elf_load(), or NULL */
    uint64_t program_break_start, program_break;
    uint64_t arguments_start, arguments_end; /* the text of the arguments, when it began */
    uint64_t resident_pages;                 /* valid leaf PTEs; kept by page_table.c */
    uint64_t touched_pages; /* distinct pages that ever had a frame; kept by fault.c and by fork */
    size_t area_count;
    struct area areas[AREAS_MOST];
};

/* Tells of all areas as those of the process, which has no others, and from now on of each change.
 * Never sleeps. */
void address_space_tell(struct address_space *space, uint32_t pid);

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

/* Adds an area, with a reference of its own to the inode, joining it to equal anonymous neighbours.
 * False: overlaps, outside the user's part (USER_FIRST to USER_END), not page aligned, empty, or
 * too many. Never sleeps. */
bool address_space_add(struct address_space *space, const struct area *area);

/* Lets the area that ends at `end` end at new_end, with what its file has there. False: there is no
 * such area, or no room. Never sleeps. */
bool address_space_grow(struct address_space *space, uint64_t end, uint64_t new_end);

/* Takes away whatever is in [start, end), splitting areas. False, and nothing done: too many areas.
 * The bounds are page aligned. Never sleeps. */
bool address_space_remove(struct address_space *space, uint64_t start, uint64_t end);

/* Forgets the pages of [start, end): the next touch finds what the area says. False, and nothing
 * done: there is a hole in it. Never sleeps. */
bool address_space_forget(struct address_space *space, uint64_t start, uint64_t end);

enum protect_result { PROTECT_DONE, PROTECT_NO_AREA, PROTECT_NO_ROOM, PROTECT_READ_ONLY };

/* Changes permissions in [start, end). Nothing is done if there is a hole in it (PROTECT_NO_AREA),
 * or a read-only area that were to be written (PROTECT_READ_ONLY). PTEs lose rights at once and
 * regain them by faults. Never sleeps. */
enum protect_result address_space_protect(struct address_space *space, uint64_t start, uint64_t end,
                                          uint32_t permissions);

/* The highest free range of that many bytes (page aligned) below USER_MMAP_TOP, or 0. */
uint64_t address_space_room(const struct address_space *space, uint64_t length);

/* The part of an area from va on. */
struct area address_space_part(const struct area *area, uint64_t va);

/* Is [start, end) free of areas? */
bool address_space_is_free(const struct address_space *space, uint64_t start, uint64_t end);

/* Sets where brk starts: the page behind the highest segment. */
void address_space_start_break(struct address_space *space, uint64_t va);

/* Moves the break, and returns where it is then: unchanged if that is not possible. Never sleeps.
 */
uint64_t address_space_set_break(struct address_space *space, uint64_t va);

#endif

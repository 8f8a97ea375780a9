/*
 * machine.h - a whole machine: hart, MMU, bus, RAM and devices, a program loaded into it, and a
 * run.
 *
 * The machine is what wires end in and what turns a guest's wish to stop into the end of a run. It
 * knows no files and no terminal: characters come and go through callbacks.
 */
#ifndef EMU_MACHINE_MACHINE_H
#define EMU_MACHINE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/virtio_block.h"
#include "emu/engine/reference.h"
#include "emu/hart/hart.h"
#include "emu/machine/boot.h"
#include "emu/machine/counts.h"
#include "emu/machine/elf_loader.h"
#include "emu/machine/error.h"
#include "emu/machine/processes.h"
#include "emu/machine/symbols.h"
#include "mmu/mmu.h"

#define MACHINE_DEFAULT_MEMORY (UINT64_C(128) << 20)

/* The host as the guest meets it. */
struct machine_console {
    /* Takes one character of the guest's output. */
    void (*put)(void *ctx, uint8_t character);
    /* The next character of input, or false: none now. */
    bool (*get)(void *ctx, uint8_t *character);
    /* True if the run should end as soon as possible (a signal came). Asked now and then. */
    bool (*is_interrupted)(void *ctx);
    /* Somebody types, or the host's time counts: get never waits, and is asked now and then. Else
     * get waits for input, and false means that none will ever come, or that a signal did. */
    bool is_live;
    /* Only where is_live. Sleeps until there is input, if it is wanted, or a signal came, or for so
     * many nanoseconds; it may end earlier. Returns false at once if it would never end: for
     * UINT64_MAX, where no input is wanted or can come. */
    bool (*sleep)(void *ctx, uint64_t nanoseconds, bool wants_input);
    void *ctx;
};

/* Time that follows the host's, and makes every run another. */
struct machine_time {
    /* Ticks of 100 ns since the run began; never goes back. NULL: time follows the hart. */
    uint64_t (*ticks)(void *ctx);
    /* Nanoseconds since 1970. */
    uint64_t (*date)(void *ctx);
    void *ctx;
};

/* The standard streams of a program that a kernel of the guest runs. */
enum machine_stream { MACHINE_OUTPUT, MACHINE_ERROR, MACHINE_STREAMS };

struct machine_streams {
    /* Takes what the program writes. */
    void (*write)(void *ctx, enum machine_stream stream, const uint8_t *bytes, size_t length);
    /* Waits for input and writes at most length bytes of it. Returns how many, 0 with *has_ended:
     * there will be none; 0 without: a signal came. */
    size_t (*read)(void *ctx, uint8_t *bytes, size_t length, bool *has_ended);
    void *ctx;
};

/* A block device of the guest. */
struct machine_disk {
    const char *file;  /* an image, opened by machine_create; NULL: in memory, zero at first */
    uint64_t length;   /* bytes, where it is in memory: a multiple of 512, not 0 */
    bool is_read_only; /* the guest is told so, and its writes are refused */
};

/* Both engines give the same answers; docs/engine.md. An observer of instructions makes the
 * reference engine run from then on; who observes walks needs it from the start. */
enum machine_engine { MACHINE_FAST, MACHINE_REFERENCE };

struct machine_config {
    enum machine_engine engine;
    struct mmu_geometry geometry;
    enum hart_ad ad;
    uint64_t ram_length;           /* bytes, a multiple of the page size, at least one page */
    const char *bootargs;          /* NULL: none */
    const uint8_t *initrd;         /* files for the guest's kernel, put into RAM; NULL: none. They
                                      must outlive the machine */
    uint64_t initrd_length;        /* bytes */
    const struct symbols *symbols; /* of the functions that counts are split by; NULL: the
                                      program's. They must outlive the machine */
    struct machine_console console;
    struct machine_time time;       /* its console must be live */
    struct machine_streams streams; /* of a program under a kernel; write is NULL: there are none */
    const void *device_tree;        /* what given_tree_check has found good, instead of the
                                       machine's own; NULL: none */
    const struct machine_disk *swap;  /* NULL: none; need not outlive machine_create */
    const struct machine_disk *drive; /* [drive_count], likewise; not together with swap */
    unsigned drive_count;
    uint64_t disk_latency; /* ticks of mtime from a request to its completion */
    uint64_t disk_fail; /* the request to a disk that is answered with an error, from 1 on; 0: none
                         */
    bool ends_at_reset; /* a reset that the guest asks for ends the run */
};

/* Why a run ended. */
enum machine_reason {
    MACHINE_GUEST, /* the guest said so: finisher or HTIF; not with a reset, unless ends_at_reset */
    MACHINE_LIMIT, /* the attempts allowed are made */
    MACHINE_IDLE,  /* asleep, and no event can ever come */
    MACHINE_SIGNAL, /* console.is_interrupted */
    MACHINE_BREAK,  /* pc reached where it was told to stop */
};

struct machine_exit {
    enum machine_reason reason;
    uint64_t code; /* of the guest, as it gave it: 0 passed; valid for MACHINE_GUEST */
};

/* A region of interest between two places in the program, for programs without markers. It begins
 * before the instruction at from and ends before the one at to, each time that the pc gets there;
 * where both are one place, a region ends and the next begins. Without from it begins at once,
 * without to it ends with the run. */
struct machine_bounds {
    bool has_from;
    bool has_to;
    uint64_t from;
    uint64_t to;
};

struct machine;

/* Makes a machine; config is copied. Returns NULL and sets *error if it cannot. */
struct machine *machine_create(const struct machine_config *config, struct error *error);

/* Frees it; NULL is allowed. */
void machine_destroy(struct machine *machine);

/* Loads a program into RAM, puts the device tree above it and makes the hart ready at its entry
 * with a0 = hart id and a1 = device tree. name stands for the program in messages. The program must
 * outlive the machine. Returns false and sets *error if it does not fit. */
bool machine_load(struct machine *machine, const struct elf_program *program, const char *name,
                  struct error *error);

/* A system: firmware, which the hart starts in, and what it starts in turn. */
struct machine_system {
    const struct boot_image *firmware;
    const struct boot_image *kernel; /* NULL: none that pagewalk knows of */
    bool reserves_firmware; /* the device tree says that its memory is taken; else it does so */
};

/* Loads a system, with the initrd and the device tree at the end of the first GiB of RAM, and makes
 * the hart ready at the firmware's entry with a0 = hart id, a1 = device tree and a2 = information
 * for the firmware. config.symbols must have been given. The images must outlive the machine.
 * Returns false and sets *error if they do not fit. */
bool machine_load_system(struct machine *machine, const struct machine_system *system,
                         struct error *error);

/* Sets the bounds of regions, which markers may open and close too. To be called between
 * machine_load and the first machine_run. */
void machine_bound_regions(struct machine *machine, const struct machine_bounds *bounds);

/* Stores 8 bytes, little-endian, at a physical address, now and whenever the guest is started
 * again. Returns false if that is not RAM, or there is no memory to remember it in. */
bool machine_poke(struct machine *machine, uint64_t pa, uint64_t value);

/* length bytes of RAM at pa for reading, or NULL if not all of it is RAM. Valid until destroy. */
const uint8_t *machine_ram(const struct machine *machine, uint64_t pa, uint64_t length);

/* The device tree as given to the guest; valid until destroy. */
const void *machine_device_tree(const struct machine *machine, size_t *length);

/* Runs until the goal or the end. May be called again after MACHINE_LIMIT and MACHINE_BREAK; the
 * goal may have one break, as the bounds of regions may need the others. */
struct machine_exit machine_run(struct machine *machine, const struct engine_goal *goal,
                                const struct engine_observer *observer);

/* Closes an open region, and gives the last process its share: call it once the last machine_run is
 * over. */
void machine_end(struct machine *machine);

/* What is inside, for reports and for tracing. Valid until destroy. */
struct hart *machine_hart(struct machine *machine);
struct mmu *machine_mmu(struct machine *machine);

/* The counts of the whole run so far, ticks of mtime included in hart.cycles. */
void machine_count(struct machine *machine, struct counts *counts);

/* The regions; region->sum is complete after machine_end. */
const struct region *machine_region(const struct machine *machine);

/* What was asked so far of the disk in a slot of virtio, below PLATFORM_VIRTIO_SLOTS; NULL: there
 * is none. */
const struct virtio_block_counts *machine_disk_counts(const struct machine *machine, unsigned slot);

/* The processes that the guest told of; their shares are complete after machine_end. */
const struct processes *machine_processes(const struct machine *machine);

#endif

/*
 * frames.h - physical memory in pages: who has which, and how often.
 *
 * Every page of RAM has a struct frame. Free ones are in a list; taken ones count references: one
 * for each PTE that maps the frame and one for each piece of kernel code that holds it. A user
 * frame is mapped at one virtual address only, in one or more address spaces (fork copies at the
 * same address and mremap copies what it shares): that is the reverse map, `va`, and reclaim finds
 * the PTEs by asking every address space. Nothing in this file sleeps.
 */
#ifndef GUEST_KERNEL_FRAMES_H
#define GUEST_KERNEL_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

enum frame_use {
    FRAME_RESERVED, /* the kernel's image, the archive, the device tree, the frames' own array */
    FRAME_FREE,
    FRAME_KERNEL, /* page tables, kernel stacks, buffers: never reclaimed */
    FRAME_USER,   /* a page of a program: what reclaim may take away */
};

struct frame {
    uint64_t va;         /* FRAME_USER: where it is mapped; FRAME_FREE: frames.c's own */
    uint32_t references; /* 0 for a user frame that only the swap cache keeps */
    uint32_t slot;       /* FRAME_USER: the swap slot it is cached for, 0: none */
    uint8_t use;         /* enum frame_use */
    bool is_busy;        /* a transfer is under way: hands off, sleep on the frame */
    bool is_dirty;       /* its content is nowhere else, whatever the D bits of its PTEs say */
};

/* Sets up the frames of RAM but for the kernel's image, the tree and the archive. */
void frames_start(void);

/* A free frame with one reference, its content cleared, or NULL. For others than reclaim.c and boot
 * code, memory_take() of reclaim.h is the way to memory. */
struct frame *frames_take(enum frame_use use);

/* Puts a frame without references and without slot back. */
void frames_put(struct frame *frame);

/* The frame of an address in RAM, and back. */
struct frame *frame_of(uint64_t pa);
uint64_t frame_pa(const struct frame *frame);

/* Its content, in the direct map. */
void *frame_bytes(const struct frame *frame);

/* All frames by number, 0 to frames_count() - 1, for the clock's hand. */
struct frame *frame_number(uint64_t number);
uint64_t frames_count(void);

uint64_t frames_free(void);

#endif

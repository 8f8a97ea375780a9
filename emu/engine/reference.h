/*
 * reference.h - the reference engine: fetch, decode, execute, one instruction at a time.
 *
 * It is the plain reading of the manual, made to be read and to be right. Every fetch and every
 * data access goes through mmu_translate; interrupts are looked for before every instruction.
 */
#ifndef EMU_ENGINE_REFERENCE_H
#define EMU_ENGINE_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

struct hart;
struct insn;

enum { ENGINE_BREAKS = 3 };

/* When to come back at the latest. */
struct engine_goal {
    uint64_t attempts; /* the hart's attempt counter, since its beginning */
    bool goes_on;      /* from a break: its instruction is executed, come what may */
    unsigned break_count;
    uint64_t
        break_pc[ENGINE_BREAKS]; /* come back before executing an instruction at one of these */
};

enum engine_stop {
    ENGINE_ATTEMPTS, /* the attempts of the goal are made */
    ENGINE_BREAK,    /* pc is one of break_pc; nothing but its instruction is due */
    ENGINE_IDLE,     /* the hart waits for an interrupt and none is pending */
    ENGINE_STOPPED,  /* hart->is_stopping was set */
};

/* Told of every retired instruction, after it: the hart as it then is, the pc, bits and privilege
 * that it had. insn_bits of the hart are the instruction's. */
struct engine_observer {
    void (*retired)(void *ctx, const struct hart *hart, const struct insn *insn, uint64_t pc,
                    unsigned privilege);
    void *ctx;
};

/* True if pc is one of the goal's breaks. */
bool engine_is_break(const struct engine_goal *goal, uint64_t pc);

/* Runs the hart until the goal, whichever part comes first. A run that comes back at breaks and
 * goes on from them does what it would have done without: an interrupt that is due is taken before
 * the break, and not looked for again after it. observer may be NULL. */
enum engine_stop reference_run(struct hart *hart, const struct engine_goal *goal,
                               const struct engine_observer *observer);

#endif

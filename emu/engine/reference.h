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

/* When to come back at the latest. */
struct engine_goal {
    uint64_t attempts; /* the hart's attempt counter, since its beginning */
    bool has_break;
    uint64_t break_pc; /* come back before executing the instruction at this pc */
};

enum engine_stop {
    ENGINE_ATTEMPTS, /* the attempts of the goal are made */
    ENGINE_BREAK,    /* pc is break_pc */
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

/* Runs the hart until the goal, whichever part comes first. observer may be NULL. */
enum engine_stop reference_run(struct hart *hart, const struct engine_goal *goal,
                               const struct engine_observer *observer);

#endif

/*
 * engine.h - what engines are asked for and have in common: when to come back, what to look at
 * between instructions, and one instruction done the plain way.
 */
#ifndef EMU_ENGINE_ENGINE_H
#define EMU_ENGINE_ENGINE_H

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

/* Looks at what is due before the next instruction: events, the end of the goal, interrupts, which
 * it takes. Returns true if the engine is to come back, and writes why. */
bool engine_look(struct hart *hart, const struct engine_goal *goal, enum engine_stop *stop);

/* One attempt: fetch, decode, execute. Either the instruction retires or an exception is taken.
 * observer may be NULL. */
void engine_attempt(struct hart *hart, const struct engine_observer *observer);

#endif

/*
 * reference.h - the reference engine: fetch, decode, execute, one instruction at a time.
 *
 * It is the plain reading of the manual, made to be read and to be right. Every fetch and every
 * data access goes through mmu_translate; interrupts are looked for before every instruction.
 */
#ifndef EMU_ENGINE_REFERENCE_H
#define EMU_ENGINE_REFERENCE_H

#include "emu/engine/engine.h"

/* Runs the hart until the goal, whichever part comes first. A run that comes back at breaks and
 * goes on from them does what it would have done without: an interrupt that is due is taken before
 * the break, and not looked for again after it. observer may be NULL. */
enum engine_stop reference_run(struct hart *hart, const struct engine_goal *goal,
                               const struct engine_observer *observer);

#endif

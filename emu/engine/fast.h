/*
 * fast.h - the fast engine: the reference engine's answers, sooner.
 *
 * It keeps instructions decoded by page (code.h), runs them with the same handlers, one
 * tail-calling the next, and lets loads and stores reach pages directly while that is what the TLB
 * would say (direct.h). Whatever is rare it leaves to the reference engine's way. docs/engine.md
 * explains it.
 */
#ifndef EMU_ENGINE_FAST_H
#define EMU_ENGINE_FAST_H

#include "emu/engine/engine.h"

struct bus;
struct fast;
struct hart;

/* Makes an engine for a hart, which must outlive it, as must its MMU and bus. Returns NULL if there
 * is not enough memory. */
struct fast *fast_create(struct hart *hart);

/* Frees it; the hart can then run on another engine. NULL is allowed. */
void fast_destroy(struct fast *fast);

/* As reference_run, without an observer. */
enum engine_stop fast_run(struct fast *fast, const struct engine_goal *goal);

#endif

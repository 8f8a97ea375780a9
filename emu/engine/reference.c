#include "emu/engine/reference.h"

enum engine_stop reference_run(struct hart *hart, const struct engine_goal *goal,
                               const struct engine_observer *observer)
{
    enum engine_stop stop;

    if (goal->goes_on) {
        engine_attempt(hart, observer);
    }
    while (!engine_look(hart, goal, &stop)) {
        engine_attempt(hart, observer);
    }
    return stop;
}

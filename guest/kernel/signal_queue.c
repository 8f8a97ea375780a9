#include "guest/kernel/signal_queue.h"

#include <stddef.h>

#include "guest/kernel/signal.h"

static struct queued_signal {
    struct signal_information information; /* signal 0: the place is free */
    struct queued_signal *next;
} places[SIGNAL_QUEUE_PLACES];

/* Those that say what the thread just did: a handler of another signal must not run before. */
#define SYNCHRONOUS                                                                                \
    (SIGNAL_BIT(SIGNAL_ILLEGAL) | SIGNAL_BIT(SIGNAL_TRAP) | SIGNAL_BIT(SIGNAL_BUS) |               \
     SIGNAL_BIT(SIGNAL_FLOAT) | SIGNAL_BIT(SIGNAL_SEGMENT) | SIGNAL_BIT(SIGNAL_SYSTEM_CALL))

static struct queued_signal *find_free(void)
{
    for (size_t i = 0; i < SIGNAL_QUEUE_PLACES; i++) {
        if (places[i].information.signal == SIGNAL_NONE) {
            return &places[i];
        }
    }
    return NULL;
}

bool signal_queue_add(struct signal_queue *queue, const struct signal_information *information)
{
    struct queued_signal **end = &queue->first;
    struct queued_signal *place;
    bool is_queued = information->signal >= SIGNAL_QUEUED;

    if (!is_queued && (queue->set & SIGNAL_BIT(information->signal)) != 0) {
        return true;
    }
    place = find_free();
    if (place == NULL && is_queued && information->code != CODE_USER) {
        return false;
    }
    queue->set |= SIGNAL_BIT(information->signal);
    if (place == NULL) {
        return true;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *place = (struct queued_signal){.information = *information};
    *end = place;
    return true;
}

/* Where the first one of the signal is linked, or NULL. */
static struct queued_signal **find(struct queued_signal **from, int32_t signal)
{
    for (; *from != NULL; from = &(*from)->next) {
        if ((*from)->information.signal == signal) {
            return from;
        }
    }
    return NULL;
}

static int32_t lowest(uint64_t set)
{
    int32_t signal = 1;

    while ((set & SIGNAL_BIT(signal)) == 0) {
        signal++;
    }
    return signal;
}

bool signal_queue_take(struct signal_queue *queue, uint64_t set,
                       struct signal_information *information)
{
    uint64_t candidates = queue->set & set;
    struct queued_signal **place;
    int32_t signal;

    if (candidates == 0) {
        return false;
    }
    signal = lowest((candidates & SYNCHRONOUS) != 0 ? candidates & SYNCHRONOUS : candidates);
    *information = (struct signal_information){.signal = signal, .code = CODE_USER};
    place = find(&queue->first, signal);
    if (place != NULL) {
        struct queued_signal *taken = *place;

        *information = taken->information;
        *place = taken->next;
        taken->information.signal = SIGNAL_NONE;
    }
    if (find(&queue->first, signal) == NULL) {
        queue->set &= ~SIGNAL_BIT(signal);
    }
    return true;
}

void signal_queue_drop(struct signal_queue *queue, uint64_t set)
{
    struct signal_information information;

    while (signal_queue_take(queue, set, &information)) {
    }
}

#include "emu/engine/views.h"

static struct view view_of(const struct hart *hart)
{
    return (struct view){
        .satp = hart->csr.satp,
        .mstatus = hart->csr.mstatus & (MSTATUS_SUM | MSTATUS_MXR | MSTATUS_MPRV | MSTATUS_MPP),
        .menvcfg = hart->csr.menvcfg,
        .pmp_writes = hart->pmp.writes,
        .privilege = hart->privilege,
    };
}

static bool is_same(const struct view *a, const struct view *b)
{
    return a->privilege == b->privilege && a->satp == b->satp && a->mstatus == b->mstatus &&
           a->menvcfg == b->menvcfg && a->pmp_writes == b->pmp_writes;
}

/* The number of a view that was seen before; 0 if it was not. */
static unsigned find(const struct views *views, const struct view *view)
{
    for (unsigned i = 0; i < views->count; i++) {
        if (is_same(&views->view[i], view)) {
            return i + 1;
        }
    }
    return 0;
}

bool views_look(struct views *views, const struct hart *hart)
{
    const struct view now = view_of(hart);

    if (views->current != 0 && is_same(&views->view[views->current - 1], &now)) {
        return true;
    }
    views->current = find(views, &now);
    if (views->current != 0) {
        return true;
    }
    bool has_room = views->count < L0_VIEWS;

    views->count = has_room ? views->count : 0;
    views->view[views->count] = now;
    views->current = ++views->count;
    return has_room;
}

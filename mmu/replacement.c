#include "mmu/replacement.h"

#include <stdlib.h>

bool replacement_init(struct replacement *replacement, unsigned sets, unsigned ways)
{
    replacement->ways = ways;
    replacement->link = calloc((size_t)sets * ways, sizeof *replacement->link);
    replacement->newest = calloc(sets, sizeof *replacement->newest);
    if (replacement->link == NULL || replacement->newest == NULL) {
        replacement_finish(replacement);
        return false;
    }
    for (uint32_t set = 0; set < sets; set++) {
        uint32_t first = set * ways;

        for (uint32_t way = 0; way < ways; way++) {
            replacement->link[first + way] = (struct replacement_link){
                .newer = first + (way + 1) % ways,
                .older = first + (way + ways - 1) % ways,
            };
        }
        replacement->newest[set] = first + ways - 1;
    }
    return true;
}

void replacement_finish(struct replacement *replacement)
{
    free(replacement->link);
    free(replacement->newest);
    *replacement = (struct replacement){.ways = 0};
}

void replacement_use(struct replacement *replacement, uint32_t entry)
{
    struct replacement_link *link = replacement->link;
    uint32_t *newest = &replacement->newest[entry / replacement->ways];
    uint32_t head = *newest;

    if (entry == head) {
        return;
    }
    if (entry != link[head].newer) { /* not the oldest, which is in the right place already */
        link[link[entry].newer].older = link[entry].older;
        link[link[entry].older].newer = link[entry].newer;
        link[entry] = (struct replacement_link){.newer = link[head].newer, .older = head};
        link[link[head].newer].older = entry;
        link[head].newer = entry;
    }
    *newest = entry;
}

uint32_t replacement_victim(const struct replacement *replacement, uint32_t set)
{
    return replacement->link[replacement->newest[set]].newer;
}

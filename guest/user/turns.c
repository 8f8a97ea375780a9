#include "guest/user/turns.h"

#include "guest/user/print.h"

enum { NAME_LENGTH = 16 };

static char owner[NAME_LENGTH] = "nobody";

void turns(const char *me, void (*let_other_run)(void))
{
    size_t i = 0;

    for (; me[i] != '\0' && i < NAME_LENGTH - 1; i++) {
        owner[i] = me[i];
    }
    owner[i] = '\0';
    print("%s: I write my name at 0x%lx\n", me, (uint64_t)owner);
    let_other_run();
    print("%s: at 0x%lx I read %s\n", me, (uint64_t)owner, owner);
}

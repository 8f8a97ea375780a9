#include "emu/cli/option_take.h"

#include <string.h>

bool take_file(const char **file, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "a file needs a name");
    }
    *file = argument;
    return true;
}

bool take_word(const char *argument, const char *const words[], size_t count, size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(argument, words[i]) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

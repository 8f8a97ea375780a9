#include "emu/cli/complain.h"

#include <stdio.h>

#include "emu/cli/command.h"

int complain(const struct error *error)
{
    fprintf(stderr, "pagewalk: %s\n", error->text);
    return STATUS_ERROR;
}

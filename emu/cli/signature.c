#include "emu/cli/signature.h"

#include <inttypes.h>

static const struct symbol *find(const struct elf_program *program, const char *name,
                                 const char *symbol_name, struct error *error)
{
    const struct symbol *symbol = symbols_find(&program->symbols, symbol_name);

    if (symbol == NULL) {
        error_set(error, "--signature: %s has no symbol %s", name, symbol_name);
    }
    return symbol;
}

bool signature_find(struct signature *signature, const struct elf_program *program,
                    const char *name, const struct machine *machine, struct error *error)
{
    const struct symbol *begin = find(program, name, "begin_signature", error);
    const struct symbol *end = begin == NULL ? NULL : find(program, name, "end_signature", error);

    if (begin == NULL || end == NULL) {
        return false;
    }
    if (end->address < begin->address) {
        return error_set(error,
                         "--signature: in %s end_signature (0x%" PRIx64
                         ") lies before begin_signature (0x%" PRIx64 ")",
                         name, end->address, begin->address);
    }
    *signature = (struct signature){.pa = begin->address, .length = end->address - begin->address};
    if (machine_ram(machine, signature->pa, signature->length) == NULL) {
        return error_set(error,
                         "--signature: the signature of %s, 0x%" PRIx64 " to 0x%" PRIx64
                         ", is not in RAM",
                         name, begin->address, end->address);
    }
    return true;
}

void signature_write(FILE *file, const struct signature *signature, const struct machine *machine,
                     unsigned granularity)
{
    const uint8_t *bytes = machine_ram(machine, signature->pa, signature->length);

    for (uint64_t line = 0; line < signature->length; line += granularity) {
        for (unsigned i = granularity; i-- > 0;) {
            unsigned byte = line + i < signature->length ? bytes[line + i] : 0;

            fprintf(file, "%02x", byte);
        }
        fputc('\n', file);
    }
}

#include "emu/report/stopped.h"

#include <inttypes.h>
#include <string.h>

#include "emu/hart/trap.h"
#include "emu/report/names.h"

const char *place_words(char text[PLACE_LENGTH], const struct symbols *symbols, uint64_t address,
                        enum mmu_privilege privilege)
{
    const struct symbol *symbol = symbols_at(symbols, address);

    if (symbol == NULL || !symbol_is_of(symbol, privilege)) {
        snprintf(text, PLACE_LENGTH, "0x%" PRIx64, address);
    } else if (symbol->address == address) {
        snprintf(text, PLACE_LENGTH, "0x%" PRIx64 " (%s)", address, symbol->name);
    } else {
        snprintf(text, PLACE_LENGTH, "0x%" PRIx64 " (%s+0x%" PRIx64 ")", address, symbol->name,
                 address - symbol->address);
    }
    return text;
}

/* Exceptions that programs raise on purpose tell nothing about why a guest got nowhere. */
static bool is_deliberate(enum trap_cause cause)
{
    return cause == TRAP_BREAKPOINT || cause == TRAP_ECALL_FROM_U || cause == TRAP_ECALL_FROM_S ||
           cause == TRAP_ECALL_FROM_M;
}

static const char *article(const char *noun)
{
    return strchr("aeiou", noun[0]) != NULL ? "an" : "a";
}

static void print_exception(FILE *file, const struct hart *hart, const struct symbols *symbols)
{
    const struct hart_exception *exception = &hart->last_exception;
    const char *name = trap_cause_name(exception->cause);
    char place[PLACE_LENGTH];

    fprintf(file, "; the last exception was %s %s", article(name), name);
    if (exception->cause == TRAP_ILLEGAL_INSTRUCTION) {
        fprintf(file, " (0x%" PRIx64 ")", exception->tval);
    } else {
        fprintf(file, " at 0x%" PRIx64, exception->tval);
    }
    if (exception->pc != exception->tval && exception->pc != hart->pc) {
        fprintf(file, ", from pc %s",
                place_words(place, symbols, exception->pc, exception->privilege));
    }
    if (exception->by_pmp) {
        fprintf(file, ", refused by PMP");
    }
}

void report_stopped(FILE *file, const struct hart *hart, const struct symbols *symbols,
                    bool is_asleep)
{
    char place[PLACE_LENGTH];

    fprintf(file, "pagewalk: %s after %" PRIu64 " instructions at pc %s in %c-mode",
            is_asleep ? "asleep for ever" : "stopped", hart->counters.attempts,
            place_words(place, symbols, hart->pc, hart->privilege),
            letter_of_privilege(hart->privilege));
    if (hart->counters.exceptions != 0 && !is_deliberate(hart->last_exception.cause)) {
        print_exception(file, hart, symbols);
    }
    fprintf(file, "\n");
}

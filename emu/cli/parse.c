#include "emu/cli/parse.h"

#include <string.h>

enum { MAX_COST = 1000000 };

/* The value of a digit, 16 or more if it is none. */
static unsigned digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return (unsigned)(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return (unsigned)(digit - 'a') + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return (unsigned)(digit - 'A') + 10;
    }
    return 16;
}

/* Takes the digits at *text and moves it behind them. Fails where there is none, or too many. */
static bool take_number(const char **text, uint64_t *number)
{
    bool is_hexadecimal = (*text)[0] == '0' && ((*text)[1] == 'x' || (*text)[1] == 'X');
    const char *digits = is_hexadecimal ? *text + 2 : *text;
    unsigned base = is_hexadecimal ? 16 : 10;
    uint64_t value = 0;
    const char *end = digits;

    for (; digit_value(*end) < base; end++) {
        unsigned digit = digit_value(*end);

        if (value > (UINT64_MAX - digit) / base) {
            return false;
        }
        value = value * base + digit;
    }
    if (end == digits) {
        return false;
    }
    *text = end;
    *number = value;
    return true;
}

bool parse_number(const char *text, uint64_t *number)
{
    uint64_t value;

    if (!take_number(&text, &value) || *text != '\0') {
        return false;
    }
    *number = value;
    return true;
}

bool parse_size(const char *text, uint64_t *size)
{
    static const struct {
        char letter;
        unsigned shift;
    } suffixes[] = {{'K', 10}, {'M', 20}, {'G', 30}};
    uint64_t value;
    unsigned shift = 0;

    if (!take_number(&text, &value)) {
        return false;
    }
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (text[0] == suffixes[i].letter) {
            shift = suffixes[i].shift;
            text++;
            break;
        }
    }
    if (*text != '\0' || value > UINT64_MAX >> shift) {
        return false;
    }
    *size = value << shift;
    return true;
}

/* The symbol whose name is the first length bytes of text. */
static const struct symbol *find_prefix(const struct symbols *symbols, const char *text,
                                        size_t length)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const char *name = symbols->all[i].name;

        if (strncmp(name, text, length) == 0 && name[length] == '\0') {
            return &symbols->all[i];
        }
    }
    return NULL;
}

bool parse_place(const char *text, const struct symbols *symbols, uint64_t *address)
{
    const struct symbol *symbol = symbols_find(symbols, text);
    const char *plus = strrchr(text, '+');
    uint64_t offset = 0;

    if (parse_number(text, address)) {
        return true;
    }
    if (symbol == NULL && plus != NULL && parse_number(plus + 1, &offset)) {
        symbol = find_prefix(symbols, text, (size_t)(plus - text));
    }
    if (symbol == NULL) {
        return false;
    }
    *address = symbol->address + offset;
    return true;
}

/* The place for a key's cost; moves *text behind the key. NULL: there is no such key. */
static uint64_t *find_cost(const char **text, struct report_cost *cost)
{
    const struct {
        const char *key;
        uint64_t *cycles;
    } costs[] = {{"l2=", &cost->l2_hit}, {"pte=", &cost->pte_read}};

    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        if (strncmp(*text, costs[i].key, strlen(costs[i].key)) == 0) {
            *text += strlen(costs[i].key);
            return costs[i].cycles;
        }
    }
    return NULL;
}

bool parse_cost(const char *text, struct report_cost *cost)
{
    const uint64_t not_named = UINT64_MAX;
    struct report_cost named = {.is_asked = true, .l2_hit = not_named, .pte_read = not_named};
    bool more = true;

    while (more) {
        uint64_t *cycles = find_cost(&text, &named);

        if (cycles == NULL || *cycles != not_named || !take_number(&text, cycles) ||
            *cycles > MAX_COST) {
            return false;
        }
        more = *text == ',';
        text += more;
    }
    if (*text != '\0') {
        return false;
    }
    named.l2_hit = named.l2_hit == not_named ? 0 : named.l2_hit;
    named.pte_read = named.pte_read == not_named ? 0 : named.pte_read;
    *cost = named;
    return true;
}

#include "emu/machine/symbol_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/elf_file.h"
#include "emu/machine/elf_symbols.h"
#include "emu/machine/file_bytes.h"

/* Names as compilers mangle them, and as nm -C spells them out, are shorter. */
enum { MAX_LINE = 16384, HEX_DIGITS = 16 };

/* One line, taken apart. */
struct line {
    uint64_t address;
    uint64_t size;
    bool has_address;
    char type;
    char *name;
};

/* The word at *text, ended by a NUL; *text moves behind it and behind the blanks that follow. */
static char *take_word(char **text)
{
    char *word = *text;
    size_t length = strcspn(word, " \t");
    size_t blanks = strspn(word + length, " \t");

    *text += length + blanks;
    word[length] = '\0';
    return word;
}

static bool parse_hex(const char *word, uint64_t *number)
{
    size_t length = strlen(word);

    if (length == 0 || length > HEX_DIGITS || strspn(word, "0123456789abcdefABCDEF") != length) {
        return false;
    }
    *number = strtoull(word, NULL, 16);
    return true;
}

/* A word of one character is a type, never a size: nm writes sizes with all their digits. */
static bool is_type(const char *word)
{
    return word[0] != '\0' && word[1] == '\0' && (isalpha((unsigned char)word[0]) || *word == '-');
}

/* Cuts off the [module] of kallsyms, and blanks at the end. */
static void cut_module(char *name)
{
    size_t length = strlen(name);
    const char *bracket = strrchr(name, '[');

    if (bracket != NULL && bracket > name + 1 && name[length - 1] == ']' &&
        (bracket[-1] == '\t' || bracket[-1] == ' ')) {
        length = (size_t)(bracket - name);
    }
    while (length != 0 && (name[length - 1] == '\t' || name[length - 1] == ' ')) {
        length--;
    }
    name[length] = '\0';
}

/* Takes a line without its newline apart, which stays where it is. Returns false if it is of
 * another form. */
static bool parse_line(char *text, struct line *line)
{
    text += strspn(text, " \t");
    char *word = take_word(&text);

    *line = (struct line){.has_address = false};
    if (is_type(word) && strchr("Uwv", word[0]) != NULL) { /* undefined, also if weak */
        line->name = text;
        return *text != '\0';
    }
    line->has_address = true;
    if (!parse_hex(word, &line->address)) {
        return false;
    }
    word = take_word(&text);
    if (!is_type(word)) {
        if (!parse_hex(word, &line->size)) {
            return false;
        }
        word = take_word(&text);
    }
    if (!is_type(word)) {
        return false;
    }
    line->type = word[0];
    line->name = text;
    cut_module(line->name);
    return *line->name != '\0';
}

/* False for what nm lists without giving the place of something: undefined symbols, common ones,
 * those of debuggers; and for labels that assemblers make. */
static bool is_for_people(const struct line *line)
{
    return line->has_address && strchr("UCcNn-", line->type) == NULL &&
           strncmp(line->name, ".L", 2) != 0 && strncmp(line->name, "$x", 2) != 0 &&
           strncmp(line->name, "$d", 2) != 0;
}

static bool add_line(struct symbols *symbols, const struct line *line)
{
    bool is_text = strchr("tTwW", line->type) != NULL;
    struct symbol symbol = {
        .name = line->name,
        .address = line->address,
        .size = line->size,
        .is_function = is_text,
        .is_code = is_text,
    };

    return symbols_add(symbols, &symbol);
}

/* Removes the end of a line, of either kind. Returns false if there is none: the file's last line
 * may lack it, another is too long or has a NUL in it. */
static bool cut_newline(char *text)
{
    size_t length = strcspn(text, "\r\n");
    bool has_newline = text[length] != '\0';

    text[length] = '\0';
    return has_newline;
}

/* A NUL where a line should begin ends the list: what is left of a disk that a guest wrote it to.
 */
static bool read_lines(struct symbols *symbols, FILE *file, const char *path, struct error *error)
{
    char text[MAX_LINE];
    struct line line;

    for (unsigned number = 1; fgets(text, sizeof text, file) != NULL; number++) {
        if (text[0] == '\0') {
            break;
        }
        bool is_whole = cut_newline(text) || feof(file);
        if (text[strspn(text, " \t")] == '\0' && is_whole) {
            continue;
        }
        if (!is_whole || !parse_line(text, &line)) {
            return error_set(error,
                             "--symbols=%s: line %u is not as nm or kallsyms write it: an address, "
                             "perhaps a size, a letter and a name",
                             path, number);
        }
        if (is_for_people(&line) && !add_line(symbols, &line)) {
            return error_set(error, "out of memory");
        }
    }
    if (ferror(file)) {
        return error_set(error, "--symbols=%s: cannot be read: %s", path, strerror(errno));
    }
    return true;
}

/* The kernel shows addresses as zero to those who may not know them. Debian's System.map is one
 * line with the last address and, in place of a name, where the real one is. */
static bool check_addresses(const struct symbols *symbols, const char *path, struct error *error)
{
    const char *why = "has no symbols";

    for (size_t i = 0; i < symbols->count; i++) {
        uint64_t address = symbols->all[i].address;

        if (address != 0 && address != UINT64_MAX) {
            return true;
        }
        why = address == 0 ? "all addresses are zero; a kernel hides them in /proc/kallsyms from "
                             "all but root"
                           : "is a stub without addresses; the real list comes with the kernel's "
                             "debugging symbols, or is what root reads in /proc/kallsyms";
    }
    return error_set(error, "--symbols=%s: %s", path, why);
}

/* In a list with sizes, text without one is no function but a label. */
static void tell_labels(struct symbols *symbols)
{
    bool has_sizes = false;

    for (size_t i = 0; i < symbols->count; i++) {
        has_sizes = has_sizes || symbols->all[i].size != 0;
    }
    for (size_t i = 0; i < symbols->count && has_sizes; i++) {
        symbols->all[i].is_function = symbols->all[i].is_function && symbols->all[i].size != 0;
    }
}

static bool read_list(struct symbols *symbols, FILE *file, const char *path, struct error *error)
{
    if (!read_lines(symbols, file, path, error) || !check_addresses(symbols, path, error)) {
        return false;
    }
    tell_labels(symbols);
    symbols_sort(symbols);
    return true;
}

/* The symbols of an object file that was not linked count from the beginnings of its sections. */
static bool read_tables(struct symbols *symbols, const struct elf_file *file)
{
    if (file->header.e_type == ET_REL) {
        return elf_file_refuse(file, "is a relocatable object file, whose symbols have no "
                                     "addresses yet");
    }
    return elf_symbols_read(file, symbols) &&
           (symbols->count != 0 || elf_file_refuse(file, "has no symbols: it is stripped"));
}

/* name is what messages begin with. */
static bool read_elf(struct symbols *symbols, const char *path, const char *name,
                     struct error *error)
{
    const struct file_source source = {.name = path, .kind = "a list of symbols", .error = error};
    struct elf_file file = {.name = name, .error = error};
    struct file_bytes read;
    bool is_read = false;

    if (!file_bytes_read(&read, &source)) {
        return false;
    }
    file.bytes = read.bytes;
    file.length = read.length;
    if (elf_file_open(&file)) {
        is_read = read_tables(symbols, &file);
        elf_file_close(&file);
    }
    file_bytes_finish(&read);
    return is_read;
}

static bool read_named_elf(struct symbols *symbols, const char *path, struct error *error)
{
    char *name;
    bool is_read;

    if (asprintf(&name, "--symbols=%s:", path) < 0) {
        return error_set(error, "out of memory");
    }
    is_read = read_elf(symbols, path, name, error);
    free(name);
    return is_read;
}

/* True if what follows is an ELF file; nothing is taken from the file. */
static bool is_elf(FILE *file)
{
    int first = getc(file);

    (void)ungetc(first, file);
    return first == ELFMAG0; /* which no list begins with */
}

bool symbol_file_read(struct symbols *symbols, const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    bool is_read;

    if (file == NULL) {
        return error_set(error, "--symbols=%s: cannot be opened: %s", path, strerror(errno));
    }
    is_read =
        is_elf(file) ? read_named_elf(symbols, path, error) : read_list(symbols, file, path, error);
    (void)fclose(file);
    return is_read;
}

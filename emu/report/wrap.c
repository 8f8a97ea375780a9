#include "emu/report/wrap.h"

#include <string.h>

struct wrap wrap_begin(FILE *file, const char *label, int indent)
{
    int length = (int)strlen(label);

    fprintf(file, "%-*s", indent, label);
    return (struct wrap){
        .file = file, .indent = indent, .column = length > indent ? length : indent};
}

struct wrap wrap_continue(FILE *file, int indent, int column)
{
    fprintf(file, "%*s", indent - column, "");
    return (struct wrap){.file = file, .indent = indent, .column = indent};
}

/* Room is left behind the piece for the separator that may follow it. */
static bool fits(const struct wrap *wrap, const char *separator, int length)
{
    return wrap->column + (int)strlen(separator) + length + 2 <= REPORT_COLUMNS;
}

static void break_line(struct wrap *wrap, const char *separator)
{
    int length = (int)strlen(separator);

    while (length > 0 && separator[length - 1] == ' ') {
        length--;
    }
    fprintf(wrap->file, "%.*s\n%*s", length, separator, wrap->indent, "");
    wrap->column = wrap->indent;
    wrap->has_piece = false;
}

void wrap_put_bytes(struct wrap *wrap, const char *separator, const char *piece, int length)
{
    if (wrap->has_piece && !fits(wrap, separator, length)) {
        break_line(wrap, separator);
    } else if (wrap->has_piece) {
        wrap->column += fprintf(wrap->file, "%s", separator);
    }
    wrap->column += fprintf(wrap->file, "%.*s", length, piece);
    wrap->has_piece = true;
}

void wrap_put(struct wrap *wrap, const char *separator, const char *piece)
{
    wrap_put_bytes(wrap, separator, piece, (int)strlen(piece));
}

void wrap_put_words(struct wrap *wrap, const char *words)
{
    while (*words != '\0') {
        int length = (int)strcspn(words, " ");

        wrap_put_bytes(wrap, " ", words, length);
        words += length;
        words += strspn(words, " ");
    }
}

void wrap_end(struct wrap *wrap)
{
    fputc('\n', wrap->file);
}

#include "emu/cli/tlb_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 65536, DELETE = 0x7f };

/* Control characters other than those that part lines and words: no text would have them. */
static bool is_binary(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if ((byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r') || byte == DELETE) {
            return true;
        }
    }
    return false;
}

/* The bytes of a stream, and room for one more. */
static char *read_all(FILE *file, size_t *length, struct error *error)
{
    char *bytes = malloc(MAX_BYTES + 1);

    if (bytes == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    *length = fread(bytes, 1, MAX_BYTES + 1, file);
    if (ferror(file)) {
        error_set(error, "cannot be read: %s", strerror(errno));
    } else if (is_binary(bytes, *length)) {
        error_set(error, "is no text file");
    } else if (*length > MAX_BYTES) {
        error_set(error, "has more than %d bytes", MAX_BYTES);
    } else {
        return bytes;
    }
    free(bytes);
    return NULL;
}

/* Cuts a line at its comment and takes the blanks from its ends. Returns where it begins. */
static char *strip(char *line)
{
    static const char blanks[] = " \t\r";
    size_t length;

    line[strcspn(line, "#")] = '\0';
    line += strspn(line, blanks);
    length = strlen(line);
    while (length > 0 && strchr(blanks, line[length - 1]) != NULL) {
        length--;
    }
    line[length] = '\0';
    return line;
}

/* Turns text into its specification, in place: that is never longer. */
static void join_lines(char *text)
{
    char *rest = text;
    char *end = text;
    char *line;

    while ((line = strsep(&rest, "\n")) != NULL) {
        size_t length;

        line = strip(line);
        length = strlen(line);
        if (length != 0 && end != text) {
            *end++ = ',';
        }
        memmove(end, line, length);
        end += length;
    }
    *end = '\0';
}

char *tlb_file_read(const char *name, struct error *error)
{
    size_t length;
    FILE *file;
    char *text;

    if (*name == '\0') {
        error_set(error, "a file needs a name");
        return NULL;
    }
    file = fopen(name, "re");
    if (file == NULL) {
        error_set(error, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    text = read_all(file, &length, error);
    (void)fclose(file);
    if (text == NULL) {
        return NULL;
    }
    text[length] = '\0';
    join_lines(text);
    if (*text == '\0') {
        free(text);
        error_set(error, "has nothing in it but comments");
        return NULL;
    }
    return text;
}

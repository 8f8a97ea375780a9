#include "guest/kernel/exec_script.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/error.h"
#include "guest/kernel/process.h"

enum { LINE_SIZE = 256, SCRIPTS_MOST = 5 };

/* The first line of a script. */
struct script {
    char line[LINE_SIZE];
    const char *interpreter;
    const char *argument; /* NULL: none */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *skip_blanks(char *text)
{
    while (is_blank(*text)) {
        text++;
    }
    return text;
}

/* Ends the text where its last word does. */
static void trim(char *text)
{
    size_t length = text_length(text);

    while (length > 0 && is_blank(text[length - 1])) {
        length--;
    }
    text[length] = '\0';
}

/* Ends the text at its first line, if that is there as a whole. */
static bool cut_line(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            *text = '\0';
            return true;
        }
    }
    return false;
}

/* Reads the line. False: it is no script. */
static bool read_line(const struct inode *file, struct script *script)
{
    uint64_t length = inode_read(file, 0, script->line, LINE_SIZE - 1);
    char *end;

    script->line[length] = '\0';
    if (script->line[0] != '#' || script->line[1] != '!') {
        return false;
    }
    if (!cut_line(script->line) && length == LINE_SIZE - 1) {
        return false; /* what is cut off may belong to the path */
    }
    trim(script->line);
    script->interpreter = end = skip_blanks(script->line + 2);
    while (*end != '\0' && !is_blank(*end)) {
        end++;
    }
    script->argument = NULL;
    if (*end != '\0') {
        *end = '\0';
        script->argument = skip_blanks(end + 1);
    }
    return *script->interpreter != '\0';
}

static int64_t find_executable(const char *path, struct inode **file)
{
    int64_t error = path_find(path, file);

    if (error == 0 &&
        (!inode_is(*file, MODE_REGULAR) || ((*file)->mode & MODE_ANY_MAY_EXECUTE) == 0)) {
        inode_drop(*file);
        return ERROR_NO_ACCESS;
    }
    if (error == 0 && (*file)->writers > 0) {
        inode_drop(*file);
        return ERROR_TEXT_BUSY;
    }
    return error;
}

/* The interpreter is called with the script's path. */
static int64_t change_strings(const struct script *script, const char *path,
                              struct exec_strings *strings)
{
    const char *texts[3];
    size_t count = 0;

    texts[count++] = script->interpreter;
    if (script->argument != NULL) {
        texts[count++] = script->argument;
    }
    texts[count++] = path;
    return exec_strings_replace_first(strings, texts, count);
}

/* A relative path is one from the working directory. What does not fit is cut off: the path is only
 * told. The link to what runs stays that: it must not come to name itself. */
static void make_absolute(const char *path, char absolute[PATH_SIZE])
{
    size_t length = 0;

    if (text_equal(path, "/proc/self/exe")) {
        path = process_current()->executable;
    }
    if (*path != '/') {
        if (path_of_directory(process_current()->directory.inode, absolute, PATH_SIZE - 1) < 0) {
            text_copy(absolute, PATH_SIZE, "");
        }
        length = text_length(absolute);
        if (length == 0 || absolute[length - 1] != '/') {
            absolute[length++] = '/';
        }
    }
    text_copy(absolute + length, PATH_SIZE - length, path);
}

int64_t exec_script_resolve(const char *path, struct exec_strings *strings,
                            char executable[PATH_SIZE], struct inode **file)
{
    struct script scripts[2]; /* this one, and the one that names it */
    int64_t error = find_executable(path, file);

    for (unsigned depth = 0; error == 0; depth++) {
        struct script *script = &scripts[depth % 2];

        if (!read_line(*file, script)) {
            make_absolute(path, executable);
            return 0;
        }
        inode_drop(*file);
        error = depth == SCRIPTS_MOST ? ERROR_LINK_LOOP : change_strings(script, path, strings);
        if (error == 0) {
            path = script->interpreter;
            error = find_executable(path, file);
        }
    }
    return error;
}

#include "guest/kernel/exec.h"

#include <stdbool.h>

#include "guest/kernel/end.h"
#include "guest/kernel/error.h"
#include "guest/kernel/log.h"
#include "guest/kernel/path.h"
#include "guest/kernel/process.h"

/* What a shell's user is told, too. */
enum { CODE_CANNOT_EXECUTE = 126, CODE_NOT_FOUND = 127 };

static const char start_path[] = "/etc/pagewalk/start";

/* The strings of the start file that are still to come. */
struct start {
    const char *next, *end;
};

/* The next string; NULL: there is none, or it has no end. */
static const char *next_string(struct start *start)
{
    const char *text = start->next;

    for (const char *at = text; at < start->end; at++) {
        if (*at == '\0') {
            start->next = at + 1;
            return text;
        }
    }
    return NULL;
}

__attribute__((noreturn)) static void fail(const char *path, const char *why, uint8_t code)
{
    log_line("%s: %s", path, why);
    end_run(code);
}

/* The next string as a number in decimal digits; `most` if it is more, or no number. */
static size_t next_number(struct start *start, size_t most)
{
    const char *digit = next_string(start);
    size_t number = 0;

    if (digit == NULL || *digit == '\0') {
        return most;
    }
    for (; *digit >= '0' && *digit <= '9' && number < most; digit++) {
        number = number * 10 + (size_t)(*digit - '0');
    }
    return *digit == '\0' && number < most ? number : most;
}

/* Takes up to `most` strings, or those up to the end of the file; how many. */
static size_t take_strings(struct start *start, size_t most, struct exec_strings *strings)
{
    size_t count = 0;

    for (; count < most; count++) {
        const char *text = next_string(start);

        if (text == NULL) {
            return count;
        }
        if (exec_strings_add(strings, text) != 0) {
            fail(start_path, "too many arguments, or too little memory", CODE_CANNOT_EXECUTE);
        }
    }
    return count;
}

/* Why a program cannot begin, from what exec_prepare() said. */
__attribute__((noreturn)) static void fail_to_begin(const char *path, int64_t error,
                                                    const char *why)
{
    if (error == ERROR_NO_FILE) {
        fail(path, "there is no such program", CODE_NOT_FOUND);
    }
    if (why == NULL) {
        why = error == ERROR_NO_ACCESS ? "it may not be executed" : "too little memory";
    }
    fail(path, why, CODE_CANNOT_EXECUTE);
}

void exec_first(void)
{
    static struct exec_strings strings;
    struct inode *file;

    if (path_find(start_path, &file) != 0 || !inode_is(file, MODE_REGULAR)) {
        fail(start_path, "there is no such file, so there is nothing to run", CODE_NOT_FOUND);
    }

    struct start start = {(const char *)file->bytes, (const char *)file->bytes + file->length};
    const char *path = next_string(&start);

    if (path == NULL) {
        fail(start_path, "it names no program", CODE_CANNOT_EXECUTE);
    }

    size_t count = next_number(&start, file->length);

    strings.arguments = take_strings(&start, count, &strings);
    if (strings.arguments != count) {
        fail(start_path, "it does not hold as many arguments as it says", CODE_CANNOT_EXECUTE);
    }
    strings.environment = take_strings(&start, file->length, &strings);
    inode_drop(file);

    struct process *process = process_create(exec_name(path));
    struct exec_program program;
    const char *why;

    if (process == NULL) {
        fail(path, "too little memory", CODE_CANNOT_EXECUTE);
    }

    int64_t error = exec_prepare(process->pid, path, &strings, &program, &why);

    if (error != 0) {
        fail_to_begin(path, error, why);
    }
    exec_strings_free(&strings);
    process_begin(process, &program);
}

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "emu/cli/command.h"
#include "emu/cli/complain.h"
#include "emu/cli/options.h"
#include "emu/cli/output_file.h"
#include "emu/report/diff.h"

enum { MEBIBYTE = 1 << 20, MOST_MEBIBYTES = 256 /* of one report */ };

/* A file while it is read. */
struct source {
    FILE *stream;
    size_t length; /* read so far */
    int failure;   /* errno of the read that failed */
    bool is_too_long;
};

static size_t read_more(void *buffer, size_t length, void *ctx)
{
    struct source *source = ctx;
    size_t got;

    errno = 0;
    got = fread(buffer, 1, length, source->stream);
    if (ferror(source->stream)) {
        source->failure = errno;
        return SIZE_MAX; /* jansson's word for an error */
    }
    source->length += got;
    if (source->length > (size_t)MOST_MEBIBYTES * MEBIBYTE) {
        source->is_too_long = true;
        return SIZE_MAX;
    }
    return got;
}

/* What jansson says may quote the file. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            *text = '?';
        }
    }
}

static bool parse(struct diff_document *document, FILE *stream, struct error *error)
{
    struct source source = {.stream = stream};
    json_error_t wrong;

    document->root = json_load_callback(read_more, &source, JSON_REJECT_DUPLICATES, &wrong);
    if (document->root != NULL) {
        return diff_is_report(document, error);
    }
    if (source.failure != 0) {
        return error_set(error, "%s: %s", document->file, strerror(source.failure));
    }
    if (source.is_too_long) {
        return error_set(error, "%s: is longer than %d MiB, too long for a report", document->file,
                         MOST_MEBIBYTES);
    }
    make_printable(wrong.text);
    return error_set(error, "%s: is no JSON: line %d: %s", document->file, wrong.line, wrong.text);
}

static bool is_standard_input(const char *name)
{
    return strcmp(name, "-") == 0;
}

static bool read_document(struct diff_document *document, struct error *error)
{
    FILE *stream;
    bool is_read;

    if (is_standard_input(document->file)) {
        document->file = "standard input";
        return parse(document, stdin, error);
    }
    stream = fopen(document->file, "re");
    if (stream == NULL) {
        return error_set(error, "%s: %s", document->file, strerror(errno));
    }
    is_read = parse(document, stream, error);
    (void)fclose(stream);
    return is_read;
}

/* Two reports, from the command line to what is said of them. */
struct comparison {
    const struct options *options;
    struct diff_document document[DIFF_SIDES];
    struct diff diff;
    struct diff_check *checks;
    size_t check_count;
};

static bool judge(struct comparison *comparison, struct error *error)
{
    const struct options *options = comparison->options;

    comparison->checks = calloc(options->limit_count + 1, sizeof *comparison->checks);
    if (comparison->checks == NULL) {
        return error_set(error, "out of memory");
    }
    for (size_t i = 0; i < options->limit_count; i++) {
        comparison->checks[i].limit = options->limits[i];
        if (!diff_judge(&comparison->diff, &comparison->checks[i], error)) {
            return false;
        }
    }
    comparison->check_count = options->limit_count;
    return true;
}

static bool compare(struct comparison *comparison, struct error *error)
{
    const struct options *options = comparison->options;
    struct diff_document *document = comparison->document;

    if (is_standard_input(options->words[DIFF_OLD]) &&
        is_standard_input(options->words[DIFF_NEW])) {
        return error_set(error, "-: standard input can be only one of the two reports");
    }
    for (size_t side = 0; side < DIFF_SIDES; side++) {
        document[side].file = options->words[side];
        if (!read_document(&document[side], error)) {
            return false;
        }
    }
    return diff_compare(&comparison->diff, document, error) && judge(comparison, error);
}

static bool write_json(const struct comparison *comparison, struct error *error)
{
    struct output_file file = {.stream = NULL};

    if (!output_file_open(&file, "--json=", comparison->options->json, error)) {
        return false;
    }
    if (!diff_json(file.stream, &comparison->diff, comparison->checks, comparison->check_count) &&
        !ferror(file.stream)) {
        output_file_abandon(&file);
        return error_set(error, "--json=%s: out of memory", comparison->options->json);
    }
    return output_file_finish(&file, error);
}

static bool show(const struct comparison *comparison, struct error *error)
{
    if (comparison->options->json != NULL) {
        return write_json(comparison, error);
    }
    diff_text(stdout, &comparison->diff, comparison->checks, comparison->check_count);
    return true; /* main sees whether it could be written */
}

static int status_of(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->check_count; i++) {
        if (limit_is_exceeded(&comparison->checks[i].verdict)) {
            return STATUS_LIMIT_EXCEEDED;
        }
    }
    return STATUS_OK;
}

static int diff(const struct options *options)
{
    struct comparison comparison = {.options = options};
    struct error error;
    int status;

    if (compare(&comparison, &error) && show(&comparison, &error)) {
        status = status_of(&comparison);
    } else {
        status = complain(&error);
    }
    free(comparison.checks);
    diff_finish(&comparison.diff);
    for (size_t side = 0; side < DIFF_SIDES; side++) {
        json_decref(comparison.document[side].root);
    }
    return status;
}

const struct command command_diff = {
    .name = "diff",
    .bit = COMMAND_DIFF,
    .arguments = "[options] OLD.json NEW.json",
    .summary = "tell what changed between two reports, and whether too much",
    .help = "Compares two files that --json of pagewalk run or stat wrote; - is standard input.\n"
            "Prints every number that differs, the largest change in percent first. Numbers\n"
            "have dotted names, such as l1d.misses, roi.l1d.by_size.4K.misses,\n"
            "walks.pte_reads_by_level[0] and by_asid.1.walks.\n"
            "\n"
            "  pagewalk run --json=old.json matmul.elf\n"
            "  pagewalk run --json=new.json matmul_blocked.elf\n"
            "  pagewalk diff old.json new.json\n"
            "  pagewalk diff --max-increase=roi.l1d.misses=0.5% old.json new.json\n"
            "  pagewalk run --json=- matmul.elf 2>/dev/null | pagewalk diff old.json -\n"
            "\n"
            "Exit status: 0; 1 if a limit of --max-increase is exceeded; 125 for an error of\n"
            "the command line, for a file that is no report of this version, and for a limit\n"
            "on a number that not both of them have.\n",
    .least_words = 2,
    .most_words = 2,
    .run = diff,
};

#include "emu/check/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu/machine/elf_loader.h"

/* Places of the suite as seen from the folder that pagewalk is in: in a build folder, and where
 * meson was told to install to. */
static const char *const places[] = {"../guest/rules", PAGEWALK_RULES_FROM_BINDIR};

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* FOLDER/NAME, or NAME alone if it begins with a slash; to be freed. */
static char *join(const char *folder, const char *name)
{
    char *path = NULL;
    int length =
        *name == '/' ? asprintf(&path, "%s", name) : asprintf(&path, "%s/%s", folder, name);

    return length < 0 ? NULL : path;
}

char *programs_find(struct error *error)
{
    enum { PLACES = sizeof places / sizeof *places };
    char *self = realpath("/proc/self/exe", NULL);
    char *path[PLACES] = {NULL};
    char *found = NULL;

    if (self == NULL) {
        (void)error_set(error, "/proc/self/exe: %s", strerror(errno));
        return NULL;
    }
    *strrchr(self, '/') = '\0';
    (void)error_set(error, "out of memory");
    for (size_t i = 0; i < PLACES && found == NULL; i++) {
        path[i] = join(self, places[i]);
        if (path[i] != NULL && is_folder(path[i])) {
            found = realpath(path[i], NULL);
        }
    }
    if (found == NULL && path[0] != NULL && path[1] != NULL) {
        (void)error_set(error, "the rule suite is not there: there is neither %s nor %s", path[0],
                        path[1]);
    }
    for (size_t i = 0; i < PLACES; i++) {
        free(path[i]);
    }
    free(self);
    return found;
}

static char *path_in(const char *folder, const struct rule *rule)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s.elf", folder, rule->id) < 0 ? NULL : path;
}

bool programs_are_there(const char *folder, const struct rule *const *rules, size_t count,
                        struct error *error)
{
    char *first = NULL;
    int reason = 0;
    size_t missing = 0;

    for (size_t i = 0; i < count; i++) {
        char *path = rules[i]->untested == NULL ? path_in(folder, rules[i]) : NULL;

        if (path != NULL && access(path, R_OK) != 0 && missing++ == 0) {
            reason = errno;
            first = path;
        } else {
            free(path);
        }
    }
    if (missing == 1) {
        (void)error_set(error, "%s: %s", first, strerror(reason));
    } else if (missing > 1) {
        (void)error_set(error, "%s: %s; %zu programs are missing", first, strerror(reason),
                        missing);
    }
    free(first);
    return missing == 0;
}

bool programs_open(struct programs *programs, struct error *error)
{
    const char *place = getenv("TMPDIR");

    programs->copies = NULL;
    if (programs->isa == NULL && programs->ad == NULL) {
        return true;
    }
    if (place == NULL || *place == '\0') {
        place = P_tmpdir;
    }
    if (asprintf(&programs->copies, "%s/pagewalk-check-XXXXXX", place) < 0) {
        programs->copies = NULL;
        return error_set(error, "out of memory");
    }
    if (mkdtemp(programs->copies) == NULL) {
        (void)error_set(error, "%s: %s", programs->copies, strerror(errno));
        free(programs->copies);
        programs->copies = NULL;
        return false;
    }
    return true;
}

/* The bytes of the program's file that become the object at this address. NULL if the file does not
 * hold all of them. */
static uint8_t *bytes_at(const struct elf_program *elf, uint64_t address, size_t length)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segment[i];
        uint64_t offset = address - segment->pa;

        if (address >= segment->pa && offset <= segment->file_length &&
            length <= segment->file_length - offset) {
            return elf->file + (segment->bytes - elf->file) + offset;
        }
    }
    return NULL;
}

/* Writes the text into the array with this name. NULL is no text. */
static bool write_text(const struct elf_program *elf, const char *path, const char *name,
                       const char *text, struct error *error)
{
    const struct symbol *symbol;
    uint8_t *bytes;

    if (text == NULL) {
        return true;
    }
    symbol = symbols_find(&elf->symbols, name);
    if (symbol == NULL || symbol->size <= strlen(text)) {
        return error_set(error, "%s has no array '%s' with room for '%s'", path, name, text);
    }
    bytes = bytes_at(elf, symbol->address, symbol->size);
    if (bytes == NULL) {
        return error_set(error, "%s: '%s' is not in the file", path, name);
    }
    memset(bytes, 0, symbol->size);
    memcpy(bytes, text, strlen(text) + 1);
    return true;
}

static bool write_file(const char *path, const uint8_t *bytes, size_t length, struct error *error)
{
    FILE *file = fopen(path, "wxe");
    bool is_written;

    if (file == NULL) {
        return error_set(error, "%s: %s", path, strerror(errno));
    }
    is_written = fwrite(bytes, 1, length, file) == length;
    if (fclose(file) != 0 || !is_written) {
        (void)error_set(error, "%s: %s", path, strerror(errno));
        (void)unlink(path);
        return false;
    }
    return true;
}

static bool copy(const struct programs *programs, const char *from, const char *to,
                 struct error *error)
{
    struct elf_program elf;
    bool is_done;

    if (!elf_program_read(&elf, from, error)) {
        return false;
    }
    is_done = write_text(&elf, from, "rule_isa_override", programs->isa, error) &&
              write_text(&elf, from, "rule_expect_ad", programs->ad, error) &&
              write_file(to, elf.file, elf.file_length, error);
    elf_program_finish(&elf);
    return is_done;
}

char *programs_take(const struct programs *programs, const struct rule *rule, struct error *error)
{
    char *original = path_in(programs->folder, rule);
    char *path;

    if (programs->copies == NULL || original == NULL) {
        (void)error_set(error, "out of memory"); /* matters only if there is no path */
        return original;
    }
    path = path_in(programs->copies, rule);
    if (path == NULL) {
        (void)error_set(error, "out of memory");
    } else if (!copy(programs, original, path, error)) {
        free(path);
        path = NULL;
    }
    free(original);
    return path;
}

void programs_give_back(const struct programs *programs, char *path)
{
    if (path != NULL && programs->copies != NULL) {
        (void)unlink(path);
    }
    free(path);
}

void programs_close(struct programs *programs)
{
    if (programs->copies != NULL) {
        (void)rmdir(programs->copies);
    }
    free(programs->copies);
    programs->copies = NULL;
}

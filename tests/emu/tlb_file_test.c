#include "emu/cli/tlb_file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 65536 };

static char name[] = P_tmpdir "/tlb_file_test-XXXXXX";
static struct error error;
static char *spec;

static void setup(void)
{
    int file = mkstemp(name);

    cr_assert(ge(int, file, 0));
    (void)close(file);
}

static void teardown(void)
{
    free(spec);
    (void)unlink(name);
}

TestSuite(tlb_file, .init = setup, .fini = teardown);

static void read_bytes(const char *bytes, size_t length)
{
    FILE *file = fopen(name, "w");

    cr_assert(eq(sz, fwrite(bytes, 1, length, file), length));
    cr_assert(eq(int, fclose(file), 0));
    free(spec);
    error.text[0] = '\0';
    spec = tlb_file_read(name, &error);
}

Test(tlb_file, lines_are_joined_by_commas)
{
    static const struct {
        const char *text;
        const char *spec;
        const char *why;
    } rows[] = {
        {"l1i=8\nl1d=8\n", "l1i=8,l1d=8", "two lines"},
        {"l1i=8\nl1d=8", "l1i=8,l1d=8", "no end of the last line"},
        {"l1i=8,l1d=8\n", "l1i=8,l1d=8", "a line may hold several parts"},
        {"# mine\n\nl1i=8 # small\n   \n\tl1d=8\t\n#\n", "l1i=8,l1d=8", "comments and blanks"},
        {"l1i=8\r\nl1d=8\r\n", "l1i=8,l1d=8", "lines as other systems end them"},
        {"rocket\nl2=512x1:4K", "rocket,l2=512x1:4K", "a preset, changed"},
        {"l1i=8,\nl1d=8", "l1i=8,,l1d=8", "a comma too many is left to the parser"},
        {"# \xc3\xa9\nl1i=8", "l1i=8", "any text in comments"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_bytes(rows[i].text, strlen(rows[i].text));
        cr_assert(spec != NULL, "%s: %s", rows[i].why, error.text);
        cr_expect(eq(str, spec, (char *)rows[i].spec), "%s", rows[i].why);
    }
}

Test(tlb_file, what_is_no_specification_is_refused)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *reason;
    } rows[] = {
        {"", 0, "has nothing in it but comments"},
        {"# l1i=8\n\n", 9, "has nothing in it but comments"},
        {"l1i=8\0l1d=8", 11, "is no text file"},
        {"\x7f"
         "ELF",
         4, "is no text file"},
        {"l1i=8\x1b[0m", 9, "is no text file"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_bytes(rows[i].bytes, rows[i].length);
        cr_expect(spec == NULL);
        cr_expect(eq(str, error.text, (char *)rows[i].reason));
    }
}

Test(tlb_file, has_a_size_limit)
{
    char *bytes = malloc(LARGEST + 1);

    memset(bytes, '#', LARGEST + 1);
    memcpy(bytes, "l1i=8", 5);
    read_bytes(bytes, LARGEST);
    cr_assert(spec != NULL, "%s", error.text);
    cr_expect(eq(str, spec, "l1i=8"));
    memset(bytes + 5, 'x', LARGEST - 5);
    read_bytes(bytes, LARGEST);
    cr_assert(spec != NULL, "%s", error.text);
    cr_expect(eq(sz, strlen(spec), LARGEST));
    read_bytes(bytes, LARGEST + 1);
    cr_expect(spec == NULL);
    cr_expect(eq(str, error.text, "has more than 65536 bytes"));
    free(bytes);
}

Test(tlb_file, a_file_that_is_not_there_is_an_error)
{
    cr_expect(tlb_file_read("/no/such/file", &error) == NULL);
    cr_expect(strncmp(error.text, "cannot be opened: ", 18) == 0);
    cr_expect(tlb_file_read("/", &error) == NULL);
    cr_expect(strncmp(error.text, "cannot be read: ", 16) == 0);
}

#include "emu/machine/symbol_file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/symbol_file_test_XXXXXX";
static struct symbols symbols;
static struct error error;

static void make_file(void)
{
    int fd = mkstemp(path);

    cr_assert(ge(int, fd, 0));
    close(fd);
}

static void remove_file(void)
{
    symbols_finish(&symbols);
    unlink(path);
}

TestSuite(symbol_file, .init = make_file, .fini = remove_file);

/* Reads a list of these bytes, in place of what was read before. */
static bool read_bytes(const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    cr_assert(ne(ptr, file, NULL));
    cr_assert(eq(sz, fwrite(bytes, 1, length, file), length));
    cr_assert(eq(int, fclose(file), 0));
    symbols_finish(&symbols);
    error.text[0] = '\0';
    return symbol_file_read(&symbols, path, &error);
}

static bool read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

/* An entry of a list and what it should become. */
struct want {
    const char *line;
    const char *name;
    uint64_t address;
    uint64_t size;
    bool is_function;
    const char *why;
};

static void expect_symbol(const struct want *want)
{
    const struct symbol *got = symbols.all;

    cr_assert(eq(sz, symbols.count, 1), "%s", want->why);
    cr_expect(eq(str, got->name, (char *)want->name), "%s", want->why);
    cr_expect(eq(u64, got->address, want->address), "%s", want->why);
    cr_expect(eq(u64, got->size, want->size), "%s", want->why);
    cr_expect(eq(int, got->is_function, want->is_function), "%s", want->why);
    cr_expect(eq(int, got->is_code, want->is_function), "%s", want->why);
}

Test(symbol_file, a_line_is_an_address_perhaps_a_size_a_type_and_a_name)
{
    static const struct want rows[] = {
        {"0000000080000010 T main\n", "main", 0x80000010, 0, true, "nm"},
        {"80000010 T main\n", "main", 0x80000010, 0, true, "fewer digits"},
        {"FFFFFFFF80000aBc t x\n", "x", 0xffffffff80000abc, 0, true, "any digits, local text"},
        {"80000010 W weak\n", "weak", 0x80000010, 0, true, "weak"},
        {"80000010 w weak\n", "weak", 0x80000010, 0, true, "weak with an address"},
        {"80000010 0000000000000008 T main\n", "main", 0x80000010, 8, true, "nm -S"},
        {"80000010 0000000000000008 D table\n", "table", 0x80000010, 8, false, "data"},
        {"80000010 A number\n", "number", 0x80000010, 0, false, "an absolute symbol"},
        {"80000010 a number\n", "number", 0x80000010, 0, false, "a is a type, not a size"},
        {"80000010 R text\n", "text", 0x80000010, 0, false, "read-only data"},
        {"80000010 t start\t[virtio_net]\n", "start", 0x80000010, 0, true, "kallsyms"},
        {"80000010 t start [virtio_net]\n", "start", 0x80000010, 0, true, "its tab lost"},
        {"80000010 T f(int, char*)\n", "f(int, char*)", 0x80000010, 0, true, "nm -C"},
        {"80000010 T operator new[](int)\n", "operator new[](int)", 0x80000010, 0, true, "nm -C"},
        {"80000010 T end[abi:cxx11]\n", "end[abi:cxx11]", 0x80000010, 0, true, "no module"},
        {"80000010 T odd]\n", "odd]", 0x80000010, 0, true, "no bracket to begin a module"},
        {"80000010 T main\r\n", "main", 0x80000010, 0, true, "lines of another system"},
        {"80000010 T main \n", "main", 0x80000010, 0, true, "a blank at the end"},
        {"80000010\tT\tmain\n", "main", 0x80000010, 0, true, "tabs"},
        {"80000010 T main", "main", 0x80000010, 0, true, "the last line without its end"},
        {"\n80000010 T main\n \n", "main", 0x80000010, 0, true, "empty lines"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(read_text(rows[i].line), "%s: %s", rows[i].why, error.text);
        expect_symbol(&rows[i]);
    }
}

Test(symbol_file, what_has_no_place_is_left_out)
{
    static const char *const lines[] = {
        "                 U printf\n",         "U printf\n",
        "                 w __cxa_finalize\n", "                 v __weak_object\n",
        "0000000000000008 C common\n",         "0000000000000000 N debugging\n",
        "0000000080000000 - 64 0002 FUN\n",    "0000000080000000 t .L12\n",
        "0000000080000000 t $xrv64i2p1\n",     "0000000080000000 r $d\n",
        "0000000080000000 n nothing\n",
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[200];

        snprintf(text, sizeof text, "%s80000010 T main\n", lines[i]);
        cr_assert(read_text(text), "%s: %s", lines[i], error.text);
        cr_expect(eq(sz, symbols.count, 1), "%s", lines[i]);
        cr_expect(eq(str, symbols.all[0].name, "main"), "%s", lines[i]);
    }
}

Test(symbol_file, a_bad_line_is_named)
{
    static const struct {
        const char *line;
        const char *why;
    } rows[] = {
        {"main.o:", "the heading of nm for several files"},
        {"80000000", "an address alone"},
        {"80000000 T", "no name"},
        {"80000000 T ", "a blank for a name"},
        {"80000000 [module]", "no type"},
        {"80000000 main", "no type, and no size"},
        {"80000000 10 main", "a size but no type"},
        {"80000000 10 10 T main", "two sizes"},
        {"80000000 TT main", "two types"},
        {"80000000 0 main", "a digit is no type"},
        {"0x80000000 T main", "a prefix"},
        {"12345678123456789 T main", "too many digits"},
        {"8000000g T main", "no digit"},
        {"T main", "a defined symbol without an address"},
        {"U", "an undefined one without a name"},
        {"-80000000 T main", "a sign"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200];
        char want[200];

        snprintf(text, sizeof text, "80000000 T _start\n\n%s\n80000010 T end\n", rows[i].line);
        snprintf(want, sizeof want, "--symbols=%s: line 3 is not", path);
        cr_expect(not(read_text(text)), "%s", rows[i].why);
        cr_expect(eq(int, strncmp(error.text, want, strlen(want)), 0), "%s: %s", rows[i].why,
                  error.text);
    }
}

Test(symbol_file, lines_that_are_no_text_are_refused)
{
    static char longest[20000];

    memset(longest, 'a', sizeof longest);
    memcpy(longest, "80000000 T ", 11);
    cr_expect(not(read_bytes(longest, sizeof longest)), "a name of 20000 letters");
    cr_expect(ne(ptr, strstr(error.text, "line 1 is not"), NULL), "%s", error.text);
    cr_expect(not(read_bytes("80000000 T a\0b\n80000000 T c\n", 28)), "a NUL");
    cr_expect(ne(ptr, strstr(error.text, "line 1 is not"), NULL), "%s", error.text);
}

Test(symbol_file, a_list_that_tells_nothing_is_refused)
{
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"", "has no symbols"},
        {"\n\n", "has no symbols"},
        {"                 U printf\n", "has no symbols"},
        {"0000000000000000 T _text\n0000000000000000 t start\t[m]\n", "all addresses are zero"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(not(read_text(rows[i].text)), "%s", rows[i].want);
        cr_expect(ne(ptr, strstr(error.text, rows[i].want), NULL), "%s", error.text);
    }
    cr_expect(read_text("0000000000000000 T _text\n0000000000000010 T next\n"), "one is enough");
}

Test(symbol_file, what_cannot_be_read_is_refused)
{
    cr_expect(not(symbol_file_read(&symbols, "/nowhere/at/all", &error)));
    cr_expect(ne(ptr, strstr(error.text, "--symbols=/nowhere/at/all: cannot be opened"), NULL));
    cr_expect(not(symbol_file_read(&symbols, "/", &error)));
    cr_expect(ne(ptr, strstr(error.text, "--symbols=/: cannot be read"), NULL), "%s", error.text);
}

Test(symbol_file, symbols_are_sorted_and_reach_to_the_next)
{
    cr_assert(read_text("80000020 T last\n80000000 T first\n80000010 d data\n"));
    cr_assert(eq(sz, symbols.count, 3));
    cr_expect(eq(str, symbols.all[0].name, "first"));
    cr_expect(eq(str, symbols.all[2].name, "last"));
    cr_expect(eq(str, symbols_at(&symbols, 0x8000000f)->name, "first"));
    cr_expect(eq(str, symbols_at(&symbols, 0x80000010)->name, "data"));
    cr_expect(eq(str, symbols_at(&symbols, UINT64_MAX)->name, "last"));
}

Test(symbol_file, in_a_list_with_sizes_text_without_one_is_a_label)
{
    cr_assert(read_text("80000000 T _start\n80000010 00000020 T main\n80000018 t loop\n"));
    cr_expect(eq(str, symbols_at(&symbols, 0x80000018)->name, "main"), "the function around it");
    cr_expect(eq(str, symbols_at(&symbols, 0x80000004)->name, "_start"));
    cr_expect(symbols_at(&symbols, 0x80000004)->is_code);
    cr_expect(not(symbols_at(&symbols, 0x80000004)->is_function));
    cr_assert(read_text("80000000 T _start\n80000010 T main\n80000018 t loop\n"));
    cr_expect(eq(str, symbols_at(&symbols, 0x80000018)->name, "loop"), "who knows what it is");
}

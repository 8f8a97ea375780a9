#include "emu/machine/symbol_file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/elf_image.h"

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
        {"0000000000000000 T _text\n0000000000000000 t start\t[m]\n",
         "all addresses are zero; a kernel hides them in /proc/kallsyms from all but root"},
        {"ffffffffffffffff B The real System.map is in another package\n",
         "is a stub without addresses"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(not(read_text(rows[i].text)), "%s", rows[i].want);
        cr_expect(ne(ptr, strstr(error.text, rows[i].want), NULL), "%s", error.text);
    }
    cr_expect(read_text("0000000000000000 T _text\n0000000000000010 T next\n"), "one is enough");
}

/* As riscv64 Linux writes it: modules below the kernel, numbers that are no addresses, a name that
 * two functions share, data of each processor, no sizes. */
Test(symbol_file, kallsyms_of_a_kernel_with_modules)
{
    static const char text[] = "0000000000000d40 A riscv_weird_absolute\n"
                               "ffffffff80000000 T _start\n"
                               "ffffffff80001000 T _stext\n"
                               "ffffffff80001000 t init_once\n"
                               "ffffffff80001200 t init_once\n"
                               "ffffffff80001300 T schedule\n"
                               "ffffffff81a00000 D __per_cpu_start\n"
                               "ffffffff81a00010 d runqueues\n"
                               "ffffffff81b00000 B _end\n"
                               "ffffffff01a02000 t virtblk_probe\t[virtio_blk]\n"
                               "ffffffff01a02100 d __this_module\t[virtio_blk]\n"
                               "ffffffff01b00000 t bpf_prog_6deef7357e7b4530\t[bpf]\n";
    static const struct {
        uint64_t pc;
        const char *name; /* NULL: no code */
    } rows[] = {
        {0x10000, NULL}, /* of a program: only the number lies below */
        {0x3fffffe000, NULL},
        {0xffffffff01a020fe, "virtblk_probe"},
        {0xffffffff01a02100, NULL},
        {0xffffffff01b00010, "bpf_prog_6deef7357e7b4530"},
        {0xffffffff80000004, "_start"},
        {0xffffffff80001004, "_stext"},
        {0xffffffff80001204, "init_once"},
        {0xffffffff81a00020, NULL},
        {0xffffffffffffffff, NULL},
    };

    cr_assert(read_text(text), "%s", error.text);
    cr_expect(eq(sz, symbols.count, 12));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct symbol *symbol = symbols_at(&symbols, rows[i].pc);
        bool is_code = symbol != NULL && symbol->is_code;

        cr_expect(eq(int, is_code, rows[i].name != NULL), "%lx", rows[i].pc);
        if (is_code && rows[i].name != NULL) {
            cr_expect(eq(str, symbol->name, (char *)rows[i].name), "%lx", rows[i].pc);
        }
    }
}

Test(symbol_file, a_list_on_a_disk_ends_where_nothing_was_written)
{
    static char image[65536] = "80000000 T main\n80000010 T end\n";

    cr_assert(read_bytes(image, sizeof image), "%s", error.text);
    cr_expect(eq(sz, symbols.count, 2));
    cr_expect(not(read_bytes(image + 32, sizeof image - 32)), "nothing was");
    cr_expect(ne(ptr, strstr(error.text, "has no symbols"), NULL), "%s", error.text);
    image[20] = '\0';
    cr_expect(not(read_bytes(image, sizeof image)), "but no line is broken off");
}

/* A kernel of Debian has 360,000 with its modules. Of what grows with the square of them this would
 * take minutes. */
Test(symbol_file, as_many_as_a_kernel_has, .timeout = 20)
{
    enum { COUNT = 400000, LINE = 40 };
    char *text = malloc(COUNT * LINE + 1);
    char *end = text;

    cr_assert(ne(ptr, text, NULL));
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned shuffled = (unsigned)(i * UINT64_C(77777) % COUNT);

        end += sprintf(end, "ffffffff%08x %c function_%u\n", 0x80000000 + shuffled * 16,
                       "tTdW"[shuffled % 4], shuffled);
    }
    cr_assert(read_text(text), "%s", error.text);
    free(text);
    cr_assert(eq(sz, symbols.count, COUNT));
    for (unsigned i = 0; i < COUNT; i++) {
        const struct symbol *symbol =
            symbols_at(&symbols, 0xffffffff80000000 + i * UINT64_C(16) + 15);

        cr_assert(eq(u64, symbol->address, 0xffffffff80000000 + i * UINT64_C(16)));
    }
}

static bool read_image(const struct elf_image *image, size_t length)
{
    return read_bytes((const char *)image, length);
}

Test(symbol_file, an_elf_file_tells_as_much_as_it_does_of_itself)
{
    struct elf_image image;

    elf_image_init(&image);
    cr_assert(read_image(&image, sizeof image), "%s", error.text);
    cr_expect(eq(str, symbols_at(&symbols, ELF_IMAGE_CODE + 8)->name, "main"));
    cr_expect(symbols_at(&symbols, ELF_IMAGE_CODE + 8)->is_function);
    cr_expect(ne(ptr, (void *)symbols_find(&symbols, "tohost"), NULL));
    image.header.e_type = ET_DYN;
    cr_expect(read_image(&image, sizeof image), "it need not be one that can be run: %s",
              error.text);
    for (unsigned i = 0; i < IMAGE_SEGMENTS; i++) {
        image.segment[i].p_type = PT_NULL;
    }
    cr_expect(read_image(&image, sizeof image), "nor have anything to load: %s", error.text);
}

static void expect_refused(const struct elf_image *image, size_t length, const char *why)
{
    char want[200];

    snprintf(want, sizeof want, "--symbols=%s: %s", path, why);
    cr_expect(not(read_image(image, length)), "%s", why);
    cr_expect(eq(int, strncmp(error.text, want, strlen(want)), 0), "%s", error.text);
}

Test(symbol_file, an_elf_file_without_symbols_that_can_be_used_is_refused)
{
    struct elf_image good;
    struct elf_image image;

    elf_image_init(&good);
    image = good;
    image.section[IMAGE_SYMBOLS].sh_type = SHT_NULL;
    expect_refused(&image, sizeof image, "has no symbols: it is stripped");
    image = good;
    image.header.e_type = ET_REL;
    expect_refused(&image, sizeof image, "is a relocatable object file");
    image = good;
    image.header.e_machine = EM_X86_64;
    expect_refused(&image, sizeof image, "is for x86-64, not RISC-V");
    expect_refused(&good, sizeof good - 1, "is truncated: its symbols lie beyond its end");
    expect_refused(&good, 20, "is truncated: it ends within its ELF header");
    image.header.e_ident[EI_MAG1] = 'F';
    expect_refused(&image, sizeof image, "is not an ELF file");
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

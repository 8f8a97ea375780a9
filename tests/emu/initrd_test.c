#include "emu/machine/initrd.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A header of the newc form: a magic, then numbers of eight hexadecimal digits. */
enum field { INODE, MODE, UID, GID, LINKS, TIME, LENGTH, NAME_LENGTH = 11, FIELDS = 13 };
enum { MAGIC = 6, DIGITS = 8, HEADER = MAGIC + FIELDS * DIGITS };

/* One file, found by this reader of its own, which knows no library. */
struct member {
    const char *name;
    const uint8_t *bytes;
    unsigned long field[FIELDS];
};

static struct initrd initrd;
static struct error error;
static char *arguments[] = {"dir/prog", "-x", "", "two words", "\xff\n"};

static void finish(void)
{
    initrd_finish(&initrd);
}

TestSuite(initrd, .fini = finish);

static bool make(const char *path, char *const *words, size_t count)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5};
    const struct initrd_program program = {.path = path,
                                           .bytes = bytes,
                                           .length = sizeof bytes,
                                           .arguments = words,
                                           .argument_count = count};

    initrd_finish(&initrd);
    return initrd_create(&initrd, &program, &error);
}

static size_t round_up(size_t offset)
{
    return (offset + 3) & ~(size_t)3;
}

/* Reads the member at an offset; returns the offset of the next. */
static size_t read_member(size_t offset, struct member *member)
{
    char digits[DIGITS + 1] = "";
    size_t bytes;

    cr_assert(offset + HEADER <= initrd.length, "a header at %zu", offset);
    cr_assert(eq(int, memcmp(initrd.bytes + offset, "070701", MAGIC), 0), "the magic of newc");
    for (size_t i = 0; i < FIELDS; i++) {
        memcpy(digits, initrd.bytes + offset + MAGIC + i * DIGITS, DIGITS);
        member->field[i] = strtoul(digits, NULL, 16);
    }
    member->name = (const char *)initrd.bytes + offset + HEADER;
    bytes = round_up(offset + HEADER + member->field[NAME_LENGTH]);
    member->bytes = initrd.bytes + bytes;
    cr_assert(bytes + member->field[LENGTH] <= initrd.length);
    return round_up(bytes + member->field[LENGTH]);
}

Test(initrd, holds_the_program_and_how_to_start_it)
{
    static const char start[] = "/bin/prog\0005\0dir/prog\0-x\0\0two words\0\xff\n\0"
                                "PATH=/bin\0HOME=/\0TERM=dumb";
    struct member program;
    struct member how;
    struct member end;
    size_t offset;

    cr_assert(make("/some/dir/prog", arguments, 5), "%s", error.text);
    offset = read_member(0, &program);
    offset = read_member(offset, &how);
    offset = read_member(offset, &end);
    cr_expect(eq(str, (char *)program.name, "bin/prog"));
    cr_expect(eq(ulong, program.field[LENGTH], 5));
    cr_expect(eq(int, memcmp(program.bytes, "\1\2\3\4\5", 5), 0));
    cr_expect(eq(ulong, program.field[MODE], 0100755));
    cr_expect(eq(str, (char *)how.name, "etc/pagewalk/start"));
    cr_expect(eq(ulong, how.field[LENGTH], sizeof start));
    cr_expect(eq(int, memcmp(how.bytes, start, sizeof start), 0));
    cr_expect(eq(ulong, how.field[MODE], 0100644));
    cr_expect(eq(str, (char *)end.name, "TRAILER!!!"));
    cr_expect(eq(sz, round_up(initrd.length), offset), "nothing but what is needed");
}

Test(initrd, depends_on_nothing_but_its_input)
{
    struct member member[2];
    uint8_t *first;
    size_t length;

    cr_assert(make("prog", arguments, 5));
    first = initrd.bytes;
    length = initrd.length;
    initrd = (struct initrd){.bytes = NULL};
    cr_assert(make("./prog", arguments, 5));
    cr_expect(eq(sz, initrd.length, length));
    cr_expect(eq(int, memcmp(initrd.bytes, first, length), 0));
    free(first);
    (void)read_member(read_member(0, &member[0]), &member[1]);
    for (unsigned i = 0; i < 2; i++) {
        cr_expect(eq(ulong, member[i].field[TIME], 0));
        cr_expect(eq(ulong, member[i].field[UID], 0));
        cr_expect(eq(ulong, member[i].field[GID], 0));
        cr_expect(eq(ulong, member[i].field[INODE], i + 1));
        cr_expect(eq(ulong, member[i].field[LINKS], 1));
    }
}

Test(initrd, takes_any_name_of_a_file)
{
    static const char *const names[] = {"\xff\xfe", "a b", "caf\xc3\xa9", "TRAILER!!!", "x.elf"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct member member;
        char want[32];

        snprintf(want, sizeof want, "bin/%s", names[i]);
        cr_assert(make(names[i], arguments, 1), "%s: %s", names[i], error.text);
        (void)read_member(0, &member);
        cr_expect(eq(str, (char *)member.name, want));
    }
}

Test(initrd, refuses_too_many_arguments)
{
    enum { ENVIRONMENT = sizeof "PATH=/bin" + sizeof "HOME=/" + sizeof "TERM=dumb" };
    size_t most = INITRD_MOST_ARGUMENTS - ENVIRONMENT - sizeof "prog" - 1; /* its NUL */
    char *words[] = {"prog", malloc(most + 2)};

    memset(words[1], 'x', most + 1);
    words[1][most] = '\0';
    cr_expect(make("prog", words, 2), "%s", error.text);
    words[1][most] = 'x';
    words[1][most + 1] = '\0';
    cr_expect(not(make("prog", words, 2)));
    cr_expect(eq(str, error.text,
                 "prog: arguments and environment have 131073 bytes, and 131072 are the most that "
                 "can be handed on"));
    cr_expect(initrd.bytes == NULL);
    free(words[1]);
}

#include "emu/cli/output_file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = P_tmpdir "/output_file_test-XXXXXX";
static struct output_file file;
static struct error error;

static void setup(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    cr_assert(eq(int, chdir(folder), 0));
}

static void teardown(void)
{
    char command[64];

    output_file_abandon(&file);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert(eq(int, system(command), 0));
}

TestSuite(output_file, .init = setup, .fini = teardown);

/* The number of files in the folder, hidden ones too. */
static unsigned count_files(void)
{
    DIR *directory = opendir(".");
    unsigned count = 0;
    const struct dirent *entry;

    while ((entry = readdir(directory)) != NULL) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    (void)closedir(directory);
    return count;
}

static void put_file(const char *name, const char *text)
{
    FILE *stream = fopen(name, "w");

    cr_assert(stream != NULL);
    fputs(text, stream);
    cr_assert(eq(int, fclose(stream), 0));
}

static void expect_file(const char *name, const char *text)
{
    char buffer[256] = "";
    FILE *stream = fopen(name, "r");

    cr_assert(stream != NULL, "%s", name);
    (void)fread(buffer, 1, sizeof buffer - 1, stream);
    (void)fclose(stream);
    cr_expect(eq(str, buffer, (char *)text));
}

Test(output_file, has_its_name_only_when_it_is_whole)
{
    cr_assert(output_file_open(&file, "--json=", "new", &error));
    fputs("text", file.stream);
    cr_expect(ne(int, access("new", F_OK), 0));
    cr_assert(output_file_finish(&file, &error), "%s", error.text);
    expect_file("new", "text");
    cr_expect(eq(uint, count_files(), 1));
}

Test(output_file, leaves_nothing_behind_when_abandoned)
{
    cr_assert(output_file_open(&file, "--json=", "new", &error));
    fputs("text", file.stream);
    output_file_abandon(&file);
    cr_expect(eq(uint, count_files(), 0));
}

Test(output_file, keeps_the_old_file_until_the_new_one_is_whole)
{
    struct stat status;

    put_file("old", "before");
    cr_assert(eq(int, chmod("old", 0640), 0));
    cr_assert(output_file_open(&file, "--json=", "old", &error));
    fputs("half", file.stream);
    output_file_abandon(&file);
    expect_file("old", "before");

    cr_assert(output_file_open(&file, "--json=", "old", &error));
    fputs("after", file.stream);
    cr_assert(output_file_finish(&file, &error));
    expect_file("old", "after");
    cr_assert(eq(int, stat("old", &status), 0));
    cr_expect(eq(uint, status.st_mode & 0777, 0640), "its rights stay");
}

Test(output_file, a_new_one_has_the_rights_that_umask_leaves)
{
    struct stat status;

    umask(027);
    cr_assert(output_file_open(&file, "--json=", "new", &error));
    cr_assert(output_file_finish(&file, &error));
    cr_assert(eq(int, stat("new", &status), 0));
    cr_expect(eq(uint, status.st_mode & 0777, 0640));
}

Test(output_file, follows_a_link_to_the_file_it_names)
{
    struct stat status;

    put_file("old", "before");
    cr_assert(eq(int, symlink("old", "link"), 0));
    cr_assert(output_file_open(&file, "--json=", "link", &error));
    fputs("after", file.stream);
    cr_assert(output_file_finish(&file, &error));
    expect_file("old", "after");
    cr_assert(eq(int, lstat("link", &status), 0));
    cr_expect(eq(uint, status.st_mode & S_IFMT, S_IFLNK));
}

Test(output_file, what_cannot_be_written_is_refused_at_once)
{
    char too_long[600];
    const struct {
        const char *name;
        const char *text;
    } rows[] = {
        {"missing/file", "--json=missing/file: No such file or directory"},
        {".", "--json=.: Is a directory"},
        {"a_file/below", "--json=a_file/below: Not a directory"},
        {"new/", "--json=new/: "},
        {too_long, "--json=xxx"},
        {"/proc/nowhere", "--json=/proc/nowhere: "},
    };

    memset(too_long, 'x', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    put_file("a_file", "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(not(output_file_open(&file, "--json=", rows[i].name, &error)), "%s",
                  rows[i].text);
        cr_expect(strncmp(error.text, rows[i].text, strlen(rows[i].text)) == 0, "%s", error.text);
        cr_expect(file.stream == NULL);
    }
    cr_expect(eq(uint, count_files(), 1));
}

/* A limit on the length of files stands for a full disk. No test here opens a device by its name:
 * a mistake in the code under test, run by root, would replace it. */
Test(output_file, a_full_disk_is_told_at_the_end)
{
    const struct rlimit limit = {.rlim_cur = 2, .rlim_max = 2};

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert(eq(int, setrlimit(RLIMIT_FSIZE, &limit), 0));
    cr_assert(output_file_open(&file, "--json=", "new", &error));
    fputs("text", file.stream);
    cr_expect(not(output_file_finish(&file, &error)));
    cr_expect(eq(str, error.text, "--json=new: File too large"));
    cr_expect(eq(uint, count_files(), 0));
}

Test(output_file, a_failure_on_the_way_is_not_forgotten)
{
    cr_assert(output_file_open(&file, "--json=", "new", &error));
    (void)fgetc(file.stream); /* it is for writing only: sets the stream's error */
    cr_assert(ferror(file.stream));
    cr_expect(not(output_file_finish(&file, &error)));
    cr_expect(eq(uint, count_files(), 0));
}

/* A named pipe that can be opened without waiting for the other end; returns that. */
static int make_pipe(const char *name)
{
    cr_assert(eq(int, mkfifo(name, 0600), 0));
    return open(name, O_RDWR);
}

Test(output_file, pipes_and_devices_are_written_to_and_not_replaced)
{
    char text[8] = "";
    struct stat status;
    int reader = make_pipe("pipe");

    cr_assert(output_file_open(&file, "--json=", "pipe", &error));
    fputs("text", file.stream);
    cr_assert(output_file_finish(&file, &error));
    cr_assert(eq(int, stat("pipe", &status), 0));
    cr_expect(eq(uint, status.st_mode & S_IFMT, S_IFIFO));
    cr_expect(eq(int, (int)read(reader, text, sizeof text - 1), 4));
    cr_expect(eq(str, text, "text"));
}

Test(output_file, knows_when_two_are_one)
{
    static const struct {
        const char *left;
        const char *right;
        bool is_same;
    } rows[] = {
        {"a", "a", true}, {"a", "./a", true}, {"a", "b", false},       {"old", "link", true},
        {"-", "-", true}, {"a", "-", false},  {"pipe", "pipe", false},
    };

    put_file("old", "");
    cr_assert(eq(int, symlink("old", "link"), 0));
    (void)make_pipe("pipe");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct output_file other;

        cr_assert(output_file_open(&file, "--json=", rows[i].left, &error));
        cr_assert(output_file_open(&other, "--signature=", rows[i].right, &error));
        cr_expect(eq(int, output_file_is_same(&file, &other), rows[i].is_same), "%s and %s",
                  rows[i].left, rows[i].right);
        output_file_abandon(&file);
        output_file_abandon(&other);
    }
}

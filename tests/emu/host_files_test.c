#include "emu/machine/host_files.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct host_files files;
static struct error error;
static char folder[] = "/tmp/host_files_XXXXXX";

/* A tree: d/ with a file and a link out of it, a file that may not be written, nothing else. */
static void make_tree(void)
{
    FILE *file;

    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    cr_assert(eq(int, chdir(folder), 0));
    cr_assert(eq(int, mkdir("d", 0700), 0));
    file = fopen("d/f", "w");
    cr_assert(ne(ptr, file, NULL));
    cr_assert(ge(int, fputs("five\n", file), 0));
    cr_assert(eq(int, fclose(file), 0));
    cr_assert(eq(int, chmod("d/f", 0440), 0));
    cr_assert(eq(int, symlink("/etc/passwd", "d/a_link"), 0));
    cr_assert(eq(int, symlink("d", "c"), 0));
}

static void remove_tree(void)
{
    host_files_finish(&files);
    (void)unlink("d/f");
    (void)unlink("d/a_link");
    (void)unlink("d/p");
    (void)unlink("c");
    (void)rmdir("d");
    (void)rmdir(folder);
}

TestSuite(host_files, .init = make_tree, .fini = remove_tree);

Test(host_files, a_tree_is_in_order_and_links_stay_links)
{
    static const struct {
        const char *path;
        mode_t mode;
        const char *text;
    } want[] = {
        {".", S_IFDIR | 0700, NULL},       {"c", S_IFLNK | 0777, "d"},
        {"d", S_IFDIR | 0700, NULL},       {"d/a_link", S_IFLNK | 0777, "/etc/passwd"},
        {"d/f", S_IFREG | 0440, "five\n"},
    };

    cr_assert(host_files_add_tree(&files, ".", &error), "%s", error.text);
    cr_assert(eq(sz, files.count, sizeof want / sizeof *want));
    for (size_t i = 0; i < files.count; i++) {
        const struct host_file *file = &files.all[i];

        cr_expect(eq(str, file->path, (char *)want[i].path));
        cr_expect(eq(uint, file->mode, want[i].mode), "%s", file->path);
        if (want[i].text != NULL) {
            cr_expect(eq(str, (char *)file->bytes, (char *)want[i].text));
            cr_expect(eq(sz, file->length, strlen(want[i].text)));
        }
    }
}

Test(host_files, a_file_goes_where_it_is_told)
{
    static const struct {
        const char *name, *path;
    } rows[] = {
        {"d/f", "f"},          {"d/f:/x", "x"},
        {"d/f:///x/y", "x/y"}, {"c/f:/a:/b", NULL}, /* the file would be c/f:/a */
        {"d/f:x", NULL},                            /* and d/f:x */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_added = host_files_add_file(&files, rows[i].name, &error);

        cr_expect(eq(int, is_added, rows[i].path != NULL), "%s", rows[i].name);
        if (is_added) {
            cr_expect(eq(str, files.all[files.count - 1].path, (char *)rows[i].path));
        }
    }
}

Test(host_files, what_cannot_be_given_is_refused_with_a_reason)
{
    static const struct {
        const char *name;
        bool is_tree;
        const char *reason;
    } rows[] = {
        {"d/f:/../x", false, "d/f:/../x: a path in the guest has no .."},
        {"d/f:/x/..", false, "d/f:/x/..: a path in the guest has no .."},
        {"d/f:/", false, "d/f:/: the path in the guest names no file"},
        {"d", false, "d is a folder: --root takes one"},
        {"d/p", false, "d/p is not a regular file"},
        {"none", false, "none cannot be read: No such file or directory"},
        {"none", true, "none cannot be read: No such file or directory"},
        {"d/f", true, "d/f cannot be read: Not a directory"},
        {".", true, "./d/p is no file, folder or link, and a guest cannot have it"},
    };

    cr_assert(eq(int, mkfifo("d/p", 0600), 0));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool (*add)(struct host_files *, const char *, struct error *) =
            rows[i].is_tree ? host_files_add_tree : host_files_add_file;

        cr_expect(not(add(&files, rows[i].name, &error)));
        cr_expect(eq(str, error.text, (char *)rows[i].reason));
    }
}

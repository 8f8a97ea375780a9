#include "emu/machine/given_tree.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 1024 };

static struct error error;
static uint8_t given[CAPACITY];

/* A tree with one property, and a chosen with other boot arguments if it is to have one. */
static size_t make_given(bool has_chosen)
{
    fdt_create(given, CAPACITY);
    fdt_finish_reservemap(given);
    fdt_begin_node(given, "");
    fdt_property_string(given, "model", "somebody's");
    if (has_chosen) {
        fdt_begin_node(given, "chosen");
        fdt_property_string(given, "bootargs", "theirs");
        fdt_property_u64(given, "linux,initrd-start", 1);
        fdt_property_u64(given, "linux,initrd-end", 2);
        fdt_end_node(given);
    }
    fdt_end_node(given);
    cr_assert(eq(int, fdt_finish(given), 0));
    return fdt_totalsize(given);
}

static const char *string(const void *blob, const char *path, const char *name)
{
    return fdt_getprop(blob, fdt_path_offset(blob, path), name, NULL);
}

static uint64_t number(const void *blob, const char *name)
{
    int length = 0;
    const void *value = fdt_getprop(blob, fdt_path_offset(blob, "/chosen"), name, &length);

    cr_assert(value != NULL && length == 8, "%s", name);
    return fdt64_ld(value);
}

Test(given_tree, the_boot_arguments_and_the_initrd_are_put_into_it)
{
    const struct given_tree_chosen chosen = {
        .bootargs = "ours", .initrd = 0x9fff0000, .initrd_end = 0x9fff1234};

    for (int has_chosen = 0; has_chosen <= 1; has_chosen++) {
        size_t length = 0;

        cr_assert(given_tree_check(given, make_given(has_chosen), "t.dtb", &error), "%s",
                  error.text);
        void *blob = given_tree_create(given, &chosen, &length, &error);

        cr_assert(blob != NULL, "%s", error.text);
        cr_expect(eq(int, fdt_check_full(blob, length), 0));
        cr_expect(eq(sz, length, fdt_totalsize(blob)));
        cr_expect(eq(str, (char *)string(blob, "/", "model"), (char *)"somebody's"));
        cr_expect(eq(str, (char *)string(blob, "/chosen", "bootargs"), (char *)"ours"));
        cr_expect(eq(u64, number(blob, "linux,initrd-start"), 0x9fff0000));
        cr_expect(eq(u64, number(blob, "linux,initrd-end"), 0x9fff1234));
        free(blob);
    }
}

Test(given_tree, the_memory_of_the_firmware_is_reserved)
{
    const struct given_tree_chosen chosen = {.reserved_length = 0x40000};
    size_t length = 0;
    uint64_t start = 0;
    uint64_t size = 0;

    (void)make_given(true);
    void *blob = given_tree_create(given, &chosen, &length, &error);

    cr_assert(blob != NULL, "%s", error.text);
    cr_expect(eq(int, fdt_check_full(blob, length), 0));
    cr_expect(eq(int, fdt_num_mem_rsv(blob), 1));
    cr_expect(eq(int, fdt_get_mem_rsv(blob, 0, &start, &size), 0));
    cr_expect(eq(u64, start, 0x80000000));
    cr_expect(eq(u64, size, 0x40000));
    free(blob);
}

Test(given_tree, without_them_it_remains_what_it_was)
{
    const struct given_tree_chosen nothing = {.initrd = 7};
    size_t length = 0;

    (void)make_given(true);
    void *blob = given_tree_create(given, &nothing, &length, &error);

    cr_assert(blob != NULL, "%s", error.text);
    cr_expect(eq(str, (char *)string(blob, "/chosen", "bootargs"), (char *)"theirs"));
    cr_expect(eq(u64, number(blob, "linux,initrd-start"), 1));
    cr_expect(eq(u64, number(blob, "linux,initrd-end"), 2));
    free(blob);
}

Test(given_tree, long_boot_arguments_find_room)
{
    static char bootargs[100000];
    const struct given_tree_chosen chosen = {.bootargs = bootargs};
    size_t length = 0;

    memset(bootargs, 'x', sizeof bootargs - 1);
    (void)make_given(false);
    void *blob = given_tree_create(given, &chosen, &length, &error);

    cr_assert(blob != NULL, "%s", error.text);
    cr_expect(eq(str, (char *)string(blob, "/chosen", "bootargs"), bootargs));
    free(blob);
}

Test(given_tree, what_is_no_tree_is_refused)
{
    size_t length = make_given(true);

    cr_expect(not(given_tree_check(given, length - 1, "t.dtb", &error)), "it is cut");
    cr_expect(strncmp(error.text, "t.dtb is no device tree: FDT_ERR_", 33) == 0, "%s", error.text);
    cr_expect(not(given_tree_check(given, 3, "t.dtb", &error)));
    for (size_t i = 0; i < 40; i++) { /* whatever is wrong in its header: no crash */
        given[i] ^= 0xff;
        (void)given_tree_check(given, length, "t.dtb", &error);
        given[i] ^= 0xff;
    }
    given[0] ^= 1;
    cr_expect(not(given_tree_check(given, length, "t.dtb", &error)));
}

#include "emu/machine/given_tree.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/platform.h"

bool given_tree_check(const void *bytes, size_t length, const char *name, struct error *error)
{
    int status = fdt_check_full(bytes, length);

    return status == 0 || error_set(error, "%s is no device tree: %s", name, fdt_strerror(status));
}

static int put_chosen(void *blob, const struct given_tree_chosen *chosen)
{
    int node = fdt_path_offset(blob, "/chosen");
    int status = 0;

    if (node == -FDT_ERR_NOTFOUND) {
        node = fdt_add_subnode(blob, 0, "chosen");
    }
    if (node < 0) {
        return node;
    }
    if (chosen->bootargs != NULL) {
        status = fdt_setprop(blob, node, "bootargs", chosen->bootargs,
                             (int)strlen(chosen->bootargs) + 1);
    }
    if (status == 0 && chosen->initrd_end != 0) {
        status = fdt_setprop_u64(blob, node, "linux,initrd-start", chosen->initrd);
    }
    if (status == 0 && chosen->initrd_end != 0) {
        status = fdt_setprop_u64(blob, node, "linux,initrd-end", chosen->initrd_end);
    }
    return status;
}

/* In the header's list, as the tree may have a node for it with other cells. */
static int put_reserved(void *blob, uint64_t length)
{
    return length == 0 ? 0 : fdt_add_mem_rsv(blob, PLATFORM_RAM_BASE, length);
}

/* What is added is the boot arguments and little else. */
static size_t length_with(const void *given, const struct given_tree_chosen *chosen)
{
    enum { OTHERS = 1024 };

    return fdt_totalsize(given) + OTHERS +
           (chosen->bootargs == NULL ? 0 : strlen(chosen->bootargs));
}

void *given_tree_create(const void *given, const struct given_tree_chosen *chosen, size_t *length,
                        struct error *error)
{
    size_t capacity = length_with(given, chosen);
    void *blob = malloc(capacity);
    int status;

    if (blob == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    status = fdt_open_into(given, blob, (int)capacity);
    if (status == 0) {
        status = put_chosen(blob, chosen);
    }
    if (status == 0) {
        status = put_reserved(blob, chosen->reserved_length);
    }
    if (status == 0) {
        status = fdt_pack(blob);
    }
    if (status != 0) {
        error_set(error, "--dtb: it cannot be completed: %s", fdt_strerror(status));
        free(blob);
        return NULL;
    }
    *length = fdt_totalsize(blob);
    return blob;
}

/*
 * given_tree.h - a device tree that is given to the guest in place of the machine's own.
 *
 * It is believed in everything but what only pagewalk can know: the boot arguments and where the
 * initrd is, which go into its node chosen, and the memory of the bundled firmware.
 *
 * Spec: Devicetree Specification 0.4, [Flattened Devicetree (DTB) Format], [/chosen Node].
 */
#ifndef EMU_MACHINE_GIVEN_TREE_H
#define EMU_MACHINE_GIVEN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/machine/error.h"

/* What is put into it. */
struct given_tree_chosen {
    const char *bootargs;     /* NULL: those that it has remain */
    uint64_t initrd;          /* address; */
    uint64_t initrd_end;      /* 0: there is none */
    uint64_t reserved_length; /* bytes at the start of RAM that are the firmware's; 0: it tells */
};

/* True if the bytes are a device tree and what is not used of them; else sets *error, which begins
 * with name. */
bool given_tree_check(const void *bytes, size_t length, const char *name, struct error *error);

/* Makes a copy of a tree that has been found good, with that put into it. Returns a blob to free()
 * and its length, or NULL and sets *error. */
void *given_tree_create(const void *given, const struct given_tree_chosen *chosen, size_t *length,
                        struct error *error);

#endif

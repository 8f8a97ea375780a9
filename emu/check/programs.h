/*
 * programs.h - the programs of the rule suite as files: where they are, and copies of them that
 * have been told what to expect.
 *
 * A program finds out what the machine has by itself. Two texts in it overrule that: the ISA, in
 * the array rule_isa_override, and the A/D scheme that must be found, in rule_expect_ad. They are
 * written into copies in a temporary folder, which programs_close leaves nothing of.
 */
#ifndef EMU_CHECK_PROGRAMS_H
#define EMU_CHECK_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/check/rules.h"
#include "emu/machine/error.h"

/* The longest ISA that programs have room for. */
enum { PROGRAMS_ISA_LENGTH = 127 };

struct programs {
    const char *folder; /* with one ELF file per rule */
    const char *isa;    /* NULL: the device tree's */
    const char *ad;     /* hw, svade or svadu; NULL: any */
    char *copies;       /* the temporary folder; NULL while there is none */
};

/* The folder of the suite that belongs to this program: beside it in the build folder, else where
 * it was installed to; to be freed. NULL, with *error set, if there is neither. */
char *programs_find(struct error *error);

/* Makes the temporary folder if copies are needed. programs must then be closed. Returns false and
 * sets *error if it cannot be made. */
bool programs_open(struct programs *programs, struct error *error);

/* True if every one of the rules that has a program has its file. Else *error names the first that
 * is missing. */
bool programs_are_there(const char *folder, const struct rule *const *rules, size_t count,
                        struct error *error);

/* The path of the rule's program, or of a copy made for this; to be given back. NULL, with *error
 * set, if the copy cannot be made. */
char *programs_take(const struct programs *programs, const struct rule *rule, struct error *error);

/* Removes the copy and frees the path; NULL is allowed. */
void programs_give_back(const struct programs *programs, char *path);

/* Removes the temporary folder, which is empty when all has been given back. */
void programs_close(struct programs *programs);

#endif

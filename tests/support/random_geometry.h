/*
 * random_geometry.h - specifications of TLBs as --tlb takes them: small, odd, and all valid.
 *
 * Every word of the grammar in docs/tlb.md occurs, in every combination that the text allows.
 */
#ifndef TESTS_SUPPORT_RANDOM_GEOMETRY_H
#define TESTS_SUPPORT_RANDOM_GEOMETRY_H

#include "tests/support/chooser.h"

enum { RANDOM_GEOMETRY_LENGTH = 1024 };

/* Writes a specification. */
void random_geometry(struct chooser *chooser, char text[static RANDOM_GEOMETRY_LENGTH]);

#endif

/*
 * protocol.h - what a program of the rule suite prints, line by line:
 *
 *   rule PTW-10 M                                       first: which rule, of which kind
 *   case load [sv39]: expected cause 13, seen pa 0x0: FAIL    ok or FAIL
 *   case old PTE: allowed old | new, seen old: choice         choice or FAIL
 *   case load [sv48]: skip no Sv48
 *   end ok                                              last: end ok, end FAIL, end skip REASON
 *
 * Other lines are not the suite's and are passed over. What is not printable ASCII becomes a '?',
 * so that nothing a broken program prints can disturb a report.
 */
#ifndef EMU_CHECK_PROTOCOL_H
#define EMU_CHECK_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/check/rules.h"

enum case_verdict { CASE_OK, CASE_CHOICE, CASE_SKIP, CASE_FAIL };
enum { CASE_VERDICTS = CASE_FAIL + 1 };

struct protocol_case {
    enum case_verdict verdict;
    const char *text; /* the line without the word case, and without its verdict unless a skip */
};

enum protocol_end { END_MISSING, END_OK, END_FAIL, END_SKIP };

/* What one program printed. All texts point into lines. */
struct transcript {
    char *lines; /* the output up to its last newline, cut into its parts by NULs */
    size_t lines_length;
    struct protocol_case *cases;
    size_t case_count;
    size_t count[CASE_VERDICTS]; /* cases by verdict */
    enum protocol_end end;
    const char *end_reason; /* of END_SKIP */
    char fault[160];        /* how the protocol is broken first; empty if it is not */
};

/* Reads the output of the rule's program. What comes after the last newline is no line. Returns
 * false if there is no memory, with nothing to finish. */
bool transcript_read(struct transcript *transcript, const struct rule *rule, const char *output,
                     size_t length);

void transcript_finish(struct transcript *transcript);

/* Makes text printable: every character that is not printable ASCII becomes a '?', but newlines
 * stay, tabs become blanks, and carriage returns before a newline become blanks. */
void printable(char *text, size_t length);

#endif

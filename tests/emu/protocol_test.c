#include "emu/check/protocol.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static const struct rule rule = {.id = "PTW-10", .kind = "M/L", .words = "words"};
static struct transcript transcript;

static void read_text(const char *text)
{
    cr_assert(transcript_read(&transcript, &rule, text, strlen(text)));
}

Test(protocol, a_whole_run_is_understood)
{
    read_text("rule PTW-10 M\n"
              "case load of a megapage [sv39]: expected cause 13 tval 0x40201000, "
              "seen cause 13 tval 0x40201000: ok\n"
              "case store: expected cause 15, seen no trap: FAIL\n"
              "case old PTE: allowed old | new, seen old: choice\n"
              "case older PTE: allowed old | new, seen neither: FAIL\n"
              "case load [sv57]: skip no Sv57\n"
              "end FAIL\n");
    static const struct protocol_case expected[] = {
        {CASE_OK, "load of a megapage [sv39]: expected cause 13 tval 0x40201000, "
                  "seen cause 13 tval 0x40201000"},
        {CASE_FAIL, "store: expected cause 15, seen no trap"},
        {CASE_CHOICE, "old PTE: allowed old | new, seen old"},
        {CASE_FAIL, "older PTE: allowed old | new, seen neither"},
        {CASE_SKIP, "load [sv57]: skip no Sv57"},
    };

    cr_assert(eq(sz, transcript.case_count, sizeof expected / sizeof *expected));
    for (size_t i = 0; i < transcript.case_count; i++) {
        cr_expect(eq(int, transcript.cases[i].verdict, expected[i].verdict));
        cr_expect(eq(str, (char *)transcript.cases[i].text, (char *)expected[i].text));
    }
    cr_expect(eq(sz, transcript.count[CASE_OK], 1));
    cr_expect(eq(sz, transcript.count[CASE_FAIL], 2));
    cr_expect(eq(sz, transcript.count[CASE_CHOICE], 1));
    cr_expect(eq(sz, transcript.count[CASE_SKIP], 1));
    cr_expect(eq(int, transcript.end, END_FAIL));
    cr_expect(eq(str, transcript.fault, ""));
    transcript_finish(&transcript);
}

#define BEGIN "rule PTW-10 M\n"
#define GOOD "case a: expected b, seen b: ok\n"
#define BAD "case a: expected b, seen c: FAIL\n"
#define LEFT_OUT "case a: skip b\n"

Test(protocol, ends_are_told_apart)
{
    static const struct {
        const char *text;
        enum protocol_end end;
        const char *why;
    } rows[] = {
        {BEGIN GOOD "end ok\n", END_OK, "ok"},
        {BEGIN BAD "end FAIL\n", END_FAIL, "FAIL"},
        {BEGIN "end skip no Svnapot\n", END_SKIP, "skip"},
        {BEGIN LEFT_OUT "end skip no Svnapot\n", END_SKIP, "skip with cases"},
        {BEGIN GOOD, END_MISSING, "no end"},
        {"", END_MISSING, "nothing at all"},
        {BEGIN GOOD "end ok", END_MISSING, "a line that is cut off is none"},
        {BEGIN GOOD "end o\n", END_MISSING, "neither word"},
        {BEGIN GOOD "the end ok\n", END_MISSING, "not at the beginning"},
        {BEGIN "case a: expected b, seen b: ok\r\nend ok\r\n", END_OK, "carriage returns"},
        {"boot: hello\n\n" BEGIN GOOD "end ok\nbye\n", END_OK, "other lines"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_text(rows[i].text);
        cr_expect(eq(int, transcript.end, rows[i].end), "%s", rows[i].why);
        transcript_finish(&transcript);
    }
}

Test(protocol, the_reason_of_a_skip_is_kept)
{
    read_text(BEGIN "end skip no Svnapot here\n");
    cr_expect(eq(str, (char *)transcript.end_reason, "no Svnapot here"));
    transcript_finish(&transcript);
}

Test(protocol, what_contradicts_itself_is_a_fault)
{
    static const struct {
        const char *text;
        const char *fault; /* how it begins; "": none */
    } rows[] = {
        {BEGIN GOOD "end ok\n", ""},
        {BEGIN BAD GOOD "end FAIL\n", ""},
        {"rule PTW-10 L\n" GOOD "end ok\n", ""},
        {BEGIN "case a: b: expected c, seen d: ok\nend ok\n", "a case line that makes no sense"},
        {"rule PTW-11 M\n" GOOD "end ok\n", "it says that it tests PTW-11"},
        {"rule PTW-10 E\n" GOOD "end ok\n", "it says that the rule is of kind E, not M/L"},
        {"rule PTW-10\n" GOOD "end ok\n", "it says that the rule is of kind , not M/L"},
        {BEGIN GOOD BEGIN GOOD "end ok\n", "it began anew"},
        {BEGIN GOOD "end ok\n" BEGIN, "it began anew"},
        {GOOD BEGIN "end ok\n", "a case line before the rule line"},
        {GOOD "end ok\n", "a case line before the rule line"},
        {"end ok\n", "an end line before the rule line"},
        {BEGIN GOOD "end ok\n" GOOD, "a case line after the end line"},
        {BEGIN GOOD "end ok\nend ok\n", "a second end line"},
        {BEGIN BAD "end FAIL\nend ok\n", "a second end line"},
        {BEGIN BAD "end ok\n", "'end ok' after 1 cases that failed"},
        {BEGIN GOOD "end FAIL\n", "'end FAIL' without a case that failed"},
        {BEGIN BAD "end skip it\n", "'end skip' after 1 cases that failed"},
        {BEGIN "end ok\n", "'end ok' without a case that was tried"},
        {BEGIN LEFT_OUT "end ok\n", "'end ok' without a case that was tried"},
        {BEGIN GOOD "end OK\n", "an end line that makes no sense: 'OK'"},
        {BEGIN GOOD "end skip\n", "an end line that makes no sense: 'skip'"},
        {BEGIN "case a\nend ok\n", "a case line that makes no sense: 'a'"},
        {BEGIN "case a: expected b: ok\nend ok\n", "a case line that makes no sense"},
        {BEGIN "case a: expected b, seen b\nend ok\n", "a case line that makes no sense"},
        {BEGIN "case a: expected b, seen b: OK\nend ok\n", "a case line that makes no sense"},
        {BEGIN "case a: expected b, seen b: choice\nend ok\n", "a case line that makes no sense"},
        {BEGIN "case a: allowed b, seen b: ok\nend ok\n", "a case line that makes no sense"},
        {BEGIN "case a: hoped b, seen b: ok\nend ok\n", "a case line that makes no sense"},
        {BEGIN "case a: hoped b, seen b: FAIL\nend FAIL\n", "a case line that makes no sense"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].fault);

        read_text(rows[i].text);
        if (length == 0) {
            cr_expect(eq(str, transcript.fault, ""), "%s", rows[i].text);
        } else {
            cr_expect(strncmp(transcript.fault, rows[i].fault, length) == 0, "%s: %s",
                      rows[i].fault, transcript.fault);
        }
        transcript_finish(&transcript);
    }
}

Test(protocol, no_byte_disturbs_a_report)
{
    static const char text[] = BEGIN "case \033[31ma\xff\0\tb: expected b, seen b: ok\nend ok\n";

    cr_assert(transcript_read(&transcript, &rule, text, sizeof text - 1));
    cr_assert(eq(sz, transcript.case_count, 1));
    cr_expect(eq(str, (char *)transcript.cases[0].text, "?[31ma?? b: expected b, seen b"));
    cr_expect(eq(int, transcript.end, END_OK));
    transcript_finish(&transcript);
}

Test(protocol, text_is_made_printable_in_place)
{
    char text[] = "a\tb\r\nc\rd\n\x7f\x80~ ";

    printable(text, sizeof text - 1);
    cr_expect(eq(str, text, "a b \nc?d\n??~ "));
}

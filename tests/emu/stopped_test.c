#include "emu/report/stopped.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

static struct symbol all[] = {
    {.name = "main", .address = 0x80000000, .size = 0x40, .is_function = true},
    {.name = "handler", .address = 0x80000100, .size = 0x10, .is_function = true},
    {.name = "sbi", .address = 0x80000200, .size = 0x10, .modes = 1 << MMU_MACHINE},
};
static const struct symbols symbols = {.all = all, .count = 3};

static char *stopped(const struct hart *hart, bool is_asleep)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    report_stopped(file, hart, &symbols, is_asleep);
    cr_assert(eq(int, fclose(file), 0));
    return text;
}

Test(stopped, says_where_and_why)
{
    static const struct {
        struct hart hart;
        bool is_asleep;
        const char *line;
        const char *why;
    } rows[] = {
        {{.pc = 0x80000008, .privilege = MMU_SUPERVISOR, .counters.attempts = 1000},
         false,
         "pagewalk: stopped after 1000 instructions at pc 0x80000008 (main+0x8) in S-mode\n",
         "no exception"},
        {{.pc = 0x80000000, .privilege = MMU_MACHINE, .counters.attempts = 5},
         true,
         "pagewalk: asleep for ever after 5 instructions at pc 0x80000000 (main) in M-mode\n",
         "asleep, at a symbol itself"},
        {{.pc = 0x80000204, .privilege = MMU_MACHINE, .counters.attempts = 7},
         false,
         "pagewalk: stopped after 7 instructions at pc 0x80000204 (sbi+0x4) in M-mode\n",
         "a symbol of this mode"},
        {{.pc = 0x80000204,
          .privilege = MMU_USER,
          .counters = {.attempts = 7, .exceptions = 1},
          .last_exception = {.cause = TRAP_LOAD_PAGE_FAULT,
                             .pc = 0x80000208,
                             .privilege = MMU_MACHINE}},
         false,
         "pagewalk: stopped after 7 instructions at pc 0x80000204 in U-mode; the last exception "
         "was a load page fault at 0x0, from pc 0x80000208 (sbi+0x8)\n",
         "a symbol of another mode, but that of the exception"},
        {{.pc = 0x80000100,
          .privilege = MMU_MACHINE,
          .counters = {.attempts = 9, .exceptions = 8},
          .last_exception =
              {.cause = TRAP_LOAD_ACCESS_FAULT, .pc = 0x80000004, .tval = 0x1234, .by_pmp = true}},
         false,
         "pagewalk: stopped after 9 instructions at pc 0x80000100 (handler) in M-mode; the last "
         "exception was a load access fault at 0x1234, from pc 0x80000004 (main+0x4), refused by "
         "PMP\n",
         "PMP is named"},
        {{.pc = 0x80000100,
          .privilege = MMU_MACHINE,
          .counters = {.attempts = 9, .exceptions = 8},
          .last_exception = {.cause = TRAP_ILLEGAL_INSTRUCTION, .pc = 0x80000100, .tval = 0xabcd}},
         false,
         "pagewalk: stopped after 9 instructions at pc 0x80000100 (handler) in M-mode; the last "
         "exception was an illegal instruction (0xabcd)\n",
         "the exception is raised where it stopped"},
        {{.pc = 0x10,
          .privilege = MMU_USER,
          .counters = {.attempts = 9, .exceptions = 8},
          .last_exception = {.cause = TRAP_FETCH_PAGE_FAULT, .pc = 0x10, .tval = 0x10}},
         false,
         "pagewalk: stopped after 9 instructions at pc 0x10 in U-mode; the last exception was a "
         "fetch page fault at 0x10\n",
         "no symbol covers the pc"},
        {{.pc = 0x80000000,
          .privilege = MMU_USER,
          .counters = {.attempts = 9, .exceptions = 8},
          .last_exception = {.cause = TRAP_ECALL_FROM_U, .pc = 0x80000004}},
         false,
         "pagewalk: stopped after 9 instructions at pc 0x80000000 (main) in U-mode\n",
         "a system call explains nothing"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *line = stopped(&rows[i].hart, rows[i].is_asleep);

        cr_expect(eq(str, line, (char *)rows[i].line), "%s", rows[i].why);
        free(line);
    }
}

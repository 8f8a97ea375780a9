/*
 * protection.c - what the MMU is for: a program that tries what it must not do, and is stopped.
 *
 * It reads a page of the supervisor, writes its own code and executes its own data; the supervisor
 * tells in words why not, and lets it go on. It also does the same three things on pages that allow
 * them: it is the page that makes the difference. The exit code is the number of attempts that did
 * not end as they must: 0 if exactly the three forbidden ones faulted, each with its own cause.
 */
#include <stdint.h>

#include "guest/include/csr.h"
#include "guest/include/user.h"

enum { ALLOWED = 0 };

/* Borders set by guest.ld. The first is the supervisor's: only its address is ours to know. */
extern char data_start[], user_text_start[];

/* attempts.S: one access each. They return 0 if it was done, else the cause of the fault. */
uint64_t attempt_load(uint64_t va);
uint64_t attempt_store(uint64_t va);
uint64_t attempt_execute(uint64_t va);

/* The instruction RET where it may be read and written, but not executed. There is no other data,
 * so it stands at the beginning of its page. */
static uint32_t ret_as_data[2] = {0x00008067, 0};

/* The same where it may be executed. */
static void ret_as_code(void)
{
}

/* Makes one attempt; returns 1 if it did not end with the cause that is wanted, else 0. */
static int attempt(const char *what, uint64_t (*access)(uint64_t), uint64_t va, uint64_t want)
{
    user_print("The program ");
    user_print(what);
    user_print(".\n");

    uint64_t cause = access(va);

    user_print(cause == ALLOWED ? "  It was allowed.\n" : "  It was stopped.\n");
    return cause != want;
}

int user_main(void)
{
    uint64_t data = (uint64_t)ret_as_data;
    int wrong = 0;

    wrong += attempt("reads its data", attempt_load, data, ALLOWED);
    wrong += attempt("executes its code", attempt_execute, (uint64_t)ret_as_code, ALLOWED);
    wrong += attempt("reads the supervisor's data", attempt_load, (uint64_t)data_start,
                     CAUSE_LOAD_PAGE_FAULT);
    wrong += attempt("writes its code", attempt_store, (uint64_t)user_text_start,
                     CAUSE_STORE_PAGE_FAULT);
    wrong += attempt("executes its data", attempt_execute, data, CAUSE_FETCH_PAGE_FAULT);
    wrong += attempt("writes its data", attempt_store, data, ALLOWED);
    user_print(wrong == 0 ? "Each attempt ended as the page tables say.\n" : "WRONG\n");
    return wrong;
}

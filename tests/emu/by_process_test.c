#include "emu/report/by_process.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 100 };

static struct process all[PROCESSES_MOST];
static struct process *of_pid[PROCESSES_MOST];
static const struct processes processes = {.of_pid = of_pid};

/* A process that ran for so many instructions. */
static struct process *add(unsigned pid, const char *name, uint64_t instructions)
{
    all[pid] = (struct process){.pid = pid, .share = {.instructions = instructions}};
    memcpy(all[pid].name, name, strnlen(name, PROCESS_NAME_LENGTH));
    of_pid[pid] = &all[pid];
    return &all[pid];
}

static char *text_of(const struct processes *told)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    processes_as_text(file, told);
    cr_assert(eq(int, fclose(file), 0));
    return text;
}

Test(by_process, says_nothing_without_processes)
{
    const struct processes none = {.of_pid = NULL};
    char *text = text_of(&none);
    json_t *list = processes_as_json(&none, true);

    cr_expect(eq(str, text, ""));
    cr_expect(eq(sz, json_array_size(list), 0));
    json_decref(list);
    free(text);
    list = processes_as_json(NULL, true);
    cr_expect(eq(sz, json_array_size(list), 0));
    json_decref(list);
}

Test(by_process, tells_what_each_did)
{
    struct process *sort;
    char *text;

    add(0, "", 4000);
    sort = add(2, "sort\x1b", 1234567);
    sort->has_begun = true;
    sort->satp = UINT64_C(3) << 44;
    sort->has_ended = true;
    sort->exit = 139;
    sort->share.mode[MMU_USER].array[MMU_L1I].misses = 1;
    sort->share.mode[MMU_SUPERVISOR].array[MMU_L1I].misses = 10;
    sort->share.mode[MMU_USER].array[MMU_L1D].misses = 2;
    sort->share.mode[MMU_SUPERVISOR].array[MMU_L1D].misses = 20;
    sort->share.mode[MMU_USER].walks = 3;
    sort->share.mode[MMU_SUPERVISOR].walks = 30;
    sort->faults[PROCESS_MINOR] = 41;
    sort->faults[PROCESS_COPY] = 42;
    sort->faults[PROCESS_SWAP_IN] = 43;
    sort->swap_outs = 44;
    sort->resident_pages = 45;
    sort->touched_pages = 46;
    sort->mappings.events[MAPPING_TEXT][MMU_L1I_MISS] = 1;
    sort->mappings.events[MAPPING_HEAP][MMU_L1D_MISS] = 2;
    text = text_of(&processes);
    cr_expect(
        eq(str, text,
           "\n"
           "process              pid   ASID   exit        instructions    L1I misses    L1D "
           "misses         walks\n"
           "(no process)           -      -      -               4,000             0         "
           "    0             0\n"
           "sort?                  2      3    139           1,234,567            11         "
           "   22            33\n"
           "\n"
           "process              pid       minor         COW    swap-ins   swap-outs    "
           "resident     touched\n"
           "sort?                  2          41          42          43          44          "
           "45          46\n"
           "\n"
           "L1 misses of U       pid      text      data      heap     stack anonymous      file "
           "elsewhere\n"
           "sort?                  2         1         0         2         0         0         0 "
           "        0\n"));
    free(text);
}

Test(by_process, tells_of_those_that_ran_most_in_the_order_of_pids)
{
    char *text;

    for (unsigned pid = 1; pid <= 20; pid++) {
        add(pid, "p", pid == 2 ? 1000 : pid == 3 ? 999 : pid);
    }
    text = text_of(&processes);
    cr_expect(strstr(text, "\np                      1 ") == NULL);
    cr_expect(strstr(text, "\np                      5 ") == NULL);
    cr_expect(strstr(text, "\np                      6 ") == NULL);
    cr_expect(strstr(text, "\np                      2      -      -               1,000") != NULL);
    cr_expect(strstr(text, "\np                      7 ") != NULL);
    cr_expect(strstr(text, "\np                     20 ") != NULL);
    cr_expect(lt(ptr, strstr(text, "1,000"), strstr(text, "999")));
    cr_expect(strstr(text, "and 4 with fewer instructions, which the JSON has too\n") != NULL);
    free(text);
}

Test(by_process, fits_a_hundred_columns_even_with_large_numbers)
{
    char *text;
    char *rest;
    char *line;

    for (unsigned pid = 0; pid < PROCESSES_MOST; pid += PROCESSES_MOST - 1) {
        struct process *process = add(pid, "sixteen-letters!", UINT64_C(999999999999999));

        process->has_begun = true;
        process->satp = UINT64_MAX;
        process->has_ended = true;
        process->exit = 255;
        for (size_t i = 0; i < MMU_ARRAYS; i++) {
            process->share.mode[MMU_USER].array[i].misses = UINT64_C(9999999999);
        }
        process->share.mode[MMU_USER].walks = UINT64_C(9999999999);
        process->faults[PROCESS_MINOR] = UINT64_C(99999999);
        process->touched_pages = UINT64_C(99999999);
    }
    text = text_of(&processes);
    rest = text;
    while ((line = strsep(&rest, "\n")) != NULL) {
        cr_expect(le(sz, strlen(line), COLUMNS), "%s", line);
    }
    free(text);
}

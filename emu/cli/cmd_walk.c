#include <inttypes.h>
#include <string.h>

#include "emu/cli/command.h"
#include "emu/cli/complain.h"
#include "emu/cli/options.h"
#include "emu/cli/parse.h"
#include "emu/cli/session.h"
#include "emu/hart/access.h"
#include "emu/report/narrate.h"
#include "emu/report/stopped.h"

enum { WALK_WORDS = 2 }; /* PROGRAM, which a system goes without, and VA */

/* A translation to tell, and the moment to tell it at. */
struct request {
    uint64_t va;
    struct engine_goal goal;
    enum machine_reason reason; /* that machine_run is to come back with, where --at says when */
};

static bool understand(struct request *request, const struct options *options,
                       const struct session *session, struct error *error)
{
    const struct symbols *symbols = session->symbols;
    const char *va = options->words[options->word_count - 1];
    uint64_t number;

    request->goal = (struct engine_goal){.attempts = options->max_instructions};
    if (!parse_place(va, symbols, &request->va)) {
        return error_set(error, "'%s' is no address: neither a number nor a symbol of %s", va,
                         session->symbols_name);
    }
    if (options->at == NULL) {
        return true;
    }
    if (strncmp(options->at, "0x", 2) != 0 && parse_number(options->at, &number)) {
        request->reason = MACHINE_LIMIT;
        if (number > options->max_instructions) {
            return error_set(error, "--at=%s: is beyond --max-instructions", options->at);
        }
        request->goal.attempts = number;
        return true;
    }
    request->reason = MACHINE_BREAK;
    request->goal.break_count = 1;
    return parse_place(options->at, symbols, &request->goal.break_pc[0]) ||
           error_set(error, "--at=%s: %s has no such symbol", options->at, session->symbols_name);
}

/* The translation as it would be if nothing were cached: by an MMU of its own, which knows nothing.
 */
static bool probe_tables(struct hart *hart, struct narration *narration, struct error *error)
{
    const struct mmu_memory memory = access_walker_memory(hart);
    struct mmu_geometry geometry;
    struct mmu_geometry_error unused;
    struct mmu *mmu;

    (void)mmu_geometry_parse("l1i=1,l1d=1", &geometry, &unused);
    geometry.levels = mmu_geometry(hart->mmu)->levels;
    mmu = mmu_create(&geometry, &memory);
    if (mmu == NULL) {
        return error_set(error, "out of memory");
    }
    mmu_probe(mmu, &narration->mode, narration->va, narration->access, &narration->tables);
    mmu_destroy(mmu);
    return true;
}

/* Finds the process that --process means. Returns NULL and sets *error if it is not one. */
static const struct process *find_process(const char *name, const struct session *session,
                                          struct error *error)
{
    const struct processes *processes = machine_processes(session->machine);
    struct process_wanted wanted = {.name = NULL};
    const struct process *process;
    size_t count;

    if (!parse_number(name, &wanted.asid)) {
        wanted.name = name;
    }
    process = processes_find(processes, &wanted, &count);
    if (count == 1) {
        return process;
    }
    if (count == 0) {
        error_set(error, "--process=%s: no process of that %s is there at that moment", name,
                  wanted.name == NULL ? "ASID" : "name");
    } else {
        error_set(error, "--process=%s: %zu processes have that %s at that moment", name, count,
                  wanted.name == NULL ? "ASID" : "name");
    }
    return NULL;
}

/* Goes to the address space of a process, as U-mode. What its satp is was told by the guest, which
 * may have told anything: it is read as satp would take it. */
static bool enter_process(struct mmu_mode *mode, const struct options *options,
                          const struct session *session, struct error *error)
{
    const struct mmu *mmu = machine_mmu(session->machine);
    const struct process *process = find_process(options->process, session, error);
    uint64_t asids = (UINT64_C(1) << mmu_geometry(mmu)->asid_bits) - 1;

    if (process == NULL) {
        return false;
    }
    if (!mmu_supports_mode(mmu, process->satp)) {
        return error_set(error, "--process=%s: it has a satp of 0x%" PRIx64 ", which none can be",
                         options->process, process->satp);
    }
    mode->satp = process->satp & ~(SATP_ASID & ~(asids << SATP_ASID_SHIFT));
    mode->privilege = MMU_USER;
    return true;
}

static bool tell(const struct options *options, const struct session *session,
                 const struct request *request, struct error *error)
{
    struct hart *hart = machine_hart(session->machine);
    struct narration narration = {
        .mode = access_mode(hart, options->access),
        .va = request->va,
        .access = options->access,
        .pmp = &hart->pmp,
        .bus = hart->bus,
    };
    char place[PLACE_LENGTH];

    if (options->process != NULL && !enter_process(&narration.mode, options, session, error)) {
        return false;
    }
    if (options->mode.is_chosen) {
        narration.mode.privilege = options->mode.privilege;
    }
    mmu_probe(hart->mmu, &narration.mode, narration.va, narration.access, &narration.probe);
    if (!probe_tables(hart, &narration, error)) {
        return false;
    }
    printf("%-*safter %" PRIu64 " instructions, at pc %s\n", NARRATE_HEADING_WIDTH, "moment",
           hart->counters.attempts,
           place_words(place, session->symbols, hart->pc, hart->privilege));
    narrate(stdout, &narration);
    return true;
}

static bool walk(const struct options *options, struct session *session, struct error *error)
{
    struct request request = {.va = 0};
    struct machine_exit exit;

    if (!session_open(session, options, WALK_WORDS, stderr, error) ||
        !understand(&request, options, session, error)) {
        return false;
    }
    exit = session_run(session, &request.goal, NULL);
    if (options->at != NULL && exit.reason != request.reason) {
        return error_set(error, "--at=%s: the run ended before, after %" PRIu64 " instructions",
                         options->at, machine_hart(session->machine)->counters.attempts);
    }
    return tell(options, session, &request, error);
}

static int walk_command(const struct options *options)
{
    struct session session;
    struct error error;
    int status = STATUS_OK;

    (void)setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    if (!walk(options, &session, &error)) {
        status = complain(&error);
    } else if (console_signal() != 0) {
        status = STATUS_SIGNAL + console_signal();
    }
    session_close(&session);
    return status;
}

const struct command command_walk = {
    .name = "walk",
    .bit = COMMAND_WALK,
    .arguments = "[options] PROGRAM VA",
    .summary = "tell one translation of a program, step by step, in words",
    .help = "Runs PROGRAM to its end, or to --at, and tells how the machine would translate\n"
            "the virtual address VA there: its parts, the TLB look-ups, every page-table\n"
            "entry that is read, and the physical address or the rule that refuses it; and\n"
            "the page tables, where they say otherwise than what is cached.\n"
            "Nothing is changed by it. VA is a number, a symbol, or SYMBOL+NUMBER. What the\n"
            "program prints goes to standard error.\n"
            "\n"
            "  pagewalk walk --mode=u hello.elf 0x80040000     as U-mode would, at the end\n"
            "  pagewalk walk --at=user_main hello.elf user_main+8\n"
            "  pagewalk walk --at=22000 --access=store hello.elf data_start\n"
            "  pagewalk walk --mode=s --access=fetch hello.elf 0x80000000\n"
            "  pagewalk walk --at=main --process=words words main   a program of Linux\n"
            "  pagewalk walk --kernel=Image --at=500000000 0xffffffff80000000   a system\n",
    .least_words = WALK_WORDS,
    .most_words = WALK_WORDS,
    .run = walk_command,
};

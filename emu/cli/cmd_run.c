#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "emu/cli/command.h"
#include "emu/cli/complain.h"
#include "emu/cli/options.h"
#include "emu/cli/output_file.h"
#include "emu/cli/session.h"
#include "emu/cli/signature.h"
#include "emu/machine/platform.h"
#include "emu/report/report.h"
#include "emu/report/stopped.h"
#include "emu/report/trace.h"
#include "mmu/presets.h"

enum output { OUT_TRACE_INSN, OUT_TRACE_WALK, OUT_DTB, OUT_SIGNATURE, OUT_JSON, OUTPUTS };

/* A run, from the command line to its reports. */
struct run {
    const struct options *options;
    struct session session;
    struct output_file output[OUTPUTS];
    struct signature signature;
    struct trace trace_insn;
    struct trace trace_walk;
    struct report report;
};

/* Two outputs in one file would be the second alone. */
static bool is_file_of_its_own(const struct run *run, size_t which, struct error *error)
{
    const struct output_file *output = &run->output[which];

    for (size_t i = 0; i < which; i++) {
        if (output_file_is_same(output, &run->output[i])) {
            return error_set(error, "%s%s: is written by %s%s, too", output->option, output->name,
                             run->output[i].option, run->output[i].name);
        }
    }
    return true;
}

static bool open_outputs(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    const struct {
        const char *option;
        const char *name; /* NULL: not asked for */
    } wanted[OUTPUTS] = {
        [OUT_TRACE_INSN] = {"--trace=insn:", options->trace_insn},
        [OUT_TRACE_WALK] = {"--trace=walk:", options->trace_walk},
        [OUT_DTB] = {"--dump-dtb=", options->dump_dtb},
        [OUT_SIGNATURE] = {"--signature=", options->signature},
        [OUT_JSON] = {"--json=", options->json},
    };

    for (size_t i = 0; i < OUTPUTS; i++) {
        if (wanted[i].name == NULL) {
            continue;
        }
        if (!output_file_open(&run->output[i], wanted[i].option, wanted[i].name, error) ||
            !is_file_of_its_own(run, i, error)) {
            return false;
        }
    }
    return true;
}

static bool write_device_tree(struct run *run, struct error *error)
{
    struct output_file *output = &run->output[OUT_DTB];
    size_t length;
    const void *tree = machine_device_tree(run->session.machine, &length);

    if (output->stream == NULL) {
        return true;
    }
    (void)fwrite(tree, 1, length, output->stream); /* output_file_finish tells if that failed */
    return output_file_finish(output, error);
}

/* Where standard output carries a file, the guest's console goes to standard error. */
static FILE *console_output(const struct options *options)
{
    const char *const names[] = {options->json, options->signature, options->trace_insn,
                                 options->trace_walk, options->dump_dtb};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i] != NULL && strcmp(names[i], "-") == 0) {
            (void)setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
            return stderr;
        }
    }
    return stdout;
}

/* Everything that can be found wrong before the first instruction is found here. */
static bool prepare(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    struct session *session = &run->session;

    if (!session_open(session, options, 1, console_output(options), error)) {
        return false;
    }
    if (options->signature != NULL && !signature_find(&run->signature, &session->program,
                                                      session->name, session->machine, error)) {
        return false;
    }
    return open_outputs(run, error) && write_device_tree(run, error);
}

static double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct machine_exit perform(struct run *run)
{
    struct session *session = &run->session;
    struct hart *hart = machine_hart(session->machine);
    const struct engine_goal goal = {.attempts = run->options->max_instructions};
    FILE *insn_stream = run->output[OUT_TRACE_INSN].stream;
    FILE *walk_stream = run->output[OUT_TRACE_WALK].stream;
    struct engine_observer observer;
    struct machine_exit exit;
    double start;

    if (insn_stream != NULL) {
        observer = trace_instructions(&run->trace_insn, hart, insn_stream);
        console_watch(&session->console, insn_stream);
    }
    if (walk_stream != NULL) {
        trace_walks(&run->trace_walk, hart, walk_stream);
        console_watch(&session->console, walk_stream);
    }
    start = seconds_now();
    exit = session_run(session, &goal, insn_stream == NULL ? NULL : &observer);
    machine_end(session->machine);
    run->report.host_seconds = seconds_now() - start;
    return exit;
}

/* What the end of the run means for the report and for the exit status. */
static void judge(struct run *run, const struct machine_exit *exit)
{
    struct report *report = &run->report;
    int signal = console_signal();

    switch (exit->reason) {
    case MACHINE_GUEST:
        report->reason = REPORT_GUEST;
        report->code = exit->code;
        report->status =
            exit->code > STATUS_GUEST_LIMIT ? STATUS_GUEST_LIMIT : (unsigned)exit->code;
        break;
    case MACHINE_LIMIT:
    case MACHINE_BREAK: /* not asked for */
        report->reason = REPORT_LIMIT;
        report->status = STATUS_LIMIT;
        break;
    case MACHINE_IDLE:
        report->reason = REPORT_IDLE;
        report->status = STATUS_LIMIT;
        break;
    case MACHINE_SIGNAL: /* or an output that failed, which is told when it is finished */
        report->reason = REPORT_SIGNAL;
        report->status = signal == 0 ? STATUS_ERROR : STATUS_SIGNAL + (unsigned)signal;
        break;
    }
}

static void fail(struct run *run, const struct error *error)
{
    run->report.status = (unsigned)complain(error);
}

static void finish_console(struct run *run)
{
    struct console *console = &run->session.console;
    struct error error;

    if (!console_flush(console)) {
        error_set(&error, "%s: the guest's output could not be written: %s",
                  console->failed == stdout ? "standard output" : "standard error",
                  strerror(console->output_errno));
        fail(run, &error);
    }
}

/* The preset that a specification begins with, or NULL. */
static const char *preset_name(const char *spec)
{
    const struct mmu_preset *preset = mmu_preset_find(spec, strcspn(spec, ","));

    return preset == NULL ? NULL : preset->name;
}

static void list_disks(struct run *run)
{
    const char *pattern = run->options->swap.is_asked ? "swap" : "drive%u";
    struct report *report = &run->report;

    for (unsigned slot = 0; slot < PLATFORM_VIRTIO_SLOTS; slot++) {
        const struct virtio_block_counts *counts = machine_disk_counts(run->session.machine, slot);
        struct report_disk *disk = &report->disk[report->disk_count];

        if (counts != NULL) {
            disk->counts = counts;
            snprintf(disk->name, sizeof disk->name, pattern, slot);
            report->disk_count++;
        }
    }
}

static void fill_report(struct run *run)
{
    const struct options *options = run->options;
    const struct region *region = machine_region(run->session.machine);
    struct report *report = &run->report;
    struct mmu_law_broken broken;
    struct error error;

    report->geometry = *mmu_geometry(machine_mmu(run->session.machine));
    report->spec = options->tlb;
    report->preset = preset_name(options->tlb);
    report->cost = options->cost;
    report->ad = options->ad;
    report->ram_length = options->ram_length;
    machine_count(run->session.machine, &report->total);
    report->roi = region->was_opened ? &region->sum : NULL;
    report->markers = region->markers;
    report->processes = machine_processes(run->session.machine);
    list_disks(run);
    if (!mmu_laws_hold(&report->total.mmu, &broken) || !counts_laws_hold(&report->total, &broken) ||
        !processes_laws_hold(report->processes, &report->total, &broken) ||
        (report->roi != NULL && !counts_laws_hold(report->roi, &broken))) {
        error_set(&error,
                  "THE COUNTS ARE WRONG, which is a mistake in pagewalk; please report it: the law "
                  "'%s' is broken, %" PRIu64 " is not %" PRIu64,
                  broken.law, broken.left, broken.right);
        report->reason = REPORT_LAW;
        fail(run, &error);
    } else if (report->total.mmu.has_classes && !report->total.mmu.classes_are_whole) {
        error_set(&error, "out of memory for the miss classes; --classes=off goes without them");
        fail(run, &error);
    } else if (report->processes->has_lost_some) {
        error_set(&error, "out of memory for the processes: the report lacks some");
        fail(run, &error);
    }
}

static void finish_output(struct run *run, enum output which)
{
    struct error error;

    if (run->output[which].stream != NULL && !output_file_finish(&run->output[which], &error)) {
        fail(run, &error);
    }
}

/* The JSON is last, so that its status knows of every failure but its own. */
static void write_outputs(struct run *run)
{
    FILE *signature = run->output[OUT_SIGNATURE].stream;
    struct output_file *json = &run->output[OUT_JSON];
    struct error error;

    finish_output(run, OUT_TRACE_INSN);
    finish_output(run, OUT_TRACE_WALK);
    if (signature != NULL) {
        signature_write(signature, &run->signature, run->session.machine,
                        run->options->signature_granularity);
        finish_output(run, OUT_SIGNATURE);
    }
    if (json->stream == NULL) {
        return;
    }
    if (report_json(json->stream, &run->report) || ferror(json->stream)) {
        finish_output(run, OUT_JSON);
    } else {
        error_set(&error, "%s%s: out of memory", json->option, json->name);
        fail(run, &error);
    }
}

/* The run is over: says where it stopped, writes what was asked for. */
static void report(struct run *run, const struct machine_exit *exit, bool wants_table)
{
    const struct hart *hart = machine_hart(run->session.machine);

    judge(run, exit);
    finish_console(run);
    if (exit->reason != MACHINE_GUEST) {
        report_stopped(stderr, hart, run->session.symbols, exit->reason == MACHINE_IDLE);
    }
    fill_report(run);
    write_outputs(run);
    if (wants_table) {
        report_text(stderr, &run->report);
    }
}

static int run_program(const struct options *options, bool wants_table)
{
    struct run run = {.options = options, .report = {.status = STATUS_ERROR}};
    struct machine_exit exit;
    struct error error;

    if (prepare(&run, &error)) {
        exit = perform(&run);
        report(&run, &exit, wants_table);
    } else {
        fail(&run, &error);
    }
    for (size_t i = 0; i < OUTPUTS; i++) {
        output_file_abandon(&run.output[i]);
    }
    session_close(&run.session);
    return (int)run.report.status;
}

static int run_quietly(const struct options *options)
{
    return run_program(options, false);
}

static int run_with_table(const struct options *options)
{
    return run_program(options, true);
}

const struct command command_run = {
    .name = "run",
    .bit = COMMAND_RUN,
    .arguments = "[options] PROGRAM [ARG...]",
    .summary = "run a program; the exit status is the program's",
    .help = "Runs PROGRAM, a RISC-V ELF file, in a machine like QEMU's virt. A bare-metal\n"
            "program, at 0x80000000 or above, starts in M-mode at its entry; its console is\n"
            "standard input and output, and the ARGs are its boot arguments, which it finds\n"
            "in the device tree. A static program of Linux, which lies below, runs in U-mode\n"
            "under a small kernel that pagewalk carries: standard input, output and error and\n"
            "the ARGs are its own. With --kernel or --bios a whole system is started, such as\n"
            "Linux, and there is no PROGRAM.\n"
            "\n"
            "  pagewalk run hello.elf\n"
            "  pagewalk run --mem=16M --swap=64M sort 9999999   pages go to a disk and back\n"
            "  pagewalk run --json=counts.json matmul.elf       also count what its TLB did\n"
            "  pagewalk run --json=- matmul.elf | jq .roi.l1d   the same, into a pipe\n"
            "  pagewalk run --tlb=l1i=16,l1d=16 --set=chase_pages=64 chase.elf\n"
            "  pagewalk run --max-instructions=1000000 broken.elf\n"
            "  pagewalk run --trace=insn:trace.txt --max-instructions=1000 broken.elf\n"
            "  pagewalk run --kernel=Image --initrd=root.cpio --append=console=ttyS0\n"
            "\n"
            "Exit status: the program's own, 255 if it is above, 128 + N if signal N killed\n"
            "it; 124 where it ran out of instructions or sleeps for ever; 125 for an error of\n"
            "pagewalk or of the command line; 130, 143 or 129 after SIGINT (or Ctrl-A x),\n"
            "SIGTERM or SIGHUP. Files appear whole or not at all, when the run ends.\n",
    .least_words = 1,
    .most_words = -1,
    .run = run_quietly,
};

const struct command command_stat = {
    .name = "stat",
    .bit = COMMAND_STAT,
    .arguments = "[options] PROGRAM [ARG...]",
    .summary = "run a program, then print what its TLB did",
    .help = "Runs PROGRAM as pagewalk run does, then prints a table on standard error: what\n"
            "every TLB array was asked, why it missed, walks, faults, fences and the\n"
            "functions that missed most, for the region that the program marks and in short\n"
            "for the whole run, or for the whole run alone.\n"
            "\n"
            "  pagewalk stat sequential.elf\n"
            "  pagewalk stat --tlb=default,l2=none sequential.elf     the same without an L2\n"
            "  pagewalk stat --tlb=c906 --ad=core gups.elf            as on a real core\n"
            "  pagewalk stat --cost=l2=7,pte=20 gups.elf              an estimate of cycles\n"
            "  pagewalk stat --tlb=l1i=16,l1d=64x4 --set=chase_pages=300 chase.elf\n"
            "  pagewalk stat --ad=svade --json=counts.json gups.elf\n"
            "  pagewalk stat --from=user_main --set=gups_updates=1000 gups.elf\n"
            "  pagewalk stat --kernel=Image --symbols=kallsyms --initrd=root.cpio\n"
            "\n"
            "The exit status is as with pagewalk run.\n",
    .least_words = 1,
    .most_words = -1,
    .run = run_with_table,
};

#include "emu/cli/option_table.h"

#include <stdlib.h>
#include <string.h>

#include "emu/check/format.h"
#include "emu/check/programs.h"
#include "emu/cli/parse.h"
#include "emu/cli/tlb_file.h"
#include "mmu/pte.h"

enum { FOLLOW_CORE = HART_AD_SVADU + 1 }; /* the word behind the schemes */

#define MAX_MEMORY (UINT64_C(1) << 40)
#define MAX_DISK_LATENCY UINT64_C(10000000000) /* ticks: a quarter of an hour */

static apply_fn apply_access, apply_ad, apply_at, apply_classes, apply_cost, apply_disk_fail,
    apply_disk_latency, apply_dump_dtb, apply_engine, apply_file, apply_format, apply_from,
    apply_granularity, apply_help, apply_isa, apply_json, apply_list, apply_max_increase,
    apply_max_instructions, apply_mem, apply_mmu, apply_mode, apply_process, apply_root, apply_rule,
    apply_rules, apply_runner, apply_seed, apply_set, apply_signature, apply_swap, apply_symbols,
    apply_timeout, apply_tlb, apply_to, apply_trace, apply_verbose;

enum {
    RUNS = COMMAND_RUN | COMMAND_STAT,
    RUNS_AND_WALK = RUNS | COMMAND_WALK,
    RUNS_AND_CHECK = RUNS_AND_WALK | COMMAND_CHECK,
    ALL_COMMANDS = RUNS_AND_CHECK | COMMAND_PRESETS | COMMAND_DIFF,
};

/* Lines of help have at most 51 characters, so that --help fits 80 columns. */
const struct option_row option_rows[] = {
    {"tlb", WITH_ARGUMENT, RUNS_AND_CHECK, "SPEC",
     "the TLB: a preset (see pagewalk presets), or parts\n"
     "such as l1i=32,l1d=64x4,l2=256x4:lru,asid=16, or\n"
     "PRESET,part,... to change it. N entries are fully\n"
     "associative, SETSxWAYS are not; l2=none leaves the\n"
     "L2 out; @FILE reads that from a file (default: the\n"
     "preset default)",
     apply_tlb},
    {"classes", WITH_ARGUMENT, RUNS, "on|off",
     "whether to find out why each look-up missed\n"
     "(default: on for stat, off for run)",
     apply_classes},
    {"cost", WITH_ARGUMENT, RUNS, "l2=N,pte=N",
     "estimate cycles: so many for each L2 hit, so many\n"
     "for each PTE read. Both are your assumptions",
     apply_cost},
    {"seed", WITH_ARGUMENT, RUNS_AND_WALK, "N", "where random replacement begins (default: 1)",
     apply_seed},
    {"json", WITH_ARGUMENT, RUNS, "FILE",
     "write every counter; - is standard output, and the\n"
     "guest's console then goes to standard error",
     apply_json},
    {"json", MAYBE_ARGUMENT, COMMAND_PRESETS | COMMAND_DIFF, "FILE",
     "as JSON, into FILE or onto standard output", apply_json},
    {"max-increase", WITH_ARGUMENT, COMMAND_DIFF, "NAME=N|N%",
     "exit with 1 if this number has grown by more than N\n"
     "or, exactly, N%, as in l1d.misses=0.5%; may be\n"
     "given again",
     apply_max_increase},
    {"mem", WITH_ARGUMENT, RUNS_AND_WALK, "SIZE",
     "bytes of RAM, with K, M or G behind: a multiple of\n"
     "4K, up to 1024G (default: 128M)",
     apply_mem},
    {"swap", WITH_ARGUMENT, RUNS_AND_WALK, "SIZE|file:PATH",
     "a disk that the bundled kernel swaps pages to: so\n"
     "many bytes of memory, or the image PATH, whose\n"
     "contents are lost",
     apply_swap},
    {"disk-latency", WITH_ARGUMENT, RUNS_AND_WALK, "TICKS",
     "how long each request to the disk takes, in ticks\n"
     "of mtime, 10 million a second (default: 1000)",
     apply_disk_latency},
    {"disk-fail", WITH_ARGUMENT, RUNS_AND_WALK, "N",
     "let the Nth request to the disk fail, as a test of\n"
     "what the guest does about it",
     apply_disk_fail},
    {"file", WITH_ARGUMENT, RUNS_AND_WALK, "HOST[:GUEST]",
     "give a program of Linux a copy of this file, as the\n"
     "absolute path GUEST (default: its name, in /); may\n"
     "be given again",
     apply_file},
    {"root", WITH_ARGUMENT, RUNS_AND_WALK, "DIR",
     "give it a copy of what is in this folder, as its /.\n"
     "No link is followed; what is named later wins",
     apply_root},
    {"verbose", WITHOUT_ARGUMENT, RUNS_AND_WALK, NULL,
     "let the bundled kernel name, once each, the system\n"
     "calls that it does not know",
     apply_verbose},
    {"engine", WITH_ARGUMENT, RUNS_AND_CHECK, "NAME",
     "fast (default), or reference, the plain one that\n"
     "traces run on; the results are the same",
     apply_engine},
    {"ad", WITH_ARGUMENT, RUNS_AND_CHECK, "WHO",
     "who sets the A and D bits: hw, always the hardware\n"
     "(default); svade, software after a page fault;\n"
     "svadu, as the guest says in menvcfg.ADUE; core, as\n"
     "the core of --tlb does it",
     apply_ad},
    {"mmu", WITH_ARGUMENT, RUNS_AND_CHECK, "MODE",
     "sv39 (default), sv48 or sv57: the largest paging\n"
     "mode that satp accepts",
     apply_mmu},
    {"set", WITH_ARGUMENT, RUNS_AND_WALK, "SYMBOL=VALUE",
     "store 8 bytes at a symbol before the start; may be\n"
     "given again for other symbols",
     apply_set},
    {"symbols", WITH_ARGUMENT, RUNS_AND_WALK, "FILE",
     "use these symbols, as nm or /proc/kallsyms lists\n"
     "them, in place of the program's (but not for --set\n"
     "and --signature)",
     apply_symbols},
    {"from", WITH_ARGUMENT, RUNS, "PLACE",
     "begin a region of interest when the pc gets there:\n"
     "a symbol, SYMBOL+NUMBER or an address",
     apply_from},
    {"to", WITH_ARGUMENT, RUNS, "PLACE",
     "end the region when the pc gets there (default: at\n"
     "the end of the run); alone, it begins at the start",
     apply_to},
    {"max-instructions", WITH_ARGUMENT, RUNS_AND_WALK, "N",
     "stop after N instructions, counting those that end\n"
     "in an exception; exit status 124",
     apply_max_instructions},
    {"signature", WITH_ARGUMENT, RUNS, "FILE",
     "write the memory from symbol begin_signature to\n"
     "end_signature in hexadecimal when the run ends",
     apply_signature},
    {"signature-granularity", WITH_ARGUMENT, RUNS, "N", "bytes a line: 4, 8 (default) or 16",
     apply_granularity},
    {"trace", WITH_ARGUMENT, RUNS, "WHAT:FILE",
     "insn:FILE writes a line per retired instruction,\n"
     "as Spike's commit log; walk:FILE writes a line per\n"
     "page-table walk; both may be given",
     apply_trace},
    {"dump-dtb", WITH_ARGUMENT, RUNS, "FILE", "write the device tree that the guest gets",
     apply_dump_dtb},
    {"at", WITH_ARGUMENT, COMMAND_WALK, "WHEN",
     "after so many instructions, or as soon as the pc is\n"
     "at this symbol, SYMBOL+NUMBER or 0x address\n"
     "(default: at the end of the run)",
     apply_at},
    {"process", WITH_ARGUMENT, COMMAND_WALK, "NAME|ASID",
     "in the address space of this process, and as U-mode\n"
     "unless --mode says otherwise (default: in the one\n"
     "that satp names at that moment)",
     apply_process},
    {"access", WITH_ARGUMENT, COMMAND_WALK, "KIND", "fetch, load (default) or store", apply_access},
    {"mode", WITH_ARGUMENT, COMMAND_WALK, "MODE",
     "u or s, the privilege of the access (default: that\n"
     "of the hart at that moment)",
     apply_mode},
    {"format", WITH_ARGUMENT, COMMAND_CHECK, "FORM", "tap (default) or junit", apply_format},
    {"rule", WITH_ARGUMENT, COMMAND_CHECK, "GLOB", "only rules whose id fits, such as 'PTW-*'",
     apply_rule},
    {"list", WITHOUT_ARGUMENT, COMMAND_CHECK, NULL,
     "list them instead: id, kind, words, and the test or\n"
     "why there is none. Kinds: M mandatory, E with an\n"
     "extension, L a legal choice, U unspecified",
     apply_list},
    {"runner", WITH_ARGUMENT, COMMAND_CHECK, "COMMAND",
     "test what this shell command runs; each {} in it\n"
     "becomes the quoted path of a test's ELF file",
     apply_runner},
    {"timeout", WITH_ARGUMENT, COMMAND_CHECK, "SECONDS",
     "kill a test, which then has failed, after so long\n"
     "(default: 10)",
     apply_timeout},
    {"isa", WITH_ARGUMENT, COMMAND_CHECK, "STRING",
     "what is there to test, such as rv64imac_svnapot\n"
     "(default: riscv,isa in the device tree)",
     apply_isa},
    {"rules", WITH_ARGUMENT, COMMAND_CHECK, "DIR",
     "the folder of the tests (default: the one that\n"
     "belongs to this pagewalk)",
     apply_rules},
    {"help", WITHOUT_ARGUMENT, ALL_COMMANDS, NULL, "this text", apply_help},
};

static bool apply_help(struct options *options, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    options->wants_help = true;
    return true;
}

static bool apply_tlb(struct options *options, const char *argument, struct error *error)
{
    bool is_file = *argument == '@';
    char *text = is_file ? tlb_file_read(argument + 1, error) : NULL;
    const char *spec = is_file ? text : argument;
    struct mmu_geometry_error refused;

    if (spec == NULL) {
        return false;
    }
    if (!mmu_geometry_parse(spec, &options->geometry, &refused)) {
        (void)error_set(error, "'%.*s' %s", (int)refused.part_length, refused.part, refused.reason);
        free(text);
        return false;
    }
    free(options->tlb_text);
    options->tlb_text = text;
    options->tlb = spec;
    return true;
}

/* Files are opened later, when it is known that there will be a run. */
static bool take_file(const char **file, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "a file needs a name");
    }
    *file = argument;
    return true;
}

static bool apply_json(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->json, argument == NULL ? "-" : argument, error);
}

static bool apply_signature(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->signature, argument, error);
}

static bool apply_symbols(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->symbols, argument, error);
}

static bool apply_dump_dtb(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->dump_dtb, argument, error);
}

static bool apply_trace(struct options *options, const char *argument, struct error *error)
{
    static const char insn[] = "insn:";
    static const char walk[] = "walk:";

    if (strncmp(argument, insn, strlen(insn)) == 0) {
        return take_file(&options->trace_insn, argument + strlen(insn), error);
    }
    if (strncmp(argument, walk, strlen(walk)) == 0) {
        return take_file(&options->trace_walk, argument + strlen(walk), error);
    }
    return error_set(error, "must be insn:FILE or walk:FILE");
}

static bool apply_mem(struct options *options, const char *argument, struct error *error)
{
    uint64_t size;

    if (!parse_size(argument, &size)) {
        return error_set(error, "is no size: give bytes, or a number with K, M or G");
    }
    if (size == 0 || size > MAX_MEMORY || size % PAGE_SIZE != 0) {
        return error_set(error, "must be a multiple of 4096 bytes, from 4K to 1024G");
    }
    options->ram_length = size;
    return true;
}

static bool apply_swap(struct options *options, const char *argument, struct error *error)
{
    static const char file[] = "file:";
    uint64_t size;

    if (strncmp(argument, file, strlen(file)) == 0) {
        options->swap = (struct swap_wish){.is_asked = true};
        return take_file(&options->swap.file, argument + strlen(file), error);
    }
    if (!parse_size(argument, &size)) {
        return error_set(error, "is no size: give bytes, or a number with K, M or G, or file:PATH");
    }
    if (size == 0 || size > MAX_MEMORY || size % PAGE_SIZE != 0) {
        return error_set(error, "must be a multiple of 4096 bytes, from 4K to 1024G");
    }
    options->swap = (struct swap_wish){.is_asked = true, .length = size};
    return true;
}

static bool apply_disk_latency(struct options *options, const char *argument, struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number > MAX_DISK_LATENCY) {
        return error_set(error, "must be a number of ticks up to 10000000000");
    }
    options->disk_latency = number;
    return true;
}

static bool apply_disk_fail(struct options *options, const char *argument, struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number == 0 || number > INT64_MAX) {
        return error_set(error, "must be a number from 1 to 2^63 - 1");
    }
    options->disk_fail = number;
    return true;
}

static bool apply_verbose(struct options *options, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    options->verbose = true;
    return true;
}

static bool apply_process(struct options *options, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "must be the name or the ASID of a process");
    }
    options->process = argument;
    return true;
}

/* A word out of a list. Writes its place in the list. */
static bool take_word(const char *argument, const char *const words[], size_t count, size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(argument, words[i]) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool apply_ad(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {[HART_AD_HARDWARE] = "hw",
                                        [HART_AD_SVADE] = "svade",
                                        [HART_AD_SVADU] = "svadu",
                                        [FOLLOW_CORE] = "core"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be hw, svade, svadu or core");
    }
    options->follows_core = index == FOLLOW_CORE;
    if (!options->follows_core) {
        options->ad = (enum hart_ad)index;
    }
    return true;
}

static bool apply_classes(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"on", "off"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be on or off");
    }
    options->classes = index == 0 ? CLASSES_ON : CLASSES_OFF;
    return true;
}

static bool apply_seed(struct options *options, const char *argument, struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number > INT64_MAX) {
        return error_set(error, "must be a number from 0 to 2^63 - 1");
    }
    options->seed = number;
    return true;
}

static bool apply_cost(struct options *options, const char *argument, struct error *error)
{
    return parse_cost(argument, &options->cost) ||
           error_set(error, "must be l2=N, pte=N or both, with a comma between; "
                            "a cost is at most 1000000 cycles");
}

static bool apply_engine(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {[MACHINE_FAST] = "fast", [MACHINE_REFERENCE] = "reference"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be fast or reference");
    }
    options->engine = (enum machine_engine)index;
    return true;
}

static bool apply_mmu(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"sv39", "sv48", "sv57"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be sv39, sv48 or sv57");
    }
    options->mmu_levels = SV39_LEVELS + (unsigned)index;
    return true;
}

static bool apply_access(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {
        [MMU_FETCH] = "fetch", [MMU_LOAD] = "load", [MMU_STORE] = "store"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be fetch, load or store");
    }
    options->access = (enum mmu_access)index;
    return true;
}

static bool apply_mode(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {[MMU_USER] = "u", [MMU_SUPERVISOR] = "s"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be u or s");
    }
    options->mode = (struct chosen_mode){.is_chosen = true, .privilege = (enum mmu_privilege)index};
    return true;
}

static bool apply_set(struct options *options, const char *argument, struct error *error)
{
    const char *equals = strchr(argument, '=');
    struct setting setting = {.text = argument};
    struct setting *settings;

    if (equals == NULL || equals == argument || !parse_number(equals + 1, &setting.value)) {
        return error_set(error, "must be SYMBOL=VALUE with a decimal or 0x number of 64 bits");
    }
    setting.symbol_length = (size_t)(equals - argument);
    settings = realloc(options->settings, (options->setting_count + 1) * sizeof *options->settings);
    if (settings == NULL) {
        return error_set(error, "out of memory");
    }
    settings[options->setting_count++] = setting;
    options->settings = settings;
    return true;
}

static bool add_file(struct options *options, const char *argument, bool is_tree,
                     struct error *error)
{
    struct file_wish *files;

    if (*argument == '\0') {
        return error_set(error, "a file needs a name");
    }
    files = realloc(options->files, (options->file_count + 1) * sizeof *options->files);
    if (files == NULL) {
        return error_set(error, "out of memory");
    }
    files[options->file_count++] = (struct file_wish){argument, is_tree};
    options->files = files;
    return true;
}

static bool apply_file(struct options *options, const char *argument, struct error *error)
{
    return add_file(options, argument, false, error);
}

static bool apply_root(struct options *options, const char *argument, struct error *error)
{
    return add_file(options, argument, true, error);
}

static bool apply_max_increase(struct options *options, const char *argument, struct error *error)
{
    struct limit limit;
    struct limit *limits;

    if (!limit_parse(argument, &limit)) {
        return error_set(error, "must be NAME=N or NAME=N%%, such as l1d.misses=0.5%%");
    }
    limits = reallocarray(options->limits, options->limit_count + 1, sizeof *options->limits);
    if (limits == NULL) {
        return error_set(error, "out of memory");
    }
    limits[options->limit_count++] = limit;
    options->limits = limits;
    return true;
}

static bool apply_max_instructions(struct options *options, const char *argument,
                                   struct error *error)
{
    uint64_t number;

    if (!parse_number(argument, &number) || number == 0 || number > INT64_MAX) {
        return error_set(error, "must be a number from 1 to 2^63 - 1");
    }
    options->max_instructions = number;
    return true;
}

static bool apply_granularity(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"4", "8", "16"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be 4, 8 or 16");
    }
    options->signature_granularity = 4u << index;
    return true;
}

static bool apply_at(struct options *options, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "must be a number of instructions or a symbol");
    }
    options->at = argument;
    return true;
}

static bool take_place(const char **place, const char *argument, struct error *error)
{
    if (*argument == '\0') {
        return error_set(error, "must be a symbol, SYMBOL+NUMBER or an address");
    }
    *place = argument;
    return true;
}

static bool apply_from(struct options *options, const char *argument, struct error *error)
{
    return take_place(&options->from, argument, error);
}

static bool apply_to(struct options *options, const char *argument, struct error *error)
{
    return take_place(&options->to, argument, error);
}

static bool apply_format(struct options *options, const char *argument, struct error *error)
{
    static const char *const words[] = {"tap", "junit"};
    size_t index;

    if (!take_word(argument, words, sizeof words / sizeof *words, &index)) {
        return error_set(error, "must be tap or junit");
    }
    options->format = index == 0 ? &format_tap : &format_junit;
    return true;
}

static bool apply_rule(struct options *options, const char *argument, struct error *error)
{
    (void)error;
    options->rule = argument;
    return true;
}

static bool apply_list(struct options *options, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    options->lists = true;
    return true;
}

static bool apply_runner(struct options *options, const char *argument, struct error *error)
{
    if (strstr(argument, "{}") == NULL) {
        return error_set(error, "must have {} where the path of the test belongs");
    }
    options->runner = argument;
    return true;
}

static bool apply_timeout(struct options *options, const char *argument, struct error *error)
{
    enum { DAY = 86400 };
    uint64_t number;

    if (!parse_number(argument, &number) || number == 0 || number > DAY) {
        return error_set(error, "must be a number of seconds from 1 to 86400");
    }
    options->timeout = (unsigned)number;
    return true;
}

/* The rest of the text is the test's to understand. */
static bool apply_isa(struct options *options, const char *argument, struct error *error)
{
    if (strncmp(argument, "rv64", 4) != 0 || strlen(argument) > PROGRAMS_ISA_LENGTH) {
        return error_set(error, "must be at most 127 characters that begin with rv64");
    }
    options->isa = argument;
    return true;
}

static bool apply_rules(struct options *options, const char *argument, struct error *error)
{
    return take_file(&options->rules, argument, error);
}

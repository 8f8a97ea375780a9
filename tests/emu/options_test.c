#include "emu/cli/options.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "emu/machine/machine.h"

enum { MAX_WORDS = 16 };

static struct options options;
static struct error error;
static char line[512];
static char *words[MAX_WORDS + 1];

/* Parses a line of words separated by blanks, the first being the command. */
static bool parse(const struct command *command, const char *text)
{
    int count = 0;
    char *rest = line;

    options_finish(&options);
    snprintf(line, sizeof line, "%s", text);
    error.text[0] = '\0';
    while (count < MAX_WORDS && (words[count] = strsep(&rest, " ")) != NULL) {
        count++;
    }
    words[count] = NULL;
    return options_parse(&options, command, count, words, &error);
}

static void teardown(void)
{
    options_finish(&options);
}

TestSuite(options, .fini = teardown);

Test(options, defaults_are_those_of_the_help)
{
    cr_assert(parse(&command_run, "run prog"));
    cr_expect(eq(u64, options.ram_length, MACHINE_DEFAULT_MEMORY));
    cr_expect(eq(int, options.ad, HART_AD_HARDWARE));
    cr_expect(eq(u64, options.max_instructions, UINT64_MAX));
    cr_expect(eq(uint, options.signature_granularity, 8));
    cr_expect(eq(uint, options.geometry.array[MMU_L1D].bank[0].ways, 32));
    cr_expect(eq(uint, options.geometry.array[MMU_L2].bank[0].sets, 256));
    cr_expect(eq(str, (char *)options.tlb, "default"));
    cr_expect(eq(u64, options.geometry.seed, 1));
    cr_expect(not(options.cost.is_asked));
    cr_expect(options.json == NULL && options.signature == NULL && options.dump_dtb == NULL);
    cr_expect(options.trace_insn == NULL && options.trace_walk == NULL);
    cr_expect(eq(sz, options.setting_count, 0));
    cr_assert(parse(&command_walk, "walk prog 0"));
    cr_expect(eq(int, options.access, MMU_LOAD));
    cr_expect(not(options.mode.is_chosen));
    cr_expect(options.at == NULL);
}

Test(options, each_has_its_effect)
{
    cr_assert(parse(&command_run, "run --tlb=l1i=4,l1d=8 --json=j --mem=16M --ad=svadu "
                                  "--max-instructions=99 --signature=s --signature-granularity=16 "
                                  "--trace=insn:i --trace=walk:w --dump-dtb=d prog"),
              "%s", error.text);
    cr_expect(eq(uint, options.geometry.array[MMU_L1I].bank[0].ways, 4));
    cr_expect(eq(uint, options.geometry.array[MMU_L1D].bank[0].ways, 8));
    cr_expect(eq(uint, options.geometry.array[MMU_L2].bank_count, 0));
    cr_expect(eq(str, (char *)options.tlb, "l1i=4,l1d=8"));
    cr_expect(eq(str, (char *)options.json, "j"));
    cr_expect(eq(u64, options.ram_length, UINT64_C(16) << 20));
    cr_expect(eq(int, options.ad, HART_AD_SVADU));
    cr_expect(eq(u64, options.max_instructions, 99));
    cr_expect(eq(str, (char *)options.signature, "s"));
    cr_expect(eq(uint, options.signature_granularity, 16));
    cr_expect(eq(str, (char *)options.trace_insn, "i"));
    cr_expect(eq(str, (char *)options.trace_walk, "w"));
    cr_expect(eq(str, (char *)options.dump_dtb, "d"));
    cr_assert(parse(&command_walk, "walk --at=main --access=store --mode=s prog 0x10"));
    cr_expect(eq(str, (char *)options.at, "main"));
    cr_expect(eq(int, options.access, MMU_STORE));
    cr_expect(options.mode.is_chosen);
    cr_expect(eq(int, options.mode.privilege, MMU_SUPERVISOR));
    cr_expect(eq(str, options.words[1], "0x10"));
}

Test(options, swap_is_in_memory_or_in_a_file)
{
    cr_assert(parse(&command_run, "run prog"));
    cr_expect(not(options.swap.is_asked));
    cr_expect(eq(u64, options.disk_latency, 1000));
    cr_expect(eq(u64, options.disk_fail, 0));
    cr_expect(not(options.verbose));
    cr_assert(parse(&command_run, "run --swap=64M --disk-latency=0 --disk-fail=3 --verbose prog"),
              "%s", error.text);
    cr_expect(options.swap.is_asked);
    cr_expect(eq(u64, options.swap.length, UINT64_C(64) << 20));
    cr_expect(options.swap.file == NULL);
    cr_expect(eq(u64, options.disk_latency, 0));
    cr_expect(eq(u64, options.disk_fail, 3));
    cr_expect(options.verbose);
    cr_assert(parse(&command_walk, "walk --swap=4K --swap=file:a:b --process=sort prog 0"), "%s",
              error.text);
    cr_expect(eq(str, (char *)options.swap.file, "a:b"));
    cr_expect(eq(u64, options.swap.length, 0));
    cr_expect(eq(str, (char *)options.process, "sort"));
}

Test(options, a_system_is_started_by_firmware_or_a_kernel)
{
    cr_assert(parse(&command_run, "run --bios=b --kernel k --initrd=i --append=a=b,c --dtb=d "
                                  "--no-reboot --time=host"),
              "%s", error.text);
    cr_expect(options_start_system(&options));
    cr_expect(eq(str, (char *)options.bios, "b"));
    cr_expect(eq(str, (char *)options.kernel, "k"));
    cr_expect(eq(str, (char *)options.initrd, "i"));
    cr_expect(eq(str, (char *)options.append, "a=b,c"));
    cr_expect(eq(str, (char *)options.dtb, "d"));
    cr_expect(options.no_reboot);
    cr_expect(eq(int, options.time, OPTION_TIME_HOST));
    cr_assert(parse(&command_stat, "stat --kernel=k"), "%s", error.text);
    cr_expect(options_start_system(&options));
    cr_expect(eq(int, options.time, OPTION_TIME_UNTOLD));
    cr_expect(not(options.no_reboot));
    cr_assert(parse(&command_stat, "stat --kernel=k --time=virtual"), "%s", error.text);
    cr_expect(eq(int, options.time, OPTION_TIME_VIRTUAL));
    cr_assert(parse(&command_walk, "walk --bios=b 0x1000"), "%s", error.text);
    cr_expect(options_start_system(&options));
    cr_assert(parse(&command_run, "run prog"));
    cr_expect(not(options_start_system(&options)));
}

Test(options, a_drive_is_a_file_that_may_be_read_only)
{
    static const struct {
        const char *file;
        bool is_read_only;
    } want[] = {{"a", false}, {"b", true}, {"c,rw", false}, {"d,ro,x", false}, {"e,ro", true}};

    cr_assert(parse(&command_run, "run --drive=a --drive b,ro --drive=c,rw --drive=d,ro,x "
                                  "--drive=e,ro,ro prog"),
              "%s", error.text);
    cr_assert(eq(uint, options.drive_count, sizeof want / sizeof *want));
    for (unsigned i = 0; i < options.drive_count; i++) {
        cr_expect(eq(str, options.drive[i].file, (char *)want[i].file));
        cr_expect(eq(int, options.drive[i].is_read_only, want[i].is_read_only));
    }
}

Test(options, files_keep_their_order)
{
    static const struct file_wish want[] = {{"a:/b", false}, {"dir", true}, {"c", false}};

    cr_assert(parse(&command_run, "run --file=a:/b --root=dir --file=c prog"), "%s", error.text);
    cr_assert(eq(sz, options.file_count, sizeof want / sizeof *want));
    for (size_t i = 0; i < options.file_count; i++) {
        cr_expect(eq(str, (char *)options.files[i].name, (char *)want[i].name));
        cr_expect(eq(int, options.files[i].is_tree, want[i].is_tree));
    }
}

Test(options, misses_are_classified_by_stat_unless_told)
{
    static const struct {
        const struct command *command;
        const char *line;
        bool has_classes;
    } rows[] = {
        {&command_run, "run prog", false},
        {&command_stat, "stat prog", true},
        {&command_run, "run --classes=on prog", true},
        {&command_stat, "stat --classes=off prog", false},
        {&command_stat, "stat --classes=off --classes=on prog", true},
        {&command_run, "run --classes=on --tlb=default prog", true},
        {&command_walk, "walk prog 0", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(parse(rows[i].command, rows[i].line), "%s", error.text);
        cr_expect(eq(int, options.geometry.has_classes, rows[i].has_classes), "%s", rows[i].line);
    }
}

Test(options, seed_is_the_geometrys_in_any_order)
{
    cr_assert(parse(&command_run, "run --seed=77 --tlb=default prog"));
    cr_expect(eq(u64, options.geometry.seed, 77));
    cr_assert(parse(&command_walk, "walk --seed=0x7fffffffffffffff prog 0"), "%s", error.text);
    cr_expect(eq(u64, options.geometry.seed, INT64_MAX));
}

Test(options, ad_may_follow_the_core)
{
    static const struct {
        const char *line;
        enum hart_ad ad;
    } rows[] = {
        {"run --tlb=default,ad=hw --ad=core prog", HART_AD_HARDWARE},
        {"run --ad=core --tlb=default,ad=svade prog", HART_AD_SVADE},
        {"run --tlb=default,ad=svade prog", HART_AD_HARDWARE},
        {"run --tlb=default,ad=svade --ad=core --ad=svadu prog", HART_AD_SVADU},
        {"run --tlb=default,ad=svade --ad=svadu --ad=core prog", HART_AD_SVADE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(parse(&command_run, rows[i].line), "%s", error.text);
        cr_expect(eq(int, options.ad, rows[i].ad), "%s", rows[i].line);
    }
}

Test(options, cost_is_taken)
{
    cr_assert(parse(&command_run, "run --cost=pte=20,l2=7 prog"), "%s", error.text);
    cr_expect(options.cost.is_asked);
    cr_expect(eq(u64, options.cost.l2_hit, 7));
    cr_expect(eq(u64, options.cost.pte_read, 20));
}

Test(options, an_argument_may_be_a_word_of_its_own)
{
    cr_assert(parse(&command_run, "run --json out.json --mem 8M prog"), "%s", error.text);
    cr_expect(eq(str, (char *)options.json, "out.json"));
    cr_expect(eq(u64, options.ram_length, UINT64_C(8) << 20));
    cr_expect(eq(str, options.words[0], "prog"));
}

Test(options, set_may_be_repeated)
{
    cr_assert(parse(&command_run, "run --set=a=1 --set=bc=0xff --set=a=2 prog"));
    cr_assert(eq(sz, options.setting_count, 3));
    cr_expect(eq(sz, options.settings[1].symbol_length, 2));
    cr_expect(eq(u64, options.settings[1].value, 255));
    cr_expect(eq(u64, options.settings[2].value, 2));
}

Test(options, the_last_of_several_counts)
{
    cr_assert(parse(&command_run, "run --mem=8M --mem=16M prog"));
    cr_expect(eq(u64, options.ram_length, UINT64_C(16) << 20));
}

Test(options, end_at_the_program)
{
    cr_assert(parse(&command_run, "run --mem=8M prog -c --json=x --help --nonsense"));
    cr_expect(eq(int, options.word_count, 5));
    cr_expect(eq(str, options.words[1], "-c"));
    cr_expect(options.json == NULL);
    cr_expect(not(options.wants_help));
}

Test(options, of_walk_may_stand_anywhere)
{
    cr_assert(parse(&command_walk, "walk prog 0x10 --at=5 --mode u"), "%s", error.text);
    cr_expect(eq(str, (char *)options.at, "5"));
    cr_expect(options.mode.is_chosen);
    cr_expect(eq(int, options.word_count, 2));
    cr_expect(eq(str, options.words[0], "prog"));
}

Test(options, two_dashes_end_them)
{
    cr_assert(parse(&command_run, "run -- --odd-name"));
    cr_expect(eq(str, options.words[0], "--odd-name"));
}

Test(options, help_needs_no_program)
{
    cr_expect(parse(&command_run, "run --help"));
    cr_expect(options.wants_help);
    cr_expect(parse(&command_run, "run --help --nonsense"), "and ends the reading");
    cr_expect(options.wants_help);
}

Test(options, json_of_presets_may_go_without_a_file)
{
    cr_expect(parse(&command_presets, "presets --json"));
    cr_expect(eq(str, (char *)options.json, "-"));
    cr_expect(parse(&command_presets, "presets --json=file"));
    cr_expect(eq(str, (char *)options.json, "file"));
}

Test(options, every_mistake_is_named)
{
    static const struct {
        const struct command *command;
        const char *line;
        const char *text; /* how the sentence begins */
    } rows[] = {
        {&command_run, "run --nonsense prog", "unknown option '--nonsense'"},
        {&command_run, "run --nonsense=1 prog", "unknown option '--nonsense=1'"},
        {&command_run, "run --js=x prog", "unknown option '--js=x'"},
        {&command_run, "run --js x prog", "unknown option '--js'"},
        {&command_run, "run --sig=x prog", "unknown option '--sig=x'"},
        {&command_run, "run -j prog", "unknown option '-j'"},
        {&command_run, "run -xyz prog", "unknown option '-x'"},
        {&command_run, "run --at=5 prog", "unknown option '--at=5'"},
        {&command_walk, "walk --json=x prog 0", "unknown option '--json=x'"},
        {&command_run, "run --json", "option '--json' needs an argument"},
        {&command_run, "run --help=x prog", "option '--help' takes no argument"},
        {&command_run, "run", "no PROGRAM given"},
        {&command_run, "run --mem=8M", "no PROGRAM given"},
        {&command_walk, "walk", "no PROGRAM given"},
        {&command_walk, "walk prog", "no VA given"},
        {&command_walk, "walk prog 0 more", "'more' is one word too many"},
        {&command_presets, "presets default", "'default' is one word too many"},
        {&command_run, "run --tlb=l1i=0,l1d=4 prog", "--tlb=l1i=0,l1d=4: 'l1i=0' "},
        {&command_run, "run --tlb=l1i=4,l1d=3x4 prog", "--tlb=l1i=4,l1d=3x4: 'l1d=3x4' "},
        {&command_run, "run --tlb=l1d=4 prog", "--tlb=l1d=4: 'l1d=4' "},
        {&command_run, "run --tlb=l1i=4,l1d=4:mru prog", "--tlb=l1i=4,l1d=4:mru: 'l1d=4:mru' "},
        {&command_run, "run --tlb= prog", "--tlb=: '' "},
        {&command_run, "run --json= prog", "--json=: a file needs a name"},
        {&command_run, "run --mem=x prog", "--mem=x: is no size"},
        {&command_run, "run --mem=0 prog", "--mem=0: must be a multiple of 4096"},
        {&command_run, "run --mem=4097 prog", "--mem=4097: must be a multiple of 4096"},
        {&command_run, "run --mem=1025G prog", "--mem=1025G: must be a multiple of 4096"},
        {&command_run, "run --swap=x prog", "--swap=x: is no size: give bytes, or a number"},
        {&command_run, "run --swap=0 prog", "--swap=0: must be a multiple of 4096"},
        {&command_run, "run --swap=512 prog", "--swap=512: must be a multiple of 4096"},
        {&command_run, "run --swap=1025G prog", "--swap=1025G: must be a multiple of 4096"},
        {&command_run, "run --swap=file: prog", "--swap=file:: a file needs a name"},
        {&command_run, "run --disk-latency=x prog", "--disk-latency=x: must be a number of ticks"},
        {&command_run, "run --disk-latency=10000000001 prog",
         "--disk-latency=10000000001: must be a number of ticks"},
        {&command_run, "run --disk-fail=0 prog", "--disk-fail=0: must be a number from 1"},
        {&command_run, "run --file= prog", "--file=: a file needs a name"},
        {&command_run, "run --root= prog", "--root=: a file needs a name"},
        {&command_run, "run --verbose=x prog", "option '--verbose' takes no argument"},
        {&command_walk, "walk --process= prog 0", "--process=: must be the name or the ASID"},
        {&command_run, "run --process=x prog", "unknown option '--process=x'"},
        {&command_run, "run --ad=sw prog", "--ad=sw: must be hw, svade, svadu or core"},
        {&command_run, "run --ad=core prog", "--ad=core: --tlb=default does not say who sets"},
        {&command_run, "run --ad=core --tlb=l1i=1,l1d=1 prog",
         "--ad=core: --tlb=l1i=1,l1d=1 does not say who sets"},
        {&command_run, "run --tlb=@ prog", "--tlb=@: a file needs a name"},
        {&command_run, "run --tlb=@/no/such/file prog", "--tlb=@/no/such/file: cannot be opened: "},
        {&command_run, "run --tlb=@/ prog", "--tlb=@/: cannot be read: "},
        {&command_run, "run --tlb=@/dev/null prog", "--tlb=@/dev/null: has nothing in it"},
        {&command_run, "run --tlb=@/dev/zero prog", "--tlb=@/dev/zero: is no text file"},
        {&command_run, "run --classes=yes prog", "--classes=yes: must be on or off"},
        {&command_walk, "walk --classes=on prog 0", "unknown option '--classes=on'"},
        {&command_run, "run --seed=x prog", "--seed=x: must be a number from 0 to 2^63 - 1"},
        {&command_run, "run --seed=9223372036854775808 prog",
         "--seed=9223372036854775808: must be a number"},
        {&command_run, "run --cost= prog", "--cost=: must be l2=N, pte=N or both"},
        {&command_run, "run --cost=l2 prog", "--cost=l2: must be l2=N, pte=N or both"},
        {&command_run, "run --set=x prog", "--set=x: must be SYMBOL=VALUE"},
        {&command_run, "run --set==1 prog", "--set==1: must be SYMBOL=VALUE"},
        {&command_run, "run --set=x=y prog", "--set=x=y: must be SYMBOL=VALUE"},
        {&command_run, "run --set=x= prog", "--set=x=: must be SYMBOL=VALUE"},
        {&command_run, "run --max-instructions=0 prog", "--max-instructions=0: must be a number"},
        {&command_run, "run --max-instructions=9223372036854775808 prog",
         "--max-instructions=9223372036854775808: must be a number"},
        {&command_run, "run --signature-granularity=2 prog", "--signature-granularity=2: must be"},
        {&command_run, "run --trace=x prog", "--trace=x: must be insn:FILE or walk:FILE"},
        {&command_run, "run --trace=insn: prog", "--trace=insn:: a file needs a name"},
        {&command_walk, "walk --access=read prog 0", "--access=read: must be fetch, load or store"},
        {&command_walk, "walk --mode=m prog 0", "--mode=m: must be u or s"},
        {&command_walk, "walk --at= prog 0", "--at=: must be a number"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(not(parse(rows[i].command, rows[i].line)), "%s", rows[i].line);
        cr_expect(strncmp(error.text, rows[i].text, strlen(rows[i].text)) == 0, "%s: %s",
                  rows[i].line, error.text);
        cr_expect(strchr(error.text, '\n') == NULL, "%s", rows[i].line);
    }
}

Test(options, help_shows_just_what_the_command_takes_and_fits_80_columns)
{
    static const struct {
        const struct command *command;
        const char *option;
        bool is_shown;
    } rows[] = {
        {&command_run, "  --tlb=SPEC ", true},
        {&command_run, "  --json=FILE ", true},
        {&command_run, "  --at=", false},
        {&command_stat, "  --trace=WHAT:FILE ", true},
        {&command_walk, "  --at=WHEN ", true},
        {&command_walk, "  --json", false},
        {&command_presets, "  --json[=FILE] ", true},
        {&command_presets, "  --tlb", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text;
        size_t length;
        FILE *file = open_memstream(&text, &length);

        options_help(file, rows[i].command);
        cr_assert(eq(int, fclose(file), 0));
        /* The words at the beginning of a line: examples hold options too. */
        char wanted[64];

        snprintf(wanted, sizeof wanted, "\n%s", rows[i].option);
        cr_expect(eq(int, strstr(text, wanted) != NULL, rows[i].is_shown), "%s of %s",
                  rows[i].option, rows[i].command->name);
        for (const char *start = text; *start != '\0'; start = strchr(start, '\n') + 1) {
            cr_expect(le(sz, strcspn(start, "\n"), 80), "%.*s", (int)strcspn(start, "\n"), start);
        }
        free(text);
    }
}

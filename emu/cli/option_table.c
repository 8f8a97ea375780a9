#include "emu/cli/option_table.h"

#include "emu/cli/option_setters.h"

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
    {"seed", WITH_ARGUMENT, RUNS_AND_WALK, "N",
     "where random replacement begins, and the guest's\n"
     "rng-seed (default: 1)",
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
    {"bios", WITH_ARGUMENT, RUNS_AND_WALK, "FILE",
     "start a system in place of a PROGRAM: firmware, ELF\n"
     "or raw bytes for 0x80000000, which begins in M-mode\n"
     "(default, with --kernel: a small SBI of pagewalk's)",
     apply_bios},
    {"kernel", WITH_ARGUMENT, RUNS_AND_WALK, "FILE",
     "start a system: what its firmware starts in S-mode,\n"
     "an Image of Linux or other raw bytes for\n"
     "0x80200000, or ELF",
     apply_kernel},
    {"initrd", WITH_ARGUMENT, RUNS_AND_WALK, "FILE",
     "a file system for the kernel, put into its memory", apply_initrd},
    {"append", WITH_ARGUMENT, RUNS_AND_WALK, "STRING", "the boot arguments of the kernel",
     apply_append},
    {"drive", WITH_ARGUMENT, RUNS_AND_WALK, "FILE[,ro]",
     "a disk with these contents, which the guest changes\n"
     "unless ,ro makes it read-only; up to 8 times, for a\n"
     "system or a bare-metal program",
     apply_drive},
    {"dtb", WITH_ARGUMENT, RUNS_AND_WALK, "FILE",
     "give the guest this device tree, with the boot\n"
     "arguments and the initrd put into it, and not the\n"
     "one that describes the machine",
     apply_dtb},
    {"no-reboot", WITHOUT_ARGUMENT, RUNS_AND_WALK, NULL,
     "end the run when the guest asks for a reset, and do\n"
     "not start it again",
     apply_no_reboot},
    {"time", WITH_ARGUMENT, RUNS_AND_WALK, "WHOSE",
     "virtual: time is what the guest executed, so that\n"
     "runs repeat; host: it is the host's clock (default:\n"
     "virtual, but host for a system that is typed at)",
     apply_time},
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
     "let the Nth request to the disk for swap fail, as a\n"
     "test of what the guest does about it",
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

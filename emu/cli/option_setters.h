/*
 * option_setters.h - the functions that take the arguments of options, by the option's name: what
 * the rows of option_table.c call. Each sets one field, or few, of struct options.
 */
#ifndef EMU_CLI_OPTION_SETTERS_H
#define EMU_CLI_OPTION_SETTERS_H

#include "emu/cli/option_table.h"

apply_fn apply_access, apply_ad, apply_append, apply_at, apply_bios, apply_classes, apply_cost,
    apply_disk_fail, apply_disk_latency, apply_drive, apply_dtb, apply_dump_dtb, apply_engine,
    apply_file, apply_format, apply_from, apply_granularity, apply_help, apply_initrd, apply_isa,
    apply_json, apply_kernel, apply_list, apply_max_increase, apply_max_instructions, apply_mem,
    apply_mmu, apply_mode, apply_no_reboot, apply_process, apply_root, apply_rule, apply_rules,
    apply_runner, apply_seed, apply_set, apply_signature, apply_swap, apply_symbols, apply_time,
    apply_timeout, apply_tlb, apply_to, apply_trace, apply_verbose;

#endif

#!/bin/sh
# Runs clang-tidy over everything that is not a test, two files at a time and each by itself: version
# 14 takes va_list for uninitialised in a second file. Its analyzer takes most of the time: with
# PAGEWALK_FULL it sees every file, else a third of them, which PAGEWALK_SEED draws.
# Usage: tests/check_tidy.sh BUILD-FOLDER, from the repository root.
set -eu
find mmu devices emu -name '*.c' | LC_ALL=C sort |
    awk -v seed="${PAGEWALK_SEED:-0}" -v full="${PAGEWALK_FULL:-}" '
        { print full != "" || NR % 3 == seed % 3 ? "--checks=" : "--checks=-clang-analyzer-*", $0 }' |
    xargs -n 2 -P 2 clang-tidy --quiet -p "$1" 2>/dev/null

#!/bin/sh
# Fails if a C file is not as clang-format would write it. Run from the repository root.
set -eu
find mmu devices emu guest tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror

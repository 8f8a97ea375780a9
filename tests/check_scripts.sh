#!/bin/sh
# Runs shellcheck over every shell script. Run from the repository root.
set -eu
{
    printf '%s\0' bootstrap .ci/run docs/pagewalk.bash
    find tests guest -name '*.sh' -print0
} | xargs -0 shellcheck

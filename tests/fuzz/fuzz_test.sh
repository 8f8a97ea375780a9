#!/bin/sh
# Runs one libFuzzer target for a bounded time with a seed that can be repeated.
# Usage: fuzz_test.sh TARGET [SEEDS]
# SEEDS is a folder of inputs to begin with, which stays as it is.
# PAGEWALK_SEED chooses the seed; with PAGEWALK_FULL set it runs for two minutes.
set -eu
target=$1
shift
seconds=12
[ -z "${PAGEWALK_FULL-}" ] || seconds=120
artifacts=$(mktemp -d)
trap 'rm -rf "$artifacts"' EXIT
mkdir "$artifacts/found"

if ! "$target" -seed="${PAGEWALK_SEED:-1}" -max_total_time=$seconds -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$artifacts/" -print_final_stats=1 "$artifacts/found" "$@" \
    >"$artifacts/log" 2>&1; then
    tail -n 60 "$artifacts/log"
    for crash in "$artifacts"/*-*; do
        [ -f "$crash" ] && echo "input in base64:" && base64 "$crash"
    done
    exit 1
fi
grep 'number_of_executed_units' "$artifacts/log"

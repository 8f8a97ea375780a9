#!/bin/sh
# Runs one libFuzzer target for a bounded time with a seed that can be repeated.
# Usage: fuzz_test.sh TARGET
# PAGEWALK_SEED chooses the seed; with PAGEWALK_FULL set it runs for two minutes.
set -eu
target=$1
seconds=20
[ -z "${PAGEWALK_FULL-}" ] || seconds=120
artifacts=$(mktemp -d)
trap 'rm -rf "$artifacts"' EXIT

if ! "$target" -seed="${PAGEWALK_SEED:-1}" -max_total_time=$seconds -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$artifacts/" -print_final_stats=1 >"$artifacts/log" 2>&1; then
    tail -n 60 "$artifacts/log"
    for crash in "$artifacts"/*-*; do
        [ -f "$crash" ] && echo "input in base64:" && base64 "$crash"
    done
    exit 1
fi
grep 'number_of_executed_units' "$artifacts/log"

#!/bin/sh
# Fails if a source file includes a header that its layer may not see.
# Run from the repository root: tests/check_layers.sh
set -eu
status=0

report() {
    if [ -n "$2" ]; then
        echo "$1"
        echo "$2"
        status=1
    fi
}

# allow FOLDER HEADERS: quoted includes in FOLDER must match HEADERS.
allow() {
    report "$1/ may include only $2" \
        "$(grep -rnE '^#include "' --include='*.[chS]' "$1" | grep -vE "#include \"($2)" || true)"
}

# forbid FOLDER HEADERS: FOLDER must not include these system headers.
forbid() {
    report "$1/ must not include $2" \
        "$(grep -rnE "^#include <($2)\.h>" --include='*.[ch]' "$1" || true)"
}

allow mmu 'mmu/'
allow devices 'devices/'
allow emu 'emu/|devices/|mmu/(mmu|pte|counters|geometry|presets)\.h'
for folder in guest/*/; do
    folder=${folder%/}
    allow "$folder" "(guest/include|$folder)/"
done
forbid mmu 'stdio|time|unistd|errno'
forbid devices 'stdio|time|unistd|errno'
exit $status

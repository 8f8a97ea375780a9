#!/bin/sh
# Installs pagewalk into a temporary root and builds embed.c against what was installed alone.
# Usage: embed_test.sh BUILD-FOLDER SOURCE COMPILER [FLAG...]
set -eu
build=$1
source=$2
shift 2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

DESTDIR=$root meson install -C "$build" --no-rebuild --quiet
PKG_CONFIG_SYSROOT_DIR=$root
PKG_CONFIG_PATH=$(dirname "$(find "$root" -name pagewalk-mmu.pc)")
export PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_PATH
# shellcheck disable=SC2046 # flags are words
"$@" -std=c17 -Wall -Wextra -Werror "$source" -o "$root/embed" \
    $(pkg-config --cflags --libs pagewalk-mmu)
"$root/embed"

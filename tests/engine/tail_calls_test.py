#!/usr/bin/env python3
"""Looks into pagewalk whether the handlers of common instructions end in jumps.

Usage: tail_calls_test.py PAGEWALK

A handler ends by calling that of the next instruction. gcc makes a jump of this only if no local's address has
been given away; else calls nest, thousands deep, and each return from there is one that the host mispredicts: misses
of the TLB once took a fifth longer for it. Only the long ways of floating point may: they are rare.
"""

import re
import subprocess
import sys

# What a call of the next handler looks like: through the address of the next element, in a register.
NESTED = re.compile(r"\bcall\s+\*(0x0)?\(%r")
HANDLER = re.compile(r"^(exec_\w+|(load|store|amo)_\w+|go_\w+)$")
SOME_HANDLERS = {"exec_add", "exec_ld", "exec_fsd", "exec_beq", "exec_jalr", "load_long", "store_long"}


def functions(pagewalk):
    """Name, without what the compiler adds, and text of each function; static ones may share a name."""
    done = subprocess.run(["objdump", "-d", "--no-show-raw-insn", pagewalk], capture_output=True, text=True, check=True)
    for part in re.split(r"\n\n(?=[0-9a-f]+ <)", done.stdout):
        head = re.match(r"[0-9a-f]+ <([\w.]+)>:", part)
        if head:
            yield head[1].split(".")[0], part


def main():
    nested = []
    seen = set()
    for name, text in functions(sys.argv[1]):
        if HANDLER.match(name):
            seen.add(name)
            if NESTED.search(text):
                nested.append(name)
    missing = SOME_HANDLERS - seen
    if missing:
        sys.exit(f"not found in {sys.argv[1]}: {', '.join(sorted(missing))}")
    if nested:
        sys.exit(f"these call the next handler instead of jumping to it: {', '.join(nested)}")
    print(f"{len(seen)} handlers end in jumps")


main()

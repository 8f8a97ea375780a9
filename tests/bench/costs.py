#!/usr/bin/env python3
"""Tells how many instructions of the host each kind of guest instruction costs the fast engine.

Usage: costs.py BUILD [NAME...]
       costs.py --quick BUILD

The guest costs.elf does one thing over and over. Of two lengths of that loop valgrind's callgrind counts the
host instructions, and the same is done for a loop that does not do the thing: what is left after both are
subtracted, divided by the number of things, is what one costs. So the numbers depend on the compiler that
built pagewalk, and on nothing else. They are printed as the table of docs/engine.md.

--quick only looks whether every kind runs. Without valgrind nothing is measured (exit status 77).
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
TIMEOUT = 600
ROUNDS = (100, 300)


class Cost:
    """A row: the kind in costs.c, how many of it are in a round, the kind without it, and pages to sweep."""

    def __init__(self, name, words, kind, per_round, without=0, pages=16, options=()):
        self.name, self.words, self.kind, self.per_round = name, words, kind, per_round
        self.without, self.pages, self.options = without, pages, options


def sweep(name, words, pages, options=()):
    """Loads from so many pages, one after the other, again and again."""
    return Cost(name, words, 12, pages, without=13, pages=pages, options=options)


COSTS = [
    Cost("alu", "an addition", 1, 16),
    Cost("load", "a load that hits", 2, 16),
    Cost("store", "a store that hits", 3, 16),
    Cost("branch", "a branch that is taken, within the page", 4, 16),
    Cost("past", "a branch that is not taken", 5, 16),
    Cost("float", "an addition of doubles", 6, 16),
    Cost("float-multiply", "a multiplication of doubles", 14, 16),
    Cost("float-divide", "a division of doubles", 15, 16),
    Cost("float-fused", "a fused multiplication and addition of doubles", 16, 16),
    Cost("float-compare", "a comparison of doubles", 17, 16),
    Cost("float-load", "a load of a double that hits", 18, 16),
    Cost("float-store", "a store of a double that hits", 19, 16),
    Cost("single", "an addition of singles", 20, 16),
    Cost("single-fused", "a fused multiplication and addition of singles", 21, 16),
    Cost("page", "a jump to another page, and its return", 7, 16),
    Cost("csr", "a CSR instruction", 8, 16),
    Cost("amo", "an AMO", 9, 16),
    Cost("device", "a load from a device", 10, 16),
    Cost("trap", "an exception, S-mode to S-mode", 11, 1),
    sweep("l1", "a load that hits, page after page", 16),
    sweep("l2", "a load that misses the L1D and hits the L2", 256),
    sweep("walk", "a load that misses both: a walk of three PTEs", 2048),
    sweep("l1-classes", "l1, with the classes of misses", 16, ["--classes=on"]),
    sweep("l2-classes", "l2, with the classes of misses", 256, ["--classes=on"]),
    sweep("walk-classes", "walk, with the classes of misses", 2048, ["--classes=on"]),
    sweep("l2-plru", "l2, with l1d=32:plru", 256, ["--tlb=default,l1d=32:plru"]),
]


def command(build, cost, kind, rounds):
    settings = {"costs_kind": kind, "costs_rounds": rounds, "costs_pages": cost.pages}
    return [
        str(build / "emu/pagewalk"), "run", "--classes=off", *cost.options,
        *[f"--set={symbol}={value}" for symbol, value in settings.items()],
        str(build / "tests/bench/costs.elf"),
    ]


def run(words):
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}\n{done.stderr}")
    return done.stderr


def host_instructions(words):
    said = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *words])
    return int(re.search(r"Collected : (\d+)", said).group(1))


def per_round(build, cost, kind):
    """Host instructions of one round."""
    rounds = ROUNDS if cost.pages == 16 else (4, 8)
    few, many = (host_instructions(command(build, cost, kind, number)) for number in rounds)
    return (many - few) / (rounds[1] - rounds[0])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    by_name = {cost.name: cost for cost in COSTS}
    for name in options.names:
        if name not in by_name:
            sys.exit(f"nothing is called {name}: there are {', '.join(by_name)}")
    if options.quick:
        for cost in COSTS:
            run(command(options.build, cost, cost.kind, 1))
        return 0
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: nothing is measured")
        return SKIPPED
    print("| name | one of these | host instructions |\n|---|---|---|", flush=True)
    for name in options.names or by_name:
        cost = by_name[name]
        print(f"{name} ...", file=sys.stderr, flush=True)
        each = per_round(options.build, cost, cost.kind) - per_round(options.build, cost, cost.without)
        print(f"| {name} | {cost.words} | {round(each / cost.per_round):,} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

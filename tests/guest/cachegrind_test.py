#!/usr/bin/env python3
"""Holds the L1D misses of whole programs against another counter: valgrind's cachegrind.

Usage: cachegrind_test.py PAGEWALK GUEST-FOLDER NATIVE-FOLDER

A cache of E lines of 4096 bytes, fully associative and LRU, hits and misses like a TLB of E entries for
4 KiB pages. So cachegrind, with such a D1 cache and on the same C source built for this machine, must
find the misses that pagewalk finds in the L1D. Each program runs at two sizes, and the growth from one
to the other is compared: what happens before and after the workload proper cancels out. Its arrays
begin at the start of a page in both builds. pagewalk's number is U-mode's, as cachegrind sees no kernel.

Without valgrind nothing is tested, and a line says so (exit status 77, a skipped test).
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

FULL = bool(os.environ.get("PAGEWALK_FULL"))
PAGEWALK = ""
GUESTS = NATIVE = pathlib.Path()

PAGE_SIZE = 4096
TOLERANCE = 0.01
SKIPPED = 77

# [program, entries, the smaller size, the larger size]. Each is larger than the TLB's reach.
ROWS = [
    ("chase", 32, {"chase_pages": 48, "chase_rounds": 200}, {"chase_pages": 96, "chase_rounds": 400}),
    # From a round that fits to one that does not: LRU goes from no misses to nothing but misses.
    ("chase", 32, {"chase_pages": 24, "chase_rounds": 400}, {"chase_pages": 33, "chase_rounds": 400}),
    ("sort", 16, {"sort_keys": 16384}, {"sort_keys": 32768}),
    ("matmul", 16, {"matmul_n": 96}, {"matmul_n": 128}),
]
FULL_ROWS = [
    ("chase", 32, {"chase_pages": 512}, {"chase_pages": 1024}),
    ("sort", 32, {"sort_keys": 65536}, {"sort_keys": 131072}),
    ("matmul", 32, {"matmul_n": 192}, {"matmul_n": 256}),
]


def settings(sizes):
    return [f"{symbol}={value}" for symbol, value in sizes.items()]


def finish(command):
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=900, check=False, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stderr}")


def misses_of_guest(name, entries, sizes):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts.json"
        finish(
            [
                PAGEWALK,
                "run",
                f"--json={out}",
                f"--tlb=l1i={entries},l1d={entries},l2=none",
                *[f"--set={setting}" for setting in settings(sizes)],
                str(GUESTS / f"{name}.elf"),
            ]
        )
        return json.loads(out.read_text())["by_mode"]["u"]["l1d"]["misses"]


def misses_of_native(name, entries, sizes):
    cache = f"{entries * PAGE_SIZE},{entries},{PAGE_SIZE}"
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "cachegrind.out"
        finish(
            [
                "valgrind",
                "--tool=cachegrind",
                "--cache-sim=yes",
                f"--I1={cache}",
                f"--D1={cache}",
                f"--LL={2048 * PAGE_SIZE},16,{PAGE_SIZE}",  # unused, but its lines may not be shorter
                f"--cachegrind-out-file={out}",
                str(NATIVE / f"native_{name}"),
                *settings(sizes),
            ]
        )
        lines = dict(line.split(": ", 1) for line in out.read_text().splitlines() if ": " in line)
    counts = dict(zip(lines["events"].split(), map(int, lines["summary"].split())))
    return counts["D1mr"] + counts["D1mw"]


class Cachegrind(unittest.TestCase):
    def test_counts_as_many_misses_in_an_lru_of_pages(self):
        for name, entries, small, large in ROWS + (FULL_ROWS if FULL else []):
            with self.subTest(program=name, entries=entries, sizes=(small, large)):
                growth = [
                    misses_of(name, entries, large) - misses_of(name, entries, small)
                    for misses_of in (misses_of_guest, misses_of_native)
                ]
                print(f"{name} {settings(small)} -> {settings(large)}: pagewalk {growth[0]}, "
                      f"cachegrind {growth[1]}")
                self.assertGreater(growth[1], 5000)  # start-up would not be noticed
                self.assertAlmostEqual(growth[0] / growth[1], 1, delta=TOLERANCE)


if __name__ == "__main__":
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: nothing to hold pagewalk's misses against; skipped")
        sys.exit(SKIPPED)
    PAGEWALK, GUESTS, NATIVE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    unittest.main(argv=sys.argv[:1])

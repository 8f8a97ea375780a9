#!/usr/bin/env python3
"""Threads that write while their process forks, with half the memory that they need.

Usage: thread_storm_test.py PAGEWALK PROGRAMS

tests/guest/kernel_programs/thread_storm.c checks every page, in its threads and in each child, and the kernel
counts its frames and swap slots after the last process: code 124 if one is missing. A fork takes the right to
write from all pages of the parent, whose threads run on: a TLB that keeps what no fence takes (unforgiving)
shows whether the fences are right. Two machines of the list by default, by PAGEWALK_SEED; all of them with
PAGEWALK_FULL.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAGEWALK = PROGRAMS = Path()
SEED = int(os.environ.get("PAGEWALK_SEED", "1"))
TIMEOUT = 300
OUTPUT = "children: 6 right or killed, 0 saw writes, 0 no moment\nthreads: 0 wrong, 0 lost\n"

MACHINES = [
    ("--tlb=unforgiving",),
    ("--tlb=unforgiving", "--disk-latency=2000"),
    ("--tlb=unforgiving", "--ad=svade"),
    ("--tlb=u54",),
    ("--disk-latency=20000", "--ad=hw"),
]
if "PAGEWALK_FULL" not in os.environ:
    MACHINES = [MACHINES[(SEED + i) % len(MACHINES)] for i in range(2)]


def run(*options):
    """Status, output, and the processes of the report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [PAGEWALK, "run", f"--json={report}", "--mem=16M", "--swap=64M", *options]
        command += [PROGRAMS / "thread_storm", "3", "1100", "6"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        return done.returncode, done.stdout + done.stderr, json.loads(report.read_text())["processes"]


class ThreadStorm(unittest.TestCase):
    def test_no_write_is_lost_or_seen_and_no_frame_is_missing(self):
        for options in MACHINES:
            with self.subTest(options=options):
                status, output, processes = run(*options)
                self.assertEqual((status, output), (0, OUTPUT))
                self.assertGreater(sum(process["swap_ins"] for process in processes), 500)

    def test_misses_fall_into_the_mappings_that_the_program_uses(self):
        _, _, processes = run(*MACHINES[0])
        for process in processes:
            misses = process["by_mapping"]
            for array in ("l1i", "l1d"):
                total = sum(mapping[f"{array}_misses"] for mapping in misses.values())
                self.assertEqual(total, process["by_mode"]["u"][array]["misses"])
            self.assertEqual(misses["elsewhere"]["l1d_misses"], 0)
        first = next(process for process in processes if process["pid"] == 1)["by_mapping"]
        self.assertGreater(first["anonymous"]["l1d_misses"], 1000)
        self.assertGreater(first["text"]["l1i_misses"], 0)
        self.assertGreater(first["stack"]["l1d_misses"], 0)
        self.assertEqual([first[kind]["l1i_misses"] for kind in ("heap", "stack", "anonymous", "data")], [0] * 4)


if __name__ == "__main__":
    PAGEWALK, PROGRAMS = map(Path, sys.argv[1:3])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

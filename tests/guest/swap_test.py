#!/usr/bin/env python3
"""swap_test.py - programs that need more memory than there is, under the bundled kernel.

Usage: swap_test.py PAGEWALK GUEST-FOLDER

With PAGEWALK_FULL set there are more failing requests and rounds.

guest/user/bigsort.c sorts so many MiB and checks every word; guest/user/storm.c forks, execs, touches, kills
and exits at random and checks every page. Whatever happens, the kernel counts its frames and swap slots after
the last process and ends with code 124 if one is missing.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIMEOUT = 600  # seconds, for one run on a slow machine with a sanitizer
PAGEWALK = USER = Path()
IS_QUICK = "PAGEWALK_FULL" not in os.environ

MIB_PER_PAGE = 1 / 256
KILLED = 128 + 9
BUS_ERROR = 128 + 7


class Run:
    """What a run gave: status, output, what the kernel and pagewalk said, and all counters."""

    def __init__(self, program, *arguments, mem="16M", swap="64M", options=()):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "counts.json"
            command = [PAGEWALK, "run", f"--json={out}", f"--mem={mem}", *options]
            command += [f"--swap={swap}"] if swap else []
            command += [USER / program, *map(str, arguments)]
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT, check=False
            )
            self.status, self.output, self.said = done.returncode, done.stdout, done.stderr
            self.counts = json.loads(out.read_text()) if out.exists() else None

    def total(self, name):
        return sum(process[name] for process in self.counts["processes"])

    @property
    def disk(self):
        return self.counts["disks"][0]


class SwapTest(unittest.TestCase):
    maxDiff = None

    def check_sorted(self, run, mib):
        self.assertEqual((run.output, run.status), (f"{mib * 4096} records of 256 bytes are sorted\n", 0), run.said)


class Sort(SwapTest):
    def test_four_times_the_memory_is_sorted_through_swap(self):
        run = Run("bigsort", 64)
        self.check_sorted(run, 64)
        self.assertEqual(run.said, "")
        self.assertGreater(run.total("swap_ins") * MIB_PER_PAGE, 64 - 16)
        self.assertGreater(run.total("swap_outs") * MIB_PER_PAGE, 64 - 16)

    def test_with_enough_memory_no_page_is_swapped(self):
        run = Run("bigsort", 64, mem="96M")
        self.check_sorted(run, 64)
        self.assertEqual((run.total("swap_ins"), run.total("swap_outs")), (0, 0))
        self.assertEqual(run.disk["requests"], 0)

    def test_what_is_reported_is_what_the_disk_did_and_equal_on_every_run(self):
        run = Run("bigsort", 20)
        self.check_sorted(run, 20)
        self.assertEqual(run.total("swap_ins"), run.disk["reads"])
        self.assertEqual(run.total("swap_outs"), run.disk["writes"])
        self.assertGreater(run.disk["reads"], 0)
        self.assertEqual(run.counts["processes"], Run("bigsort", 20).counts["processes"])

    def test_memory_and_swap_together_are_what_there_is(self):
        """A page that came back gives its slot away if another needs one."""
        self.check_sorted(Run("bigsort", 26, swap="16M"), 26)

    def test_software_that_sets_a_and_d_swaps_the_same(self):
        run = Run("bigsort", 20, options=["--ad=svade"])
        self.check_sorted(run, 20)
        self.assertGreater(run.total("ad_faults"), 0)


class Full(SwapTest):
    def check_killed(self, run):
        self.assertEqual((run.output, run.status), ("", KILLED), run.said)
        self.assertRegex(run.said, r"kernel: bigsort \(pid 1\): .* no memory is left, .*; killed by signal 9\n$")

    def test_full_swap_kills_with_a_message(self):
        self.check_killed(Run("bigsort", 64, swap="16M"))

    def test_no_swap_kills_with_a_message(self):
        self.check_killed(Run("bigsort", 20, swap=None))


class FailingDisk(SwapTest):
    def outcome(self, number):
        run = Run("bigsort", 18, options=[f"--disk-fail={number}"])
        self.assertEqual(run.disk["failed"], 1)
        if run.status == 0:
            self.check_sorted(run, 18)
            self.assertRegex(run.said, r"^kernel: the disk could not write swap slot \d+\n$")
            return "write"
        self.assertEqual((run.status, run.output), (BUS_ERROR, ""), run.said)
        self.assertRegex(run.said, r"^kernel: the disk could not read swap slot \d+\n")
        self.assertRegex(run.said, r"\(pid 1\): .* the swap device failed, .*; killed by signal 7\n$")
        return "read"

    def test_a_failed_write_loses_nothing_and_a_failed_read_kills(self):
        numbers = [1, 2, 700, 1500, 1501, 2000, 2001] if IS_QUICK else [1, 2, 700, *range(1500, 2500, 97)]
        self.assertEqual({self.outcome(number) for number in numbers}, {"read", "write"})


class Storm(SwapTest):
    def storm(self, seed, count, swap, *options):
        """Returns how many processes ended."""
        rounds = 1 if IS_QUICK else 4
        run = Run("storm", seed, rounds, count, swap=swap, options=options)
        ended = re.fullmatch(r"process 1 saw (\d+) processes end, \d+ of them killed\n", run.output)
        self.assertTrue(run.status == 0 and ended, (seed, swap, options, run.status, run.output, run.said))
        return int(ended[1])

    def test_hundreds_of_processes_under_pressure_lose_no_page_frame_or_slot(self):
        ended = sum(self.storm(seed, 20, swap) for seed, swap in ((1, "64M"), (2, "64M"), (3, "8M"), (4, "8M")))
        self.assertGreater(ended, 50 if IS_QUICK else 300)

    def test_without_swap_those_that_find_no_memory_are_killed_and_the_others_lose_nothing(self):
        self.storm(5, 20, None)

    def test_every_kind_of_tlb_and_of_a_and_d_shows_the_same_pages(self):
        for options in (
            ["--tlb=unforgiving", "--ad=hw"],
            ["--tlb=unforgiving", "--ad=svade"],
            ["--tlb=rocket"],
            ["--engine=reference"],
        ):
            self.storm(6, 8, "64M", *options)

    def test_a_slow_disk_loses_no_page_frame_or_slot(self):
        """A transfer takes two milliseconds, so that others run into frames that are busy."""
        self.storm(8, 20, "64M", "--disk-latency=20000")
        if not IS_QUICK:
            self.storm(8, 30, "64M", "--disk-latency=20000")
            self.storm(8, 20, "64M", "--disk-latency=20000", "--engine=reference")

    def test_a_failing_disk_loses_no_page_frame_or_slot(self):
        for number in (1, 100, 1000):
            run = Run("storm", 7, 1, 20, options=[f"--disk-fail={number}"])
            # A child killed by SIGBUS is what the storm calls wrong: then it ends with 99.
            self.assertIn(run.status, (0, 99, BUS_ERROR), (number, run.said))
            self.assertNotIn("holds", run.output)


if __name__ == "__main__":
    PAGEWALK, USER = Path(sys.argv[1]), Path(sys.argv[2]) / "user"
    unittest.main(argv=sys.argv[:1], verbosity=2)

#!/usr/bin/env python3
"""Guest programs under every replacement policy: closed forms, and a slow TLB fed the guest's own pages.

Usage: policies_test.py PAGEWALK GUEST-FOLDER [--quick]

--quick makes everything shorter.

A policy differs from LRU only where the formula says so. Where there is none, the loads and stores of the
run, read from its commit log, go through the model of slow_tlb.py, and misses must be equal: in the whole
run and in its region of interest.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import slow_tlb

FULL = bool(os.environ.get("PAGEWALK_FULL"))
QUICK = "--quick" in sys.argv
PAGEWALK = ""
GUESTS = pathlib.Path()

POLICIES = list(slow_tlb.POLICIES)
SEEDS = 5
ELEMENTS_PER_PAGE = 512


def run(name, *options):
    done = subprocess.run(
        [PAGEWALK, "run", *options, str(GUESTS / f"{name}.elf")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{name} {options}: {done.returncode}, {done.stderr.decode()}"


def settings(values):
    return [f"--set={symbol}={value}" for symbol, value in values.items()]


def counts_of(name, l1d, values, *options):
    """The JSON of a run with this L1D and no L2."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts.json"
        tlb = f"--tlb=l1i=8,l1d={l1d},l2=none"
        run(name, tlb, f"--json={out}", *settings(values), *options)
        return json.loads(out.read_bytes())


def stream_of(name, values):
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / "trace"
        run(name, f"--trace=insn:{trace}", *settings(values))
        with open(trace, encoding="ascii") as lines:
            return slow_tlb.stream_of(lines)


class ClosedForms(unittest.TestCase):
    def assert_mean(self, mean, expected, draws):
        """Within three standard errors of as many independent draws."""
        error = (expected * (1 - expected) / draws) ** 0.5
        self.assertAlmostEqual(mean, expected, delta=3 * error)

    def chase(self, policy, entries, pages, warmup, rounds=10, seed=1):
        values = {"chase_pages": pages, "chase_rounds": rounds, "chase_warmup": warmup}
        roi = counts_of("chase", f"{entries}:{policy}", values, f"--seed={seed}")["roi"]["l1d"]
        self.assertEqual(roi["accesses"], pages * rounds)
        return roi["misses"] / roi["accesses"]

    def test_a_chase_that_fits_never_misses(self):
        """With room for every page of data that the program ever touches (16 of the arena; stack,
        constants, page tables and devices are fewer than 16 more) nothing is ever evicted."""
        for policy in POLICIES:
            with self.subTest(policy=policy):
                self.assertEqual(self.chase(policy, 32, 16, warmup=1), 0)

    def test_a_chase_over_as_many_pages_as_entries_comes_to_fit(self):
        """Other pages are in the array at first, and the pages of the chase that miss for want of
        their entries push out others, but at least one entry is given up in each round, until the
        foreign ones are gone: after at most 32 rounds where the oldest goes first. A random choice
        spares a foreign page for 640 rounds with a chance of (31/32)^640, one in 600 million."""
        rows = {"lru": 1, "fifo": 34, "round-robin": 34, "random": 640}
        for policy, warmup in rows.items():
            with self.subTest(policy=policy):
                self.assertEqual(self.chase(policy, 32, 32, warmup), 0)

    def test_a_chase_over_one_page_too_many_defeats_lru(self):
        for pages, entries in ((33, 32), (40, 32), (65, 64)):
            with self.subTest(pages=pages, entries=entries):
                self.assertEqual(self.chase("lru", entries, pages, warmup=1), 1)

    def test_a_chase_over_twice_the_entries_defeats_fifo(self):
        """Only twice: the array is not filled in the order of the cycle before, and FIFO keeps that order
        for long. The first round can hit no more than the E entries of the start, so E of its 2E
        accesses miss and push those out. A page that missed has 2E - 1 accesses behind it when its turn
        comes again, fewer than E of them hits (its own miss has taken one of those entries): it is gone."""
        for policy in ("fifo", "round-robin"):
            for pages, entries in ((64, 32), (80, 32), (48, 24)):
                with self.subTest(policy=policy, pages=pages, entries=entries):
                    self.assertEqual(self.chase(policy, entries, pages, warmup=1), 1)

    def test_a_chase_over_twice_the_entries_defeats_pseudo_lru(self):
        """Once as many accesses as there are entries have missed in a row, all entries have been
        replaced, and the pages in them come last in the cycle: from there on nothing hits."""
        for policy in ("plru", "bit-plru"):
            for pages, entries in ((64, 32), (80, 32), (64, 16)):
                with self.subTest(policy=policy, pages=pages, entries=entries):
                    self.assertEqual(self.chase(policy, entries, pages, warmup=10), 1)

    def test_a_chase_under_random_replacement(self):
        """The share of hits is h = (1 - 1/E)^((1-h)(P-1)): see tests/mmu/closed_forms_test.c."""
        entries, pages, rounds = 32, 128, 100
        low, high = 0.0, 0.9
        for _ in range(60):
            h = (low + high) / 2
            if (1 - 1 / entries) ** ((1 - h) * (pages - 1)) > h:
                low = h
            else:
                high = h
        ratios = [
            self.chase("random", entries, pages, warmup=10, rounds=rounds, seed=seed)
            for seed in range(1, SEEDS + 1)
        ]
        self.assert_mean(sum(ratios) / SEEDS, 1 - low, pages * rounds * SEEDS)

    def test_sequential_elements_miss_once_a_page(self):
        """Four times the reach: each page is gone when its turn comes again. Random replacement can
        keep some; it misses at most once a page, too."""
        entries, rounds = 8, 3
        pages = 4 * entries
        values = {"sequential_length": pages * ELEMENTS_PER_PAGE, "sequential_rounds": rounds}
        for policy in POLICIES:
            with self.subTest(policy=policy):
                l1d = counts_of("sequential", f"{entries}:{policy}", values)["roi"]["l1d"]
                self.assertEqual(l1d["accesses"], pages * ELEMENTS_PER_PAGE * rounds)
                if policy == "random":
                    self.assertLessEqual(l1d["misses"] * ELEMENTS_PER_PAGE, l1d["accesses"])
                else:
                    self.assertEqual(l1d["misses"] * ELEMENTS_PER_PAGE, l1d["accesses"])

    def test_random_updates_miss_half_as_often_as_a_page_is_absent(self):
        entries, pages = 16, 48
        updates = 40000 if FULL else 2000 if QUICK else 6000
        for policy in POLICIES:
            with self.subTest(policy=policy):
                misses = 0
                for seed in range(1, SEEDS + 1):
                    values = {
                        "gups_pages": pages,
                        "gups_updates": updates,
                        "gups_seed": seed * 0x9E3779B97F4A7C15 % 2**64,
                    }
                    roi = counts_of("gups", f"{entries}:{policy}", values, f"--seed={seed}")["roi"]
                    self.assertEqual(roi["l1d"]["accesses"], 2 * updates)
                    self.assertEqual(roi["l1d"]["by_access"]["store"]["misses"], 0)
                    misses += roi["l1d"]["misses"]
                self.assert_mean(misses / (updates * SEEDS), 1 - entries / pages, updates * SEEDS)

    def test_pages_that_fit_miss_once_after_each_fence(self):
        """All misses are of class flush: every page was there, and only a fence took it away."""
        for policy in POLICIES:
            for pages, rounds in ((1, 5), (24, 3), (100, 2)):
                with self.subTest(policy=policy, pages=pages):
                    values = {"reflush_pages": pages, "reflush_rounds": rounds}
                    counts = counts_of("reflush", f"128:{policy}", values, "--classes=on")
                    l1d = counts["roi"]["l1d"]
                    self.assertEqual(l1d["accesses"], pages * rounds)
                    self.assertEqual(l1d["misses"], pages * rounds)
                    self.assertEqual(l1d["miss_class"].pop("flush"), pages * rounds)
                    self.assertEqual(set(l1d["miss_class"].values()), {0})


# [guest, its size, arrays as sets x ways]. Without sets the array just holds or just loses the column of
# B that is read again and again. A tree of 3, 5 or 9 ways is lopsided.
STREAMS = [
    ("matmul", {"matmul_n": 36}, [(1, 4), (1, 5), (2, 2)]),
    ("matmul_blocked", {"matmul_blocked_n": 36, "matmul_blocked_block": 12}, [(1, 3), (2, 2)]),
    ("chase", {"chase_pages": 33, "chase_rounds": 25}, [(1, 32), (8, 4)]),
]
QUICK_STREAMS = [
    ("matmul", {"matmul_n": 24}, [(1, 4)]),
    ("chase", {"chase_pages": 9, "chase_rounds": 25}, [(1, 8), (4, 2)]),
]
FULL_STREAMS = [
    ("matmul", {"matmul_n": 64}, [(1, 8), (1, 9), (1, 10), (1, 40), (4, 2)]),
    (
        "matmul_blocked",
        {"matmul_blocked_n": 64, "matmul_blocked_block": 16},
        [(1, 3), (1, 8), (1, 13), (4, 4)],
    ),
    ("gups", {"gups_pages": 64, "gups_updates": 5000}, [(1, 32), (4, 4)]),
    ("sort", {"sort_keys": 8192}, [(1, 8), (4, 2)]),
]


class OwnStreams(unittest.TestCase):
    def check(self, name, values, stream, shape, policy, seed):
        sets, ways = shape
        counts = counts_of(name, f"{sets}x{ways}:{policy}", values, f"--seed={seed}")
        whole, region = slow_tlb.count(stream, sets, ways, policy, seed)
        for part, want in ((counts, whole), (counts["roi"], region)):
            self.assertEqual(part["l1d"]["accesses"], want.accesses)
            self.assertEqual(part["l1d"]["misses"], want.misses)

    def test_misses_are_those_of_a_slow_tlb_fed_the_same_pages(self):
        streams = STREAMS + FULL_STREAMS if FULL else QUICK_STREAMS if QUICK else STREAMS
        for name, values, shapes in streams:
            stream = stream_of(name, values)
            for shape in shapes:
                for policy in POLICIES:
                    for seed in (1, 77) if policy == "random" and FULL else (1,):
                        with self.subTest(guest=name, shape=shape, policy=policy, seed=seed):
                            self.check(name, values, stream, shape, policy, seed)


if __name__ == "__main__":
    PAGEWALK, GUESTS = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""A guest that counts its own TLB events: its numbers, its closed forms, and what pagewalk reports.

Usage: selfcount_test.py PAGEWALK GUEST-FOLDER

The guest checks itself (guest/selfcount/selfcount.c). Here its numbers are held against the regions of
interest in the JSON, which pagewalk counts by another way, and against what only the host can know: how
large the TLB is.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PAGEWALK = ""
GUEST = pathlib.Path()

WINDOWS = ["loads", "again", "stores", "sequential", "calls"]


def run(tlb, pages):
    """The counts of each window by name, and the regions of the JSON."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts.json"
        options = [f"--json={out}", f"--tlb={tlb}", f"--set=selfcount_pages={pages}"]
        done = subprocess.run(
            [PAGEWALK, "run", *options, GUEST],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{tlb}, {pages} pages: {done.returncode}, {done.stdout}"
        counts = json.loads(out.read_bytes())
    windows = {}
    for line in done.stdout.decode().splitlines():
        name, numbers = line.split(":")
        words = numbers.split()
        windows[name] = dict(zip(words[::2], map(int, words[1::2])))
    return windows, counts


class Selfcount(unittest.TestCase):
    def test_the_guest_reads_what_pagewalk_reports(self):
        """The regions of interest are the windows. A region has two fetches that the guest's own
        difference has not: its first read of the counter, and the marker at its end."""
        for tlb in (
            "default",
            "default,l2=none",
            "l1i=1,l1d=1,l2=none",
            "l1i=2x1,l1d=2x2,l2=4x2",
            "l1i=8,l1d=64,l2=128:random",
            "default,l2=64:inclusive",
            "default,l2=64:exclusive",
            "rocket",
            "unforgiving",
        ):
            for pages in (1, 5, 40, 200):
                with self.subTest(tlb=tlb, pages=pages):
                    windows, counts = run(tlb, pages)
                    self.assertEqual(list(windows), WINDOWS)
                    self.assertEqual(counts["markers"]["begin"], len(WINDOWS))
                    roi = counts["roi"]
                    l2 = roi["l2"] or {"accesses": 0, "misses": 0}
                    data = roi["l1d"]["by_access"]
                    want = {
                        "fetches": roi["l1i"]["accesses"] - 2 * len(WINDOWS),
                        "fetch-misses": roi["l1i"]["misses"],
                        "loads": data["load"]["accesses"],
                        "load-misses": data["load"]["misses"],
                        "stores": data["store"]["accesses"],
                        "store-misses": data["store"]["misses"],
                        "data": roi["l1d"]["accesses"],
                        "data-misses": roi["l1d"]["misses"],
                        "l2": l2["accesses"],
                        "l2-misses": l2["misses"],
                        "walks": roi["walks"]["count"],
                        "pte-reads": roi["walks"]["pte_reads"],
                    }
                    for event, number in want.items():
                        got = sum(counts[event] for counts in windows.values())
                        self.assertEqual(got, number, event)

    def test_pages_touched_once_in_an_empty_tlb_miss_once(self):
        """Whatever the window does with a page: the first touch misses and walks through 3 tables."""
        touched = {"loads": "load", "stores": "store", "sequential": "load", "calls": "fetch"}
        for pages in (1, 24, 300):
            windows, _ = run("l1i=512,l1d=32,l2=64", pages)
            for name, kind in touched.items():
                with self.subTest(window=name, pages=pages):
                    counts = windows[name]
                    for other in ("fetch", "load", "store"):
                        self.assertEqual(counts[f"{other}-misses"], pages if other == kind else 0)
                    self.assertEqual(counts["l2"], pages)
                    self.assertEqual(counts["l2-misses"], pages)
                    self.assertEqual(counts["walks"], pages)
                    self.assertEqual(counts["pte-reads"], 3 * pages)
            self.assertEqual(windows["sequential"]["loads"], 512 * pages)

    def test_a_walk_cache_leaves_the_last_table_to_be_read(self):
        """All pages hang on one pointer to a last table, and the code's walk has brought the pointer
        above it: the first walk reads two PTEs, every other one."""
        for cache in ("pwc=8:pte", "pwc=8:va"):
            with self.subTest(cache=cache):
                windows, _ = run(f"default,{cache}", 20)
                self.assertEqual(windows["stores"]["walks"], 20)
                self.assertEqual(windows["stores"]["pte-reads"], 21)

    def test_pages_touched_again_miss_never_or_always(self):
        """LRU holds all pages of a round, one of its entries being lent to the stack between the
        rounds, or has lost each when its turn comes."""
        for pages, entries in ((31, 32), (64, 32), (7, 8), (9, 8)):
            with self.subTest(pages=pages, entries=entries):
                windows, _ = run(f"l1i=8,l1d={entries},l2=none", pages)
                misses = 0 if pages < entries else pages
                self.assertEqual(windows["again"]["load-misses"], misses)
                self.assertEqual(windows["again"]["walks"], misses)


if __name__ == "__main__":
    PAGEWALK, GUEST = sys.argv[1], pathlib.Path(sys.argv[2]) / "selfcount.elf"
    unittest.main(argv=sys.argv[:1])

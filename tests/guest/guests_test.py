#!/usr/bin/env python3
"""Runs every guest program on pagewalk and holds what it prints and counts against what it must be.

Usage: guests_test.py PAGEWALK GUEST-FOLDER [--quick]

--quick leaves out what takes millions of instructions.

Expected counts come from closed forms or are worked out by hand beside the test; the conservation laws
are computed here from the JSON again, apart from pagewalk's own check.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
FULL = bool(os.environ.get("PAGEWALK_FULL"))
QUICK = "--quick" in sys.argv
PAGEWALK = ""
GUESTS = pathlib.Path()

# Every guest with options that keep it short, and the status it must end with.
EVERY_GUEST = {
    "hello": ([], 0),
    "protection": ([], 0),
    "chase": (["--set=chase_pages=64", "--set=chase_rounds=20"], 0),
    "gups": (["--set=gups_pages=64", "--set=gups_updates=2000"], 0),
    "sequential": (["--set=sequential_length=8192", "--set=sequential_rounds=2"], 0),
    "stride": (["--set=stride_count=64", "--set=stride_rounds=20"], 0),
    "matmul": (["--set=matmul_n=24"], 0),
    "matmul_blocked": (["--set=matmul_blocked_n=24", "--set=matmul_blocked_block=8"], 0),
    "reflush": (["--set=reflush_rounds=20"], 0),
    "sort": (["--set=sort_keys=600"], 0),
    "switch": (["--set=switch_rounds=20"], 0),
    "selfcount": (["--set=selfcount_pages=16"], 0),
    "tohost": ([], 0),
    "fail": ([], 42),
    "spin_trap": (["--max-instructions=5000"], 124),
    "nowhere": (["--max-instructions=5000"], 124),
    "sleep": ([], 124),
    "loop": (["--max-instructions=5000"], 124),
}

SCHEMES = ["hw", "svade", "svadu"]


def run(name, *options):
    """Runs a guest: its status, standard output, and JSON as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts.json"
        done = subprocess.run(
            [PAGEWALK, "run", f"--json={out}", *options, str(GUESTS / f"{name}.elf")],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout, out.read_bytes()


def counts_of(name, *options):
    status, _, text = run(name, *options)
    assert status == 0, f"{name} {options} ended with {status}"
    return json.loads(text)


def total(counts, key):
    return sum(part[key] for part in counts.values())


class Guests(unittest.TestCase):
    def test_every_guest_ends_as_it_must_and_twice_the_same(self):
        for name, (options, want) in EVERY_GUEST.items():
            with self.subTest(guest=name):
                first = run(name, *options)
                self.assertEqual(first[0], want)
                self.assertEqual(first, run(name, *options))

    def test_output_is_what_is_expected(self):
        for expected in sorted(HERE.glob("*.expected")):
            name = expected.stem
            is_short = not EVERY_GUEST[name][0]  # at its own size, which the file is for
            if QUICK and not is_short:
                continue
            for scheme in SCHEMES if FULL or is_short else ["hw"]:
                with self.subTest(guest=name, ad=scheme):
                    _, output, _ = run(name, f"--ad={scheme}")
                    self.assertEqual(output.decode(), expected.read_text())

    def test_both_multiplications_agree(self):
        plain = run("matmul", "--set=matmul_n=40")[1].split()[-1]
        for block in (8, 40):
            options = ["--set=matmul_blocked_n=40", f"--set=matmul_blocked_block={block}"]
            self.assertEqual(run("matmul_blocked", *options)[1].split()[-1], plain)

    def test_sizes_that_do_not_fit_are_refused_by_the_guest(self):
        for option in (
            "chase_pages=99999999",
            "gups_pages=99999999",
            "matmul_n=99999999",
            "reflush_pages=99999999",
            "sort_keys=99999999",
            "sort_keys=0",
        ):
            with self.subTest(option=option):
                status, output, _ = run(option.split("_")[0], f"--set={option}")
                self.assertEqual(status, 2)
                self.assertTrue(output)


class Laws(unittest.TestCase):
    """The conservation laws of docs/counters.md, from the JSON alone."""

    def check_array(self, array):
        self.assertEqual(array["accesses"], array["hits"] + array["misses"])
        for key in ("accesses", "hits", "misses"):
            self.assertEqual(array[key], total(array["by_access"], key))
        for key in ("hits", "misses"):
            self.assertEqual(array[key], total(array["by_size"], key))

    def check_valid(self, array):
        self.assertEqual(
            array["fills"] - array["evictions"] - array["invalidations"], array["valid"]
        )

    def check(self, counts):
        arrays = [counts[name] for name in ("l1i", "l1d", "l2") if counts[name] is not None]
        for array in arrays:
            self.check_array(array)
        l1_misses = counts["l1i"]["misses"] + counts["l1d"]["misses"]
        walks = counts["walks"]
        if counts["l2"] is None:
            self.assertEqual(walks["count"], l1_misses)
        else:
            self.assertEqual(counts["l2"]["accesses"], l1_misses)
            self.assertEqual(walks["count"], counts["l2"]["misses"])
        self.assertEqual(walks["count"], walks["completed"] + walks["faulted"])
        self.assertEqual(walks["completed"], sum(walks["by_size"].values()))
        self.assertEqual(walks["pte_reads"], sum(walks["pte_reads_by_level"]))
        killed = total(counts["fences"], "entries_killed")
        self.assertEqual(killed, sum(array["invalidations"] for array in arrays))
        for split in ("by_mode", "by_asid"):
            self.assertEqual(walks["count"], total(counts[split], "walks"))
            for name in ("l1i", "l1d", "l2"):
                if counts[name] is not None:
                    for key in ("accesses", "hits", "misses"):
                        parts = [part[name] for part in counts[split].values()]
                        self.assertEqual(counts[name][key], sum(p[key] for p in parts))

    def test_they_hold_on_every_guest(self):
        for name, (options, _) in EVERY_GUEST.items():
            tlbs = ["l1i=2x1,l1d=2x2,l2=4x2", "l1i=1,l1d=2,l2=none,asid=0", "default"]
            for tlb in tlbs[:1] if QUICK else tlbs:
                for scheme in SCHEMES if FULL else ["hw", "svade"]:
                    with self.subTest(guest=name, tlb=tlb, ad=scheme):
                        options_here = [*options, f"--tlb={tlb}", f"--ad={scheme}"]
                        counts = json.loads(run(name, *options_here)[2])
                        self.check(counts)
                        for array in ("l1i", "l1d", "l2"):
                            if counts[array] is not None:
                                self.check_valid(counts[array])
                        if counts["roi"] is not None:
                            self.check(counts["roi"])


class ClosedForms(unittest.TestCase):
    def test_chase_misses_never_or_always(self):
        """One access a page and round: LRU holds all P pages of a round, or loses each before its
        turn comes again. The difference of two runs is the loop alone: 0 misses, or one a step."""
        sizes = [(8, 8), (9, 8), (31, 32), (32, 32), (33, 32), (64, 32), (1, 1), (2, 1), (200, 128)]
        for pages, entries in sizes:
            with self.subTest(pages=pages, entries=entries):
                runs = [
                    counts_of(
                        "chase",
                        f"--tlb=l1i=8,l1d={entries},l2=none",
                        f"--set=chase_pages={pages}",
                        f"--set=chase_rounds={rounds}",
                    )
                    for rounds in (10, 35)
                ]
                misses = runs[1]["l1d"]["misses"] - runs[0]["l1d"]["misses"]
                accesses = runs[1]["l1d"]["accesses"] - runs[0]["l1d"]["accesses"]
                self.assertEqual(accesses, 25 * pages)
                self.assertEqual(misses, 0 if pages <= entries else 25 * pages)
                self.assertEqual(runs[1]["roi"]["l1d"]["accesses"], 35 * pages)
                self.assertEqual(
                    runs[1]["roi"]["l1d"]["misses"], 0 if pages <= entries else 35 * pages
                )

    def test_gups_misses_as_often_as_a_page_is_absent(self):
        """Of P pages touched at random E are present, whatever the policy: a miss has probability
        1 - E/P. The bound is four standard errors of that many independent draws."""
        updates = 400000 if FULL else 5000 if QUICK else 60000
        for pages, entries in [(1024, 32), (1024, 128), (256, 64), (64, 64)]:
            with self.subTest(pages=pages, entries=entries):
                roi = counts_of(
                    "gups",
                    f"--tlb=l1i=8,l1d={entries},l2=none",
                    f"--set=gups_pages={pages}",
                    f"--set=gups_updates={updates}",
                )["roi"]
                self.assertEqual(roi["l1d"]["accesses"], 2 * updates)
                self.assertEqual(roi["l1d"]["by_access"]["store"]["misses"], 0)
                expected = 1 - entries / pages
                error = (expected * (1 - expected) / updates) ** 0.5
                self.assertAlmostEqual(
                    roi["l1d"]["misses"] / updates, expected, delta=4 * error
                )

    def test_sequential_misses_once_a_page(self):
        """512 elements of 8 bytes on a page of 4096; four times the TLB's reach in pages."""
        for entries in (4, 32):
            length = 4 * entries * 512
            roi = counts_of(
                "sequential",
                f"--tlb=l1i=8,l1d={entries},l2=none",
                f"--set=sequential_length={length}",
                "--set=sequential_rounds=3",
            )["roi"]
            self.assertEqual(roi["l1d"]["accesses"], 3 * length)
            self.assertEqual(roi["l1d"]["misses"], 3 * length // 512)
            self.assertEqual(roi["walks"]["count"], 3 * length // 512)
            self.assertEqual(roi["walks"]["pte_reads"], 3 * (3 * length // 512))

    def test_stride_of_a_power_of_two_fills_one_set(self):
        """16 pages, each 64 KiB from the last, fall into one of 16 sets: 4 ways cannot hold them, the
        same 64 entries fully associative can."""
        size = ["--set=stride_bytes=65536", "--set=stride_count=16", "--set=stride_rounds=10"]
        sets = counts_of("stride", "--tlb=l1i=8,l1d=16x4,l2=none", *size)["roi"]
        full = counts_of("stride", "--tlb=l1i=8,l1d=64,l2=none", *size)["roi"]
        self.assertEqual(sets["l1d"]["accesses"], 160)
        self.assertEqual(sets["l1d"]["misses"], 160)
        self.assertEqual(full["l1d"]["misses"], 0)

    def test_a_small_run_worked_out_by_hand(self):
        """4 pages read 3 times with 2 entries: every page is gone when its turn comes, 12 misses, each
        a walk of 3 reads. The L2 of 4 entries holds all 4 pages and the code page does not: 5 pages
        compete, so with 8 entries in the L2 no walk is left."""
        size = ["--set=sequential_length=2048", "--set=sequential_rounds=3"]
        roi = counts_of("sequential", "--tlb=l1i=8,l1d=2,l2=none", *size)["roi"]
        self.assertEqual(roi["l1d"]["accesses"], 6144)
        self.assertEqual(roi["l1d"]["misses"], 12)
        self.assertEqual(roi["l1d"]["fills"], 12)
        self.assertEqual(roi["l1d"]["evictions"], 12)
        self.assertEqual(roi["l1i"]["misses"], 0)
        self.assertEqual(roi["walks"]["pte_reads_by_level"], [12, 12, 12])
        self.assertIsNone(roi["l2"])
        roi = counts_of("sequential", "--tlb=l1i=8,l1d=2,l2=8", *size)["roi"]
        self.assertEqual(roi["l1d"]["misses"], 12)
        self.assertEqual(roi["l2"]["accesses"], 12)
        self.assertEqual(roi["l2"]["hits"], 12)
        self.assertEqual(roi["walks"]["count"], 0)


if __name__ == "__main__":
    PAGEWALK, GUESTS = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])

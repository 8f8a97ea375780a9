#!/usr/bin/env python3
"""Shows what is particular about a preset on a guest that switches address spaces.

Usage: presets_test.py PAGEWALK GUEST-FOLDER

The guest is guest/switch/switch.c: in each turn it switches to an address space and loads from the pages
of it, a number of sweeps over them. Where there are no ASIDs it fences at each switch. Every number here
follows from docs/tlb.md and that loop; the comments say how.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PAGEWALK = ""
GUESTS = pathlib.Path()

ROUNDS = 50


def region(tlb, **sizes):
    """The counts of the guest's region, which begins after one round that warms everything up."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts.json"
        sizes = {"rounds": ROUNDS, "sweeps": 1, **sizes}
        subprocess.run(
            [
                PAGEWALK,
                "run",
                "--classes=on",
                f"--json={out}",
                f"--tlb={tlb}",
                *[f"--set=switch_{name}={value}" for name, value in sizes.items()],
                str(GUESTS / "switch.elf"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=True,  # the guest itself looks whether each load found the page of its space
        )
        return json.loads(out.read_text())["roi"]


class PresetTest(unittest.TestCase):
    def check_only_class(self, array, name, misses):
        """All misses are of one class."""
        classes = dict.fromkeys(array["miss_class"], 0)
        classes[name] = misses
        self.assertEqual(array["misses"], misses)
        self.assertEqual(array["miss_class"], classes)


class Rocket(PresetTest):
    """Each L1 has 8 entries of 4 neighbouring pages, and 4 more for superpages, where the gigapage of
    the kernel's code is; no L2. No ASIDs. The walker remembers 8 pointers by their PTE's address."""

    def test_has_no_asids_so_each_switch_loses_everything(self):
        """2 spaces of 4 neighbouring pages: one entry each, so nothing would ever be evicted. But each
        switch fences, and so each turn misses once for the code and once for each page in the first of
        its 3 sweeps. All of it is the fences' fault: a shadow without fences holds both groups."""
        turns, pages, sweeps = 2 * ROUNDS, 4, 3
        roi = region("rocket", spaces=2, pages=pages, sweeps=sweeps)

        self.assertEqual(roi["l1d"]["accesses"], turns * pages * sweeps)
        self.check_only_class(roi["l1d"], "flush", turns * pages)
        self.check_only_class(roi["l1i"], "flush", turns)
        # A fence kills what the turn before it brought: the code's page, the pages, and the two pointers
        # to them, in the root table and in the one below.
        self.assertEqual(
            roi["fences"]["all"],
            {
                "count": turns,
                "entries_killed": turns * (1 + pages),
                "walk_cache_killed": turns * 2,
                "useless": 0,
            },
        )
        for name in ("l1d", "l1i"):
            self.assertEqual(roi[name]["evictions"], 0)
            self.assertEqual(roi[name]["invalidations"], roi[name]["misses"])

    def test_would_lose_nothing_with_asids(self):
        roi = region("rocket,asid=16", spaces=2, pages=4, sweeps=3)

        self.assertEqual(roi["l1d"]["accesses"], 2 * ROUNDS * 4 * 3)
        for array in ("l1i", "l1d"):
            self.assertEqual(roi[array]["misses"], 0)
        self.assertEqual(roi["walks"]["count"], 0)
        self.assertEqual([form["count"] for form in roi["fences"].values()], [0, 0, 0, 0])

    def test_keeps_four_neighbours_in_one_entry(self):
        """32 pages a turn, after a fence. Neighbours share 8 entries: the first sweep brings each page,
        the others find it. With 4 pages from one to the next each needs an entry of its own. Of 8
        misses in a row tree-PLRU sends each to another way, as each turns around every pointer that it
        follows; so of 32 pages in a circle none is there when its turn comes again."""
        turns, pages, sweeps = 2 * ROUNDS, 32, 3
        near = region("rocket", spaces=2, pages=pages, sweeps=sweeps)
        far = region("rocket", spaces=2, pages=pages, sweeps=sweeps, stride=4)

        for roi in (near, far):
            self.assertEqual(roi["l1d"]["accesses"], turns * pages * sweeps)
        self.assertEqual(near["l1d"]["misses"], turns * pages)
        self.assertEqual(near["l1d"]["evictions"], 0)
        self.assertEqual(near["fences"]["all"]["entries_killed"], turns * (1 + 32))
        # 8 entries with a page each are left to the fence.
        self.assertEqual(far["l1d"]["misses"], turns * pages * sweeps)
        self.assertEqual(far["l1d"]["evictions"], turns * (pages * sweeps - 8))
        self.assertEqual(far["fences"]["all"]["entries_killed"], turns * (1 + 8))

    def test_sectors_hold_four_times_the_pages(self):
        """No fences: 2 spaces of 16 pages in a circle of 32. Neighbours of one space share an entry, two
        spaces never do: 8 entries hold all. 8 entries of one page would hold none in time, as above."""
        whole = region("rocket,asid=16", spaces=2, pages=16)
        single = region("rocket,asid=16,l1d=8:4K:pieces:plru+4:super:plru", spaces=2, pages=16)

        self.assertEqual(whole["l1d"]["misses"], 0)
        self.assertEqual(single["l1d"]["misses"], ROUNDS * 32)
        self.assertEqual(single["l1d"]["accesses"], ROUNDS * 32)

    def test_reads_two_ptes_less_where_the_pointers_are_remembered(self):
        """After a fence the first walk for a page reads 3 PTEs; the others of the turn read the leaf
        only, for all pages have one leaf table. The walk for the code reads one, the gigapage in the root:
        it is a leaf, which the cache does not keep. Levels: leaf, middle, root."""
        turns, pages = 2 * ROUNDS, 8
        walks = region("rocket", spaces=2, pages=pages)["walks"]

        self.assertEqual(walks["count"], turns * (1 + pages))
        self.assertEqual(walks["pte_reads_by_level"], [turns * pages, turns, turns * 2])
        self.assertEqual(
            walks["walk_cache_hits_by_level"], [0, turns * (pages - 1), turns * (pages - 1)]
        )

        walks = region("rocket,pwc=none", spaces=2, pages=pages)["walks"]

        self.assertEqual(walks["count"], turns * (1 + pages))
        self.assertEqual(
            walks["pte_reads_by_level"], [turns * pages, turns * pages, turns * (pages + 1)]
        )
        self.assertEqual(walks["walk_cache_hits_by_level"], [0, 0, 0])

    def test_reads_one_pte_a_walk_where_no_fence_empties_the_walk_cache(self):
        """2 spaces have 4 pointers, and 8 fit. 16 pages each, 4 apart: 32 in a circle, all misses."""
        walks = region("rocket,asid=16", spaces=2, pages=16, stride=4)["walks"]

        self.assertEqual(walks["count"], ROUNDS * 32)
        self.assertEqual(walks["pte_reads"], ROUNDS * 32)
        self.assertEqual(walks["pte_reads_by_level"], [ROUNDS * 32, 0, 0])
        self.assertEqual(walks["walk_cache_hits_by_level"], [0, ROUNDS * 32, ROUNDS * 32])

        walks = region("rocket,asid=16,pwc=none", spaces=2, pages=16, stride=4)["walks"]

        self.assertEqual(walks["count"], ROUNDS * 32)
        self.assertEqual(walks["pte_reads_by_level"], [ROUNDS * 32] * 3)

    def test_remembers_eight_pointers(self):
        """Each space has two pointers, and its turn uses them 16 times, one and then the other: for
        tree-PLRU that is as one use each. Those of 4 spaces fit. Of 8 spaces there are 16 in a circle, so
        each turn has to read its own two again."""
        for spaces, read_again in ((4, 0), (8, 1)):
            with self.subTest(spaces=spaces):
                walks = region("rocket,asid=16", spaces=spaces, pages=16, stride=4)["walks"]
                turns = spaces * ROUNDS

                self.assertEqual(
                    walks["pte_reads_by_level"],
                    [turns * 16, turns * read_again, turns * read_again],
                )


class C906(PresetTest):
    """L1s of 10 entries, tree-PLRU; an L2 of 64 sets of 2 ways, FIFO; 16 ASID bits; no walk cache.

    The guest's 32 pages are in 32 sets of the L2, one each, and the same pages of another space are in
    the same sets. So each set sees the order of the turns: a b a c a b a c ... where a is the page of
    the server. All of it gets that far: tree-PLRU of 10 ways is a pointer to 8 or 2 ways, and misses go
    to both sides in turn, so of 16 misses in a row 8 take each of the 8 ways once: 16 pages later nothing
    is left in the L1, and a page comes again after 64 at the earliest."""

    PAGES = 32

    def check_l2(self, roi, turns, misses):
        """turns of all pages, of which so many miss the L2; each walk reads 3 PTEs."""
        self.assertEqual(roi["l1d"]["accesses"], turns * self.PAGES)
        self.assertEqual(roi["l1d"]["misses"], turns * self.PAGES)
        self.assertEqual(roi["l1i"]["misses"], 0)
        self.assertEqual(roi["l2"]["accesses"], turns * self.PAGES)
        # The L2 has room for 128 translations and 3 spaces have 96: only the sets are too small.
        self.check_only_class(roi["l2"], "conflict", misses * self.PAGES)
        self.assertEqual(roi["walks"]["count"], misses * self.PAGES)
        self.assertEqual(roi["walks"]["pte_reads"], 3 * misses * self.PAGES)
        self.assertEqual(roi["fences"]["all"]["count"], 0)

    def test_l2_loses_the_page_it_was_given_first_though_it_is_used(self):
        """FIFO. A round leaves b c, b the older. a takes b's place: c a. b takes c's: a b. a is there.
        c takes a's place, the older: b c. So 3 of 4 miss."""
        roi = region("c906", spaces=3, pages=self.PAGES, server=1)
        self.check_l2(roi, turns=4 * ROUNDS, misses=3 * ROUNDS)

    def test_lru_would_keep_the_page_that_is_used_most(self):
        """LRU. a is used between any two others, so b and c take each other's place: 2 of 4 miss."""
        roi = region("c906,l2=64x2:lru", spaces=3, pages=self.PAGES, server=1)
        self.check_l2(roi, turns=4 * ROUNDS, misses=2 * ROUNDS)

    def test_neither_helps_without_a_favourite(self):
        """a b c a b c ...: the page that went is always the next one to come, used or not."""
        for tlb in ("c906", "c906,l2=64x2:lru"):
            with self.subTest(tlb=tlb):
                roi = region(tlb, spaces=3, pages=self.PAGES)
                self.check_l2(roi, turns=3 * ROUNDS, misses=3 * ROUNDS)


if __name__ == "__main__":
    PAGEWALK, GUESTS = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""pressure_test.py - how often pages go to the disk and come back, against what must be.

Usage: pressure_test.py PAGEWALK PROGRAMS

PROGRAMS has pressure (tests/guest/kernel_programs/pressure.c). The machine has 4096 frames, some of which are
the kernel's; the swap space has a slot for every page, so no page must give its slot away.
"""

import sys
import unittest
from pathlib import Path

import swap_test

FRAMES = 4096
OWN = 32  # pages that the program and its C library write besides: data, stack, what malloc keeps


class Pressure(unittest.TestCase):
    def run_it(self, how, pages, count, who):
        run = swap_test.Run("pressure", how, pages, count, options=[f"--ad={who}"])
        self.assertEqual((run.status, run.output, run.said), (0, "every page is there\n", ""))
        self.assertEqual((run.disk["reads"], run.disk["writes"]), (run.total("swap_ins"), run.total("swap_outs")))
        self.assertEqual(run.disk["bytes_written"], run.total("swap_outs") * 4096)
        return run

    def test_a_page_that_was_not_changed_is_not_written_again(self):
        """5000 pages are written once and then read in turn, in each of R rounds. Whatever the replacement, a
        round must read from the disk at least the pages that memory cannot hold, 5000 - 4096. And since the pages
        are visited in turn and all used alike, the clock takes the one that is needed next, so it reads all 5000.
        But each of them is written once at most, for nobody changes it again: more rounds, not more writes."""
        pages, rounds = 5000, 3
        for who in ("hw", "svade"):
            with self.subTest(ad=who):
                run = self.run_it("reread", pages, rounds, who)
                ins, outs = run.total("swap_ins"), run.total("swap_outs")
                self.assertGreaterEqual(ins, rounds * (pages - FRAMES))
                self.assertTrue(rounds * pages <= ins <= rounds * pages + OWN, ins)
                self.assertTrue(pages - FRAMES <= outs <= pages + OWN, outs)
                self.assertEqual(outs, self.run_it("reread", pages, 1, who).total("swap_outs"))

    def test_a_page_in_use_gets_a_second_chance(self):
        """12000 pages are written once, never looked at again, and after each of them 64 others are read. So only
        these, and the program's own, can come back from the disk. They are used between any two evictions: the A
        bit keeps them, but for one for each time that all A bits were set and had to be cleared, and the hand
        came back to find one of them first: 12000 / 4096 times. Without the second chance the hand takes each
        of the 64 whenever it passes, and it passes at least twice in 12000 - 4096 evictions, less the last time."""
        pages, hot = 12000, 64
        for who in ("hw", "svade"):
            with self.subTest(ad=who):
                run = self.run_it("hot", pages, hot, who)
                self.assertGreater(run.total("swap_outs"), pages - FRAMES)
                self.assertLess(run.total("swap_ins"), hot // 2)


if __name__ == "__main__":
    swap_test.PAGEWALK, swap_test.USER = Path(sys.argv[1]), Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1], verbosity=2)

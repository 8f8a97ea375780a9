#!/usr/bin/env python3
"""perf_counts_test.py - what perf_counts.py finds wrong, and what not."""

import unittest

import perf_counts

OUTPUT = "empty data=2 instructions=1\r\nfull data=4109 instructions=4103\r\ntouched pages=1024 rounds=4\r\n"


def counts(load=4096, fetch=4096, entries=32):
    return {
        "tlb": {"l1d": {"entries": entries}, "l1i": {"entries": entries}},
        "roi": {"l1d": {"by_access": {"load": {"misses": load}}}, "l1i": {"misses": fetch}},
    }


class Disagreements(unittest.TestCase):
    def test_the_way_to_the_counters_is_allowed_for(self):
        self.assertEqual(perf_counts.disagreements(OUTPUT, counts()), [])
        self.assertEqual(perf_counts.disagreements(OUTPUT, counts(load=4109, fetch=4103)), [])
        exact = OUTPUT.replace("4109", str(4096 + 2 + perf_counts.PAGES_OF_THE_WAY))
        self.assertEqual(perf_counts.disagreements(exact, counts()), [])

    def test_a_miss_that_linux_has_not_is_wrong(self):
        self.assertEqual(len(perf_counts.disagreements(OUTPUT, counts(load=4110))), 1)
        self.assertEqual(len(perf_counts.disagreements(OUTPUT, counts(fetch=4104))), 1)

    def test_too_many_are_wrong(self):
        self.assertEqual(len(perf_counts.disagreements(OUTPUT.replace("4109", "4163"), counts())), 1)
        self.assertEqual(len(perf_counts.disagreements(OUTPUT.replace("4103", "4162"), counts())), 1)

    def test_a_window_without_misses_shows_nothing(self):
        nothing = OUTPUT.replace("4109", "10").replace("4103", "10")
        self.assertEqual(len(perf_counts.disagreements(nothing, counts(load=10, fetch=10))), 2)
        self.assertEqual(perf_counts.disagreements(nothing, counts(load=10, fetch=10, entries=1024)), [])

    def test_output_that_is_not_whole_is_wrong(self):
        for output in ("", OUTPUT.replace("full", "fool")):
            self.assertEqual(len(perf_counts.disagreements(output, counts())), 1)
        self.assertEqual(len(perf_counts.disagreements(OUTPUT, {**counts(), "roi": None})), 1)


if __name__ == "__main__":
    unittest.main()

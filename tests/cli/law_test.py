#!/usr/bin/env python3
"""What a user sees if pagewalk's counts break a law: exit status 125, loud words, and all output.

Usage: law_test.py LAW-BREACH GUEST-FOLDER

LAW-BREACH is pagewalk with one walk too many in its counts (law_breach.c).
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

LAW_BREACH = ""
GUESTS = pathlib.Path()


class LawBreach(unittest.TestCase):
    def run_it(self, command, guest, *options):
        """The finished process, and the JSON."""
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "counts.json"
            done = subprocess.run(
                [LAW_BREACH, command, f"--json={out}", *options, str(GUESTS / f"{guest}.elf")],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
                text=True,
            )
            return done, json.loads(out.read_text())

    def check_breach(self, done, counts, code):
        self.assertEqual(done.returncode, 125)
        self.assertIn("THE COUNTS ARE WRONG", done.stderr)
        self.assertIn("'walks = misses of the last level' is broken", done.stderr)
        walks = counts["walks"]["count"]
        self.assertIn(f"{walks} is not {walks - 1}", done.stderr)
        self.assertEqual(counts["exit"], {"reason": "law", "code": code, "status": 125})

    def test_is_told_by_stat_and_by_run(self):
        for command in ("stat", "run"):
            with self.subTest(command=command):
                done, counts = self.run_it(command, "hello")
                self.check_breach(done, counts, 0)
                self.assertEqual(done.stdout, "Hello from U-mode under Sv39.\n")
                self.assertEqual("l1d" in done.stderr.lower(), command == "stat")

    def test_is_told_whatever_else_ended_the_run(self):
        done, counts = self.run_it("run", "fail")  # the guest's own status is 42
        self.check_breach(done, counts, 42)
        done, counts = self.run_it("run", "loop", "--max-instructions=1000")  # 124
        self.check_breach(done, counts, 0)


if __name__ == "__main__":
    LAW_BREACH, GUESTS = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""What a user sees where not every miss could be classified: exit status 125, and no classes.

Usage: class_test.py CLASS-BREACH GUEST-FOLDER

CLASS-BREACH is pagewalk that says it had too little memory for the classes (class_breach.c).
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CLASS_BREACH = ""
GUESTS = Path()


class ClassBreach(unittest.TestCase):
    def run_it(self, *words):
        """The finished process, and the JSON."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "counts.json"
            done = subprocess.run(
                [CLASS_BREACH, *words, f"--json={out}", str(GUESTS / "hello.elf")],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
                text=True,
            )
            return done, json.loads(out.read_text())

    def test_is_an_error_and_shows_no_classes(self):
        for words in (("stat",), ("run", "--classes=on")):
            with self.subTest(words):
                done, counts = self.run_it(*words)
                self.assertEqual(done.returncode, 125)
                self.assertIn("pagewalk: out of memory for the miss classes; ", done.stderr)
                self.assertNotIn("compulsory  ", done.stderr)
                self.assertEqual(counts["exit"], {"reason": "guest", "code": 0, "status": 125})
                self.assertNotIn("miss_class", counts["l1d"])

    def test_matters_only_with_classes(self):
        for words in (("stat", "--classes=off"), ("run",)):
            with self.subTest(words):
                self.assertEqual(self.run_it(*words)[0].returncode, 0)


if __name__ == "__main__":
    CLASS_BREACH, GUESTS = sys.argv[1], Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
